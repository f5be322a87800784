// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overhead of the module, measured when it is loaded: synthetic bios, which reach no
 * device, are counted by the statistics of a scratch volume.
 */
#include <linux/bio.h>
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "overhead.h"
#include "slow.h"
#include "tick.h"

/* A round takes well below a millisecond; the fastest one counts. */
#define BIOS_LOG2	10
#define ROUNDS		4

/* Cases: levels of collection, and the clock that is read, if any. */
enum {
	COUNTERS,
	PATTERNS,
	TSC_UNTIMED,
	TSC_TIMED,
	KTIME_UNTIMED,
	KTIME_TIMED,
	NR_CASES,
};

#define MODE_TRACKED	(DMP_MODE_PATTERNS | 1U << DMP_EPOCH_SHIFT)

static const u32 modes[NR_CASES] __initconst = {
	[COUNTERS] = 0,
	[PATTERNS] = DMP_MODE_PATTERNS,
	[TSC_UNTIMED] = MODE_TRACKED,
	[TSC_TIMED] = MODE_TRACKED | DMP_MODE_TIME_EACH,
	[KTIME_UNTIMED] = MODE_TRACKED | DMP_MODE_KTIME,
	[KTIME_TIMED] = MODE_TRACKED | DMP_MODE_KTIME | DMP_MODE_TIME_EACH,
};

/* Nanoseconds of one round; 0 if out of memory when the module was loaded. */
static u64 costs[NR_CASES] __ro_after_init;

static const struct dmp_geometry geometry __initconst = { .physical = 1 };

/* The same as dmp_map(). */
static unsigned long __init submit_one(struct dmp_stats *stats,
				       struct bio *bio, struct dmp_io *io)
{
	struct dmp_cpu __percpu *cpu = stats->cpus.cpu;
	struct dmp_block *block = dmp_this_block(cpu);
	struct dmp_submit_state *submit = &block->submit;
	u32 mode = READ_ONCE(stats->mode);
	unsigned long state;

	if (mode & DMP_MODE_SLOW || !dmp_is_plain_rw(bio))
		return dmp_slow_submit(stats, &geometry, bio, io);
	if (!mode) {
		dmp_count_submitted(cpu, 0);
		return dmp_rw_state(dmp_rw_op(bio), bio_sectors(bio));
	}
	if (dmp_fast_may_continue(block, bio) ?
	    !dmp_fast_continue(block, bio, &state) :
	    !dmp_fast_patterns(block, bio, &state))
		return dmp_slow_submit(stats, &geometry, bio, io);
	if (mode & DMP_MODE_TIME_EACH)
		return state | dmp_fast_start(stats, cpu, submit, mode);
	if (mode & DMP_MODE_EPOCH && !dmp_skip_time(stats, submit))
		return state | dmp_fast_start_timed(stats, cpu, submit, mode);
	return state | dmp_fast_no_start(cpu, submit, mode);
}

/* The same as dmp_end_io(). */
static void __init complete_one(struct dmp_stats *stats, unsigned long state)
{
	if (!(state & (DMP_BIO_EPOCH | DMP_BIO_NOT_PLAIN)))
		dmp_count_completed(stats->cpus.cpu, state);
	else if (!dmp_fast_complete(stats, state))
		dmp_slow_complete(stats, state, 0, BLK_STS_OK);
}

static u64 __init one_round(struct dmp_stats *stats)
{
	unsigned long state;
	struct dmp_io io;
	struct bio bio;
	unsigned int i;
	u64 start;

	memset(&bio, 0, sizeof(bio));
	start = ktime_get_ns();
	for (i = 0; i < BIT(BIOS_LOG2); i++) {
		/* A permutation: each 32 KiB block once, never in sequence. */
		bio.bi_iter.bi_sector = i * 7919 % BIT(BIOS_LOG2) * 64;
		bio.bi_iter.bi_size = 4096;
		state = submit_one(stats, &bio, &io);
		barrier(); /* the device below would work here */
		complete_one(stats, state);
	}
	return max_t(u64, ktime_get_ns() - start, 1);
}

static u64 __init best_round(struct dmp_stats *stats)
{
	unsigned int round;
	u64 best = U64_MAX;

	for (round = 0; round < ROUNDS; round++)
		best = min(best, one_round(stats));
	return best;
}

/**
 * dmp_overhead_measure() - measure the overhead on this machine
 *
 * Takes a few milliseconds. The overhead stays 0 if out of memory.
 *
 * Context: may sleep; called before the first volume.
 */
void __init dmp_overhead_measure(void)
{
	struct dmp_stats *stats = kzalloc(sizeof(*stats), GFP_KERNEL);
	unsigned int i;

	if (!stats)
		return;
	if (dmp_stats_init(stats))
		goto free;

	dmp_tick_init(stats);
	stats->slow_ticks = U32_MAX;
	/* Without TIME_EACH practically no bio is timed. */
	stats->time_span = 2 * DMP_LATENCY_EVERY_MAX - 1;
	for (i = 0; i < NR_CASES; i++) {
		if (modes[i] & DMP_MODE_EPOCH && !dmp_clock_usable() &&
		    !(modes[i] & DMP_MODE_KTIME))
			continue;
		stats->mode = modes[i];
		costs[i] = best_round(stats);
	}
	dmp_stats_exit(stats);
free:
	kfree(stats);
}

/**
 * dmp_overhead_ns() - overhead per bio above plain forwarding
 * @stats: of the volume
 * @config: of the volume
 *
 * Context: any.
 * Return: nanoseconds; 0 if unknown.
 */
u64 dmp_overhead_ns(const struct dmp_stats *stats,
		    const struct dmp_config *config)
{
	bool ktime = READ_ONCE(stats->mode) & DMP_MODE_KTIME;
	u64 untimed = costs[ktime ? KTIME_UNTIMED : TSC_UNTIMED];
	u64 timed = costs[ktime ? KTIME_TIMED : TSC_TIMED];
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
