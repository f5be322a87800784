// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sampling: see sample.h.
 */
#include <linux/blk_types.h>
#include <linux/blkdev.h>
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
		     1U << (fls(nr_cpu_ids - 1) & 31));
}

static unsigned int depth_bucket(u32 depth)
{
	return min_t(u32, dmp_power_bucket(depth), DMP_DEPTH_BUCKETS - 1);
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

/**
 * struct previous - the bios before a sampled one
 * @end: run key at which the previous read or write ended, or DMP_RUN_NOWHERE
 * @rw_latest: time of its submission, in the unit of dmp_submission.now; 0 if unknown
 * @rare_latest: time of the latest submission of another operation, likewise
 * @jiffies: of its submission, if not each bio is timed
 * @depth: bios in flight; negative if completions were read that followed
 * @continued: the sampled bio continues one of them
 */
struct previous {
	u64 end;
	u64 rw_latest;
	u64 rare_latest;
	unsigned long jiffies;
	u32 depth;
	bool continued;
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
static void previous_by_clock(const struct dmp_stats *stats,
			      const struct dmp_submit_state *submit, u64 now,
			      struct previous *previous)
{
	u64 end = READ_ONCE(submit->last_end);
	u64 when = READ_ONCE(submit->last_submit);

	if (end != DMP_RUN_NOWHERE && when >= previous->rw_latest &&
	    counts_as_previous(stats, when, now)) {
		previous->rw_latest = when;
		previous->end = end;
	}
	when = READ_ONCE(submit->last_rare);
	if (when > previous->rare_latest &&
	    counts_as_previous(stats, when, now))
		previous->rare_latest = when;
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
static void previous_by_jiffies(const struct dmp_submit_state *submit,
				u64 start, struct previous *previous)
{
	unsigned long when = READ_ONCE(submit->last_jiffies);
	u64 end = READ_ONCE(submit->last_end);

	if (end == DMP_RUN_NOWHERE || time_before(when, previous->jiffies))
		return;
	if (when == previous->jiffies && previous->end != DMP_RUN_NOWHERE &&
	    distance_of(start, previous->end) <= distance_of(start, end))
		return;
	previous->jiffies = when;
	previous->end = end;
}

/*
 * Submitted less completed bios of one CPU, modulo 2^32; only the sum over all CPUs has a
 * meaning.
 */
static u32 depth_of(const struct dmp_cpu *cpu)
{
	u32 depth = 0;
	int i;

	for (i = 0; i < DMP_EPOCHS; i++)
		depth += READ_ONCE(cpu->epoch[i].entered);
	for (i = 0; i < DMP_RW_OPS; i++)
		depth -= (u32)READ_ONCE(cpu->rw[i].requests);
	return depth;
}

static u32 shared_completed(const struct dmp_stats *stats)
{
	u32 completed = 0;
	int i;

	for (i = 0; i < DMP_RARE_OPS; i++)
		completed += atomic64_read(&stats->shared->done[i].requests);
	return completed;
}

/*
 * What a sample reads of all CPUs, in one pass: bios in flight, which is not atomic
 * as a whole; the previous bio; whether the bio continues another one.
 */
static void read_cpus(const struct dmp_stats *stats,
		      const struct dmp_submission *submission,
		      struct previous *previous)
{
	u64 start = dmp_run_key(submission->bio->bi_iter.bi_sector,
				submission->op);
	bool rw = submission->op < DMP_RW_OPS;
	const struct dmp_block *block;
	const struct dmp_cpu *cpu;
	unsigned int i;

	previous->depth = -shared_completed(stats);
	for (i = 0; (cpu = dmp_nth_cpu(&stats->cpus, i)); i++) {
		block = READ_ONCE(cpu->block);
		if (!block)
			continue;
		previous->depth += depth_of(cpu);
		if (submission->now)
			previous_by_clock(stats, &block->submit,
					  submission->now, previous);
		else if (rw)
			previous_by_jiffies(&block->submit, start, previous);
		if (rw && !previous->continued)
			previous->continued =
				dmp_runs_contain(&block->submit.runs, start);
	}
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

static unsigned int take_interarrival(const struct dmp_stats *stats, u64 now,
				      u64 latest)
{
	if (!latest)
		return DMP_SAMPLE_NONE;
	if (now <= latest)
		return interarrival_bucket(0);
	if (now & DMP_SUBMIT_KTIME)
		return interarrival_bucket(now - latest);
	return interarrival_bucket(dmp_ticks_to_ns(&stats->clock,
						   now - latest));
}

static void take_place(const struct dmp_stats *stats,
		       const struct dmp_submission *submission,
		       struct dmp_sample *sample)
{
	struct previous previous = {
		.end = DMP_RUN_NOWHERE,
		.jiffies = READ_ONCE(stats->since.jiffies),
	};

	read_cpus(stats, submission, &previous);
	sample->depth = depth_bucket(max_t(s32, previous.depth, 0));
	sample->interarrival = take_interarrival(stats, submission->now,
						 max(previous.rw_latest,
						     previous.rare_latest));
	if (submission->op >= DMP_RW_OPS)
		return;
	if (previous.end != DMP_RUN_NOWHERE)
		sample->seek = seek_bucket(submission->bio->bi_iter.bi_sector -
					   (previous.end >> 1));
	sample->sequential = submission->sequential || previous.continued;
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
		.align = DMP_SAMPLE_NONE,
		.flags = flags_of(submission->bio),
	};
	take_place(stats, submission, sample);
	if (sectors)
		take_alignment(submission, sectors, sample);
}

static void count_rw(struct dmp_stats *stats, unsigned int op,
		     const struct dmp_io *io)
{
	struct dmp_rw_hists *hists = &dmp_this_block(stats->cpus.cpu)->rw[op];
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
		dmp_hist_inc(dmp_this_block(stats->cpus.cpu)->rw[op].size_latency,
			     size_class(state & DMP_BIO_BYTES) *
			     DMP_SL_LATENCIES + latency_class(ns));
}
