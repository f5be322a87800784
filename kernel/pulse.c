// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What runs beside a volume's I/O: see pulse.h.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "latency.h"
#include "pulse.h"

#define PULSE_NS	((u64)DMP_PULSE_MS * NSEC_PER_MSEC)
#define EPOCH_NS	(500ULL * NSEC_PER_MSEC)

/*
 * While a bio is this old its latency may exceed what a tag can tell, and all
 * completions are counted out of line, where more is known. Half of what the
 * 32 bits hold at the least.
 */
#define OLD_NS		(8ULL * NSEC_PER_SEC)

/* 2^32 of anything do not happen on a volume in this time. */
#define HARVEST_NS	(5ULL * NSEC_PER_SEC)

/* Unbound: which CPU adds up does not matter, and idle ones stay asleep. */
static struct workqueue_struct *pulse_queue;

static u64 in_epoch(const struct dmp_counts *counts, unsigned int epoch)
{
	return counts->entered[epoch] - counts->left[epoch];
}

static bool any_in_epochs(const struct dmp_counts *counts)
{
	unsigned int epoch;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		if (in_epoch(counts, epoch))
			return true;
	return false;
}

static u64 oldest_age(const struct dmp_pulse *pulse,
		      const struct dmp_counts *counts, u64 now)
{
	unsigned int epoch;
	u64 age = 0;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		if (in_epoch(counts, epoch) && now > pulse->epoch_start[epoch])
			age = max(age, now - pulse->epoch_start[epoch]);
	return age;
}

static void set_shape(struct dmp_stats *stats, u32 shape)
{
	WRITE_ONCE(stats->shape, shape);
}

static unsigned int current_epoch(const struct dmp_stats *stats)
{
	return (stats->shape & DMP_SHAPE_EPOCH) >> DMP_EPOCH_SHIFT;
}

/* From now on no start in a tag is in the current epoch. */
static void end_tags(struct dmp_stats *stats)
{
	u64 *end = &stats->pulse.epoch_end[current_epoch(stats)];

	if (!*end)
		WRITE_ONCE(*end, dmp_clock_units(&stats->clock) ?: 1);
}

/*
 * Begin a new epoch, if an account is even. A bio that read the shape long ago
 * may still enter the account of an old epoch: it then counts as younger than
 * it is, by as long as it was kept from going on.
 */
static bool next_epoch(struct dmp_stats *stats,
		       const struct dmp_counts *counts, u64 now)
{
	struct dmp_pulse *pulse = &stats->pulse;
	unsigned int epoch;

	for (epoch = 1; epoch < DMP_EPOCHS; epoch++)
		if (epoch != current_epoch(stats) && !in_epoch(counts, epoch))
			break;
	if (epoch == DMP_EPOCHS)
		return false;

	end_tags(stats);
	WRITE_ONCE(pulse->epoch_end[epoch], 0);
	pulse->epoch_start[epoch] = now;
	set_shape(stats, (stats->shape & ~(DMP_SHAPE_EPOCH | DMP_SHAPE_LONG)) |
			 epoch << DMP_EPOCH_SHIFT);
	return true;
}

/*
 * Go to the next epoch when it is time. If that cannot be, because bios of
 * each hang, the lower halves in tags would soon come round within this one.
 */
static void advance_epoch(struct dmp_stats *stats,
			  const struct dmp_counts *counts, u64 now)
{
	u64 age = now - stats->pulse.epoch_start[current_epoch(stats)];

	if (age < EPOCH_NS || next_epoch(stats, counts, now) || age < OLD_NS)
		return;
	end_tags(stats);
	set_shape(stats, stats->shape | DMP_SHAPE_LONG);
}

static void read_window(const struct dmp_counts *counts, unsigned int op,
			struct dmp_peak *window)
{
	window->requests = dmp_counts_requests(counts, op);
	window->bytes = dmp_counts_bytes(counts, op);
}

/* A window that was closed late holds more than 100 ms' worth. */
static u64 per_window(u64 amount, u64 length)
{
	if (length <= PULSE_NS + PULSE_NS / 4)
		return amount;
	return mul_u64_u64_div_u64(amount, PULSE_NS, length);
}

static void close_window(struct dmp_pulse *pulse,
			 const struct dmp_counts *counts, u64 now)
{
	u64 length = now - pulse->window_start;
	struct dmp_peak window, *last, *peak;
	int op;

	for (op = 0; op < DMP_NR_OPS; op++) {
		last = &pulse->window_counts[op];
		peak = &pulse->peaks[op];
		read_window(counts, op, &window);
		peak->requests = max(peak->requests,
				     per_window(window.requests -
						last->requests, length));
		peak->bytes = max(peak->bytes,
				  per_window(window.bytes - last->bytes,
					     length));
		*last = window;
	}
	pulse->window_start = now;
	pulse->window_arrivals = dmp_counts_submitted(counts);
}

