// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sampling: see sample.h.
 */
#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>

#include "sample.h"

/**
 * dmp_sample_mean() - mean distance between samples
 *
 * A sample reads the blocks of all CPUs, so the distance grows with their number.
 *
 * Context: any.
 * Return: one bio in so many is sampled; a power of two.
 */
unsigned int dmp_sample_mean(void)
{
	return max_t(unsigned int, DMP_SAMPLE_MEAN,
		     1U << (fls(nr_cpu_ids) & 31));
}

/* Bios in flight: a sum over all CPUs, not atomic as a whole. */
static u64 depth_now(const struct dmp_stats *stats)
{
	u64 depth = 0;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct dmp_counts *counts =
			&per_cpu_ptr(stats->cpu, cpu)->counts;

		for (i = 0; i < DMP_EPOCHS; i++)
			depth += READ_ONCE(counts->epoch[i].entered);
		for (i = 0; i < 2 * DMP_OP_SLOTS; i++)
			depth -= READ_ONCE(counts->done[i].requests);
	}
	return (s64)depth > 0 ? depth : 0;
}

static unsigned int depth_bucket(u64 depth)
{
	return min_t(u64, dmp_power_bucket(depth), DMP_DEPTH_BUCKETS - 1);
}

static unsigned int flags_of(const struct bio *bio)
{
	return (bio->bi_opf & REQ_SYNC ? 1 : 0) |
	       (bio->bi_opf & REQ_META ? 2 : 0) |
	       (bio->bi_opf & REQ_RAHEAD ? 4 : 0);
}

/*
 * Bucket of a signed distance. Outwards from the middle of the array: 0, 1, 2…3, …, and
 * -1, -2, -4…-3, …. The outermost buckets have all distances of 4 PiB or more.
 */
static unsigned int seek_bucket(s64 distance)
{
	s64 back = distance >> 63;
	s64 bucket = min_t(u64, dmp_power_bucket(distance ^ back),
			   DMP_SEEK_BUCKETS / 2 - 1);

	return DMP_SEEK_BUCKETS / 2 + (bucket ^ back);
}

static unsigned int interarrival_bucket(u64 ns)
{
	ns = clamp_t(u64, ns, (1 << DMP_INTERARRIVAL_FIRST) - 1,
		     DMP_LATENCY_MAX);
	return dmp_octave(ns) - (DMP_INTERARRIVAL_FIRST - 1);
}

/* --- the previous bio of the volume, on any CPU -------------------------------- */

/*
 * @end is the run key at which the previous read or write ended, DMP_RUN_NOWHERE if
 * unknown. @latest is the time of the previous submission, in the unit of
 * dmp_submission.now, 0 if unknown.
 */
struct previous {
	u64 end;
	u64 latest;
};

/* Was a bio submitted after the last change of settings, and by the same clock? */
static bool counts_as_previous(const struct dmp_stats *stats, u64 when,
			       u64 now)
{
	u64 since = now & DMP_SUBMIT_KTIME ?
		    READ_ONCE(stats->since.ns) | DMP_SUBMIT_KTIME :
		    READ_ONCE(stats->since.ticks);

	return when && !((when ^ now) & DMP_SUBMIT_KTIME) && when >= since;
}

/* If each bio is timed: the latest submission by the clock. */
static void previous_by_clock(const struct dmp_stats *stats, u64 now,
			      struct previous *previous)
{
	const struct dmp_submit_state *submit;
	u64 when, rw_latest = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		submit = &per_cpu_ptr(stats->cpu, cpu)->submit;
		when = READ_ONCE(submit->last_submit);
		if (counts_as_previous(stats, when, now) &&
		    when >= rw_latest &&
		    READ_ONCE(submit->last_end) != DMP_RUN_NOWHERE) {
			rw_latest = when;
			previous->end = READ_ONCE(submit->last_end);
		}
		when = READ_ONCE(submit->last_rare);
		if (counts_as_previous(stats, when, now))
			previous->latest = max(previous->latest, when);
	}
	previous->latest = max(previous->latest, rw_latest);
}

static u64 distance_of(u64 start, u64 end)
{
	s64 distance = (start >> 1) - (end >> 1);

	return distance < 0 ? -distance : distance;
}

/*
 * If not each bio is timed: of the last submissions of all CPUs, the nearest one of the
 * latest jiffy. Exact with one CPU.
 */
static void previous_by_jiffies(const struct dmp_stats *stats, u64 start,
				struct previous *previous)
{
	unsigned long when, latest = READ_ONCE(stats->since.jiffies);
	const struct dmp_submit_state *submit;
	u64 end;
	int cpu;

	for_each_possible_cpu(cpu) {
		submit = &per_cpu_ptr(stats->cpu, cpu)->submit;
		when = READ_ONCE(submit->last_jiffies);
		end = READ_ONCE(submit->last_end);
		if (end == DMP_RUN_NOWHERE || time_before(when, latest))
			continue;
		if (when == latest && previous->end != DMP_RUN_NOWHERE &&
		    distance_of(start, previous->end) <=
		    distance_of(start, end))
			continue;
		latest = when;
		previous->end = end;
	}
}

static bool continues_any(const struct dmp_stats *stats, u64 start)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (dmp_runs_contain(&per_cpu_ptr(stats->cpu, cpu)->submit.runs,
				     start))
			return true;
	return false;
}

/* --- a sample -------------------------------------------------------------------- */

