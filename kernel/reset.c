// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resets: see reset.h.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "reset.h"

/*
 * Scratch memory: a copy of one CPU's counters, and sums of all histogram counters. One
 * for all volumes, so that a reset need not allocate it; guarded by cut_lock, which
 * nests inside the lock of a volume.
 */
static DEFINE_MUTEX(cut_lock);
static struct cut {
	struct dmp_cpu cpu;
	struct dmp_rw_hists hists[DMP_RW_OPS];
	u32 sums[DMP_NR_OPS][sizeof(struct dmp_rw_hists) / sizeof(u32)];
} *cut;

/**
 * dmp_reset_global_init() - allocate the scratch memory of resets
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_reset_global_init(void)
{
	cut = kvzalloc(sizeof(*cut), GFP_KERNEL);
	return cut ? 0 : -ENOMEM;
}

/**
 * dmp_reset_global_exit() - free the scratch memory of resets
 *
 * Context: may sleep.
 */
void dmp_reset_global_exit(void)
{
	kvfree(cut);
}

/**
 * dmp_reset_reserve() - allocate the memory of a reset
 * @stats: of the volume; its lock is held
 *
 * A volume that has never had a bio needs none.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_reset_reserve(struct dmp_stats *stats)
{
	struct dmp_counts raw;

	lockdep_assert_held(&stats->lock);
	dmp_stats_read_raw(stats, &raw);
	if (!dmp_counts_submitted(&raw) && !dmp_counts_completed(&raw))
		return 0;
	return dmp_totals_reserve(&stats->totals);
}

/* Completions of one CPU that have not left their epoch yet; see dmp_counts_unfinished(). */
static u32 unfinished(const struct dmp_cpu *cpu)
{
	u32 unfinished = 0;
	unsigned int i;

	for (i = 0; i < DMP_RW_OPS; i++)
		unfinished += cpu->rw[i].requests;
	for (i = 1; i < DMP_EPOCHS; i++)
		unfinished -= cpu->epoch[i].left;
	return unfinished;
}

struct copy_request {
	const struct dmp_stats *stats;
	u32 unfinished;
	bool again;
};

static void copy_hists(const struct dmp_block *block)
{
	if (block)
		memcpy(cut->hists, block->rw, sizeof(cut->hists));
	else
		memset(cut->hists, 0, sizeof(cut->hists));
}

/*
 * IPI: copy the counters of this CPU, with interrupts off, so that no completion in
 * interrupt context is half counted. A completion that the IPI interrupted is; it
 * increases unfinished(), so of several copies the one with the least is kept.
 */
static void copy_this_cpu(void *info)
{
	struct copy_request *request = info;
	const struct dmp_cpu *cpu = this_cpu_ptr(request->stats->cpus.cpu);
	u32 count = unfinished(cpu);

	if (request->again && (s32)(count - request->unfinished) >= 0)
		return;
	request->unfinished = count;
	request->again = true;
	cut->cpu = *cpu;
	copy_hists(cpu->block);
}

#define COPIES	3

static void copy_cpu(const struct dmp_stats *stats, unsigned int cpu)
{
	struct copy_request request = { .stats = stats };
	int i;

	for (i = 0; i < COPIES; i++)
		if (smp_call_function_single(cpu, copy_this_cpu, &request, true))
			break;
	/* An offline CPU counts nothing. */
	if (!request.again) {
		cut->cpu = *per_cpu_ptr(stats->cpus.cpu, cpu);
		copy_hists(cut->cpu.block);
	}
}

static void add_hists(void)
{
	const u32 *from;
	unsigned int op;
	size_t i;

	for (op = 0; op < DMP_RW_OPS; op++) {
		from = (const u32 *)&cut->hists[op];
		for (i = 0; i < dmp_hist_counters(op); i++)
			cut->sums[op][i] += from[i];
	}
}

static void copy_shared_hists(const struct dmp_stats *stats)
{
	const u32 *from;
	unsigned int op;
	size_t i;

	for (op = DMP_RW_OPS; op < DMP_NR_OPS; op++) {
		from = (const u32 *)&stats->shared->hists[op - DMP_RW_OPS];
		for (i = 0; i < dmp_hist_counters(op); i++)
			cut->sums[op][i] = READ_ONCE(from[i]);
	}
}