static void check_clock(struct dmp_stats *stats)
{
	/* Below "all" nobody looks at a clock. */
	if (stats->shape & DMP_SHAPE_FULL && !dmp_clock_usable())
		set_shape(stats, stats->shape | DMP_SHAPE_NO_TSC);
}

static void set_limit(struct dmp_stats *stats, u64 oldest)
{
	u32 limit = 0;

	if (oldest < OLD_NS)
		limit = dmp_latency_limit(stats,
					  READ_ONCE(stats->config.slow_ns));
	if (limit != stats->limit)
		WRITE_ONCE(stats->limit, limit);
}

/*
 * One beat. Returns whether there is to be another one. Going idle, it looks
 * again after it said so: who submits from then on wakes it. Accepted race: a
 * bio whose submitter was kept from going on in just that moment does not; it
 * is in flight, and has an age, all the same.
 */
static bool beat(struct dmp_stats *stats, const struct dmp_counts *counts,
		 u64 now)
{
	struct dmp_pulse *pulse = &stats->pulse;
	bool busy = dmp_counts_submitted(counts) != pulse->window_arrivals ||
		    any_in_epochs(counts);
	struct dmp_counts again;

	close_window(pulse, counts, now);
	set_limit(stats, oldest_age(pulse, counts, now));
	if (!(stats->shape & DMP_SHAPE_PATTERNS))
		return any_in_epochs(counts);

	check_clock(stats);
	if (!busy) {
		set_shape(stats, stats->shape | DMP_SHAPE_IDLE);
		smp_mb(); /* see above */
		dmp_stats_read_raw(stats, &again);
		if (dmp_counts_submitted(&again) == pulse->window_arrivals)
			return false;
		set_shape(stats, stats->shape & ~DMP_SHAPE_IDLE);
	}

	if (stats->shape & DMP_SHAPE_FULL)
		advance_epoch(stats, counts, now);
	return true;
}

static void queue_beat(struct dmp_pulse *pulse)
{
	queue_delayed_work(pulse_queue, &pulse->work,
			   msecs_to_jiffies(DMP_PULSE_MS));
}

static void pulse_work(struct work_struct *work)
{
	struct dmp_pulse *pulse = container_of(to_delayed_work(work),
					       struct dmp_pulse, work);
	struct dmp_stats *stats = container_of(pulse, struct dmp_stats, pulse);
	struct dmp_counts counts;
	u64 now;

	now = ktime_get_ns();
	if (now - pulse->harvested >= HARVEST_NS) {
		dmp_stats_harvest(stats);
		pulse->harvested = now;
	}

	spin_lock_irq(&pulse->lock);
	dmp_stats_read_raw(stats, &counts);
	if (beat(stats, &counts, ktime_get_ns()))
		queue_beat(pulse);
	spin_unlock_irq(&pulse->lock);
}

/**
 * dmp_pulse_wake() - a bio arrives at an idle volume
 * @stats: of the volume
 *
 * Context: process context, or any other in which bios are submitted.
 * Return: the volume's shape, awake.
 */
u32 dmp_pulse_wake(struct dmp_stats *stats)
{
	struct dmp_pulse *pulse = &stats->pulse;
	struct dmp_counts counts;
	unsigned long flags;
	u32 shape;

	spin_lock_irqsave(&pulse->lock, flags);
	if (stats->shape & DMP_SHAPE_IDLE) {
		dmp_stats_read_raw(stats, &counts);
		pulse->window_start = ktime_get_ns();
		next_epoch(stats, &counts, pulse->window_start);
		set_shape(stats, stats->shape & ~DMP_SHAPE_IDLE);
		queue_beat(pulse);
	}
	shape = stats->shape;
	spin_unlock_irqrestore(&pulse->lock, flags);
	return shape;
}

/**
 * dmp_pulse_configure() - change what is collected while I/O runs
 * @stats: of the volume; its lock is held
 * @config: from now on
 *
 * Context: may sleep.
 */
