// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The statistics of a volume, off the fast path: see stats.h.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "stats.h"

/*
 * The latest generation of any volume. Begins with the boot clock: fewer than one
 * generation per nanosecond is used, so that none recurs after the module has been
 * reloaded.
 */
static atomic64_t last_generation;

/**
 * dmp_stats_start() - record the start of counting
 * @stats: of the volume
 *
 * Context: any.
 */
void dmp_stats_start(struct dmp_stats *stats)
{
	struct dmp_start *start = &stats->start;

	atomic64_cmpxchg(&last_generation, 0, ktime_get_boottime_ns());
	start->boot_ns = ktime_get_boottime_ns();
	start->real_ns = ktime_get_real_ns();
	start->latency_boot_ns = start->boot_ns;
	start->generation = atomic64_inc_return(&last_generation);
}

/**
 * dmp_stats_init() - allocate the counters of a volume, all zero
 * @stats: to be set up
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, with nothing left to free.
 */
int dmp_stats_init(struct dmp_stats *stats)
{
	int ret;

	memset(stats, 0, sizeof(*stats));
	stats->shared = alloc_pages_exact(sizeof(*stats->shared),
					  GFP_KERNEL | __GFP_ZERO);
	if (!stats->shared)
		return -ENOMEM;
	ret = dmp_cpus_init(&stats->cpus);
	if (ret) {
		free_pages_exact(stats->shared, sizeof(*stats->shared));
		return ret;
	}

	mutex_init(&stats->lock);
	stats->config.latency_every = 1;
	stats->config.slow_ns = DMP_SLOW_NS_DEFAULT;
	stats->time_span = 1;
	dmp_clock_init(&stats->clock);
	dmp_stats_start(stats);
	return 0;
}

/**
 * dmp_stats_exit() - free the counters of a volume
 * @stats: without bios in flight and without readers
 *
 * Context: may sleep.
 */
void dmp_stats_exit(struct dmp_stats *stats)
{
	mutex_destroy(&stats->lock);
	dmp_cpus_exit(&stats->cpus);
	dmp_totals_exit(&stats->totals);
	free_pages_exact(stats->shared, sizeof(*stats->shared));
}

/* A counter in the rw[] of one CPU, without tearing. */
static u64 read_u64(const struct dmp_cpu *cpu, const u64 *counter)
{
#if BITS_PER_LONG == 32
	unsigned int seq;
	u64 value;

	do {
		seq = read_seqcount_begin(&cpu->seq);
		value = *counter;
	} while (read_seqcount_retry(&cpu->seq, seq));
	return value;
#else
	return READ_ONCE(*counter);
#endif
}

/**
 * dmp_stats_read_cpu() - add the counters of a CPU, except for submissions
 * @cpu: of the CPU
 * @counts: added to
 *
 * What has left an epoch is read first: then each bio that has left it is completed in
 * @counts, too.
 *
 * Context: any.
 */
void dmp_stats_read_cpu(const struct dmp_cpu *cpu, struct dmp_counts *counts)
{
	const struct dmp_done *from;
	struct dmp_done *done;
	unsigned int i;

	for (i = 1; i < DMP_EPOCHS; i++)
		counts->epoch[i].left += READ_ONCE(cpu->epoch[i].left);
	for (i = 0; i < DMP_RW_OPS; i++) {
		from = &cpu->rw[i];
		done = &counts->done[i];
		done->requests += read_u64(cpu, &from->requests);
		done->bytes += read_u64(cpu, &from->bytes);
		done->ns += read_u64(cpu, &from->ns);
		done->timed += read_u64(cpu, &from->timed);
	}
}

/**
 * dmp_stats_read_shared() - add the counters that are not per CPU
 * @stats: of the volume
 * @counts: added to
 *
 * Context: any.
 */
void dmp_stats_read_shared(const struct dmp_stats *stats,
			   struct dmp_counts *counts)
{
	const struct dmp_shared *shared = stats->shared;
	struct dmp_uncommon *uncommon;
	struct dmp_done *done;
	unsigned int i;

	for (i = 0; i < DMP_RARE_OPS; i++) {
		done = &counts->done[DMP_RW_OPS + i];
		done->requests += atomic64_read(&shared->done[i].requests);
		done->bytes += atomic64_read(&shared->done[i].bytes);
		done->ns += atomic64_read(&shared->done[i].ns);
		done->timed += atomic64_read(&shared->done[i].timed);
	}
	for (i = 0; i < DMP_NR_OPS; i++) {
		uncommon = &counts->uncommon[i];
		uncommon->slow += atomic64_read(&shared->uncommon[i].slow);
		uncommon->slow_ns +=
			atomic64_read(&shared->uncommon[i].slow_ns);
		uncommon->refused +=
			atomic64_read(&shared->uncommon[i].refused);
		uncommon->refused_bytes +=
			atomic64_read(&shared->uncommon[i].refused_bytes);
	}
	counts->errors += atomic64_read(&shared->errors);
	counts->fua += atomic64_read(&shared->fua);
}

