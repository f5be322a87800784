// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tick: see tick.h.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/workqueue.h>

#include "tick.h"

/* No histogram counter grows by 2^31 in this time: see fold_one() in stats.c. */
#define FOLD_NS		(5ULL * NSEC_PER_SEC)

/* Consecutive ticks without untracked bios after which the search for them ends. */
#define UNTRACKED_TICKS	3

/* Unbound, so that idle CPUs are not woken. */
static struct workqueue_struct *tick_queue;

static void set_mode(struct dmp_stats *stats, u32 mode)
{
	WRITE_ONCE(stats->mode, mode);
}

/* The mode by settings, clock and epochs, without IDLE and TRACED. */
static u32 mode_of(const struct dmp_stats *stats)
{
	const struct dmp_epochs *epochs = &stats->tick.epochs;
	u32 mode;

	if (stats->config.collect < DMP_COLLECT_PATTERNS)
		return 0;
	if (stats->config.collect < DMP_COLLECT_ALL)
		return DMP_MODE_PATTERNS;

	mode = DMP_MODE_PATTERNS | epochs->current_slot << DMP_EPOCH_SHIFT;
	if (stats->config.latency_every == 1)
		mode |= DMP_MODE_TIME_EACH;
	if (stats->tick.asleep || !dmp_clock_usable())
		mode |= DMP_MODE_KTIME;
	if (dmp_epochs_overflowed(epochs))
		mode |= DMP_MODE_OVERFLOW;
	return mode;
}

/* Recompute the mode. */
static void update_mode(struct dmp_stats *stats)
{
	set_mode(stats, mode_of(stats) |
			(stats->mode & (DMP_MODE_IDLE | DMP_MODE_TRACED)));
}

static bool next_epoch(struct dmp_stats *stats,
		       const struct dmp_counts *counts, u64 now)
{
	return dmp_epochs_next(&stats->tick.epochs, counts, now,
			       dmp_clock_ticks(&stats->clock));
}

/*
 * Begin the next epoch when it is due. If no slot has drained for DMP_EPOCH_MAX_NS, end
 * the 32-bit starts of the current epoch before they wrap.
 */
static void advance_epoch(struct dmp_stats *stats,
			  const struct dmp_counts *counts, u64 now)
{
	struct dmp_epochs *epochs = &stats->tick.epochs;
	u64 age = now - epochs->start[epochs->current_slot];

	if (age < DMP_EPOCH_NS || next_epoch(stats, counts, now) ||
	    age < DMP_EPOCH_MAX_NS)
		return;
	dmp_epochs_end_starts(epochs, dmp_clock_ticks(&stats->clock));
}

/* Completed and not refused requests and bytes, for the windows. */
static void amounts_of(const struct dmp_counts *counts,
		       struct dmp_amount *amounts)
{
	const struct dmp_uncommon *uncommon;
	struct dmp_done done;
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++) {
		done = dmp_counts_done(counts, op);
		uncommon = &counts->uncommon[op];
		amounts[op].requests = done.requests - uncommon->refused;
		amounts[op].bytes = done.bytes - uncommon->refused_bytes;
	}
}

static void open_window(struct dmp_stats *stats,
			const struct dmp_counts *counts, u64 now)
{
	struct dmp_amount amounts[DMP_NR_OPS];

	amounts_of(counts, amounts);
	dmp_windows_open(&stats->tick.windows, amounts, now);
}

static void close_window(struct dmp_stats *stats,
			 const struct dmp_counts *counts, u64 now)
{
	struct dmp_amount amounts[DMP_NR_OPS];

	amounts_of(counts, amounts);
	dmp_windows_close(&stats->tick.windows, stats->shared->window, amounts,
			  now);
}

static void pass_windows(struct dmp_stats *stats, u64 now)
{
	dmp_windows_pass(&stats->tick.windows, stats->shared->window, now);
}

/* The slow limit in ticks, at most the range of a 32-bit start. */
static u32 slow_limit_ticks(const struct dmp_stats *stats)
{
	u64 ns = min_t(u64, stats->config.slow_ns, DMP_LATENCY_MAX);

	if (!stats->clock.mult)
		return 0;
	return min_t(u64, div_u64(ns << DMP_TICK_FRACTION, stats->clock.mult),
		     U32_MAX);
}

/*
 * Latency from which a completion takes the slow path: the slow limit; 0 while a bio in
 * flight may be older than the range of a 32-bit start, or has a void start.
 */
