// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Totals of histogram counters: see totals.h.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "totals.h"

/* The 32-bit sums at the last fold, behind the totals. */
static u32 *prev_of(const struct dmp_totals *totals, unsigned int op)
{
	return (u32 *)(totals->of[op] + dmp_hist_counters(op));
}

static size_t bytes_of(unsigned int op)
{
	return dmp_hist_counters(op) * (sizeof(u64) + sizeof(u32));
}

/*
 * A volume may be suspended, and the resume wait for the caller's lock: reclaim must not
 * wait for its I/O.
 */
static int allocate(struct dmp_totals *totals, unsigned int op)
{
	unsigned int noio;

	if (totals->of[op])
		return 0;
	noio = memalloc_noio_save();
	totals->of[op] = alloc_pages_exact(bytes_of(op),
					   GFP_KERNEL | __GFP_ZERO);
	memalloc_noio_restore(noio);
	return totals->of[op] ? 0 : -ENOMEM;
}

/**
 * dmp_totals_exit() - free all totals
 * @totals: of the volume
 *
 * Context: may sleep.
 */
void dmp_totals_exit(struct dmp_totals *totals)
{
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++)
		if (totals->of[op])
			free_pages_exact(totals->of[op], bytes_of(op));
}

/**
 * dmp_totals_reserve() - allocate the totals of all operations
 * @totals: of the volume
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_totals_reserve(struct dmp_totals *totals)
{
	unsigned int op;
	int ret = 0;

	for (op = 0; op < DMP_NR_OPS && !ret; op++)
		ret = allocate(totals, op);
	return ret;
}

/*
 * Add the increase of a counter since the last fold, modulo 2^32, to its total. A
 * counter that was decremented below its value at the last fold (a bio was refused)
 * adds nothing until it exceeds that value: totals are monotonic.
 */
static void fold_one(struct dmp_totals *totals, unsigned int op, size_t at,
		     u32 sum)
{
	u32 *prev = prev_of(totals, op) + at;
	s32 increase = sum - *prev;

	if (increase <= 0)
		return;
	totals->of[op][at] += increase;
	*prev = sum;
}

/* Counters that are summed over all CPUs at a time; a compromise with the stack. */
#define FOLD_CHUNK	64

/* Sums of some counters of reads or writes over all CPUs. */
static void sum_cpus(const struct dmp_cpus *cpus, unsigned int op, size_t first,
		     size_t count, u32 *sums)
{
	const struct dmp_block *block;
	const struct dmp_cpu *cpu;
	const u32 *from;
	unsigned int n;
	size_t i;

	memset(sums, 0, count * sizeof(*sums));
	for (n = 0; (cpu = dmp_nth_cpu(cpus, n)); n++) {
		block = READ_ONCE(cpu->block);
		if (!block)
			continue;
		from = (const u32 *)&block->rw[op] + first;
		for (i = 0; i < count; i++)
			sums[i] += READ_ONCE(from[i]);
	}
}

static void read_shared(const struct dmp_op_hists *hists, size_t first,
			size_t count, u32 *sums)
{
	const u32 *from = (const u32 *)hists + first;
	size_t i;

	for (i = 0; i < count; i++)
		sums[i] = READ_ONCE(from[i]);
}

static int fold_chunk(struct dmp_totals *totals, unsigned int op, size_t first,
		      size_t count, const u32 *sums)
{
	u32 any = 0;
	size_t i;

	for (i = 0; i < count; i++)
		any |= sums[i];
	if (!any)
		return 0;
	/* The counters keep it, until there is memory. */
	if (allocate(totals, op))
		return -ENOMEM;
	for (i = 0; i < count; i++)
		fold_one(totals, op, first + i, sums[i]);
	return 0;
}

static int fold_op(struct dmp_totals *totals, unsigned int op,
		   const struct dmp_cpus *cpus,
		   const struct dmp_op_hists *rare,
		   struct dmp_hist_range range)
{
	size_t rest = min(range.count, dmp_hist_counters(op) - range.first);
	size_t first = range.first, count;
	u32 sums[FOLD_CHUNK];
	int ret = 0;

	for (; rest && !ret; first += count, rest -= count) {
		count = min_t(size_t, FOLD_CHUNK, rest);
		if (op < DMP_RW_OPS)
			sum_cpus(cpus, op, first, count, sums);
		else
			read_shared(&rare[op - DMP_RW_OPS], first, count, sums);
		ret = fold_chunk(totals, op, first, count, sums);
	}
	return ret;
}

/**
 * dmp_totals_fold() - fold histogram counters into their totals
 * @totals: of the volume
 * @cpus: of the volume
 * @rare: of the volume, of the operations other than read and write
 * @range: the counters; summing all of them over all CPUs takes long
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM if some were not folded; a later call makes up for it, unless
 *	one of these counters has grown by 2^31 meanwhile.
 */
int dmp_totals_fold(struct dmp_totals *totals, const struct dmp_cpus *cpus,
		    const struct dmp_op_hists *rare,
		    struct dmp_hist_range range)
{
	unsigned int op;
	int ret = 0;

	for (op = 0; op < DMP_NR_OPS; op++)
		if ((range.ops & BIT(op)) &&
		    fold_op(totals, op, cpus, rare, range))
			ret = -ENOMEM;
	return ret;
}

/**
 * dmp_totals_restart() - restart the totals of a histogram from zero
 * @totals: of the volume; nothing is done where they are not allocated
 * @op: operation
 * @sums: all of its counters, summed, at the time of the restart
 * @first: the first counter of the histogram
 * @count: its number of counters
 *
 * Context: any.
 */
void dmp_totals_restart(struct dmp_totals *totals, unsigned int op,
			const u32 *sums, size_t first, size_t count)
{
	size_t i;

	if (!totals->of[op])
		return;
	for (i = first; i < first + count; i++) {
		prev_of(totals, op)[i] = sums[i];
		totals->of[op][i] = 0;
	}
}
