// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The statistics of a volume, off the fast path: see stats.h.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "stats.h"

/*
 * The latest generation of any volume. Its seed is the boot clock: fewer than one
 * generation a nanosecond is used, so none is used again after the module has been
 * unloaded and loaded.
 */
static atomic64_t last_generation;

/*
 * What a reset copies of one CPU, and the sums of the histograms' counters. One
 * for all volumes, so that a reset does not have to allocate; cut_lock guards it and
 * is nested inside the lock of a volume.
 */
static DEFINE_MUTEX(cut_lock);
static struct cut {
	struct dmp_cpu copy;
	u32 sums[DMP_NR_HIST_COUNTERS];
} *cut;

/**
 * dmp_stats_global_init() - for all volumes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_stats_global_init(void)
{
	atomic64_set(&last_generation, ktime_get_boottime_ns());
	cut = kvzalloc(sizeof(*cut), GFP_KERNEL);
	return cut ? 0 : -ENOMEM;
}

/**
 * dmp_stats_global_exit() - when there are no volumes left
 *
 * Context: may sleep.
 */
void dmp_stats_global_exit(void)
{
	kvfree(cut);
}

static void cpu_block_init(struct dmp_cpu *block)
{
	struct dmp_submit_state *submit = &block->submit;

	submit->random = get_random_u32();
	submit->until_sample = dmp_random_below(submit, 2 * DMP_SAMPLE_MEAN);
	/* Beyond any span: drawn anew when the first bio is to be timed. */
	submit->until_timed = S32_MAX;
	submit->last_end = DMP_RUN_NOWHERE;
	submit->last_jiffies = jiffies - 1;
	dmp_runs_init(&submit->runs);
#if BITS_PER_LONG == 32
	seqcount_init(&block->seq);
#endif
}

static int cpu_blocks_init(struct dmp_stats *stats)
{
	int cpu;

	stats->cpu = alloc_percpu(struct dmp_cpu);
	if (!stats->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		cpu_block_init(per_cpu_ptr(stats->cpu, cpu));
	return 0;
}

static void hists_free(struct dmp_stats *stats)
{
	kvfree(stats->hist_total);
	kvfree(stats->hist_prev);
	kvfree(stats->shared);
}

static int hists_init(struct dmp_stats *stats)
{
	stats->shared = kvzalloc(sizeof(*stats->shared), GFP_KERNEL);
	stats->hist_prev = kvcalloc(DMP_NR_HIST_COUNTERS,
				    sizeof(*stats->hist_prev), GFP_KERNEL);
	stats->hist_total = kvcalloc(DMP_NR_HIST_COUNTERS,
				     sizeof(*stats->hist_total), GFP_KERNEL);
	if (stats->shared && stats->hist_prev && stats->hist_total)
		return 0;
	hists_free(stats);
	return -ENOMEM;
}

/* Counting starts now. */
static void start_counting(struct dmp_stats *stats)
{
	struct dmp_start *start = &stats->start;

	start->boot_ns = ktime_get_boottime_ns();
	start->real_ns = ktime_get_real_ns();
	start->latency_boot_ns = start->boot_ns;
	start->generation = atomic64_inc_return(&last_generation);
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
	ret = hists_init(stats);
	if (ret)
		return ret;
	ret = cpu_blocks_init(stats);
	if (ret) {
		hists_free(stats);
		return ret;
	}

	mutex_init(&stats->lock);
	stats->config.latency_every = 1;
	stats->config.slow_ns = DMP_SLOW_NS_DEFAULT;
	stats->time_span = 1;
	dmp_clock_init(&stats->clock);
	start_counting(stats);
	return 0;
}

/**
 * dmp_stats_exit() - free what dmp_stats_init() allocated
 * @stats: no bio that it counts is in flight, and it has no readers
 *
 * Context: may sleep.
 */
void dmp_stats_exit(struct dmp_stats *stats)
{
	mutex_destroy(&stats->lock);
	free_percpu(stats->cpu);
	hists_free(stats);
}

/* Copy one CPU's first @count counters, in order; none is torn. */
static void cpu_read(struct dmp_counts *counts, const struct dmp_cpu *cpu,
		     size_t count)
{
	const u64 *from = (const u64 *)&cpu->counts;
	u64 *to = (u64 *)counts;
	size_t i;
#if BITS_PER_LONG == 32
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&cpu->seq);
		for (i = 0; i < count; i++)
			to[i] = from[i];
	} while (read_seqcount_retry(&cpu->seq, seq));
