// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The out-of-line part of patterns.h.
 */
#include <linux/blk_types.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/log2.h>

#include "patterns.h"

/* An end can be continued once: take it away, if it is there. */
static bool stream_take(struct dmp_arrivals *arrivals, u32 sector)
{
	struct dmp_stream_set *set = &arrivals->streams[dmp_stream_set(sector)];

	if (set->newer == sector)
		set->newer = set->older;
	else if (set->older != sector)
		return false;
	set->older = ~0U;
	return true;
}

static struct dmp_run *run_find(struct dmp_arrivals *arrivals, u32 sector)
{
	struct dmp_run *run;

	for (run = arrivals->runs; run < arrivals->runs + DMP_RUNS; run++)
		if (run->end == sector && run->length)
			return run;
	return NULL;
}

/* A run ends, as far as is known: but its end may still be continued. */
static void run_forget(struct dmp_arrivals *arrivals, struct dmp_run *run)
{
	if (run->length)
		dmp_stream_ends(arrivals, run->end);
	run->length = 0;
}

/* A run that was not continued while so many bios looked in vain goes. */
#define ALARMS	16

/*
 * A bio looked for a run in vain. Bits that are there no more for any run go; so
 * does, in time, the run that was not continued for longest: random I/O meets an
 * end by chance now and then, and would look for its next bio for ever.
 */
static void false_alarm(struct dmp_arrivals *arrivals)
{
	struct dmp_run *last = &arrivals->runs[DMP_RUNS - 1];
	u64 sets = 0;
	int i;

	if (++arrivals->alarms % ALARMS == 0) {
		while (last > arrivals->runs && !last->length)
			last--;
		if (!last->touched)
			run_forget(arrivals, last);
		last->touched = 0;
	}

	for (i = 0; i < DMP_RUNS; i++)
		if (arrivals->runs[i].length)
			sets |= 1ULL << dmp_stream_set(arrivals->runs[i].end);
	arrivals->run_sets = sets;
}

/*
 * A run goes on, and becomes the first one. If it reaches 2^n bios it is counted
 * as it does so. How many runs ended at a length need not be: it is how many
 * reached it less how many went on.
 */
static void run_goes_on(struct dmp_arrivals *arrivals, struct dmp_run *run,
			u32 __percpu *run_hist, u32 end)
{
	u32 length = run->length;
	bool known = length > 1;

	if (length < S32_MAX)
		length++;
	for (; run > arrivals->runs; run--)
		*run = run[-1];
	run->end = end;
	run->length = length;
	run->touched = known;
	arrivals->run_sets |= 1ULL << dmp_stream_set(end);

	if (is_power_of_2(length))
		dmp_hist_inc(run_hist, min_t(unsigned int, ilog2(length),
					     DMP_RUN_BUCKETS - 1));
	/* Its place 0 has no other use: no run reaches one bio. */
	dmp_hist_inc(run_hist, 0);
}

/**
 * dmp_patterns_stream() - a bio arrives that may continue another one
 * @arrivals: of this CPU
 * @run_hist: where runs of its operation are counted
 * @sector: where it begins
 * @end: where it ends
 *
 * Either way it may be continued itself.
 *
 * Context: process context, the caller may be preempted.
 */
void dmp_patterns_stream(struct dmp_arrivals *arrivals, u32 __percpu *run_hist,
			 u32 sector, u32 end)
{
	struct dmp_run *run = run_find(arrivals, sector);

	if (!run && stream_take(arrivals, sector)) {
		/* The second bio of a run, which takes the oldest one's place. */
		run = &arrivals->runs[DMP_RUNS - 1];
		run_forget(arrivals, run);
		run->length = 1;
	}

	if (run) {
		run_goes_on(arrivals, run, run_hist, end);
		return;
	}
	if (arrivals->run_sets >> dmp_stream_set(sector) & 1)
		false_alarm(arrivals);
	dmp_stream_ends(arrivals, end);
}

/* Bios that are under way: a moment's look at all CPUs, as exact as that. */
static u64 depth_now(const struct dmp_stats *stats)
{
	u64 depth = 0;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct dmp_counts *counts =
			&per_cpu_ptr(stats->cpu, cpu)->counts;

		depth += READ_ONCE(counts->submitted);
		for (i = 0; i < DMP_EPOCHS; i++)
			depth += READ_ONCE(counts->entered[i]);
		for (i = 0; i < 2 * DMP_OP_SLOTS; i++)
			depth -= READ_ONCE(counts->requests[i]);
	}
	return (s64)depth > 0 ? depth : 0;
}

static unsigned int flags_of(const struct bio *bio)
{
	return (bio->bi_opf & REQ_SYNC ? 1 : 0) |
	       (bio->bi_opf & REQ_META ? 2 : 0) |
	       (bio->bi_opf & REQ_RAHEAD ? 4 : 0);
}

