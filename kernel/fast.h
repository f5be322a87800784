/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fast path: submission and completion of plain reads and writes, in the order in
 * which a bio runs through it.
 *
 * Inlined into dmp_map() and dmp_end_io(): no call, no lock, no division, stores to the
 * CPU's own counters and block only. A function that returns false has counted nothing but the
 * distance to the next sample, and the caller takes the slow path (slow.h). A task that
 * migrates on its way may update the heuristics of two CPUs; counters are this_cpu
 * operations.
 */
#ifndef DMP_FAST_H
#define DMP_FAST_H

#include <linux/bio.h>
#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>

#include "stats.h"

/* --- submission: the kind of bio ---------------------------------------------- */

/* Bits of bi_opf that a plain read or write does not have. */
#define DMP_SLOW_OPF							\
	((((1U << REQ_OP_BITS) - 1) & ~(u32)DMP_WRITE) |		\
	 (__force u32)REQ_PREFLUSH | (__force u32)REQ_FUA)

/*
 * Most bios are plain reads and writes. Only an empty flush has REQ_PREFLUSH when it
 * comes from device-mapper.
 */
static __always_inline bool dmp_is_plain_rw(const struct bio *bio)
{
	return !((__force u32)bio->bi_opf & DMP_SLOW_OPF);
}

/* The operation of a plain read or write. */
static __always_inline unsigned long dmp_rw_op(const struct bio *bio)
{
	return (__force u32)bio->bi_opf & DMP_WRITE;
}

/*
 * Histograms of reads or writes. By a byte offset, since CONFIG_UBSAN_BOUNDS would check
 * an index; and that it is 0 or 1 is hidden from gcc 14, which would replace the
 * multiplication by three instructions.
 */
static __always_inline struct dmp_rw_hists *
dmp_rw_hists(struct dmp_block *block, unsigned long op)
{
	OPTIMIZER_HIDE_VAR(op);
	block = (void *)block + op * sizeof(struct dmp_rw_hists);
	return &block->rw[0];
}

static __always_inline unsigned long dmp_rw_state(unsigned long op, u32 bytes)
{
	return (bytes & DMP_BIO_BYTES) | op;
}

/* May a plain read or write continue a run? Mostly yes if it does: see runs.h. */
static __always_inline bool dmp_fast_may_continue(const struct dmp_block *block,
						  const struct bio *bio)
{
	return dmp_runs_may_continue(&block->submit.runs,
				     dmp_run_key(bio->bi_iter.bi_sector,
						 dmp_rw_op(bio)));
}

/* --- submission: patterns ---------------------------------------------------- */

/* Is this bio due to be sampled? The slow path takes samples. */
static __always_inline bool dmp_sample_due(struct dmp_submit_state *submit)
{
	submit->until_sample--;
	return unlikely((s32)submit->until_sample < 0);
}

static __always_inline unsigned long dmp_size_bucket(unsigned long sectors)
{
	if (likely(sectors < DMP_SIZE_EXACT))
		return sectors;
	return DMP_SIZE_EXACT + dmp_bucket(sectors, DMP_SIZE_FIRST,
					   DMP_SIZE_SUB);
}

/**
 * dmp_fast_patterns() - patterns of a plain read or write that continues no run
 * @block: of this CPU
 * @bio: as submitted
 * @state: set to its per-bio state, without epoch and start
 *
 * Context: process context, the caller may be preempted.
 * Return: false if the caller must take the slow path.
 */
static __always_inline bool dmp_fast_patterns(struct dmp_block *block,
					      const struct bio *bio,
					      unsigned long *state)
{
	struct dmp_submit_state *submit = &block->submit;
	unsigned long sectors = bio->bi_iter.bi_size >> SECTOR_SHIFT;
	unsigned long op = dmp_rw_op(bio);
	u64 end = dmp_run_key(bio->bi_iter.bi_sector, op);

	if (dmp_sample_due(submit))
		return false;

	/* Or the compiler holds bi_size in a register, too, which it would have to save. */
	OPTIMIZER_HIDE_VAR(sectors);
	end += 2 * sectors;
	submit->last_end = end;
	dmp_runs_end(&submit->runs, end);

	*state = (sectors << SECTOR_SHIFT) + op + DMP_MODE_PATTERNS;
	dmp_hist_inc(dmp_rw_hists(block, op)->each.size,
		     dmp_size_bucket(sectors));
	return true;
}