static void set_slow_ticks(struct dmp_stats *stats,
			   const struct dmp_counts *counts, u64 now)
{
	const struct dmp_epochs *epochs = &stats->tick.epochs;
	u32 ticks = 0;

	if (dmp_epochs_oldest(epochs, counts, now) < DMP_EPOCH_MAX_NS &&
	    !dmp_epochs_void(epochs, counts))
		ticks = slow_limit_ticks(stats);
	if (ticks != stats->slow_ticks)
		WRITE_ONCE(stats->slow_ticks, ticks);
}

static void look_for_untracked(struct dmp_tick *tick,
			       const struct dmp_counts *counts)
{
	if (!tick->untracked_ticks)
		return;
	if (dmp_counts_untracked(counts))
		tick->untracked_ticks = UNTRACKED_TICKS;
	else
		tick->untracked_ticks--;
}

/*
 * No bio was submitted in a window, and none is in flight. Read the counters again after
 * the store of the mode: submissions from then on start the tick. Accepted race: a
 * submission that loaded the mode before and was preempted since does not start it; it
 * is counted as in flight, and has an age, all the same.
 */
static bool go_idle(struct dmp_stats *stats)
{
	struct dmp_counts counts;

	set_mode(stats, stats->mode | DMP_MODE_IDLE);
	smp_mb(); /* the mode before the counts, see above */
	dmp_stats_read_raw(stats, &counts);
	if (dmp_counts_submitted(&counts) == stats->tick.submitted)
		return true;
	set_mode(stats, stats->mode & ~DMP_MODE_IDLE);
	return false;
}

/* Was any I/O under way since the latest tick? */
static bool is_busy(const struct dmp_tick *tick,
		    const struct dmp_counts *counts)
{
	return dmp_counts_submitted(counts) != tick->submitted ||
	       dmp_counts_completed(counts) != tick->completed ||
	       dmp_counts_in_flight(counts);
}

static void note_counts(struct dmp_tick *tick, const struct dmp_counts *counts)
{
	tick->submitted = dmp_counts_submitted(counts);
	tick->completed = dmp_counts_completed(counts);
}

/* Returns true if another tick is needed. */
static bool do_tick(struct dmp_stats *stats, const struct dmp_counts *counts,
		    u64 now)
{
	struct dmp_tick *tick = &stats->tick;
	bool busy = is_busy(tick, counts);

	note_counts(tick, counts);
	set_slow_ticks(stats, counts, now);
	if (!(stats->mode & DMP_MODE_PATTERNS))
		return dmp_epochs_busy(counts);

	look_for_untracked(tick, counts);
	if (busy) {
		close_window(stats, counts, now);
	} else {
		pass_windows(stats, now);
		if (go_idle(stats))
			return false;
	}
	if (stats->mode & DMP_MODE_EPOCH)
		advance_epoch(stats, counts, now);
	update_mode(stats);
	return true;
}

static void queue_tick(struct dmp_tick *tick)
{
	queue_delayed_work(tick_queue, &tick->work,
			   msecs_to_jiffies(DMP_WINDOW_NS / NSEC_PER_MSEC));
}

static void tick_work(struct work_struct *work)
{
	struct dmp_tick *tick = container_of(to_delayed_work(work),
					     struct dmp_tick, work);
	struct dmp_stats *stats = container_of(tick, struct dmp_stats, tick);
	struct dmp_counts counts;
	u64 now;

	now = ktime_get_ns();
	if (now - tick->folded >= FOLD_NS) {
		dmp_stats_fold(stats);
		tick->folded = now;
	}

	spin_lock_irq(&tick->lock);
	dmp_stats_read_raw(stats, &counts);
	if (do_tick(stats, &counts, ktime_get_ns()))
		queue_tick(tick);
	spin_unlock_irq(&tick->lock);
}

/**
 * dmp_tick_start() - start the tick of an idle volume
 * @stats: of the volume
 *
 * Context: that of bio submission.
 * Return: the volume's mode, no longer idle.
 */
u32 dmp_tick_start(struct dmp_stats *stats)
{
	struct dmp_tick *tick = &stats->tick;
	struct dmp_counts counts;
	unsigned long flags;
	u64 now;
	u32 mode;

	spin_lock_irqsave(&tick->lock, flags);
	if (stats->mode & DMP_MODE_IDLE) {
		dmp_stats_read_raw(stats, &counts);
		now = ktime_get_ns();
		pass_windows(stats, now);
		open_window(stats, &counts, now);
		note_counts(tick, &counts);
		if (stats->mode & DMP_MODE_EPOCH)
			next_epoch(stats, &counts, now);
		set_mode(stats, stats->mode & ~DMP_MODE_IDLE);
		update_mode(stats);
		queue_tick(tick);
	}
	mode = stats->mode;
	spin_unlock_irqrestore(&tick->lock, flags);
	return mode;
}

