// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tick: see tick.h.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "tick.h"

/*
 * Bios after which the histograms are folded. No counter of theirs grows by 2^31 until a
 * later tick has done so, as fold_one() in totals.c requires.
 */
#define FOLD_BIOS	BIT(30)

/* Consecutive ticks without untracked bios after which the search for them ends. */
#define UNTRACKED_TICKS	3

static void set_mode(struct dmp_stats *stats, u32 mode)
{
	/* After what belongs to it, such as the state of a new epoch. */
	smp_store_release(&stats->mode, mode);
}

/**
 * struct reading - counters, and when they were read
 * @counts: of the volume
 * @now: nanoseconds
 */
struct reading {
	struct dmp_counts counts;
	u64 now;
};

/* A reading that took longer, since it was preempted, is repeated a few times. */
#define READING_NS	(2 * NSEC_PER_MSEC)
#define READING_TRIES	4

/*
 * Read all counters, or those of completed bios, and take the lock, in this order: with
 * many CPUs the reading takes long, and interrupts are off under the lock. If another
 * holder changed the state meanwhile, the counters are read again, since they may lack
 * bios that it has dealt with.
 */
static unsigned long lock_with(struct dmp_stats *stats, struct reading *reading,
			       bool all)
	__acquires(&stats->tick.lock)
{
	struct dmp_tick *tick = &stats->tick;
	unsigned int tries = 0;
	unsigned long flags;
	u32 changes;

	for (;;) {
		/* Before the counters. */
		changes = smp_load_acquire(&tick->changes);
		reading->now = ktime_get_ns();
		if (all)
			dmp_stats_read_raw(stats, &reading->counts);
		else
			dmp_stats_read_completed(stats, &reading->counts);
		spin_lock_irqsave(&tick->lock, flags);
		if (tick->changes == changes &&
		    (ktime_get_ns() - reading->now < READING_NS ||
		     ++tries == READING_TRIES))
			return flags;
		spin_unlock_irqrestore(&tick->lock, flags);
	}
}

static unsigned long lock_with_counts(struct dmp_stats *stats,
				      struct reading *reading)
	__acquires(&stats->tick.lock)
{
	return lock_with(stats, reading, true);
}