/**
 * dmp_count_run() - count a read or write that continues a sequential run
 * @block: of this CPU
 * @op: DMP_READ or DMP_WRITE
 * @length: of the run, itself included
 *
 * A run is counted when it reaches 2^n bios. The number of runs that ended at a length
 * is the difference of two such counts.
 *
 * Context: process context, the caller may be preempted.
 */
static __always_inline void dmp_count_run(struct dmp_block *block,
					  unsigned long op, u32 length)
{
	unsigned int bucket = dmp_run_bucket(length);

	if (unlikely(bucket))
		dmp_hist_inc(block->rw[op].run, bucket);
	/* [0], which no run uses, counts the bios that continued one. */
	dmp_hist_inc(block->rw[op].run, 0);
}

/**
 * dmp_fast_continue() - dmp_fast_patterns() for a bio that may continue a run
 * @block: of this CPU
 * @bio: as submitted
 * @state: set to its per-bio state, without epoch and start
 *
 * Inline for a bio that continues the latest run.
 *
 * Context: process context, the caller may be preempted.
 * Return: false if the caller must take the slow path.
 */
static __always_inline bool dmp_fast_continue(struct dmp_block *block,
					      const struct bio *bio,
					      unsigned long *state)
{
	struct dmp_submit_state *submit = &block->submit;
	unsigned long sectors = bio_sectors(bio);
	unsigned long op = dmp_rw_op(bio);
	u64 start = dmp_run_key(bio->bi_iter.bi_sector, op);
	u64 end = start + 2 * sectors;
	u32 length;

	if (dmp_sample_due(submit))
		return false;

	submit->last_end = end;
	length = dmp_runs_extend(&submit->runs, start, end);
	if (unlikely(!length))
		length = dmp_runs_submit(&submit->runs, start, end);
	if (likely(length))
		dmp_count_run(block, op, length);
	dmp_hist_inc(dmp_rw_hists(block, op)->each.size,
		     dmp_size_bucket(sectors));
	*state = (sectors << SECTOR_SHIFT) + op + DMP_MODE_PATTERNS;
	return true;
}

/* --- submission: epoch and clock --------------------------------------------- */

/*
 * Counters of an epoch, and of an operation. The index is a byte offset, so that
 * compilers fold the constant part into the displacement of the instruction.
 */
static_assert(sizeof(struct dmp_epoch_counts) == 1 << DMP_EPOCH_SHIFT);

static __always_inline struct dmp_epoch_counts __percpu *
dmp_epoch_counts(struct dmp_cpu __percpu *cpu, unsigned long state)
{
	cpu = (void __percpu *)cpu + (state & DMP_BIO_EPOCH);
	return &cpu->epoch[0];
}

/* The counters, shifted so that rw[0] is the entry of the bio's operation. */
static __always_inline struct dmp_cpu __percpu *
dmp_shift_to_done(struct dmp_cpu __percpu *cpu, unsigned long state)
{
	return (void __percpu *)cpu +
	       (state & DMP_WRITE) * sizeof(struct dmp_done);
}

/**
 * dmp_count_submitted() - count a submission into its epoch; slot 0 if untracked
 * @cpu: the volume's counters
 * @mode: of the volume, or state of the bio; only DMP_MODE_EPOCH is used
 *
 * Context: any; the caller may be preempted and migrate.
 */
static __always_inline void dmp_count_submitted(struct dmp_cpu __percpu *cpu,
						u32 mode)
{
	dmp_cpu_inc_u32(&dmp_epoch_counts(cpu, mode)->entered);
}

/**
 * dmp_skip_time() - is a bio not timed, with latency_every above 1?
 * @stats: of the volume
 * @submit: of this CPU
 *
 * Context: process context, the caller may be preempted.
 * Return: false if the bio is due to be timed, or the distance was drawn under an
 *	earlier setting; dmp_should_time() decides then.
 */
