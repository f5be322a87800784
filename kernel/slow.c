// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slow path: see slow.h.
 */
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "slow.h"
#include "tick.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* --- submission ------------------------------------------------------------------ */

/**
 * dmp_op_of() - the operation that a bio is counted as
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

static bool is_timed(const struct dmp_stats *stats,
		     struct dmp_submit_state *submit, u32 mode)
{
	if (!(mode & DMP_MODE_EPOCH))
		return false;
	if (mode & DMP_MODE_TIME_EACH)
		return true;
	return !dmp_skip_time(stats, submit) && dmp_should_time(stats, submit);
}

/* Is a sample due? A bio from the fast path has already decremented until_sample. */
static bool sample_due(struct dmp_submit_state *submit)
{
	if ((s32)submit->until_sample >= 0)
		submit->until_sample--;
	if ((s32)submit->until_sample >= 0)
		return false;
	submit->until_sample = dmp_random_below(submit, 2 * dmp_sample_mean());
	return true;
}

/* Record this bio as the latest of its CPU. */
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

/* Patterns, and a sample if one is due. */
static void submit_patterns(struct dmp_stats *stats, struct dmp_block *block,
			    struct dmp_submission *submission,
			    struct dmp_sample *sample)
{
	struct dmp_submit_state *submit = &block->submit;
	u64 sector = submission->bio->bi_iter.bi_sector;
	u32 sectors = submission->bio->bi_iter.bi_size >> SECTOR_SHIFT;
	enum dmp_op op = submission->op;
	u64 end = DMP_RUN_NOWHERE;
	u32 length;

	if (op < DMP_RW_OPS && sectors) {
		end = dmp_run_key(sector + sectors, op);
		length = dmp_runs_submit(&submit->runs,
					 dmp_run_key(sector, op), end);
		if (length)
			dmp_count_run(block, op, length);
		submission->sequential = length;
	}
	if (sectors)
		dmp_op_hist_add(stats, op, DMP_OP_HIST(size) +
				dmp_size_bucket(sectors), 1);
	if (sample_due(submit))
		dmp_sample_take(stats, submission, sample);
	remember(submit, submission, end);
}

/* Move state that does not fit into the word into per-bio data. */
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
 * @io: its per-bio data
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
	struct dmp_block *block = dmp_this_block(stats->cpus.cpu);
	u32 timing = READ_ONCE(stats->tick.epochs.timing);
	u32 mode = READ_ONCE(stats->mode);
	unsigned long state;
	bool timed;
	u64 clock;

	if (mode & DMP_MODE_IDLE)
		mode = dmp_tick_start(stats);
	timed = is_timed(stats, &block->submit, mode);
	clock = timed ? read_clock(stats, mode) : 0;

	io->sample.taken = false;
	submission.mode = mode;
	submission.now = mode & DMP_MODE_TIME_EACH ? clock : 0;
	if (mode & DMP_MODE_PATTERNS)
		submit_patterns(stats, block, &submission, &io->sample);
	/* Read the clock again: the latency excludes the time of the sample. */
	if (io->sample.taken && timed)
		clock = read_clock(stats, mode);

	dmp_count_submitted(stats->cpus.cpu, mode);
	trace_dmp_submit(stats->dev, submission.op, bio);
	state = state_of(bio, submission.op, mode) |
		(timed ? 0 : DMP_BIO_UNTIMED);
	if (io->sample.taken || mode & DMP_MODE_PER_BIO)
		return fill_io(io, bio, state, clock, timing);
	return state | dmp_state_start(clock);
}

/* --- completion ------------------------------------------------------------------ */

/*
 * Tolerances, in ticks, by which the start of a bio may lie after the end of its epoch
 * (over 4 s: the submission was preempted after its load of the mode) or after now
 * (over 4 ms: counters of CPUs differ a little).
 */
#define LATE_AFTER_END	BIT(30)
#define LATE_AFTER_NOW	BIT(20)

/*
 * Latency of a bio with a 32-bit start; false if its start is void. The start is the
 * latest time with these low bits before the end of its epoch, or before now. It is
 * unique, since the tick ends the 32-bit starts of an epoch before they wrap, less the
 * tolerances above.
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

/* Latency of a bio with per-bio data; false if its start is void. */
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