/**
 * dmp_patterns_sample_mean() - of how many bios one is sampled
 *
 * Looking at all CPUs takes longer the more there are, so samples are rarer
 * then.
 *
 * Context: any.
 * Return: the mean, a power of two.
 */
unsigned int dmp_patterns_sample_mean(void)
{
	return max_t(unsigned int, DMP_SAMPLE_MEAN,
		     1U << (fls(nr_cpu_ids) & 31));
}

/*
 * From 0 to twice the mean: an even distance would see only some of a workload
 * that repeats itself at it. (The factors are Numerical Recipes'.)
 */
static void draw_distance(struct dmp_arrivals *arrivals)
{
	arrivals->random = arrivals->random * 1664525 + 1013904223;
	arrivals->until_sample = (arrivals->random >> 16) &
				 (2 * dmp_patterns_sample_mean() - 1);
}

/*
 * The bucket of a signed distance: back from the middle of the table ..., -4…-3,
 * -2, -1, then 0, 1, 2…3, ... What is farther than 4 PiB is not farther still.
 */
static unsigned int seek_bucket(s64 distance)
{
	s64 back = distance >> 63;
	s64 bucket = min_t(u64, dmp_power_bucket(distance ^ back),
			   DMP_SEEK_BUCKETS / 2 - 1);

	return DMP_SEEK_BUCKETS / 2 + (bucket ^ back);
}

/* What is noted of some reads and writes. */
static void sample_rw(struct dmp_stats *stats, unsigned int op, u64 sector,
		      u64 last_end)
{
	struct dmp_rw_hists __percpu *hists = &stats->cpu->hists.rw[op];
	u64 cell = sector >> (READ_ONCE(stats->heat_shift) & 63);

	dmp_hist_inc(hists->seek, seek_bucket(sector - last_end));
	/* The remainder is for a table that shrank under a bio on its way. */
	dmp_hist_inc(hists->heat, cell % DMP_HEAT_CELLS);
}

/* What is noted of some bios of any kind. The depth is without the bio itself. */
static void sample_any(struct dmp_stats *stats, unsigned int op,
		       const struct bio *bio)
{
	struct dmp_op_hists __percpu *hists = dmp_op_hists(stats->cpu, op);
	u64 depth = dmp_power_bucket(depth_now(stats));
	u64 sector = bio->bi_iter.bi_sector;
	u32 sectors = bio->bi_iter.bi_size >> SECTOR_SHIFT;

	dmp_hist_inc(hists->depth, min_t(u64, depth, DMP_DEPTH_BUCKETS - 1));
	dmp_hist_inc(hists->flags, flags_of(bio));
	if (!sectors)
		return;
	dmp_hist_inc(hists->align, __ffs(sector | sectors |
					 1U << (DMP_ALIGN_BUCKETS - 1)));
	if (dmp_is_multiple(&stats->optimal, sector) &&
	    dmp_is_multiple(&stats->optimal, sectors))
		dmp_hist_inc(&hists->optimal, 0);
}

/**
 * dmp_patterns_rare() - a bio of any kind arrives
 * @stats: of the volume
 * @op: the bio's class
 * @bio: before anything in it has been changed, not noted as submitted yet
 *
 * Context: process context, the caller may be preempted.
 * Return: whether the bio was sampled.
 */
bool dmp_patterns_rare(struct dmp_stats *stats, unsigned int op,
		       const struct bio *bio)
{
	struct dmp_cpu __percpu *cpu = stats->cpu;
	struct dmp_arrivals *arrivals = raw_cpu_ptr(&cpu->arrivals);
	u32 sectors = bio->bi_iter.bi_size >> SECTOR_SHIFT;
	u64 last_end = arrivals->last_end;
	u64 sector = bio->bi_iter.bi_sector;
	bool rw = op < DMP_RW_OPS && sectors;

	if (rw) {
		dmp_patterns_stream(arrivals, cpu->hists.rw[op].run, sector,
				    sector + sectors);
		arrivals->last_end = sector + sectors;
	}
	if (sectors)
		dmp_size_count(dmp_op_hists(cpu, op), sectors);

	/* Who came here for a sample has counted down already. */
	if ((s32)arrivals->until_sample >= 0)
		arrivals->until_sample--;
	if ((s32)arrivals->until_sample >= 0)
		return false;
	draw_distance(arrivals);
	sample_any(stats, op, bio);
	if (rw)
		sample_rw(stats, op, sector, last_end);
	return true;
}

/**
 * dmp_patterns_heat_shift() - how a volume is divided into a heat map's cells
 * @sectors: the volume's size
 *
 * Context: any.
 * Return: log2 of a cell's sectors, the least with which the cells suffice.
 */
unsigned int dmp_patterns_heat_shift(sector_t sectors)
{
	unsigned int shift = 0;

	while ((u64)sectors > (u64)DMP_HEAT_CELLS << shift)
		shift++;
	return shift;
}
