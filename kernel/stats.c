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
 * The latest generation of any volume. Seeded with the boot clock: fewer than one
 * generation per nanosecond is used, so that none recurs after the module has been
 * reloaded.
 */
static atomic64_t last_generation;

/*
 * Scratch memory of a reset: a copy of one CPU's block, and sums of all histogram
 * counters. One for all volumes, so that a reset need not allocate; guarded by
 * cut_lock, which nests inside the lock of a volume.
 */
static DEFINE_MUTEX(cut_lock);
static struct cut {
	struct dmp_cpu copy;
	u32 sums[DMP_NR_HIST_COUNTERS];
} *cut;

/**
 * dmp_stats_global_init() - allocate the scratch memory of resets
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
 * dmp_stats_global_exit() - free the scratch memory of resets
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
	/* Out of range of any setting: drawn again at the first bio. */
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

/* Record the start of counting. */
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
 * dmp_stats_exit() - free the counters of a volume
 * @stats: without bios in flight and without readers
 *
 * Context: may sleep.
 */
void dmp_stats_exit(struct dmp_stats *stats)
{
	mutex_destroy(&stats->lock);
	free_percpu(stats->cpu);
	hists_free(stats);
}

/* Copy the first @count counters of one CPU, in order, each without tearing. */
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
 * dmp_stats_read_raw() - counters since the volume was added
 * @stats: of the volume
 * @counts: set to the sum over all CPUs
 *
 * Completions of all CPUs are summed before submissions, so in_flight is never
 * negative. It may be too high by the bios that were submitted in between. The same
 * holds for each epoch.
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
 * Add the increase of a counter since the last fold, modulo 2^32, to its total. A
 * counter that was decremented below its value at the last fold (a bio was refused)
 * adds nothing until it exceeds that value: totals are monotonic.
 */
static void fold_one(struct dmp_stats *stats, size_t i, u32 sum)
{
	s32 increase = sum - stats->hist_prev[i];

	if (increase <= 0)
		return;
	stats->hist_total[i] += increase;
	stats->hist_prev[i] = sum;
}

/* Counters that are summed over all CPUs at a time; a compromise with the stack. */
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

static void fold(struct dmp_stats *stats, struct dmp_hist_range range)
{
	size_t end = range.first + range.count, i = range.first;
	size_t cpu_end = min_t(size_t, end, DMP_NR_CPU_HIST_COUNTERS);

	lockdep_assert_held(&stats->lock);
	for (; i < cpu_end; i += FOLD_CHUNK)
		fold_chunk(stats, i, min_t(size_t, FOLD_CHUNK, cpu_end - i));
	for (i = max(range.first, cpu_end); i < end; i++)
		fold_one(stats, i, shared_counter(stats, i));
}

/**
 * dmp_stats_fold() - fold all histogram counters into the 64-bit totals
 * @stats: of the volume
 *
 * Context: may sleep.
 */
void dmp_stats_fold(struct dmp_stats *stats)
{
	mutex_lock(&stats->lock);
	fold(stats, DMP_ALL_HISTS);
	mutex_unlock(&stats->lock);
}

/**
 * dmp_stats_hists() - read histograms
 * @stats: of the volume; its lock is held, and guards the result
 * @range: the counters that are wanted; summing all of them over all CPUs takes long
 *
 * Context: may sleep.
 * Return: totals since the last reset, laid out like struct dmp_hists; those outside
 *	@range are of some time before.
 */
const u64 *dmp_stats_hists(struct dmp_stats *stats, struct dmp_hist_range range)
{
	fold(stats, range);
	return stats->hist_total;
}

/**
 * dmp_stats_read() - counters since the last reset
 * @stats: of the volume; its lock is held
 * @counts: set to the sum over all CPUs; in_flight includes bios that were submitted
 *	before the reset
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
 * Completions that have not left their epoch yet, the last step of a completion, plus
 * all completions of untracked bios. Only differences are meaningful.
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
 * IPI: copy the block of this CPU, with interrupts off, so that no completion in
 * interrupt context is half counted. A completion that the IPI interrupted is; it
 * increases unfinished(), so of several copies the one with the least is kept.
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
	/* An offline CPU counts nothing. */
	if (!request.again)
		cut->copy = *per_cpu_ptr(stats->cpu, cpu);
}

/* Copy all CPUs: sums of the counters in @raw, of the histograms in cut->sums. */
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
 * Is a tracked bio half counted in a copy of all CPUs? Untracked bios are at most all
 * that were submitted; completions that have not left their epoch beyond that number
 * are tracked bios that are half counted.
 */
static bool is_torn(const struct dmp_counts *raw)
{
	return (s64)(unfinished(raw) - raw->epoch[0].entered) > 0;
}

#define CUT_TRIES	20

/*
 * Read all counters so that each bio is in all of them or in none. Retries while a task
 * that completes a bio is preempted between two counters.
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

/* Restart the totals of a histogram from the cut. */
static void restart_hists(struct dmp_stats *stats, size_t first, size_t count)
{
	size_t i;

	for (i = first; i < first + count; i++) {
		stats->hist_prev[i] = cut->sums[i];
		stats->hist_total[i] = 0;
	}
}

/* The least shift with which DMP_HEAT_CELLS cells cover a volume. */
static unsigned int heat_shift_of(sector_t sectors)
{
	unsigned int shift = 0;

	while ((u64)sectors > (u64)DMP_HEAT_CELLS << shift)
		shift++;
	return shift;
}

/**
 * dmp_stats_reset() - restart all counters and histograms from zero
 * @stats: of the volume; its lock is held
 * @raw: set to the counters since the volume was added
 *
 * No counter is written: the present values become the base that readers subtract. A
 * bio is counted after the reset if it completes after it, so bios in flight count as
 * submitted after it.
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
	/* Epochs are not reset: they belong to bios in flight. */
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

/* Offset of a histogram, in counters. */
#define HIST_AT(hist)	(offsetof(struct dmp_hists, hist) / sizeof(u32))

/**
 * dmp_stats_restart_latency() - restart latency accounting from zero
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

/* Merge 2^@shift cells into one. */
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
 * dmp_stats_resize() - set the size of a volume
 * @stats: of the volume; its lock is held, no bio is in flight
 * @sectors: the new size
 *
 * Cells of the heat map are powers of two, so cells merge exactly when a volume grows.
 * When it shrinks the cells keep their size until a reset.
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

	fold(stats, DMP_ALL_HISTS);
	for (op = 0; op < DMP_RW_OPS; op++)
		merge_cells(stats->hist_total +
			    HIST_AT(rw[op].heat), shift - stats->heat_shift);
	WRITE_ONCE(stats->heat_shift, shift);
}