static void unlock(struct dmp_stats *stats, unsigned long flags)
	__releases(&stats->tick.lock)
{
	struct dmp_tick *tick = &stats->tick;

	/* After what was changed: see lock_with(). */
	smp_store_release(&tick->changes, tick->changes + 1);
	spin_unlock_irqrestore(&tick->lock, flags);
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

/* Nanoseconds since the current epoch began. */
static u64 epoch_age(const struct dmp_epochs *epochs, u64 now)
{
	return now - epochs->start[epochs->current_slot];
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
	u64 age = epoch_age(epochs, now);

	if (!(stats->mode & DMP_MODE_EPOCH) || age < DMP_EPOCH_NS)
		return;
	if (!next_epoch(stats, counts, now) && age >= DMP_EPOCH_MAX_NS)
		dmp_epochs_end_starts(epochs, dmp_clock_ticks(&stats->clock));
}

/* Completed and not refused requests and bytes, for the windows. */
static void amounts_of(const struct dmp_counts *counts,
		       struct dmp_amount *amounts)
{
	const struct dmp_uncommon *uncommon;
	const struct dmp_done *done;
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++) {
		done = &counts->done[op];
		uncommon = &counts->uncommon[op];
		amounts[op].requests = done->requests - uncommon->refused;
		amounts[op].bytes = done->bytes - uncommon->refused_bytes;
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
	dmp_windows_close(&stats->tick.windows, stats->shared->windows, amounts,
			  now);
}

static void pass_windows(struct dmp_stats *stats, u64 now)
{
	dmp_windows_pass(&stats->tick.windows, stats->shared->windows, now);
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
 * flight may be older than the range of a 32-bit start, or has a void start. And 0 below
 * the level "all", where few bios have a start and ticks do not look for their age.
 */
static void set_slow_ticks(struct dmp_stats *stats,
			   const struct dmp_counts *counts, u64 now)
{
	const struct dmp_epochs *epochs = &stats->tick.epochs;
	u32 ticks = 0;

	if (stats->config.collect >= DMP_COLLECT_ALL &&
	    dmp_epochs_oldest(epochs, counts, now) < DMP_EPOCH_MAX_NS &&
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
 * Does a tick need all counters? Most need only what was completed, a fifth of the
 * counters. Without the lock: a stale answer moves the rest to the next tick.
 */
static bool needs_all(const struct dmp_stats *stats)
{
	const struct dmp_tick *tick = &stats->tick;
	u32 mode = READ_ONCE(stats->mode);

	if (!(mode & DMP_MODE_PATTERNS) || READ_ONCE(tick->untracked_ticks))
		return true;
	return mode & DMP_MODE_EPOCH &&
	       ((stats->clock.mult && !READ_ONCE(stats->slow_ticks)) ||
		epoch_age(&tick->epochs, ktime_get_ns()) >= DMP_EPOCH_NS);
}

/*
 * Take the lock for a tick. @all is set to whether all counters were read; if not, some
 * bio was completed since the latest tick.
 */
static unsigned long lock_for_tick(struct dmp_stats *stats,
				   struct reading *reading, bool *all)
	__acquires(&stats->tick.lock)
{
	unsigned long flags;

	*all = needs_all(stats);
	if (!*all) {
		flags = lock_with(stats, reading, false);
		if (dmp_counts_completed(&reading->counts) !=
		    stats->tick.completed)
			return flags;
		spin_unlock_irqrestore(&stats->tick.lock, flags);
	}
	*all = true;
	return lock_with_counts(stats, reading);
}

/*
 * Was any I/O under way since the latest tick? What was submitted since is completed or
 * in flight.
 */
static bool is_busy(const struct dmp_tick *tick,
		    const struct dmp_counts *counts)
{
	return dmp_counts_completed(counts) != tick->completed ||
	       dmp_counts_in_flight(counts);
}

static void note_counts(struct dmp_tick *tick, const struct dmp_counts *counts)
{
	tick->submitted = dmp_counts_submitted(counts);
	tick->completed = dmp_counts_completed(counts);
}

/* Work of each tick at "patterns" and above, unless the volume goes idle. */
static void advance(struct dmp_stats *stats)
{
	update_mode(stats);
	dmp_tick_queue_add(&stats->tick.entry);
}

/*
 * A tick for which all counters were read. Returns true if the volume is to go idle: no
 * I/O was under way in a window.
 */
static bool tick_with_all(struct dmp_stats *stats,
			  const struct dmp_counts *counts, u64 now)
{
	struct dmp_tick *tick = &stats->tick;
	bool busy = is_busy(tick, counts);

	note_counts(tick, counts);
	set_slow_ticks(stats, counts, now);
	if (!(stats->mode & DMP_MODE_PATTERNS)) {
		if (dmp_epochs_busy(counts))
			dmp_tick_queue_add(&tick->entry);
		return false;
	}

	look_for_untracked(tick, counts);
	if (!busy) {
		pass_windows(stats, now);
		set_mode(stats, stats->mode | DMP_MODE_IDLE);
		return true;
	}
	close_window(stats, counts, now);
	advance_epoch(stats, counts, now);
	advance(stats);
	return false;
}

/* A tick of a busy volume, for which completions were read. */
static void tick_with_completed(struct dmp_stats *stats,
				const struct dmp_counts *counts, u64 now)
{
	stats->tick.completed = dmp_counts_completed(counts);
	if (stats->mode & DMP_MODE_PATTERNS)
		close_window(stats, counts, now);
	/* If the level has just been lowered, the next tick finds out what is left to do. */
	advance(stats);
}

/*
 * The mode is idle, and from now on a submission starts the tick. Submissions that loaded
 * the mode before did not: read the counters again after the store of the mode. Accepted
 * race: a submission that loaded the mode before and was preempted since does not start
 * the tick; it is counted as in flight, and has an age, all the same, but its completion
 * is in no window unless another one starts the tick.
 */
static void go_idle(struct dmp_stats *stats)
{
	struct dmp_tick *tick = &stats->tick;
	struct reading reading;
	unsigned long flags;

	smp_mb(); /* the mode before the counts, see above */
	flags = lock_with_counts(stats, &reading);
	if (stats->mode & DMP_MODE_IDLE &&
	    dmp_counts_submitted(&reading.counts) != tick->submitted) {
		set_mode(stats, stats->mode & ~DMP_MODE_IDLE);
		advance_epoch(stats, &reading.counts, reading.now);
		advance(stats);
	}
	unlock(stats, flags);
}

/* Not if a reader has the lock: the ticks of other volumes wait behind this one. */
static void fold(struct dmp_stats *stats, u64 completed)
{
	if (completed - stats->tick.folded < FOLD_BIOS ||
	    !mutex_trylock(&stats->lock))
		return;
	if (!dmp_stats_fold(stats, DMP_ALL_HISTS))
		stats->tick.folded = completed;
	mutex_unlock(&stats->lock);
}

static void run_tick(struct dmp_tick_entry *entry)
{
	struct dmp_tick *tick = container_of(entry, struct dmp_tick, entry);
	struct dmp_stats *stats = container_of(tick, struct dmp_stats, tick);
	struct reading reading;
	unsigned long flags;
	bool all, idle = false;

	flags = lock_for_tick(stats, &reading, &all);
	if (all)
		idle = tick_with_all(stats, &reading.counts, reading.now);
	else
		tick_with_completed(stats, &reading.counts, reading.now);
	unlock(stats, flags);
	if (idle)
		go_idle(stats);
	fold(stats, dmp_counts_completed(&reading.counts));
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
	struct reading reading;
	unsigned long flags;
	u32 mode;

	flags = lock_with_counts(stats, &reading);
	mode = stats->mode;
	if (!(mode & DMP_MODE_IDLE)) {
		/* Nothing changed: others that wait here need not read again. */
		spin_unlock_irqrestore(&tick->lock, flags);
		return mode;
	}

	pass_windows(stats, reading.now);
	open_window(stats, &reading.counts, reading.now);
	note_counts(tick, &reading.counts);
	if (mode & DMP_MODE_EPOCH)
		next_epoch(stats, &reading.counts, reading.now);
	set_mode(stats, mode & ~DMP_MODE_IDLE);
	update_mode(stats);
	mode = stats->mode;
	dmp_tick_queue_add(&tick->entry);
	unlock(stats, flags);
	return mode;
}

/*
 * Forget the runs of an earlier time at which patterns were collected. No submission
 * writes runs now; accepted race: one that loaded the mode while patterns were
 * collected, and was preempted since.
 */
static void forget_runs(struct dmp_stats *stats)
{
	const struct dmp_cpu *cpu;
	struct dmp_block *block;
	unsigned int i;

	for (i = 0; (cpu = dmp_nth_cpu(&stats->cpus, i)); i++) {
		block = READ_ONCE(cpu->block);
		if (block)
			dmp_runs_init(&block->submit.runs);
	}
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
		dmp_tick_queue_add(&tick->entry);
	}
	if (from < DMP_COLLECT_ALL && to >= DMP_COLLECT_ALL) {
		tick->untracked_ns = now;
		tick->untracked_ticks = UNTRACKED_TICKS;
		next_epoch(stats, counts, now);
	}
	/* The level may become "all" again before the epoch has drained. */
	if (from >= DMP_COLLECT_ALL && to < DMP_COLLECT_ALL) {
		tick->untracked_ticks = 0;
		dmp_epochs_end_starts(&tick->epochs,
				      dmp_clock_ticks(&stats->clock));
	}
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
	struct dmp_config old = stats->config;
	struct reading reading;
	unsigned long flags;

	lockdep_assert_held(&stats->lock);
	if (old.collect < DMP_COLLECT_PATTERNS &&
	    config->collect >= DMP_COLLECT_PATTERNS)
		forget_runs(stats);

	flags = lock_with_counts(stats, &reading);
	stats->config = *config;
	WRITE_ONCE(stats->time_span, 2 * config->latency_every - 1);
	set_slow_ticks(stats, &reading.counts, reading.now);
	if (config->collect != old.collect)
		change_level(stats, old.collect, config->collect,
			     &reading.counts, reading.now);
	if (config->latency_every != old.latency_every)
		void_timing(stats, &reading.counts, reading.now);
	if (config->collect != old.collect ||
	    config->latency_every != old.latency_every)
		forget_previous(stats, ktime_get_ns());
	update_mode(stats);
	unlock(stats, flags);
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
	struct reading reading;
	unsigned long flags;

	flags = lock_with_counts(stats, &reading);
	stats->tick.asleep = asleep;
	if (asleep)
		void_timing(stats, &reading.counts, reading.now);
	forget_previous(stats, ktime_get_ns());
	update_mode(stats);
	unlock(stats, flags);
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
	struct reading reading;
	unsigned long flags;

	flags = lock_with_counts(stats, &reading);
	open_window(stats, &reading.counts, reading.now);
	dmp_windows_reset(&stats->tick.windows);
	memset(stats->shared->windows, 0, sizeof(stats->shared->windows));
	unlock(stats, flags);
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
	INIT_LIST_HEAD(&tick->entry.node);
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
	dmp_tick_queue_remove(&stats->tick.entry);
}

/**
 * dmp_tick_global_init() - create the queue of ticks
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_tick_global_init(void)
{
	return dmp_tick_queue_init(run_tick);
}

/**
 * dmp_tick_global_exit() - destroy the queue of ticks
 *
 * Context: may sleep; no volume is left.
 */
void dmp_tick_global_exit(void)
{
	dmp_tick_queue_exit();
}
