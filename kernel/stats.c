// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reading side of the per-CPU engine, and what is rare on the other side.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "stats.h"

#define NR_COUNTERS (sizeof(struct dmp_counts) / sizeof(u64))

/* The latest generation of any volume. */
static atomic64_t last_generation;

/**
 * dmp_stats_global_init() - seed the generations, before the first volume
 *
 * The seed is the boot clock: fewer than one generation a nanosecond is used, so
 * none is used again after the module has been unloaded and loaded.
 *
 * Context: any.
 */
void dmp_stats_global_init(void)
{
	atomic64_set(&last_generation, ktime_get_boottime_ns());
}

static void start_now(struct dmp_start *start)
{
	start->boot_ns = ktime_get_boottime_ns();
	start->real_ns = ktime_get_real_ns();
	start->generation = atomic64_inc_return(&last_generation);
}

static int cpu_blocks_init(struct dmp_stats *stats)
{
	int cpu;

	stats->cpu = alloc_percpu(struct dmp_cpu);
	if (!stats->cpu)
		return -ENOMEM;

	for_each_possible_cpu(cpu) {
		struct dmp_cpu *block = per_cpu_ptr(stats->cpu, cpu);

		/* Nothing continues what was not there. */
		memset(block->arrivals.streams, 0xff,
		       sizeof(block->arrivals.streams));
#if BITS_PER_LONG == 32
		seqcount_init(&block->seq);
#endif
	}
	return 0;
}

/**
 * dmp_stats_init() - allocate the counters of a volume, all zero
 * @stats: to be set up
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, with nothing left to free.
 */
int dmp_stats_init(struct dmp_stats *stats)
{
	int ret;

	memset(stats, 0, sizeof(*stats));
	stats->hist_seen = kvcalloc(DMP_NR_HIST_COUNTERS,
				    sizeof(*stats->hist_seen), GFP_KERNEL);
	stats->hist_total = kvcalloc(DMP_NR_HIST_COUNTERS,
				     sizeof(*stats->hist_total), GFP_KERNEL);
	ret = -ENOMEM;
	if (stats->hist_seen && stats->hist_total)
		ret = cpu_blocks_init(stats);
	if (ret) {
		kvfree(stats->hist_total);
		kvfree(stats->hist_seen);
		return ret;
	}

	mutex_init(&stats->lock);
	stats->config.latency_every = 1;
	stats->config.slow_ns = DMP_SLOW_NS_DEFAULT;
	dmp_clock_init(&stats->clock);
	start_now(&stats->start);
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
	kvfree(stats->hist_total);
	kvfree(stats->hist_seen);
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
 * dmp_counts_submitted() - how many bios went down
 * @counts: a sum
 *
 * This less dmp_counts_completed() is the number of bios in flight.
 *
 * Context: any.
 * Return: the bios of all operations together.
 */
u64 dmp_counts_submitted(const struct dmp_counts *counts)
{
	u64 submitted = counts->submitted;
	int epoch;

	for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
		submitted += counts->entered[epoch];
	return submitted;
}

/**
 * dmp_counts_requests() - how many bios of one operation came back
 * @counts: a sum
 * @op: the operation
 *
 * Context: any.
 * Return: the bios, FUA or not.
 */
u64 dmp_counts_requests(const struct dmp_counts *counts, enum dmp_op op)
{
	return counts->requests[op] + counts->requests[op | DMP_TAG_FUA];
}

/**
 * dmp_counts_bytes() - the size of the bios of one operation that came back
 * @counts: a sum
 * @op: the operation
 *
 * Context: any.
 * Return: bytes.
 */
u64 dmp_counts_bytes(const struct dmp_counts *counts, enum dmp_op op)
{
	return counts->bytes[op] + counts->bytes[op | DMP_TAG_FUA];
}

/**
 * dmp_counts_fua() - how many bios came back that had REQ_FUA
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios of all operations together.
 */
u64 dmp_counts_fua(const struct dmp_counts *counts)
{
	u64 fua = 0;
	int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		fua += counts->requests[op | DMP_TAG_FUA];
	return fua;
}

/**
 * dmp_counts_completed() - how many bios came back
 * @counts: a sum
 *
 * Context: any.
 * Return: the bios of all operations together.
 */
u64 dmp_counts_completed(const struct dmp_counts *counts)
{
	u64 completed = 0;
	int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		completed += dmp_counts_requests(counts, op);
	return completed;
}

/**
 * dmp_counts_in_flight() - bios submitted and not yet completed
 * @counts: a sum of dmp_stats_read() or dmp_stats_read_raw()
 *
 * Context: any.
 * Return: the bios of all operations together.
 */
u64 dmp_counts_in_flight(const struct dmp_counts *counts)
{
	return dmp_counts_submitted(counts) - dmp_counts_completed(counts);
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
 * between the two readings counts as being in flight. The same holds for each
 * epoch's account.
 *
 * Context: any.
 */
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts)
{
	struct dmp_counts one;
	int cpu, epoch;

	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu));
		dmp_counts_add(counts, &one);
	}

	smp_rmb(); /* completions before submissions, see above */

	counts->submitted = 0;
	memset(counts->entered, 0, sizeof(counts->entered));
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu));
		counts->submitted += one.submitted;
		for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
			counts->entered[epoch] += one.entered[epoch];
	}
}

