/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Totals: 64-bit sums of the 32-bit histogram counters since the last reset.
 *
 * Those of an operation are allocated when it is first found to have been counted, as
 * most volumes see two or three operations.
 */
#ifndef DMP_TOTALS_H
#define DMP_TOTALS_H

#include "cpus.h"

/**
 * struct dmp_totals - totals of the histogram counters
 * @of: by operation, dmp_hist_counters() of them, followed by as many 32-bit sums at the
 *	last fold; NULL: nothing was counted
 *
 * The caller serialises.
 */
struct dmp_totals {
	u64 *of[DMP_NR_OPS];
};

void dmp_totals_exit(struct dmp_totals *totals);
int dmp_totals_reserve(struct dmp_totals *totals);
int dmp_totals_fold(struct dmp_totals *totals, const struct dmp_cpus *cpus,
		    const struct dmp_op_hists *rare,
		    struct dmp_hist_range range);
void dmp_totals_restart(struct dmp_totals *totals, unsigned int op,
			const u32 *sums, size_t first, size_t count);

/**
 * dmp_total() - a total
 * @totals: of the volume
 * @op: operation
 * @at: the counter, from the start of struct dmp_rw_hists
 *
 * Context: any.
 * Return: the total.
 */
static inline u64 dmp_total(const struct dmp_totals *totals, unsigned int op,
			    size_t at)
{
	return totals->of[op] ? totals->of[op][at] : 0;
}

#endif /* DMP_TOTALS_H */
