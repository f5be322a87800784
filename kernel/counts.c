// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sums of counters, and values derived from them: see counts.h.
 */
#include <linux/kernel.h>

#include "counts.h"

#define NR_U64								\
	((sizeof(struct dmp_counts) - offsetof(struct dmp_counts, done)) / \
	 sizeof(u64))

/**
 * dmp_counts_add() - add counters up, one by one
 * @sum: added to
 * @counts: added
 *
 * Context: any.
 */
void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts)
{
	const u64 *from = (const u64 *)&counts->done;
	u64 *to = (u64 *)&sum->done;
	size_t i;

	for (i = 0; i < DMP_EPOCHS; i++) {
		sum->epoch[i].entered += counts->epoch[i].entered;
		sum->epoch[i].left += counts->epoch[i].left;
	}
	for (i = 0; i < NR_U64; i++)
		to[i] += from[i];
}

/**
 * dmp_counts_sub() - the inverse of dmp_counts_add()
 * @sum: subtracted from
 * @counts: subtracted
 *
 * Context: any.
 */
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts)
{
	const u64 *from = (const u64 *)&counts->done;
	u64 *to = (u64 *)&sum->done;
	size_t i;

	for (i = 0; i < DMP_EPOCHS; i++) {
		sum->epoch[i].entered -= counts->epoch[i].entered;
		sum->epoch[i].left -= counts->epoch[i].left;
	}
	for (i = 0; i < NR_U64; i++)
		to[i] -= from[i];
}

/**
 * dmp_counts_submitted() - bios submitted, of all operations
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios, modulo 2^32.
 */
u32 dmp_counts_submitted(const struct dmp_counts *counts)
{
	unsigned int epoch;
	u32 submitted = 0;

	for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
		submitted += counts->epoch[epoch].entered;
	return submitted;
}

/**
 * dmp_counts_completed() - bios completed, of all operations
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios.
 */
u64 dmp_counts_completed(const struct dmp_counts *counts)
{
	u64 completed = 0;
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		completed += counts->done[op].requests;
	return completed;
}

/**
 * dmp_counts_unfinished() - completions that have not left their epoch
 * @counts: a sum
 *
 * To leave the epoch is the last step of a completion. Completions of untracked bios,
 * which are of no epoch, are included.
 *
 * Context: any.
 * Return: the completions, modulo 2^32.
 */
u32 dmp_counts_unfinished(const struct dmp_counts *counts)
{
	u32 unfinished = dmp_counts_completed(counts);
	unsigned int epoch;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		unfinished -= counts->epoch[epoch].left;
	return unfinished;
}

/**
 * dmp_counts_untracked() - bios in flight that are of no epoch
 * @counts: a sum of raw counters, in which no reset was subtracted
 *
 * A tracked bio completes before it leaves its epoch, so one that is in between
 * is taken for an untracked completion: the answer may be too low, never too high.
 *
 * Context: any.
 * Return: the gauge, at least 0.
 */
u32 dmp_counts_untracked(const struct dmp_counts *counts)
{
	s32 untracked = counts->epoch[0].entered -
			dmp_counts_unfinished(counts);

	return max(untracked, 0);
}
