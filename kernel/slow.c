// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slow path: see slow.h.
 */
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>

#include "slow.h"
#include "tick.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* --- submission ------------------------------------------------------------------ */

/**
 * dmp_op_of() - the operation of a bio, as it is counted
 * @bio: any
 *
 * Context: any.
 * Return: the operation.
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

static unsigned long state_of(const struct bio *bio, enum dmp_op op, u32 mode)
{
	return (bio->bi_iter.bi_size & DMP_BIO_BYTES) |
	       (mode & (DMP_MODE_EPOCH | DMP_MODE_PATTERNS)) |
	       (bio->bi_opf & REQ_FUA ? DMP_BIO_FUA : 0) | op;
}

/* Ticks, or nanoseconds with DMP_SUBMIT_KTIME. */
static u64 read_clock(const struct dmp_stats *stats, u32 mode)
{
	if (mode & DMP_MODE_KTIME)
		return ktime_get_ns() | DMP_SUBMIT_KTIME;
	return dmp_clock_ticks(&stats->clock);
}

static bool is_timed(const struct dmp_stats *stats, u32 mode)
{
	if (!(mode & DMP_MODE_EPOCH))
		return false;
	return mode & DMP_MODE_TIME_EACH ||
	       dmp_should_time(stats, &raw_cpu_ptr(stats->cpu)->submit);
}

/* Is it this bio's turn? The fast path has already decremented, if it sent it here. */
static bool sample_due(struct dmp_submit_state *submit)
{
	if ((s32)submit->until_sample >= 0)
		submit->until_sample--;
	if ((s32)submit->until_sample >= 0)
		return false;
	submit->until_sample = dmp_random_below(submit, 2 * dmp_sample_mean());
	return true;
}

/* This bio is the latest one of its CPU from now on. */
static void remember(struct dmp_submit_state *submit,
		     const struct dmp_submission *submission, u64 end)
{
	if (end == DMP_RUN_NOWHERE) {
		if (submission->now)
			submit->last_rare = submission->now;
		return;
	}
	submit->last_end = end;
	if (submission->now)
		submit->last_submit = submission->now;
	else
		submit->last_jiffies = jiffies;
}

/* All that needs no clock, and a sample if it is due. */
static void submit_patterns(struct dmp_stats *stats,
			    struct dmp_submission *submission,
			    struct dmp_sample *sample)
{
	struct dmp_submit_state *submit = &raw_cpu_ptr(stats->cpu)->submit;
	u64 sector = submission->bio->bi_iter.bi_sector;
	u32 sectors = submission->bio->bi_iter.bi_size >> SECTOR_SHIFT;
	enum dmp_op op = submission->op;
	u64 end = DMP_RUN_NOWHERE;

	if (op < DMP_RW_OPS && sectors) {
		end = dmp_run_key(sector + sectors, op);
		submission->sequential =
			dmp_count_run(stats->cpu, op,
				      dmp_run_key(sector, op), end);
	}
	if (sectors)
		dmp_op_hist_add(stats, op, DMP_OP_HIST(size) +
				dmp_size_bucket(sectors), 1);
	if (sample_due(submit))
		dmp_sample_take(stats, submission, sample);
	remember(submit, submission, end);
}

/* Keep in per-bio data what does not fit into the state. */
static unsigned long fill_io(struct dmp_io *io, const struct bio *bio,
			     unsigned long state, u64 clock, u32 timing)
{
	io->state = state;
	io->start = clock & ~DMP_SUBMIT_KTIME;
	io->ktime = clock & DMP_SUBMIT_KTIME;
	io->timing = timing;
	io->sector = bio->bi_iter.bi_sector;
	io->opf = (__force u32)bio->bi_opf;
	return (unsigned long)io | DMP_BIO_PER_BIO;
}

/**
 * dmp_slow_submit() - submission of any bio
 * @stats: of the volume
 * @geometry: of the segment
 * @bio: as submitted
 * @io: the bio's own
 *
 * Context: process context, the caller may be preempted.
 * Return: the bio's state.
 */
