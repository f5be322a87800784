// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The out-of-line part of patterns.h.
 */
#include <linux/blk_types.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/log2.h>

#include "patterns.h"

/*
 * A bio continues another one: is it the second of a run, or a later one? A run
 * that reaches 2^n bios is counted as it does so. How many runs ended at a length
 * need not be: it is how many reached it less how many went on.
 */
static void run_goes_on(struct dmp_arrivals *arrivals, u32 __percpu *hist,
			u32 sector, u32 end)
{
	u32 length = 1;
	unsigned int i;

	for (i = 0; i < DMP_RUNS; i++)
		if (arrivals->runs[i].end == sector)
			break;
	if (i < DMP_RUNS) {
		length = arrivals->runs[i].length;
	} else {
		i = arrivals->next_run % DMP_RUNS;
		arrivals->next_run = i + 1;
	}

	length++;
	arrivals->runs[i].end = end;
	arrivals->runs[i].length = length;
	if (is_power_of_2(length))
		dmp_hist_inc(hist, min_t(unsigned int, ilog2(length),
					 DMP_RUN_BUCKETS - 1));
}

/* An end can be continued once: take it away. */
static void stream_take(struct dmp_arrivals *arrivals, u32 sector)
{
	struct dmp_stream_set *set = &arrivals->streams[dmp_stream_set(sector)];

	if (set->newer == sector)
		set->newer = set->older;
	set->older = ~0U;
}

/* Does the bio continue another one? Either way it may be continued itself. */
static void stream_arrive(struct dmp_arrivals *arrivals, u32 __percpu *run_hist,
			  u32 sector, u32 end)
{
	if (dmp_stream_continues(arrivals, sector)) {
		stream_take(arrivals, sector);
		run_goes_on(arrivals, run_hist, sector, end);
		/* Its place 0 has no other use: no run reaches one bio. */
		dmp_hist_inc(run_hist, 0);
	}
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
		stream_arrive(arrivals, cpu->hists.rw[op].run, sector,
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