/*
 * Copy all CPUs, then what they share: sums of the counters in @raw, of the histograms
 * in cut->sums.
 */
static void copy_all(const struct dmp_stats *stats, struct dmp_counts *raw)
{
	unsigned int i, epoch;

	memset(raw, 0, sizeof(*raw));
	memset(cut->sums, 0, sizeof(cut->sums));
	for (i = 0; dmp_nth_cpu(&stats->cpus, i); i++) {
		copy_cpu(stats, dmp_seen_cpus[i]);
		dmp_stats_read_cpu(&cut->cpu, raw);
		for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
			raw->epoch[epoch].entered +=
				cut->cpu.epoch[epoch].entered;
		add_hists();
	}
	dmp_stats_read_shared(stats, raw);
	copy_shared_hists(stats);
}

/*
 * Is a tracked bio half counted in a copy of all CPUs? Untracked bios are at most all
 * that were submitted; completions that have not left their epoch beyond that number
 * are tracked bios that are half counted.
 */
static bool is_torn(const struct dmp_counts *raw)
{
	return (s32)(dmp_counts_unfinished(raw) - raw->epoch[0].entered) > 0;
}

#define CUT_TRIES	20

/*
 * Read all counters so that each bio is in all of them or in none. Retries while a task
 * that completes a bio is preempted between two counters.
 */
static void read_cut(const struct dmp_stats *stats, struct dmp_counts *raw)
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

static void restart_hists(struct dmp_stats *stats, unsigned int op,
			  size_t first, size_t count)
{
	dmp_totals_restart(&stats->totals, op, cut->sums[op], first, count);
}

/**
 * dmp_reset() - restart all counters and histograms from zero, but for windows
 * @stats: of the volume; its lock is held, dmp_reset_reserve() succeeded
 * @raw: set to the counters since the volume was added
 *
 * No counter is written: the present values become the base that readers subtract. A
 * bio is counted after the reset if it completes after it, so bios in flight count as
 * submitted after it.
 *
 * Context: may sleep; interrupts each CPU.
 */
void dmp_reset(struct dmp_stats *stats, struct dmp_counts *raw)
{
	unsigned int op, epoch;

	lockdep_assert_held(&stats->lock);
	mutex_lock(&cut_lock);
	read_cut(stats, raw);
	for (op = 0; op < DMP_NR_OPS; op++)
		restart_hists(stats, op, 0, dmp_hist_counters(op));
	mutex_unlock(&cut_lock);

	stats->base = *raw;
	/* Epochs are not reset: they belong to bios in flight. */
	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		memset(&stats->base.epoch[epoch], 0,
		       sizeof(stats->base.epoch[epoch]));
	stats->base.epoch[0].entered = dmp_counts_completed(raw);
	WRITE_ONCE(stats->heat_shift, dmp_stats_heat_shift(stats->sectors));
	dmp_stats_start(stats);
}

static void restart_op_latency(struct dmp_stats *stats, unsigned int op,
			       const struct dmp_counts *raw)
{
	stats->base.done[op].ns = raw->done[op].ns;
	stats->base.done[op].timed = raw->done[op].timed;
	stats->base.uncommon[op].slow = raw->uncommon[op].slow;
	stats->base.uncommon[op].slow_ns = raw->uncommon[op].slow_ns;
}

/**
 * dmp_reset_latency() - restart latency accounting from zero
 * @stats: of the volume; its lock is held, dmp_reset_reserve() succeeded
 *
 * Context: may sleep; interrupts each CPU.
 */
void dmp_reset_latency(struct dmp_stats *stats)
{
	struct dmp_counts raw;
	unsigned int op;

	lockdep_assert_held(&stats->lock);
	mutex_lock(&cut_lock);
	read_cut(stats, &raw);
	for (op = 0; op < DMP_NR_OPS; op++)
		restart_hists(stats, op, DMP_OP_HIST(latency),
			      DMP_LATENCY_BUCKETS);
	for (op = 0; op < DMP_RW_OPS; op++)
		restart_hists(stats, op, DMP_RW_HIST(size_latency),
			      DMP_SL_SIZES * DMP_SL_LATENCIES);
	mutex_unlock(&cut_lock);

	for (op = 0; op < DMP_NR_OPS; op++)
		restart_op_latency(stats, op, &raw);
	stats->start.latency_boot_ns = ktime_get_boottime_ns();
}
