// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a bio goes through that is, or is treated, out of the ordinary.
 */
#include <linux/device-mapper.h>
#include <linux/ktime.h>

#include "path.h"
#include "pulse.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* What ktime_get_ns() counts, in units like those of the hot path's clock. */
static const struct dmp_clock plain_clock = {
	.shift = 3,
	.mult = 8 << DMP_UNIT_FRACTION,
};

/*
 * A bio arrives that is timed. Only if each one is does the clock tell when the
 * one before arrived.
 */
static void arrive(struct dmp_stats *stats, const struct dmp_clock *clock,
		   u32 shape, unsigned long tag, u64 units)
{
	if (shape & DMP_SHAPE_EVERY)
		return;
	if (tag & DMP_TAG_SAMPLED)
		dmp_latency_gap(stats->cpu, clock, tag & DMP_TAG_OP, units);
	raw_cpu_ptr(&stats->cpu->arrivals)->last_arrival = units;
}

static unsigned long tag_noted(struct dmp_note *note, const struct bio *bio,
			       unsigned long tag, u64 start)
{
	note->tag = tag;
	note->start = start;
	note->sector = bio->bi_iter.bi_sector;
	note->opf = (__force u32)bio->bi_opf;
	return (unsigned long)note | DMP_TAG_NOTED;
}

/* The tag of a bio that is timed by ktime_get_ns(), if it is timed. */
static unsigned long tag_plain(struct dmp_stats *stats, const struct bio *bio,
			       unsigned long tag, u32 shape,
			       struct dmp_note *note)
{
	u64 now = 0;

	if (dmp_latency_turn(stats, raw_cpu_ptr(&stats->cpu->arrivals), shape)) {
		now = ktime_get_ns();
		arrive(stats, &plain_clock, shape, tag,
		       now >> plain_clock.shift | DMP_ARRIVAL_PLAIN);
	}
	return tag_noted(note, bio, tag, now);
}

/* The same by the clock of the hot path. */
static unsigned long tag_quick(struct dmp_stats *stats, unsigned long tag,
			       u32 shape)
{
	u64 units;

	if (!dmp_latency_turn(stats, raw_cpu_ptr(&stats->cpu->arrivals), shape))
		return tag | DMP_TAG_UNTIMED;

	units = dmp_clock_units(&stats->clock);
	arrive(stats, &stats->clock, shape, tag, units);
	return tag | dmp_tag_start(units);
}

/**
 * dmp_path_submit_rare() - a bio of any kind arrives
 * @stats: of the volume
 * @bio: before anything in it has been changed
 * @note: the bio's own, may be used
 *
 * Context: process context, the caller may be preempted.
 * Return: the bio's tag.
 */
unsigned long dmp_path_submit_rare(struct dmp_stats *stats,
				   const struct bio *bio,
				   struct dmp_note *note)
{
	u32 shape = READ_ONCE(stats->shape);
	enum dmp_op op = dmp_op_of(bio);
	unsigned long tag = dmp_tag(bio, op);

	if (shape & DMP_SHAPE_IDLE)
		shape = dmp_pulse_wake(stats);
	if (shape & DMP_SHAPE_PATTERNS && dmp_patterns_rare(stats, op, bio))
		tag |= DMP_TAG_SAMPLED;

	if (shape & DMP_SHAPE_FULL) {
		dmp_epoch_enter(stats->cpu, shape);
		tag |= shape & (DMP_TAG_FULL | DMP_TAG_EPOCH);
		if (shape & DMP_SHAPE_NOTES)
			tag = tag_plain(stats, bio, tag, shape, note);
		else
			tag = tag_quick(stats, tag, shape);
	} else {
		dmp_count_submitted(stats->cpu);
		if (shape & DMP_SHAPE_TRACED)
			tag = tag_noted(note, bio, tag, 0);
	}

	trace_dmp_submit(stats->dev, op, bio);
	return tag;
}

/* A bio of which a note was made comes back. */
static void complete_noted(struct dmp_stats *stats, const struct dmp_note *note,
			   blk_status_t status)
{
	u64 now = note->start ? ktime_get_ns() : 0;

	dmp_count_completed(stats->cpu, note->tag);
	if (note->tag & DMP_TAG_FULL)
		dmp_epoch_leave(stats->cpu, note->tag);
	dmp_latency_note(stats, note, now);
	if (status)
		dmp_stats_error(stats->cpu, note->tag, status);
	trace_dmp_complete(stats->dev, note, now, status);
}

/**
 * dmp_path_complete_rare() - a bio comes back that was more than counted
 * @stats: of the volume
 * @tag: the bio's, with DMP_TAG_FULL set
 * @status: how the bio ended
 *
 * Context: any, hard interrupt included.
 */
void dmp_path_complete_rare(struct dmp_stats *stats, unsigned long tag,
			    blk_status_t status)
{
	if ((tag & DMP_TAG_NOTED) == DMP_TAG_NOTED) {
		complete_noted(stats, (const struct dmp_note *)
			       (tag & ~DMP_TAG_NOTED), status);
		return;
	}

	dmp_count_completed(stats->cpu, tag);
	dmp_epoch_leave(stats->cpu, tag);
	if (!(tag & DMP_TAG_UNTIMED))
		dmp_latency_rare(stats, tag);
	if (status)
		dmp_stats_error(stats->cpu, tag, status);
}