/*
 * Forget the runs of an earlier time at which patterns were collected. No submission
 * writes runs now; accepted race: one that loaded the mode while patterns were
 * collected, and was preempted since.
 */
static void forget_runs(struct dmp_stats *stats)
{
	int cpu;

	for_each_possible_cpu(cpu)
		dmp_runs_init(&per_cpu_ptr(stats->cpu, cpu)->submit.runs);
}

/* Measure no seek distance or inter-arrival time from submissions before now. */
static void forget_previous(struct dmp_stats *stats, u64 now)
{
	WRITE_ONCE(stats->since.jiffies, jiffies);
	WRITE_ONCE(stats->since.ticks, dmp_clock_ticks(&stats->clock));
	WRITE_ONCE(stats->since.ns, now);
}

/* Make the starts of all bios in flight void. */
static void void_timing(struct dmp_stats *stats,
			const struct dmp_counts *counts, u64 now)
{
	dmp_epochs_void_timing(&stats->tick.epochs);
	next_epoch(stats, counts, now);
	/*
	 * All completions take the slow path until the next tick: @counts may lack
	 * a bio that has been submitted since.
	 */
	WRITE_ONCE(stats->slow_ticks, 0);
}

/* Change the level of collection; the caller updates the mode. */
static void change_level(struct dmp_stats *stats, enum dmp_collect from,
			 enum dmp_collect to, const struct dmp_counts *counts,
			 u64 now)
{
	struct dmp_tick *tick = &stats->tick;
	bool idle = stats->mode & DMP_MODE_IDLE;

	if (from >= DMP_COLLECT_PATTERNS && to < DMP_COLLECT_PATTERNS) {
		if (idle)
			pass_windows(stats, now);
		else
			close_window(stats, counts, now);
		set_mode(stats, stats->mode & ~DMP_MODE_IDLE);
	}
	/* Not idle: bios in flight may complete before the next submission. */
	if (from < DMP_COLLECT_PATTERNS && to >= DMP_COLLECT_PATTERNS) {
		open_window(stats, counts, now);
		note_counts(tick, counts);
		queue_tick(tick);
	}
	if (from < DMP_COLLECT_ALL && to >= DMP_COLLECT_ALL) {
		tick->untracked_ns = now;
		tick->untracked_ticks = UNTRACKED_TICKS;
		next_epoch(stats, counts, now);
	}
	/* The level may become "all" again before the epoch has drained. */
	if (from >= DMP_COLLECT_ALL && to < DMP_COLLECT_ALL)
		dmp_epochs_end_starts(&tick->epochs,
				      dmp_clock_ticks(&stats->clock));
}

/**
 * dmp_tick_configure() - change settings while I/O runs
 * @stats: of the volume; its lock is held
 * @config: the new settings
 *
 * If latency_every changes, the starts of bios in flight become void, and the caller
 * restarts latency accounting.
 *
 * Context: may sleep.
 */
void dmp_tick_configure(struct dmp_stats *stats,
			const struct dmp_config *config)
{
	struct dmp_tick *tick = &stats->tick;
	struct dmp_config old = stats->config;
	struct dmp_counts counts;
	u64 now;

	lockdep_assert_held(&stats->lock);
	if (old.collect < DMP_COLLECT_PATTERNS &&
	    config->collect >= DMP_COLLECT_PATTERNS)
		forget_runs(stats);

	spin_lock_irq(&tick->lock);
	dmp_stats_read_raw(stats, &counts);
	now = ktime_get_ns();

	stats->config = *config;
	WRITE_ONCE(stats->time_span, 2 * config->latency_every - 1);
	set_slow_ticks(stats, &counts, now);
	if (config->collect != old.collect)
		change_level(stats, old.collect, config->collect, &counts, now);
	if (config->latency_every != old.latency_every)
		void_timing(stats, &counts, now);
	if (config->collect != old.collect ||
	    config->latency_every != old.latency_every)
		forget_previous(stats, now);
	update_mode(stats);
	spin_unlock_irq(&tick->lock);
}

/**
 * dmp_tick_trace() - send bios to the tracepoints, or not
 * @stats: of the volume
 * @traced: a tracepoint is enabled
 *
 * Context: may sleep.
 */
void dmp_tick_trace(struct dmp_stats *stats, bool traced)
{
	spin_lock_irq(&stats->tick.lock);
	set_mode(stats, (stats->mode & ~DMP_MODE_TRACED) |
			(traced ? DMP_MODE_TRACED : 0));
	spin_unlock_irq(&stats->tick.lock);
}

