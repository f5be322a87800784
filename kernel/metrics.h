/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What histograms there are: their names, where they lie, and what their
 * buckets mean. The files, the bulk read and docs/ABI follow this one table.
 */
#ifndef DMP_METRICS_H
#define DMP_METRICS_H

#include "stats.h"

/**
 * struct dmp_metric - one histogram, for each of some operations
 * @name: of the quantity and its unit; "read_" and so on is put before it
 * @ops: a bit for each operation that has it
 * @offset: of reads, in counters from the start of struct dmp_hists
 * @other: of the first operation that is neither read nor write
 * @buckets: how many
 * @columns: 0, or how many of them each row of a table has
 * @bound: the least value of a bucket, of a table's column, or NULL
 * @row_bound: the least value of a table's row
 * @label: the name of a bucket that has no bounds, NULL if it is not used
 */
struct dmp_metric {
	const char *name;
	unsigned int ops;
	size_t offset;
	size_t other;
	unsigned int buckets;
	unsigned int columns;
	s64 (*bound)(unsigned int index);
	s64 (*row_bound)(unsigned int index);
	const char *(*label)(unsigned int index);
};

extern const struct dmp_metric dmp_metrics[];
extern const unsigned int dmp_nr_metrics;
extern const char * const dmp_op_names[DMP_NR_OPS];

u64 dmp_metric_value(const struct dmp_metric *metric, const u64 *hists,
		     unsigned int op, unsigned int index);
u64 dmp_metric_aligned(const u64 *hists, unsigned int op, unsigned int bytes);
u64 dmp_metric_optimal(const u64 *hists, unsigned int op);

#endif /* DMP_METRICS_H */