unsigned long dmp_slow_submit(struct dmp_stats *stats,
			      const struct dmp_geometry *geometry,
			      const struct bio *bio, struct dmp_io *io)
{
	struct dmp_submission submission = {
		.bio = bio, .geometry = geometry, .op = dmp_op_of(bio),
	};
	u32 timing = READ_ONCE(stats->tick.epochs.timing);
	u32 mode = READ_ONCE(stats->mode);
	unsigned long state;
	bool timed;
	u64 clock;

	if (mode & DMP_MODE_IDLE)
		mode = dmp_tick_start(stats);
	timed = is_timed(stats, mode);
	clock = timed ? read_clock(stats, mode) : 0;

	io->sample.taken = false;
	submission.mode = mode;
	submission.now = mode & DMP_MODE_TIME_EACH ? clock : 0;
	if (mode & DMP_MODE_PATTERNS)
		submit_patterns(stats, &submission, &io->sample);
	/* The time that a sample takes is not the device's. */
	if (io->sample.taken && timed)
		clock = read_clock(stats, mode);

	dmp_count_submitted(stats->cpu, mode);
	trace_dmp_submit(stats->dev, submission.op, bio);
	state = state_of(bio, submission.op, mode) |
		(timed ? 0 : DMP_BIO_UNTIMED);
	if (io->sample.taken || mode & DMP_MODE_PER_BIO)
		return fill_io(io, bio, state, clock, timing);
	return state | dmp_state_start(clock);
}

/* --- completion ------------------------------------------------------------------ */

/*
 * How much later than its epoch ended, or than now on another CPU, a bio may have read
 * the clock: its submitter may have been preempted in between, the CPUs' counters may
 * differ a little. In ticks: over 4 s, over 4 ms.
 */
#define LATE_AFTER_END	BIT(30)
#define LATE_AFTER_NOW	BIT(20)

/*
 * The latency of a bio whose start has 32 bits; false if it is not to be counted. The
 * start is the last one with these bits before the epoch ended, or before now. That
 * is right, since no epoch has such starts for longer than 32 bits last, less what is
 * allowed for above (the tick sees to it).
 */
static bool latency_of_state(const struct dmp_stats *stats,
			     unsigned long state, u64 *ns)
{
	const struct dmp_epochs *epochs = &stats->tick.epochs;
	unsigned int slot = dmp_bio_epoch(state);
	u64 end = READ_ONCE(epochs->end[slot]);
	u64 now = dmp_clock_ticks(&stats->clock);
	u64 latest = end ? end + LATE_AFTER_END : now + LATE_AFTER_NOW;
	u32 start = (u64)state >> DMP_START_SHIFT;
	s64 ticks = now - (latest - (u32)((u32)latest - start));

	*ns = dmp_ticks_to_ns(&stats->clock, max_t(s64, ticks, 0));
	return READ_ONCE(epochs->slot_timing[slot]) ==
	       READ_ONCE(epochs->timing);
}

/* The same of a bio with per-bio data. */
static bool latency_of_io(const struct dmp_stats *stats,
			  const struct dmp_io *io, u64 *ns)
{
	u64 now;

	now = io->ktime ? ktime_get_ns() : dmp_clock_ticks(&stats->clock);
	*ns = now > io->start ? now - io->start : 0;
	if (!io->ktime)
		*ns = dmp_ticks_to_ns(&stats->clock, *ns);
	return io->timing == READ_ONCE(stats->tick.epochs.timing);
}

/* Count a latency of any length, and whether it was slow. */
static void count_latency(struct dmp_stats *stats, unsigned long state, u64 ns)
{
	unsigned int op = state & DMP_BIO_OP;
	unsigned long flags;

	dmp_count_time(stats->cpu, state, ns);
	dmp_op_hist_add(stats, op, DMP_OP_HIST(latency) +
			dmp_latency_bucket(min_t(u64, ns, DMP_LATENCY_MAX)), 1);
	if (ns < READ_ONCE(stats->config.slow_ns))
		return;

	flags = dmp_update_begin(stats->cpu);
	this_cpu_inc(stats->cpu->counts.uncommon[op].slow);
	this_cpu_add(stats->cpu->counts.uncommon[op].slow_ns, ns);
	dmp_update_end(stats->cpu, flags);
}

