// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reading side of the per-CPU engine, and what is rare on the other side.
 */
#include <linux/cpumask.h>
#include <linux/string.h>

#include "stats.h"

#define NR_COUNTERS (sizeof(struct dmp_counts) / sizeof(u64))

/**
 * dmp_stats_init() - allocate the counters of a volume, all zero
 * @stats: to be set up
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, with nothing left to free.
 */
int dmp_stats_init(struct dmp_stats *stats)
{
	stats->cpu = alloc_percpu(struct dmp_cpu);
	if (!stats->cpu)
		return -ENOMEM;

#if BITS_PER_LONG == 32
	{
		int cpu;

		for_each_possible_cpu(cpu)
			seqcount_init(&per_cpu_ptr(stats->cpu, cpu)->seq);
	}
#endif
	mutex_init(&stats->lock);
	memset(&stats->base, 0, sizeof(stats->base));
	return 0;
}

/**
 * dmp_stats_exit() - free what dmp_stats_init() allocated
 * @stats: no bio that it counts is in flight, and nobody reads it
 *
 * Context: may sleep.
 */
void dmp_stats_exit(struct dmp_stats *stats)
{
	mutex_destroy(&stats->lock);
	free_percpu(stats->cpu);
}

/**
 * dmp_counts_add() - add counters up, one by one
 * @sum: what is added to
 * @counts: what is added
 *
 * Context: any.
 */
void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts)
{
	const u64 *from = (const u64 *)counts;
	u64 *to = (u64 *)sum;
	size_t i;

	for (i = 0; i < NR_COUNTERS; i++)
		to[i] += from[i];
}

/**
 * dmp_counts_sub() - the inverse of dmp_counts_add()
 * @sum: what is subtracted from
 * @counts: what is subtracted
 *
 * Context: any.
 */
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts)
{
	const u64 *from = (const u64 *)counts;
	u64 *to = (u64 *)sum;
	size_t i;

	for (i = 0; i < NR_COUNTERS; i++)
		to[i] -= from[i];
}

/**
 * dmp_counts_completed() - how many bios came back
 * @counts: a sum
 *
 * @counts->submitted less this is the number of bios in flight.
 *
 * Context: any.
 * Return: the requests of all operations together.
 */
u64 dmp_counts_completed(const struct dmp_counts *counts)
{
	u64 completed = 0;
	int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		completed += counts->requests[op];
	return completed;
}

/* Copy one CPU's block; each counter is read in one piece. */
static void cpu_read(struct dmp_counts *counts, const struct dmp_cpu *cpu)
{
	const u64 *from = (const u64 *)&cpu->counts;
	u64 *to = (u64 *)counts;
	size_t i;
#if BITS_PER_LONG == 32
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&cpu->seq);
		for (i = 0; i < NR_COUNTERS; i++)
			to[i] = from[i];
	} while (read_seqcount_retry(&cpu->seq, seq));
#else
	for (i = 0; i < NR_COUNTERS; i++)
		to[i] = READ_ONCE(from[i]);
#endif
}

/**
 * dmp_stats_read_raw() - everything counted since the volume appeared
 * @stats: of the volume
 * @counts: the sum of all CPUs' blocks
 *
 * Submissions are read after all completions, on all CPUs: whatever was seen
 * to complete is then also seen to have been submitted, and no reader
 * computes a negative number in flight. It may compute too many: what comes in
 * between the two readings counts as being in flight.
 *
 * Context: any.
 */
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts)
{
	struct dmp_counts one;
	int cpu;

	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu));
		dmp_counts_add(counts, &one);
	}

	smp_rmb(); /* completions before submissions, see above */

	counts->submitted = 0;
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu));
		counts->submitted += one.submitted;
	}
}

/**
 * dmp_stats_read() - what was counted since the last reset
 * @stats: of the volume
 * @counts: the answer; its submitted less its completed is in flight now
 *
 * Context: may sleep.
 */
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts)
{
	mutex_lock(&stats->lock);
	dmp_stats_read_raw(stats, counts);
	dmp_counts_sub(counts, &stats->base);
	mutex_unlock(&stats->lock);
}

/**
 * dmp_stats_reset() - let counting start again from now
 * @stats: of the volume
 * @raw: set to everything counted until now
 *
 * No counter is written: what was counted until now becomes the base that is
 * subtracted from then on. A bio counts on the side of the reset on which it
 * completes, so those in flight count as submitted after it.
 *
 * Context: may sleep.
 */
void dmp_stats_reset(struct dmp_stats *stats, struct dmp_counts *raw)
{
	mutex_lock(&stats->lock);
	dmp_stats_read_raw(stats, raw);
	stats->base = *raw;
	stats->base.submitted = dmp_counts_completed(raw);
	mutex_unlock(&stats->lock);
}

/**
 * dmp_op_of() - the class of a bio
 * @bio: of any operation
 *
 * Context: any.
 * Return: the class it is counted in.
 */
enum dmp_op dmp_op_of(const struct bio *bio)
{
	switch (bio_op(bio)) {
	case REQ_OP_READ:
		return DMP_READ;
	case REQ_OP_WRITE:
		if (!bio->bi_iter.bi_size && bio->bi_opf & REQ_PREFLUSH)
			return DMP_FLUSH;
		return DMP_WRITE;
	case REQ_OP_FLUSH:
		return DMP_FLUSH;
	case REQ_OP_DISCARD:
		return DMP_DISCARD;
	case REQ_OP_WRITE_ZEROES:
		return DMP_WRITE_ZEROES;
	default:
		return DMP_OTHER;
	}
}

/**
 * dmp_stats_complete_uncommon() - the rare part of dmp_stats_complete()
 * @cpu: the volume's per-CPU blocks
 * @tag: of the bio
 * @status: how the bio ended
 *
 * BLK_STS_AGAIN is no error: it answers REQ_NOWAIT, and the submitter tries
 * again.
 *
 * Context: any, hard interrupt included.
 */
void dmp_stats_complete_uncommon(struct dmp_cpu __percpu *cpu,
				 unsigned long tag, blk_status_t status)
{
	unsigned long flags;

	flags = dmp_update_begin(cpu);
	if (tag & DMP_TAG_FUA)
		this_cpu_inc(cpu->counts.fua);
	if (status && status != BLK_STS_AGAIN)
		this_cpu_inc(cpu->counts.errors);
	dmp_update_end(cpu, flags);
}
