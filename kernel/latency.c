// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The out-of-line part of latency.h.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "latency.h"

/* A latency's class for size x latency: a factor of four each. */
static unsigned int latency_class(u64 ns)
{
	ns = clamp_t(u64, ns, DMP_LATENCY_MIN - 1, DMP_LATENCY_MAX);
	return (dmp_octave(ns) - (DMP_LATENCY_FIRST - 2)) / 2;
}

static unsigned int size_class(u32 bytes)
{
	/* A bio without data is of the least class. */
	return (dmp_octave(bytes | SECTOR_SIZE) - (SECTOR_SHIFT - 1)) / 2;
}

/* Count a latency of any length, and whether it was slow. */
static void count_any(struct dmp_stats *stats, unsigned long tag, u64 ns)
{
	struct dmp_cpu __percpu *cpu = stats->cpu;
	unsigned int op = tag & DMP_TAG_OP;
	unsigned long flags;

	dmp_latency_count(cpu, op, min_t(u64, ns, DMP_LATENCY_MAX));
	if (tag & DMP_TAG_SAMPLED && op < DMP_RW_OPS)
		dmp_hist_inc(cpu->hists.rw[op].size_latency,
			     size_class(tag & DMP_TAG_BYTES) *
			     DMP_SL_LATENCIES + latency_class(ns));
	if (ns < READ_ONCE(stats->config.slow_ns) && ns <= DMP_LATENCY_MAX)
		return;

	flags = dmp_update_begin(cpu);
	if (ns > DMP_LATENCY_MAX)
		this_cpu_add(cpu->counts.ns[op], ns - DMP_LATENCY_MAX);
	if (ns >= READ_ONCE(stats->config.slow_ns)) {
		this_cpu_inc(cpu->counts.slow[op]);
		this_cpu_add(cpu->counts.slow_ns[op], ns);
	}
	dmp_update_end(cpu, flags);
}

/*
 * How much later than its epoch ended, or than now on another CPU, a bio may
 * have looked at the clock: its submitter may have been preempted in between,
 * the CPUs' counters may differ a little. In clock units: over 4 s, over 4 ms.
 */
#define LATE_AFTER_END	BIT(30)
#define LATE_AFTER_NOW	BIT(20)

/**
 * dmp_latency_rare() - count a latency, also one that the tag's 32 bits do not
 *	hold
 * @stats: of the volume
 * @tag: of the bio, with the start in it
 *
 * The tag has the lower half of the start, and says in which epoch it was: it is
 * the last one with this lower half before the epoch ended, or now. That is
 * right since no epoch has tags for longer than 32 bits hold, less what is
 * allowed for above (advance_epoch() sees to it).
 *
 * Context: any, hard interrupt included.
 */
void dmp_latency_rare(struct dmp_stats *stats, unsigned long tag)
{
	unsigned int epoch = (tag & DMP_TAG_EPOCH) >> DMP_EPOCH_SHIFT;
	u64 end = READ_ONCE(stats->pulse.epoch_end[epoch]);
	u64 now = dmp_clock_units(&stats->clock);
	u64 latest = end ? end + LATE_AFTER_END : now + LATE_AFTER_NOW;
	u32 start = (u64)tag >> DMP_START_SHIFT;
	s64 units = now - (latest - (u32)((u32)latest - start));

	if (units < 0)
		units = 0;
	count_any(stats, tag, dmp_units_to_ns(&stats->clock, units));
}

/**
 * dmp_latency_note() - count a latency whose start was noted apart
 * @stats: of the volume
 * @note: of the bio
 * @now: by ktime_get_ns()
 *
 * Context: any, hard interrupt included.
 */
void dmp_latency_note(struct dmp_stats *stats, const struct dmp_note *note,
		      u64 now)
{
	if (note->start)
		count_any(stats, note->tag,
			  now > note->start ? now - note->start : 0);
}

static unsigned long gap_bucket(u64 ns)
{
	ns = clamp_t(u64, ns, (1 << DMP_GAP_FIRST) - 1, DMP_LATENCY_MAX);
	return dmp_octave(ns) - (DMP_GAP_FIRST - 1);
}

/**
 * dmp_latency_gap() - count the time between a bio's arrival and the one before
 * @cpu: the volume's per-CPU blocks
 * @clock: of @units
 * @op: the bio's class; that of the one before does not matter
 * @units: when it arrived, with DMP_ARRIVAL_PLAIN if that is so
 *
 * Nothing is counted if the one before was timed by another clock.
 *
 * Context: process context, the caller may be preempted.
 */
void dmp_latency_gap(struct dmp_cpu __percpu *cpu,
		     const struct dmp_clock *clock, unsigned int op, u64 units)
{
	u64 before = raw_cpu_ptr(&cpu->arrivals)->last_arrival;

	if ((before ^ units) & DMP_ARRIVAL_PLAIN)
		return;
	if (before && units >= before)
		dmp_hist_inc(dmp_op_hists(cpu, op)->gap,
			     gap_bucket(dmp_units_to_ns(clock,
							units - before)));
}

/**
 * dmp_latency_limit() - from when on a latency is counted out of line
 * @stats: of the volume
 * @slow_ns: what is slow
 *
 * Context: any.
 * Return: in clock units, at most what fits into a tag.
 */
u32 dmp_latency_limit(const struct dmp_stats *stats, u64 slow_ns)
{
	u64 ns = min_t(u64, slow_ns, DMP_LATENCY_MAX);

	if (!stats->clock.mult)
		return 0;
	return min_t(u64, div_u64(ns << DMP_UNIT_FRACTION, stats->clock.mult),
		     U32_MAX);
}