/**
 * dmp_stats_read_raw() - counters since the volume was added
 * @stats: of the volume
 * @counts: set to the sum over all CPUs
 *
 * Completions of all CPUs are summed before submissions, so in_flight is never
 * negative. It may be too high by the bios that were submitted in between. The same
 * holds for each epoch.
 *
 * Context: any; takes a few nanoseconds, or some hundred, for each CPU: no lock that
 *	is taken with interrupts off should be held.
 */
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts)
{
	const struct dmp_cpu *cpu;
	unsigned int i, epoch;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; (cpu = dmp_nth_cpu(&stats->cpus, i)); i++)
		dmp_stats_read_cpu(cpu, counts);
	dmp_stats_read_shared(stats, counts);

	smp_rmb(); /* completions before submissions, see above */

	for (i = 0; (cpu = dmp_nth_cpu(&stats->cpus, i)); i++)
		for (epoch = 0; epoch < DMP_EPOCHS; epoch++)
			counts->epoch[epoch].entered +=
				READ_ONCE(cpu->epoch[epoch].entered);
}

/**
 * dmp_stats_read_completed() - completed requests and bytes since the volume was added
 * @stats: of the volume
 * @counts: set to the sum over all CPUs; its other members but @uncommon have no meaning
 *
 * Context: any; reads 4 counters of each CPU, dmp_stats_read_raw() 21.
 */
void dmp_stats_read_completed(const struct dmp_stats *stats,
			      struct dmp_counts *counts)
{
	const struct dmp_cpu *cpu;
	unsigned int i, op;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; (cpu = dmp_nth_cpu(&stats->cpus, i)); i++)
		for (op = 0; op < DMP_RW_OPS; op++) {
			counts->done[op].requests +=
				read_u64(cpu, &cpu->rw[op].requests);
			counts->done[op].bytes +=
				read_u64(cpu, &cpu->rw[op].bytes);
		}
	dmp_stats_read_shared(stats, counts);
}

/**
 * dmp_stats_read() - counters since the last reset
 * @stats: of the volume; its lock is held
 * @counts: set to the sum over all CPUs; in_flight includes bios that were submitted
 *	before the reset
 *
 * Context: may sleep.
 */
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts)
{
	lockdep_assert_held(&stats->lock);
	dmp_stats_read_raw(stats, counts);
	dmp_counts_sub(counts, &stats->base);
}

/**
 * dmp_stats_fold() - fold histogram counters into the 64-bit totals
 * @stats: of the volume; its lock is held
 * @range: the counters that are wanted; summing all of them over all CPUs takes long
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM if some were not folded: see dmp_totals_fold().
 */
int dmp_stats_fold(struct dmp_stats *stats, struct dmp_hist_range range)
{
	lockdep_assert_held(&stats->lock);
	return dmp_totals_fold(&stats->totals, &stats->cpus,
			       stats->shared->hists, range);
}

/**
 * dmp_stats_heat_shift() - the size of a heat map's cells
 * @sectors: size of the volume
 *
 * Context: any.
 * Return: log2 of the sectors of a cell, the least with which DMP_HEAT_CELLS of them
 *	cover the volume.
 */
unsigned int dmp_stats_heat_shift(sector_t sectors)
{
	unsigned int shift = 0;

	while ((u64)sectors > (u64)DMP_HEAT_CELLS << shift)
		shift++;
	return shift;
}

/* Merge 2^@shift cells into one. */
static void merge_cells(u64 *cells, unsigned int shift)
{
	u64 merged[DMP_HEAT_CELLS] = { 0 };
	unsigned int i;

	shift = min_t(unsigned int, shift, ilog2(DMP_HEAT_CELLS));

	for (i = 0; i < DMP_HEAT_CELLS; i++)
		merged[i >> shift] += cells[i];
	memcpy(cells, merged, sizeof(merged));
}

/**
 * dmp_stats_resize() - set the size of a volume
 * @stats: of the volume; its lock is held, no bio is in flight
 * @sectors: the new size
 *
 * Cells of the heat map are powers of two, so cells merge exactly when a volume grows.
 * When it shrinks the cells keep their size until a reset.
 *
 * Context: may sleep.
 */
void dmp_stats_resize(struct dmp_stats *stats, sector_t sectors)
{
	unsigned int shift = dmp_stats_heat_shift(sectors);
	unsigned int op;

	lockdep_assert_held(&stats->lock);
	stats->sectors = sectors;
	if (shift <= stats->heat_shift)
		return;

	dmp_stats_fold(stats, DMP_ALL_HISTS);
	for (op = 0; op < DMP_RW_OPS; op++)
		if (stats->totals.of[op])
			merge_cells(stats->totals.of[op] + DMP_RW_HIST(heat),
				    shift - stats->heat_shift);
	WRITE_ONCE(stats->heat_shift, shift);
}