/* Count a latency, and whether it was slow. */
static void count_latency(struct dmp_stats *stats, unsigned long state, u64 ns)
{
	struct dmp_shared *shared = stats->shared;
	unsigned int op = state & DMP_BIO_OP;

	if (op < DMP_RW_OPS) {
		dmp_count_time(stats->cpus.cpu, state, ns);
	} else {
		atomic64_add(ns, &shared->done[op - DMP_RW_OPS].ns);
		atomic64_inc(&shared->done[op - DMP_RW_OPS].timed);
	}
	dmp_op_hist_add(stats, op, DMP_OP_HIST(latency) +
			dmp_latency_bucket(min_t(u64, ns, DMP_LATENCY_MAX)), 1);
	if (ns < READ_ONCE(stats->config.slow_ns))
		return;

	atomic64_inc(&shared->uncommon[op].slow);
	atomic64_add(ns, &shared->uncommon[op].slow_ns);
}

/* A read or write was refused: take it out of runs, which the retry continues. */
static void undo_rw(struct dmp_stats *stats, unsigned long op, u64 sector,
		    u32 sectors)
{
	struct dmp_block *block = dmp_this_block(stats->cpus.cpu);
	struct dmp_submit_state *submit = &block->submit;
	u64 end = dmp_run_key(sector + sectors, op);
	unsigned int bucket;
	u32 length;

	length = dmp_runs_undo(&submit->runs, dmp_run_key(sector, op), end);
	if (length) {
		bucket = dmp_run_bucket(length);
		if (bucket)
			dmp_hist_add(&block->rw[op].run[bucket], -1);
		dmp_hist_add(&block->rw[op].run[0], -1);
	}
	if (submit->last_end == end)
		submit->last_end = DMP_RUN_NOWHERE;
}

/*
 * A bio was refused, and its submitter retries it: undo the counting of submission.
 * Before it is counted as completed, so that windows, which subtract refused bios,
 * never count it.
 */
static void count_refused(struct dmp_stats *stats, unsigned long state,
			  u64 sector)
{
	unsigned int op = state & DMP_BIO_OP;
	u32 bytes = state & DMP_BIO_BYTES;

	atomic64_inc(&stats->shared->uncommon[op].refused);
	atomic64_add(bytes, &stats->shared->uncommon[op].refused_bytes);
	if (!(state & DMP_BIO_SIZED) || !bytes)
		return;
	dmp_op_hist_add(stats, op, DMP_OP_HIST(size) +
			dmp_size_bucket(bytes >> SECTOR_SHIFT), -1);
	if (op < DMP_RW_OPS)
		undo_rw(stats, op, sector, bytes >> SECTOR_SHIFT);
}

/* BLK_STS_AGAIN is not an error: it refuses a REQ_NOWAIT bio. */
static void count_status(struct dmp_stats *stats, unsigned int op,
			 blk_status_t status)
{
	unsigned int value = (__force unsigned int)status;

	dmp_op_hist_add(stats, op, DMP_OP_HIST(errors) +
			min(value, DMP_STATUSES - 1U), 1);
	if (status != BLK_STS_AGAIN)
		atomic64_inc(&stats->shared->errors);
}

/* Requests and bytes of any operation. */
static void count_completed(struct dmp_stats *stats, unsigned long state)
{
	struct dmp_shared *shared = stats->shared;
	unsigned int op = state & DMP_BIO_OP;

	if (op < DMP_RW_OPS) {
		dmp_count_completed(stats->cpus.cpu, state);
	} else {
		atomic64_inc(&shared->done[op - DMP_RW_OPS].requests);
		atomic64_add(state & DMP_BIO_BYTES,
			     &shared->done[op - DMP_RW_OPS].bytes);
	}
	if (state & DMP_BIO_FUA)
		atomic64_inc(&shared->fua);
}

/* Latency of a bio; false if it was not timed or its start is void. */
static bool latency_of(const struct dmp_stats *stats, unsigned long state,
		       const struct dmp_io *io, u64 *ns)
{
	*ns = 0;
	if (state & DMP_BIO_UNTIMED || !(state & DMP_BIO_EPOCH))
		return false;
	return io ? latency_of_io(stats, io, ns) :
		    latency_of_state(stats, state, ns);
}

/* Latency and sample, of a bio that was not refused. */
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
 * @sector: on the volume; valid if the bio was refused, since drivers advance
 *	bi_iter of others
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
	count_completed(stats, state);
	if (status != BLK_STS_AGAIN)
		count_details(stats, state, io, timed, ns);
	if (io)
		trace_dmp_complete(stats->dev, io, timed ? ns : 0, status);
	if (state & DMP_BIO_EPOCH)
		dmp_count_left(stats->cpus.cpu, state);
}
