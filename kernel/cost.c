// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module itself costs: measured when it is loaded, by sending bios that
 * no device ever sees through the counting of a volume that does not exist.
 */
#include <linux/bio.h>
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "cost.h"
#include "path.h"

/* A round takes well below a millisecond; the least disturbed one counts. */
#define BIOS_LOG2	10
#define ROUNDS		4

/* The ways that bios can take, by the clock that they look at, if at all. */
enum {
	COUNTERS,
	PATTERNS,
	TSC_UNTIMED,
	TSC_TIMED,
	PLAIN_UNTIMED,
	PLAIN_TIMED,
	NR_WAYS,
};

#define SHAPE_ALL (DMP_SHAPE_PATTERNS | DMP_SHAPE_FULL)

static const u32 shapes[NR_WAYS] __initconst = {
	[COUNTERS] = 0,
	[PATTERNS] = DMP_SHAPE_PATTERNS,
	[TSC_UNTIMED] = SHAPE_ALL | DMP_SHAPE_EVERY,
	[TSC_TIMED] = SHAPE_ALL,
	[PLAIN_UNTIMED] = SHAPE_ALL | DMP_SHAPE_NO_TSC | DMP_SHAPE_EVERY,
	[PLAIN_TIMED] = SHAPE_ALL | DMP_SHAPE_NO_TSC,
};

/* Of a round's bios together. 0: there was no memory to measure it. */
static u64 costs[NR_WAYS] __ro_after_init;

/* Where dmp_map() and dmp_end_io() go. */
static void __init one_bio(struct dmp_stats *stats, struct bio *bio,
			   struct dmp_note *note)
{
	u32 shape = READ_ONCE(stats->shape);
	unsigned long tag;

	if (shape & DMP_SHAPE_RARE) {
		tag = dmp_path_submit_rare(stats, bio, note);
	} else if (!shape) {
		dmp_count_submitted(stats->cpu);
		tag = dmp_common_tag(dmp_common_op(bio), bio_sectors(bio));
	} else if (dmp_path_may_continue(stats->cpu, bio) ||
		   !dmp_path_arrive(stats->cpu, bio, &tag)) {
		tag = dmp_path_submit_rare(stats, bio, note);
	} else if (shape & DMP_SHAPE_FULL) {
		tag |= dmp_path_start(stats, shape);
	} else {
		dmp_count_submitted(stats->cpu);
	}

	barrier(); /* here the device would work */
	if (!(tag & DMP_TAG_FULL))
		dmp_count_completed(stats->cpu, tag);
	else if (!dmp_path_complete(stats, tag, BLK_STS_OK))
		dmp_path_complete_rare(stats, tag, BLK_STS_OK);
}

static u64 __init one_round(struct dmp_stats *stats)
{
	struct dmp_note note;
	struct bio bio;
	unsigned int i;
	u64 start;

	memset(&bio, 0, sizeof(bio));
	start = ktime_get_ns();
	for (i = 0; i < BIT(BIOS_LOG2); i++) {
		/* Odd steps of 32 KiB come to each place once, in a jumble. */
		bio.bi_iter.bi_sector = i * 7919 % BIT(BIOS_LOG2) * 64;
		bio.bi_iter.bi_size = 4096;
		one_bio(stats, &bio, &note);
	}
	return max_t(u64, ktime_get_ns() - start, 1);
}

/**
 * dmp_cost_measure() - find out what the module costs here
 *
 * Takes some milliseconds at most. Where there is no memory for it the cost
 * stays unknown.
 *
 * Context: may sleep; before there is a volume.
 */
void __init dmp_cost_measure(void)
{
	struct dmp_stats *stats = kzalloc(sizeof(*stats), GFP_KERNEL);
	unsigned int way, round;
	u64 best;

	if (!stats)
		return;
	if (dmp_stats_init(stats))
		goto free;

	stats->limit = U32_MAX;
	stats->config.latency_every = DMP_LATENCY_EVERY_MAX;
	for (way = 0; way < NR_WAYS; way++) {
		if (shapes[way] & DMP_SHAPE_FULL && !dmp_clock_usable() &&
		    !(shapes[way] & DMP_SHAPE_NO_TSC))
			continue;
		stats->shape = shapes[way];
		best = U64_MAX;
		for (round = 0; round < ROUNDS; round++)
			best = min(best, one_round(stats));
		costs[way] = best;
	}
	dmp_stats_exit(stats);
free:
	kfree(stats);
}

/**
 * dmp_cost_ns() - what a bio of a volume costs above plain forwarding
 * @stats: of the volume
 * @config: of the volume
 *
 * Context: any.
 * Return: nanoseconds, 0 if it is not known.
 */
u64 dmp_cost_ns(const struct dmp_stats *stats, const struct dmp_config *config)
{
	bool plain = READ_ONCE(stats->shape) & DMP_SHAPE_NO_TSC;
	u64 untimed = costs[plain ? PLAIN_UNTIMED : TSC_UNTIMED];
	u64 timed = costs[plain ? PLAIN_TIMED : TSC_TIMED];
	u64 cost;

	if (config->collect == DMP_COLLECT_COUNTERS)
		cost = costs[COUNTERS];
	else if (config->collect == DMP_COLLECT_PATTERNS)
		cost = costs[PATTERNS];
	else if (timed > untimed)
		cost = untimed + div_u64(timed - untimed,
					 config->latency_every);
	else
		cost = timed;
	return DIV_ROUND_UP_ULL(cost, 1ULL << BIOS_LOG2);
}