static __always_inline bool dmp_skip_time(const struct dmp_stats *stats,
					  struct dmp_submit_state *submit)
{
	u32 left = submit->until_timed - 1;

	if (unlikely(left >= READ_ONCE(stats->time_span)))
		return false;
	submit->until_timed = left;
	return true;
}

/**
 * dmp_should_time() - decide whether to time a bio that dmp_skip_time() did not skip
 * @stats: of the volume
 * @submit: of this CPU
 *
 * Distances are uniform in 0 to 2 * (latency_every - 1), so a workload with a period
 * cannot be in step with them. A distance that was drawn under an earlier setting and
 * is out of range now is drawn again.
 *
 * Context: process context, the caller may be preempted.
 * Return: true for one bio in latency_every, on average.
 */
static __always_inline bool dmp_should_time(const struct dmp_stats *stats,
					    struct dmp_submit_state *submit)
{
	u32 span = READ_ONCE(stats->time_span);
	u32 left;

	if ((s32)(submit->until_timed - 1) >= 0) {
		/* Drawn under an earlier setting, or on another CPU. */
		left = dmp_random_below(submit, span);
		if (left) {
			submit->until_timed = left - 1;
			return false;
		}
	}
	submit->until_timed = dmp_random_below(submit, span);
	return true;
}

/* With a 32-bit long the state has no room for a start. */
static __always_inline unsigned long dmp_state_start(u64 ticks)
{
	return BITS_PER_LONG == 64 ? ticks << DMP_START_SHIFT : 0;
}

/* With a 32-bit long the fast path reads no clock. */
static __always_inline void dmp_remember_submit(struct dmp_submit_state *submit,
						u64 ticks)
{
#if BITS_PER_LONG == 64
	submit->last_submit = ticks;
#endif
}

/**
 * dmp_fast_start() - enter an epoch and read the clock, if each bio is timed
 * @stats: of the volume
 * @cpu: the volume's counters
 * @submit: of this CPU
 * @mode: of the volume, without DMP_MODE_SLOW, with DMP_MODE_TIME_EACH
 *
 * Context: process context, the caller may be preempted.
 * Return: bits to be added to the bio's state.
 */
static __always_inline unsigned long
dmp_fast_start(struct dmp_stats *stats, struct dmp_cpu __percpu *cpu,
	       struct dmp_submit_state *submit, u32 mode)
{
	u64 ticks;

	dmp_count_submitted(cpu, mode);
	ticks = dmp_clock_ticks(&stats->clock);
	dmp_remember_submit(submit, ticks);
	return (mode & DMP_MODE_EPOCH) | dmp_state_start(ticks);
}

/**
 * dmp_fast_no_start() - enter an epoch, if any, without reading the clock
 * @cpu: the volume's counters
 * @submit: of this CPU
 * @mode: of the volume, without DMP_MODE_SLOW and DMP_MODE_TIME_EACH
 *
 * Context: process context, the caller may be preempted.
 * Return: bits to be added to the bio's state.
 */
static __always_inline unsigned long
dmp_fast_no_start(struct dmp_cpu __percpu *cpu, struct dmp_submit_state *submit,
		  u32 mode)
{
	dmp_count_submitted(cpu, mode);
	submit->last_jiffies = jiffies;
	return (mode & DMP_MODE_EPOCH) | DMP_BIO_UNTIMED;
}

/**
 * dmp_fast_no_epoch() - count the submission of an untracked bio
 * @cpu: the volume's counters
 * @submit: of this CPU
 *
 * Context: process context, the caller may be preempted.
 */
static __always_inline void dmp_fast_no_epoch(struct dmp_cpu __percpu *cpu,
					      struct dmp_submit_state *submit)
{
	dmp_count_submitted(cpu, 0);
	submit->last_jiffies = jiffies;
}

