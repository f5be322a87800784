/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics: a table of scalars and a table of histograms, with their names, locations
 * and bucket bounds. The files in sysfs and the bulk read are generated from both;
 * docs/ABI describes them.
 */
#ifndef DMP_METRICS_H
#define DMP_METRICS_H

#include "snapshot.h"

struct dmp_metric;

/**
 * struct dmp_scalar - a single value, of a volume or by operation
 * @name: quantity and unit; prefixed with "read_" and so on if @ops
 * @ops: mask of operations; 0 for a value of the volume
 * @offset: of the u64 in struct dmp_snapshot, of reads if @ops
 * @stride: bytes from one operation's value to the next
 * @hists: computes the value from the histograms instead
 * @counters: that @hists needs, as if they were a histogram
 * @word: returns a word instead of a number
 */
struct dmp_scalar {
	const char *name;
	unsigned int ops;
	size_t offset;
	size_t stride;
	u64 (*hists)(const struct dmp_snapshot *snapshot, unsigned int op);
	const struct dmp_metric *counters;
	const char *(*word)(const struct dmp_snapshot *snapshot);
};

/**
 * struct dmp_metric - a histogram by operation
 * @name: quantity and unit; prefixed with "read_" and so on
 * @ops: mask of operations
 * @windows: of 100 ms windows
 * @offset: in counters from the start of an operation's struct dmp_rw_hists, or
 *	struct dmp_window_hists
 * @buckets: number of buckets
 * @columns: of a two-dimensional histogram: buckets per row; else 0
 * @bound: lower bound of a bucket, or of a column; NULL if buckets have labels
 * @row_bound: lower bound of a row
 * @label: name of a bucket without bounds; returns NULL for an unused bucket
 */
struct dmp_metric {
	const char *name;
	unsigned int ops;
	bool windows;
	size_t offset;
	unsigned int buckets;
	unsigned int columns;
	s64 (*bound)(unsigned int index);
	s64 (*row_bound)(unsigned int index);
	const char *(*label)(unsigned int index);
};

extern const struct dmp_scalar dmp_scalars[];
extern const unsigned int dmp_nr_scalars;
extern const struct dmp_metric dmp_metrics[];
extern const unsigned int dmp_nr_metrics;
extern const char * const dmp_op_names[DMP_NR_OPS];

struct dmp_hist_range dmp_scalar_range(const struct dmp_scalar *scalar,
				       unsigned int op);
struct dmp_hist_range dmp_metric_range(const struct dmp_metric *metric,
				       unsigned int op);
u64 dmp_scalar_value(const struct dmp_scalar *scalar,
		     const struct dmp_snapshot *snapshot, unsigned int op);
u64 dmp_metric_value(const struct dmp_metric *metric,
		     const struct dmp_snapshot *snapshot, unsigned int op,
		     unsigned int index);

#endif /* DMP_METRICS_H */
