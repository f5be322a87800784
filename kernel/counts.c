// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sums of the 64-bit counters, and values derived from them: see counts.h.
 */
#include <linux/kernel.h>

#include "counts.h"

/**
 * dmp_counts_add() - add counters up, one by one
 * @sum: added to
 * @counts: added
 *
 * Context: any.
 */
void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts)
{
	const u64 *from = (const u64 *)counts;
	u64 *to = (u64 *)sum;
	size_t i;

	for (i = 0; i < DMP_NR_COUNTERS; i++)
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
	const u64 *from = (const u64 *)counts;
	u64 *to = (u64 *)sum;
	size_t i;

	for (i = 0; i < DMP_NR_COUNTERS; i++)
		to[i] -= from[i];
}

/**
 * dmp_counts_submitted() - bios submitted, of all operations
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios.
 */
u64 dmp_counts_submitted(const struct dmp_counts *counts)
{
	u64 submitted = 0;
	unsigned int epoch;

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
	unsigned int i;

	for (i = 0; i < 2 * DMP_OP_SLOTS; i++)
		completed += counts->done[i].requests;
	return completed;
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
u64 dmp_counts_untracked(const struct dmp_counts *counts)
{
	u64 completed = dmp_counts_completed(counts);
	s64 untracked;
	unsigned int epoch;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		completed -= counts->epoch[epoch].left;
	untracked = counts->epoch[0].entered - completed;
	return max_t(s64, untracked, 0);
}

/**
 * dmp_counts_fua() - bios completed that had REQ_FUA, of all operations
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios.
 */
u64 dmp_counts_fua(const struct dmp_counts *counts)
{
	u64 fua = 0;
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		fua += counts->done[op | DMP_BIO_FUA].requests;
	return fua;
}

/**
 * dmp_counts_done() - completed bios of one operation
 * @counts: a sum
 * @op: the operation
 *
 * Context: any.
 * Return: bios with and without REQ_FUA.
 */
struct dmp_done dmp_counts_done(const struct dmp_counts *counts,
				enum dmp_op op)
{
	const struct dmp_done *fua = &counts->done[op | DMP_BIO_FUA];
	struct dmp_done done = counts->done[op];

	done.requests += fua->requests;
	done.bytes += fua->bytes;
	done.ns += fua->ns;
	done.timed += fua->timed;
	return done;
}