/**
 * dmp_fast_start_timed() - enter an epoch; read the clock, if dmp_should_time()
 * @stats: of the volume
 * @cpu: the volume's counters
 * @submit: of this CPU
 * @mode: of the volume, without DMP_MODE_SLOW, with DMP_MODE_EPOCH
 *
 * Context: process context, the caller may be preempted.
 * Return: bits to be added to the bio's state.
 */
static inline unsigned long
dmp_fast_start_timed(struct dmp_stats *stats, struct dmp_cpu __percpu *cpu,
		     struct dmp_submit_state *submit, u32 mode)
{
	if (!dmp_should_time(stats, submit))
		return dmp_fast_no_start(cpu, submit, mode);
	dmp_count_submitted(cpu, mode);
	submit->last_jiffies = jiffies;
	return (mode & DMP_MODE_EPOCH) |
	       dmp_state_start(dmp_clock_ticks(&stats->clock));
}

/* --- completion -------------------------------------------------------------- */

/**
 * dmp_count_completed() - count a completed read or write
 * @cpu: the volume's counters
 * @state: of the bio
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_count_completed(struct dmp_cpu __percpu *cpu,
						unsigned long state)
{
	unsigned long flags = dmp_update_begin(cpu);
	struct dmp_cpu __percpu *at = dmp_shift_to_done(cpu, state);

	dmp_cpu_add_u64(&at->rw[0].requests, 1);
	dmp_cpu_add_u64(&at->rw[0].bytes, state & DMP_BIO_BYTES);
	dmp_update_end(cpu, flags);
}

/**
 * dmp_count_left() - count the completion of a tracked bio in its epoch
 * @cpu: the volume's counters
 * @state: of the bio
 *
 * The last update of a completion: dmp_counts_unfinished() relies on it.
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_count_left(struct dmp_cpu __percpu *cpu,
					   unsigned long state)
{
	dmp_cpu_inc_u32(&dmp_epoch_counts(cpu, state)->left);
}

/* Of a timed read or write. */
static __always_inline void dmp_count_time(struct dmp_cpu __percpu *cpu,
					   unsigned long state, u64 ns)
{
	unsigned long flags = dmp_update_begin(cpu);
	struct dmp_cpu __percpu *at = dmp_shift_to_done(cpu, state);

	dmp_cpu_add_u64(&at->rw[0].ns, ns);
	dmp_cpu_add_u64(&at->rw[0].timed, 1);
	dmp_update_end(cpu, flags);
}

/* Bucket of a latency of at most DMP_LATENCY_MAX; [0] is below DMP_LATENCY_MIN. */
static __always_inline unsigned long dmp_latency_bucket(u64 ns)
{
	ns = max_t(u64, ns, DMP_LATENCY_MIN - 1);
	return dmp_bucket(ns, DMP_LATENCY_FIRST, DMP_LATENCY_SUB) + 1;
}

/**
 * dmp_fast_complete() - completion of a bio that succeeded
 * @stats: of the volume
 * @state: of the bio, tracked
 *
 * Context: any, hard interrupt included.
 * Return: false if the caller must take the slow path.
 */
static __always_inline bool dmp_fast_complete(struct dmp_stats *stats,
					      unsigned long state)
{
	struct dmp_cpu __percpu *cpu = stats->cpus.cpu;
	u32 ticks;
	u64 ns;

	if ((state & DMP_BIO_SLOW) == DMP_BIO_UNTIMED) {
		dmp_count_completed(cpu, state);
		dmp_count_left(cpu, state);
		return true;
	}
	if (unlikely(state & DMP_BIO_SLOW))
		return false;

	ticks = dmp_clock_ticks_low(&stats->clock) -
		(u32)((u64)state >> DMP_START_SHIFT);
	if (unlikely(ticks >= READ_ONCE(stats->slow_ticks)))
		return false;

	ns = dmp_few_ticks_to_ns(&stats->clock, ticks);
	dmp_count_completed(cpu, state);
	dmp_count_time(cpu, state, ns);
	dmp_hist_inc(dmp_rw_hists(dmp_this_block(cpu), state & DMP_WRITE)->each.latency,
		     dmp_latency_bucket(ns));
	dmp_count_left(cpu, state);
	return true;
}

#endif /* DMP_FAST_H */