#else
	for (i = 0; i < count; i++)
		to[i] = READ_ONCE(from[i]);
#endif
}

/**
 * dmp_stats_read_raw() - everything counted since the volume was added
 * @stats: of the volume
 * @counts: the sum of all CPUs' blocks
 *
 * Completions are summed before submissions, over all CPUs, so the number in flight
 * is never negative. It may be too high, by the bios that were submitted between the
 * two readings. The same holds for each epoch.
 *
 * Context: any.
 */
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts)
{
	struct dmp_counts one;
	unsigned int epoch;
	int cpu;

	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu), DMP_NR_COUNTERS);
		dmp_counts_add(counts, &one);
	}

	smp_rmb(); /* completions before submissions, see above */

	for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
		counts->epoch[epoch].entered = 0;
	for_each_possible_cpu(cpu) {
		cpu_read(&one, per_cpu_ptr(stats->cpu, cpu),
			 DMP_NR_EPOCH_COUNTERS);
		for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
			counts->epoch[epoch].entered +=
				one.epoch[epoch].entered;
	}
}

/*
 * Add to a total what its counter counted since the last fold, modulo 2^32. A counter
 * that was taken back below the last fold waits until it is there again: totals
 * never go back.
 */
static void fold_one(struct dmp_stats *stats, size_t i, u32 sum)
{
	s32 increase = sum - stats->hist_prev[i];

	if (increase <= 0)
		return;
	stats->hist_total[i] += increase;
	stats->hist_prev[i] = sum;
}

/* So many counters of each CPU are added up at a time. */
#define FOLD_CHUNK	64

static void fold_chunk(struct dmp_stats *stats, size_t first, size_t count)
{
	u32 sum[FOLD_CHUNK] = { 0 };
	size_t i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const u32 *from = (const u32 *)
			per_cpu_ptr(stats->cpu, cpu)->rw + first;

		for (i = 0; i < count; i++)
			sum[i] += READ_ONCE(from[i]);
	}
	for (i = 0; i < count; i++)
		fold_one(stats, first + i, sum[i]);
}

static u32 shared_counter(const struct dmp_stats *stats, size_t i)
{
	return READ_ONCE(((const u32 *)stats->shared)
			 [i - DMP_NR_CPU_HIST_COUNTERS]);
}

static void fold(struct dmp_stats *stats)
{
	size_t i;

	lockdep_assert_held(&stats->lock);
	for (i = 0; i < DMP_NR_CPU_HIST_COUNTERS; i += FOLD_CHUNK)
		fold_chunk(stats, i,
			   min_t(size_t, FOLD_CHUNK,
				 DMP_NR_CPU_HIST_COUNTERS - i));
	for (; i < DMP_NR_HIST_COUNTERS; i++)
		fold_one(stats, i, shared_counter(stats, i));
}

/**
 * dmp_stats_fold() - add what the histograms' counters counted to the totals
 * @stats: of the volume
 *
 * Context: may sleep.
 */
void dmp_stats_fold(struct dmp_stats *stats)
{
	mutex_lock(&stats->lock);
	fold(stats);
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
	fold(stats);
	return stats->hist_total;
}

/**
 * dmp_stats_read() - what was counted since the last reset
 * @stats: of the volume; its lock is held
 * @counts: the answer; in flight is what is in flight now
 *
 * Context: may sleep.
 */
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts)
{
	lockdep_assert_held(&stats->lock);
	dmp_stats_read_raw(stats, counts);
	dmp_counts_sub(counts, &stats->base);
}

/*
 * How far completions on a CPU are ahead of what they do last, leaving their epoch.
 * Counters of untracked bios are in it, too: only compared with itself.
 */