/**
 * dmp_tick_sleep() - the system is about to sleep, or has woken up
 * @stats: of the volume
 * @asleep: true if it is about to sleep
 *
 * During sleep the time stamp counter may run on, stop or restart; ktime_get_ns() stands
 * still. So the starts of bios that are in flight now become void, and bios that are
 * submitted until the system has woken up are timed by ktime_get_ns(): no latency
 * includes the sleep. At any level, since bios may be in flight that were submitted at
 * "all".
 *
 * Context: may sleep.
 */
void dmp_tick_sleep(struct dmp_stats *stats, bool asleep)
{
	struct dmp_counts counts;
	u64 now;

	spin_lock_irq(&stats->tick.lock);
	stats->tick.asleep = asleep;
	dmp_stats_read_raw(stats, &counts);
	now = ktime_get_ns();
	if (asleep)
		void_timing(stats, &counts, now);
	forget_previous(stats, now);
	update_mode(stats);
	spin_unlock_irq(&stats->tick.lock);
}

/**
 * dmp_tick_oldest() - the age of the oldest bio in flight
 * @stats: of the volume
 * @counts: just read by dmp_stats_read_raw() or dmp_stats_read()
 * @now: by ktime_get_ns()
 *
 * For a bio that was submitted before tracking began, the age is a lower bound: the time
 * since tracking began.
 *
 * Context: any.
 * Return: nanoseconds, 0 if there is none.
 */
u64 dmp_tick_oldest(struct dmp_stats *stats, const struct dmp_counts *counts,
		    u64 now)
{
	struct dmp_tick *tick = &stats->tick;
	unsigned long flags;
	u64 age;

	spin_lock_irqsave(&tick->lock, flags);
	age = dmp_epochs_oldest(&tick->epochs, counts, now);
	if (stats->mode & DMP_MODE_EPOCH && tick->untracked_ticks &&
	    dmp_counts_untracked(counts) && now > tick->untracked_ns)
		age = max(age, now - tick->untracked_ns);
	spin_unlock_irqrestore(&tick->lock, flags);
	return age;
}

/**
 * dmp_tick_windows() - read the windows since the last reset
 * @stats: of the volume
 * @windows: set to a copy
 *
 * Windows that passed while the volume was idle are counted first.
 *
 * Context: any.
 */
void dmp_tick_windows(struct dmp_stats *stats, struct dmp_windows *windows)
{
	unsigned long flags;

	spin_lock_irqsave(&stats->tick.lock, flags);
	if (stats->mode & DMP_MODE_IDLE)
		pass_windows(stats, ktime_get_ns());
	*windows = stats->tick.windows;
	spin_unlock_irqrestore(&stats->tick.lock, flags);
}

/**
 * dmp_tick_reset() - reset the windows
 * @stats: of the volume
 *
 * Context: may sleep.
 */
void dmp_tick_reset(struct dmp_stats *stats)
{
	struct dmp_tick *tick = &stats->tick;
	struct dmp_counts counts;

	spin_lock_irq(&tick->lock);
	dmp_stats_read_raw(stats, &counts);
	open_window(stats, &counts, ktime_get_ns());
	dmp_windows_reset(&tick->windows);
	spin_unlock_irq(&tick->lock);
}

/**
 * dmp_tick_init() - set up the tick of a volume
 * @stats: of the volume, at level "counters" until it is configured
 *
 * Context: may sleep.
 */
void dmp_tick_init(struct dmp_stats *stats)
{
	struct dmp_tick *tick = &stats->tick;

	spin_lock_init(&tick->lock);
	INIT_DELAYED_WORK(&tick->work, tick_work);
	tick->folded = ktime_get_ns();
	dmp_epochs_init(&tick->epochs);
}

/**
 * dmp_tick_stop() - stop the tick
 * @stats: of the volume, to which no bio is submitted any more
 *
 * Context: may sleep; waits for a running tick.
 */
void dmp_tick_stop(struct dmp_stats *stats)
{
	cancel_delayed_work_sync(&stats->tick.work);
}

/**
 * dmp_tick_global_init() - create the workqueue of all ticks
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_tick_global_init(void)
{
	tick_queue = alloc_workqueue("dmp", WQ_UNBOUND, 0);
	return tick_queue ? 0 : -ENOMEM;
}

/**
 * dmp_tick_global_exit() - destroy the workqueue
 *
 * Context: may sleep; no volume is left.
 */
void dmp_tick_global_exit(void)
{
	destroy_workqueue(tick_queue);
}