/* So many counters of each CPU are added up at a time. */
#define HARVEST_CHUNK	64

static void harvest_chunk(struct dmp_stats *stats, size_t first, size_t count)
{
	u32 sum[HARVEST_CHUNK] = { 0 };
	size_t i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const u32 *from = (const u32 *)
			&per_cpu_ptr(stats->cpu, cpu)->hists + first;

		for (i = 0; i < count; i++)
			sum[i] += READ_ONCE(from[i]);
	}

	/* Modulo 2^32, as the counters are; see hists.h. */
	for (i = 0; i < count; i++) {
		stats->hist_total[first + i] +=
			(u32)(sum[i] - stats->hist_seen[first + i]);
		stats->hist_seen[first + i] = sum[i];
	}
}

static void harvest(struct dmp_stats *stats)
{
	size_t first;

	lockdep_assert_held(&stats->lock);
	for (first = 0; first < DMP_NR_HIST_COUNTERS; first += HARVEST_CHUNK)
		harvest_chunk(stats, first,
			      min_t(size_t, HARVEST_CHUNK,
				    DMP_NR_HIST_COUNTERS - first));
}

/**
 * dmp_stats_harvest() - add what the CPUs' histograms counted to the totals
 * @stats: of the volume
 *
 * Context: may sleep.
 */
void dmp_stats_harvest(struct dmp_stats *stats)
{
	mutex_lock(&stats->lock);
	harvest(stats);
	mutex_unlock(&stats->lock);
}

/**
 * dmp_stats_hists() - read the histograms
 * @stats: of the volume; its lock is held, and guards the answer
 *
 * Context: may sleep.
 * Return: DMP_NR_HIST_COUNTERS totals since the last reset, laid out like
 *	struct dmp_hists.
 */
const u64 *dmp_stats_hists(struct dmp_stats *stats)
{
	harvest(stats);
	return stats->hist_total;
}

/**
 * dmp_stats_read() - what was counted since the last reset
 * @stats: of the volume; its lock is held
 * @counts: the answer; its submitted less its completed is in flight now
 *
 * Context: may sleep.
 */
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts)
{
	lockdep_assert_held(&stats->lock);
	dmp_stats_read_raw(stats, counts);
	dmp_counts_sub(counts, &stats->base);
}

/**
 * dmp_stats_reset() - let counting start again from now
 * @stats: of the volume; its lock is held
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
	lockdep_assert_held(&stats->lock);
	dmp_stats_read_raw(stats, raw);
	stats->base = *raw;
	stats->base.submitted = dmp_counts_completed(raw);
	/* The accounts of epochs go on as they are. */
	memset(stats->base.entered, 0, sizeof(stats->base.entered));
	memset(stats->base.left, 0, sizeof(stats->base.left));
	harvest(stats);
	memset(stats->hist_total, 0,
	       DMP_NR_HIST_COUNTERS * sizeof(*stats->hist_total));
	start_now(&stats->start);
}

/**
 * dmp_stats_set_heat_shift() - say how the volume is divided into cells
 * @stats: of the volume; its lock is held
 * @shift: log2 of a cell's sectors
 *
 * What was counted in cells of another size is dropped: it cannot be told any
 * more where it was.
 *
 * Context: may sleep.
 */
void dmp_stats_set_heat_shift(struct dmp_stats *stats, unsigned int shift)
{
	unsigned int op;

	lockdep_assert_held(&stats->lock);
	if (stats->heat_shift == shift)
		return;

	harvest(stats);
	for (op = 0; op < DMP_RW_OPS; op++)
		memset(stats->hist_total +
		       offsetof(struct dmp_hists, rw[op].heat) / sizeof(u32), 0,
		       DMP_HEAT_CELLS * sizeof(u64));
	WRITE_ONCE(stats->heat_shift, shift);
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
 * dmp_stats_error() - count a bio that did not end well
 * @cpu: the volume's per-CPU blocks
 * @tag: of the bio
 * @status: how it ended, not BLK_STS_OK
 *
 * BLK_STS_AGAIN is no error: it answers REQ_NOWAIT, and the submitter tries
 * again.
 *
 * Context: any, hard interrupt included.
 */
void dmp_stats_error(struct dmp_cpu __percpu *cpu, unsigned long tag,
		     blk_status_t status)
{
	unsigned int value = (__force unsigned int)status;
	unsigned long flags;

	dmp_hist_inc(dmp_op_hists(cpu, tag & DMP_TAG_OP)->errors,
		     min(value, DMP_STATUSES - 1U));
	if (status == BLK_STS_AGAIN)
		return;

	flags = dmp_update_begin(cpu);
	this_cpu_inc(cpu->counts.errors);
	dmp_update_end(cpu, flags);
}
