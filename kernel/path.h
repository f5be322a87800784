/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bio goes through on its way down and on its way up. Counting alone is
 * in line, for reads and writes of data; the rest is a jump away, so that it
 * costs nothing to who did not ask for it.
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

/* The 1: a start is never 0. Where a long has 32 bits none is in a tag. */
static __always_inline unsigned long dmp_tag_start(u64 units)
{
	return (u64)(u32)(units | 1) <<
	       (BITS_PER_LONG == 64 ? DMP_START_SHIFT : 0);
}

/**
 * dmp_path_submit() - a read or write of data arrives at a volume that is more
 *	than counted
 * @stats: of the volume
 * @bio: before anything in it has been changed
 * @shape: of the volume, neither 0 nor rare
 * @tag: set to the bio's tag
 *
 * Context: process context, the caller may be preempted.
 * Return: false if dmp_path_submit_rare() has to do it.
 */
static __always_inline bool dmp_path_submit(struct dmp_stats *stats,
					    const struct bio *bio, u32 shape,
					    unsigned long *tag)
{
	struct dmp_cpu __percpu *cpu = stats->cpu;
	struct dmp_arrivals *arrivals = raw_cpu_ptr(&cpu->arrivals);
	u64 units;

	if (!dmp_patterns_are_common(arrivals, bio))
		return false;

	/*
	 * Here and below what was read of the bio is read again: to keep it
	 * takes more registers than there are to spare, and a push and a pop
	 * for each that is saved.
	 */
	barrier();
	dmp_patterns_common(cpu, arrivals, bio);
	barrier();

	if (!(shape & DMP_SHAPE_FULL)) {
		dmp_count_submitted(cpu);
		*tag = dmp_tag(bio, dmp_rw_op(bio));
		return true;
	}

	dmp_epoch_enter(cpu, shape);
	if (!dmp_latency_turn(stats, arrivals, shape)) {
		*tag = dmp_tag(bio, dmp_rw_op(bio)) | DMP_TAG_UNTIMED |
		       (shape & (DMP_TAG_FULL | DMP_TAG_EPOCH));
		return true;
	}

	units = dmp_clock_units(&stats->clock);
	arrivals->last_arrival = units;
	barrier();
	*tag = dmp_tag(bio, dmp_rw_op(bio)) |
	       (shape & (DMP_TAG_FULL | DMP_TAG_EPOCH)) | dmp_tag_start(units);
	return true;
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