/* A read or write was refused: the one that is sent again takes its place. */
static void undo_rw(struct dmp_stats *stats, unsigned long op, u64 sector,
		    u32 sectors)
{
	struct dmp_submit_state *submit = &raw_cpu_ptr(stats->cpu)->submit;
	u64 end = dmp_run_key(sector + sectors, op);
	u32 length;

	length = dmp_runs_undo(&submit->runs, dmp_run_key(sector, op), end);
	if (length) {
		if (is_power_of_2(length))
			dmp_hist_dec(stats->cpu->rw[op].run,
				     min_t(unsigned int, ilog2(length),
					   DMP_RUN_BUCKETS - 1));
		dmp_hist_dec(stats->cpu->rw[op].run, 0);
	}
	if (submit->last_end == end)
		submit->last_end = DMP_RUN_NOWHERE;
}

/*
 * A bio was refused, and its submitter sends it again: take it out of what was counted
 * at submission. Before it is counted as completed, so that a window does not see it
 * as done.
 */
static void count_refused(struct dmp_stats *stats, unsigned long state,
			  u64 sector)
{
	unsigned int op = state & DMP_BIO_OP;
	u32 bytes = state & DMP_BIO_BYTES;
	unsigned long flags;

	flags = dmp_update_begin(stats->cpu);
	this_cpu_inc(stats->cpu->counts.uncommon[op].refused);
	this_cpu_add(stats->cpu->counts.uncommon[op].refused_bytes, bytes);
	dmp_update_end(stats->cpu, flags);

	if (!(state & DMP_BIO_SIZED) || !bytes)
		return;
	dmp_op_hist_add(stats, op, DMP_OP_HIST(size) +
			dmp_size_bucket(bytes >> SECTOR_SHIFT), -1);
	if (op < DMP_RW_OPS)
		undo_rw(stats, op, sector, bytes >> SECTOR_SHIFT);
}

/* BLK_STS_AGAIN is no error: it answers REQ_NOWAIT. */
static void count_status(struct dmp_stats *stats, unsigned int op,
			 blk_status_t status)
{
	unsigned int value = (__force unsigned int)status;
	unsigned long flags;

	dmp_op_hist_add(stats, op, DMP_OP_HIST(errors) +
			min(value, DMP_STATUSES - 1U), 1);
	if (status == BLK_STS_AGAIN)
		return;

	flags = dmp_update_begin(stats->cpu);
	this_cpu_inc(stats->cpu->counts.errors);
	dmp_update_end(stats->cpu, flags);
}

/* The latency of a bio; false if it was not timed. */
static bool latency_of(const struct dmp_stats *stats, unsigned long state,
		       const struct dmp_io *io, u64 *ns)
{
	*ns = 0;
	if (state & DMP_BIO_UNTIMED || !(state & DMP_BIO_EPOCH))
		return false;
	return io ? latency_of_io(stats, io, ns) :
		    latency_of_state(stats, state, ns);
}

/* What only a bio that was not refused counts in. */
static void count_details(struct dmp_stats *stats, unsigned long state,
			  const struct dmp_io *io, bool timed, u64 ns)
{
	bool sampled = io && io->sample.taken;

	if (timed)
		count_latency(stats, state, ns);
	if (timed && sampled)
		dmp_sample_count_latency(stats, state, ns);
	if (sampled)
		dmp_sample_count(stats, io);
}

/**
 * dmp_slow_complete() - completion of any bio
 * @stats: of the volume
 * @state: of the bio
 * @sector: of the volume, as far as the bio still tells; one that was refused does
 * @status: of the bio
 *
 * Context: any, hard interrupt included.
 */
void dmp_slow_complete(struct dmp_stats *stats, unsigned long state,
		       u64 sector, blk_status_t status)
{
	const struct dmp_io *io = NULL;
	bool timed;
	u64 ns;

	if ((state & DMP_BIO_OP) == DMP_BIO_OP) {
		io = (const struct dmp_io *)(state & ~DMP_BIO_PER_BIO);
		state = io->state;
		sector = io->sector;
	}

	timed = latency_of(stats, state, io, &ns);
	if (status)
		count_status(stats, state & DMP_BIO_OP, status);
	if (status == BLK_STS_AGAIN)
		count_refused(stats, state, sector);
	dmp_count_completed(stats->cpu, state);
	if (status != BLK_STS_AGAIN)
		count_details(stats, state, io, timed, ns);
	if (io)
		trace_dmp_complete(stats->dev, io, timed ? ns : 0, status);
	if (state & DMP_BIO_EPOCH)
		dmp_count_left(stats->cpu, state);
}