static u64 unfinished(const struct dmp_counts *counts)
{
	u64 unfinished = dmp_counts_completed(counts);
	unsigned int epoch;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		unfinished -= counts->epoch[epoch].left;
	return unfinished;
}

struct copy_request {
	const struct dmp_stats *stats;
	u64 unfinished;
	bool again;
};

/*
 * Copy the block of the CPU that this runs on, with interrupts off: no completion in
 * interrupt context is in the middle of its counters. One that was interrupted by
 * this is: it makes more completions unfinished than there are at another moment, so
 * of a few copies the one with the fewest is kept.
 */
static void copy_block(void *info)
{
	struct copy_request *request = info;
	const struct dmp_cpu *block = this_cpu_ptr(request->stats->cpu);
	u64 count = unfinished(&block->counts);

	if (request->again && count >= request->unfinished)
		return;
	request->unfinished = count;
	request->again = true;
	cut->copy = *block;
}

#define COPIES	3

static void copy_cpu(const struct dmp_stats *stats, int cpu)
{
	struct copy_request request = { .stats = stats };
	int i;

	for (i = 0; i < COPIES; i++)
		if (smp_call_function_single(cpu, copy_block, &request, true))
			break;
	/* A CPU that is offline counts nothing. */
	if (!request.again)
		cut->copy = *per_cpu_ptr(stats->cpu, cpu);
}

/* Copy all CPUs. Leaves the histograms' sums in cut->sums. */
static void copy_all(struct dmp_stats *stats, struct dmp_counts *raw)
{
	const u32 *from = (const u32 *)cut->copy.rw;
	size_t i;
	int cpu;

	memset(raw, 0, sizeof(*raw));
	memset(cut->sums, 0, sizeof(cut->sums));
	for_each_possible_cpu(cpu) {
		copy_cpu(stats, cpu);
		dmp_counts_add(raw, &cut->copy.counts);
		for (i = 0; i < DMP_NR_CPU_HIST_COUNTERS; i++)
			cut->sums[i] += from[i];
	}
	for (i = DMP_NR_CPU_HIST_COUNTERS; i < DMP_NR_HIST_COUNTERS; i++)
		cut->sums[i] = shared_counter(stats, i);
}

/*
 * Does a copy of all CPUs have a tracked bio in some counters and not in all? All
 * untracked bios were counted as submitted, so what is unfinished beyond them is.
 */
static bool is_torn(const struct dmp_counts *raw)
{
	return (s64)(unfinished(raw) - raw->epoch[0].entered) > 0;
}

#define CUT_TRIES	20

/*
 * Read all counters so that each bio is in all of them or in none. A task that completes
 * a bio and was preempted in the middle of its counters may need some time to go on.
 */
static void read_cut(struct dmp_stats *stats, struct dmp_counts *raw)
{
	unsigned int tries;

	lockdep_assert_held(&cut_lock);
	for (tries = 1; ; tries++) {
		copy_all(stats, raw);
		if (!is_torn(raw) || tries == CUT_TRIES)
			return;
		usleep_range(USEC_PER_MSEC, 2 * USEC_PER_MSEC);
	}
}

/* A histogram's totals start again from the cut. */
static void restart_hists(struct dmp_stats *stats, size_t first, size_t count)
{
	size_t i;

	for (i = first; i < first + count; i++) {
		stats->hist_prev[i] = cut->sums[i];
		stats->hist_total[i] = 0;
	}
}

/* The least shift with which a volume has no more cells than there are. */
static unsigned int heat_shift_of(sector_t sectors)
{
	unsigned int shift = 0;

	while ((u64)sectors > (u64)DMP_HEAT_CELLS << shift)
		shift++;
	return shift;
}

/**
 * dmp_stats_reset() - start counting again from now
 * @stats: of the volume; its lock is held
 * @raw: set to everything counted until now
 *
 * No counter is written: what was counted until now becomes the base that readers
 * subtract. A bio counts on the side of the reset on which it completes, so those in
 * flight count as submitted after it.
 *
 * Context: may sleep; interrupts each CPU.
 */