static void take_alignment(const struct dmp_submission *submission,
			   u32 sectors, struct dmp_sample *sample)
{
	const struct dmp_geometry *geometry = submission->geometry;
	u64 place = submission->bio->bi_iter.bi_sector + geometry->align_shift;
	u64 rest = 0;

	sample->align = __ffs((unsigned long)place | sectors |
			      1U << (DMP_ALIGN_BUCKETS - 1));
	sample->physical = !((place | sectors) & (geometry->physical - 1));
	if (!geometry->optimal || sectors % geometry->optimal)
		return;
	div64_u64_rem(place, geometry->optimal, &rest);
	sample->optimal = !rest;
}

static void take_place(const struct dmp_stats *stats,
		       const struct dmp_submission *submission,
		       struct dmp_sample *sample)
{
	struct previous previous = { .end = DMP_RUN_NOWHERE };
	u64 sector = submission->bio->bi_iter.bi_sector;
	bool rw = submission->op < DMP_RW_OPS;
	u64 start = dmp_run_key(sector, submission->op);

	if (submission->now)
		previous_by_clock(stats, submission->now, &previous);
	else if (rw)
		previous_by_jiffies(stats, start, &previous);

	if (previous.latest)
		sample->interarrival = interarrival_bucket
			(submission->now <= previous.latest ? 0 :
			 submission->now & DMP_SUBMIT_KTIME ?
			 submission->now - previous.latest :
			 dmp_ticks_to_ns(&stats->clock,
					 submission->now - previous.latest));
	if (!rw)
		return;
	if (previous.end != DMP_RUN_NOWHERE)
		sample->seek = seek_bucket(sector - (previous.end >> 1));
	sample->sequential = submission->sequential ||
			     continues_any(stats, start);
}

/**
 * dmp_sample_take() - sample a bio at submission
 * @stats: of the volume
 * @submission: the bio, neither counted as submitted nor recorded as the latest of
 *	this CPU yet
 * @sample: set to its buckets
 *
 * Context: process context, the caller may be preempted.
 */
void dmp_sample_take(const struct dmp_stats *stats,
		     const struct dmp_submission *submission,
		     struct dmp_sample *sample)
{
	u32 sectors = submission->bio->bi_iter.bi_size >> SECTOR_SHIFT;

	*sample = (struct dmp_sample) {
		.taken = true,
		.seek = DMP_SAMPLE_NONE,
		.interarrival = DMP_SAMPLE_NONE,
		.align = DMP_SAMPLE_NONE,
		.depth = depth_bucket(depth_now(stats)),
		.flags = flags_of(submission->bio),
	};
	take_place(stats, submission, sample);
	if (sectors)
		take_alignment(submission, sectors, sample);
}

static void count_rw(struct dmp_stats *stats, unsigned int op,
		     const struct dmp_io *io)
{
	struct dmp_rw_hists __percpu *hists = &stats->cpu->rw[op];
	u64 cell = io->sector >> (READ_ONCE(stats->heat_shift) & 63);

	if (io->sample.seek != DMP_SAMPLE_NONE)
		dmp_hist_inc(hists->seek, io->sample.seek);
	if (io->sample.sequential)
		dmp_hist_inc(&hists->sequential, 0);
	/* The bio may be of a previous, larger table. */
	dmp_hist_inc(hists->heat, min_t(u64, cell, DMP_HEAT_CELLS - 1));
}

/**
 * dmp_sample_count() - count the sample of a completed bio that was not refused
 * @stats: of the volume
 * @io: of the bio
 *
 * Context: any, hard interrupt included.
 */
void dmp_sample_count(struct dmp_stats *stats, const struct dmp_io *io)
{
	const struct dmp_sample *sample = &io->sample;
	unsigned int op = io->state & DMP_BIO_OP;

	dmp_op_hist_add(stats, op, DMP_OP_HIST(depth) + sample->depth, 1);
	dmp_op_hist_add(stats, op, DMP_OP_HIST(flags) + sample->flags, 1);
	if (sample->interarrival != DMP_SAMPLE_NONE)
		dmp_op_hist_add(stats, op, DMP_OP_HIST(interarrival) +
				sample->interarrival, 1);
	if (sample->align == DMP_SAMPLE_NONE)
		return;
	dmp_op_hist_add(stats, op, DMP_OP_HIST(align) + sample->align, 1);
	if (sample->physical)
		dmp_op_hist_add(stats, op, DMP_OP_HIST(aligned_physical), 1);
	if (sample->optimal)
		dmp_op_hist_add(stats, op, DMP_OP_HIST(aligned_optimal), 1);
	if (op < DMP_RW_OPS)
		count_rw(stats, op, io);
}

/* Class of a latency for size x latency; each class is a factor of four wide. */
static unsigned int latency_class(u64 ns)
{
	ns = clamp_t(u64, ns, DMP_LATENCY_MIN - 1, DMP_LATENCY_MAX);
	return (dmp_octave(ns) - (DMP_LATENCY_FIRST - 2)) / 2;
}

static unsigned int size_class(u32 bytes)
{
	/* A bio without data is in the lowest class. */
	return (dmp_octave(bytes | SECTOR_SIZE) - (SECTOR_SHIFT - 1)) / 2;
}

/**
 * dmp_sample_count_latency() - count the latency of a sampled bio by its size
 * @stats: of the volume
 * @state: of the bio
 * @ns: its latency
 *
 * Context: any, hard interrupt included.
 */
void dmp_sample_count_latency(struct dmp_stats *stats, unsigned long state,
			      u64 ns)
{
	unsigned int op = state & DMP_BIO_OP;

	if (op < DMP_RW_OPS)
		dmp_hist_inc(stats->cpu->rw[op].size_latency,
			     size_class(state & DMP_BIO_BYTES) *
			     DMP_SL_LATENCIES + latency_class(ns));
}