void dmp_pulse_configure(struct dmp_stats *stats,
			 const struct dmp_config *config)
{
	struct dmp_pulse *pulse = &stats->pulse;
	u32 shape;

	lockdep_assert_held(&stats->lock);
	spin_lock_irq(&pulse->lock);
	stats->config = *config;
	shape = stats->shape & (DMP_SHAPE_TRACED | DMP_SHAPE_EPOCH);
	if (config->collect >= DMP_COLLECT_PATTERNS)
		shape |= DMP_SHAPE_PATTERNS;
	if (config->collect >= DMP_COLLECT_ALL) {
		shape |= DMP_SHAPE_FULL;
		if (config->latency_every > 1)
			shape |= DMP_SHAPE_EVERY;
		if (!dmp_clock_usable())
			shape |= DMP_SHAPE_NO_TSC;
		if (pulse->epoch_end[current_epoch(stats)])
			shape |= DMP_SHAPE_LONG;
	} else {
		/* "All" may be set again before the account is even. */
		end_tags(stats);
	}
	/* Whatever is begun now, or was not going on, begins by being woken. */
	if (shape & ~stats->shape & (DMP_SHAPE_PATTERNS | DMP_SHAPE_FULL) ||
	    (shape & DMP_SHAPE_PATTERNS && stats->shape & DMP_SHAPE_IDLE))
		shape |= DMP_SHAPE_IDLE;
	set_shape(stats, shape);
	/* 0 until the pulse has looked: a bio in flight may be old. */
	WRITE_ONCE(stats->limit, 0);
	spin_unlock_irq(&pulse->lock);
}

/**
 * dmp_pulse_trace() - say whether somebody listens to the tracepoints
 * @stats: of the volume
 * @traced: whether
 *
 * Context: may sleep.
 */
void dmp_pulse_trace(struct dmp_stats *stats, bool traced)
{
	spin_lock_irq(&stats->pulse.lock);
	set_shape(stats, (stats->shape & ~DMP_SHAPE_TRACED) |
			 (traced ? DMP_SHAPE_TRACED : 0));
	spin_unlock_irq(&stats->pulse.lock);
}

/**
 * dmp_pulse_oldest() - the age of the oldest bio in flight
 * @stats: of the volume
 * @counts: what dmp_stats_read_raw() or dmp_stats_read() gave just now
 * @now: by ktime_get_ns()
 *
 * Bios submitted below "collect all" have none.
 *
 * Context: any.
 * Return: nanoseconds, up to an epoch more than the truth, 0 if there is none.
 */
u64 dmp_pulse_oldest(struct dmp_stats *stats, const struct dmp_counts *counts,
		     u64 now)
{
	unsigned long flags;
	u64 age;

	spin_lock_irqsave(&stats->pulse.lock, flags);
	age = oldest_age(&stats->pulse, counts, now);
	spin_unlock_irqrestore(&stats->pulse.lock, flags);
	return age;
}

/**
 * dmp_pulse_peaks() - the busiest windows since the last reset
 * @stats: of the volume
 * @peaks: the answer, one for each operation
 *
 * Context: any.
 */
void dmp_pulse_peaks(struct dmp_stats *stats, struct dmp_peak *peaks)
{
	unsigned long flags;

	spin_lock_irqsave(&stats->pulse.lock, flags);
	memcpy(peaks, stats->pulse.peaks, sizeof(stats->pulse.peaks));
	spin_unlock_irqrestore(&stats->pulse.lock, flags);
}

/**
 * dmp_pulse_reset() - look for peaks again from now
 * @stats: of the volume
 *
 * Context: may sleep.
 */
void dmp_pulse_reset(struct dmp_stats *stats)
{
	struct dmp_pulse *pulse = &stats->pulse;
	struct dmp_counts counts;

	spin_lock_irq(&pulse->lock);
	dmp_stats_read_raw(stats, &counts);
	close_window(pulse, &counts, ktime_get_ns());
	memset(pulse->peaks, 0, sizeof(pulse->peaks));
	spin_unlock_irq(&pulse->lock);
}

/**
 * dmp_pulse_init() - set up the pulse of a volume, not beating yet
 * @stats: of the volume, with nothing to collect until it is configured
 *
 * Context: may sleep.
 */
void dmp_pulse_init(struct dmp_stats *stats)
{
	struct dmp_pulse *pulse = &stats->pulse;

	memset(pulse, 0, sizeof(*pulse));
	spin_lock_init(&pulse->lock);
	INIT_DELAYED_WORK(&pulse->work, pulse_work);
	pulse->harvested = ktime_get_ns();
}

/**
 * dmp_pulse_stop() - no beat after this
 * @stats: of the volume; no bio arrives any more
 *
 * Context: may sleep, waits for a beat.
 */
void dmp_pulse_stop(struct dmp_stats *stats)
{
	cancel_delayed_work_sync(&stats->pulse.work);
}

/**
 * dmp_pulse_global_init() - for all volumes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_pulse_global_init(void)
{
	pulse_queue = alloc_workqueue("dmp", WQ_UNBOUND, 0);
	return pulse_queue ? 0 : -ENOMEM;
}

/**
 * dmp_pulse_global_exit() - when there are no volumes left
 *
 * Context: may sleep.
 */
void dmp_pulse_global_exit(void)
{
	destroy_workqueue(pulse_queue);
}