void dmp_stats_reset(struct dmp_stats *stats, struct dmp_counts *raw)
{
	unsigned int epoch;

	lockdep_assert_held(&stats->lock);
	mutex_lock(&cut_lock);
	read_cut(stats, raw);
	restart_hists(stats, 0, DMP_NR_HIST_COUNTERS);
	mutex_unlock(&cut_lock);

	stats->base = *raw;
	/* Epochs go on as they are. */
	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		memset(&stats->base.epoch[epoch], 0,
		       sizeof(stats->base.epoch[epoch]));
	stats->base.epoch[0].entered = dmp_counts_completed(raw);
	WRITE_ONCE(stats->heat_shift, heat_shift_of(stats->sectors));
	start_counting(stats);
}

static void restart_op_latency(struct dmp_stats *stats, unsigned int op,
			       const struct dmp_counts *raw)
{
	unsigned int i;

	for (i = op; i < 2 * DMP_OP_SLOTS; i += DMP_OP_SLOTS) {
		stats->base.done[i].ns = raw->done[i].ns;
		stats->base.done[i].timed = raw->done[i].timed;
	}
	stats->base.uncommon[op].slow = raw->uncommon[op].slow;
	stats->base.uncommon[op].slow_ns = raw->uncommon[op].slow_ns;
}

/* Where a histogram begins, in counters. */
#define HIST_AT(hist)	(offsetof(struct dmp_hists, hist) / sizeof(u32))

/**
 * dmp_stats_restart_latency() - start counting latencies again from now
 * @stats: of the volume; its lock is held
 *
 * Context: may sleep; interrupts each CPU.
 */
void dmp_stats_restart_latency(struct dmp_stats *stats)
{
	struct dmp_counts raw;
	unsigned int op;

	lockdep_assert_held(&stats->lock);
	mutex_lock(&cut_lock);
	read_cut(stats, &raw);
	for (op = 0; op < DMP_RW_OPS; op++) {
		restart_hists(stats, HIST_AT(rw[op].each.latency),
			      DMP_LATENCY_BUCKETS);
		restart_hists(stats, HIST_AT(rw[op].size_latency),
			      DMP_SL_SIZES * DMP_SL_LATENCIES);
	}
	for (op = 0; op < DMP_RARE_OPS; op++)
		restart_hists(stats, HIST_AT(shared.rare[op].latency),
			      DMP_LATENCY_BUCKETS);
	mutex_unlock(&cut_lock);

	for (op = 0; op < DMP_NR_OPS; op++)
		restart_op_latency(stats, op, &raw);
	stats->start.latency_boot_ns = ktime_get_boottime_ns();
}

/* Each cell takes in 2^@shift old ones. */
static void merge_cells(u64 *cells, unsigned int shift)
{
	u64 merged[DMP_HEAT_CELLS] = { 0 };
	unsigned int i;

	shift = min_t(unsigned int, shift, ilog2(DMP_HEAT_CELLS));

	for (i = 0; i < DMP_HEAT_CELLS; i++)
		merged[i >> shift] += cells[i];
	memcpy(cells, merged, sizeof(merged));
}

/**
 * dmp_stats_resize() - the volume has another size
 * @stats: of the volume; its lock is held, no bio is in flight
 * @sectors: the size
 *
 * Cells of the heat map are powers of two, so where a volume has grown old cells
 * merge into new ones exactly. Where it has shrunk the cells stay until a reset.
 *
 * Context: may sleep.
 */
void dmp_stats_resize(struct dmp_stats *stats, sector_t sectors)
{
	unsigned int shift = heat_shift_of(sectors);
	unsigned int op;

	lockdep_assert_held(&stats->lock);
	stats->sectors = sectors;
	if (shift <= stats->heat_shift)
		return;

	fold(stats);
	for (op = 0; op < DMP_RW_OPS; op++)
		merge_cells(stats->hist_total +
			    HIST_AT(rw[op].heat), shift - stats->heat_shift);
	WRITE_ONCE(stats->heat_shift, shift);
}
