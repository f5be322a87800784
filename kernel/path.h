/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bio goes through on its way down and on its way up when more is asked
 * for than to count it. What is common is in line and calls nothing; the rest is
 * in path.c.
 */
#ifndef DMP_PATH_H
#define DMP_PATH_H

#include "latency.h"
#include "patterns.h"
#include "stats.h"

unsigned long dmp_path_submit_rare(struct dmp_stats *stats,
				   const struct bio *bio,
				   struct dmp_note *note);
void dmp_path_complete_rare(struct dmp_stats *stats, unsigned long tag,
			    blk_status_t status);

/* Put a bio on the account of the epoch that is in @shape, which is its tag's. */
static __always_inline void dmp_epoch_enter(struct dmp_cpu __percpu *cpu,
					    u32 shape)
{
	unsigned long flags = dmp_update_begin(cpu);

	this_cpu_inc(cpu->counts.entered[(shape & DMP_SHAPE_EPOCH) >>
					 DMP_EPOCH_SHIFT]);
	dmp_update_end(cpu, flags);
}

static __always_inline void dmp_epoch_leave(struct dmp_cpu __percpu *cpu,
					    unsigned long tag)
{
	unsigned long flags = dmp_update_begin(cpu);

	this_cpu_inc(cpu->counts.left[(tag & DMP_TAG_EPOCH) >>
				      DMP_EPOCH_SHIFT]);
	dmp_update_end(cpu, flags);
}

/* Where a long has 32 bits no start is in a tag. */
static __always_inline unsigned long dmp_tag_start(u64 units)
{
	return BITS_PER_LONG == 64 ? units << DMP_START_SHIFT : 0;
}

/* Does a common bio possibly continue another one? Then dmp_path_go_on(). */
static __always_inline bool dmp_path_may_continue(struct dmp_cpu __percpu *cpu,
						  const struct bio *bio)
{
	return dmp_stream_may_continue(raw_cpu_ptr(&cpu->arrivals),
				       bio->bi_iter.bi_sector);
}

/**
 * dmp_path_arrive() - a common bio that continues nothing arrives at a volume
 *	that is more than counted
 * @cpu: the volume's per-CPU blocks
 * @bio: before anything in it has been changed
 * @tag: set to the bio's tag so far
 *
 * Context: process context, the caller may be preempted.
 * Return: false if dmp_path_submit_rare() has to do all of it.
 */
static __always_inline bool dmp_path_arrive(struct dmp_cpu __percpu *cpu,
					    const struct bio *bio,
					    unsigned long *tag)
{
	struct dmp_arrivals *arrivals = raw_cpu_ptr(&cpu->arrivals);
	unsigned long sectors = bio->bi_iter.bi_size >> SECTOR_SHIFT;
	u64 end = bio->bi_iter.bi_sector;
	unsigned long op;

	if (dmp_patterns_sample_due(arrivals))
		return false;

	/* Or the compiler keeps the bytes, too, in a register. */
	OPTIMIZER_HIDE_VAR(sectors);
	end += sectors;
	arrivals->last_end = end;
	dmp_stream_ends(arrivals, end);

	/* It is looked at again: the registers were needed. */
	barrier();
	op = dmp_common_op(bio);
	*tag = dmp_common_tag(op, sectors);
	dmp_size_count(&cpu->hists.rw[op].each, sectors);
	return true;
}

/**
 * dmp_path_go_on() - the same for a bio that may continue another one
 * @cpu: the volume's per-CPU blocks
 * @bio: before anything in it has been changed
 * @tag: set to the bio's tag so far
 *
 * Context: process context, the caller may be preempted.
 * Return: false if dmp_path_submit_rare() has to do all of it.
 */
static __always_inline bool dmp_path_go_on(struct dmp_cpu __percpu *cpu,
					   const struct bio *bio,
					   unsigned long *tag)
{
	struct dmp_arrivals *arrivals = raw_cpu_ptr(&cpu->arrivals);
	unsigned long op = dmp_common_op(bio);
	u32 sectors = bio_sectors(bio);
	u64 sector = bio->bi_iter.bi_sector;

	if (dmp_patterns_sample_due(arrivals))
		return false;

	arrivals->last_end = sector + sectors;
	dmp_patterns_stream(arrivals, cpu->hists.rw[op].run, sector,
			    sector + sectors);
	dmp_size_count(&cpu->hists.rw[op].each, sectors);
	*tag = dmp_common_tag(op, sectors);
	return true;
}

/**
 * dmp_path_start() - note when a bio goes down
 * @stats: of the volume
 * @shape: of the volume, with DMP_SHAPE_FULL, not rare
 *
 * Context: process context, the caller may be preempted.
 * Return: what is to be added to the bio's tag.
 */
static __always_inline unsigned long dmp_path_start(struct dmp_stats *stats,
						    u32 shape)
{
	struct dmp_arrivals *arrivals = raw_cpu_ptr(&stats->cpu->arrivals);
	unsigned long tag = shape & (DMP_TAG_FULL | DMP_TAG_EPOCH);
	u64 units;

	dmp_epoch_enter(stats->cpu, shape);
	if (!dmp_latency_turn(stats, arrivals, shape))
		return tag | DMP_TAG_UNTIMED;

	units = dmp_clock_units(&stats->clock);
	arrivals->last_arrival = units;
	return tag | dmp_tag_start(units);
}

/**
 * dmp_path_complete() - a bio comes back that was more than counted
 * @stats: of the volume
 * @tag: the bio's, with DMP_TAG_FULL set
 * @status: how the bio ended
 *
 * Context: any, hard interrupt included.
 * Return: false if dmp_path_complete_rare() has to do it.
 */
static __always_inline bool dmp_path_complete(struct dmp_stats *stats,
					      unsigned long tag,
					      blk_status_t status)
{
	struct dmp_cpu __percpu *cpu = stats->cpu;
	u32 start = (u64)tag >> DMP_START_SHIFT;
	u32 units;

	if (unlikely(tag & DMP_TAG_RARE || status)) {
		if ((tag & DMP_TAG_RARE) != DMP_TAG_UNTIMED || status)
			return false;
		dmp_count_completed(cpu, tag);
		dmp_epoch_leave(cpu, tag);
		return true;
	}

	units = (u32)dmp_clock_units(&stats->clock) - start;
	if (unlikely(units >= READ_ONCE(stats->limit)))
		return false;

	dmp_count_completed(cpu, tag);
	dmp_epoch_leave(cpu, tag);
	dmp_latency_count(cpu, tag & DMP_WRITE,
			  dmp_few_units_to_ns(&stats->clock, units));
	return true;
}

#endif /* DMP_PATH_H */
