/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of metrics: the single values; the histograms, with their names, where
 * they lie, and what their buckets mean. The files, the bulk read and docs/ABI follow
 * these two tables.
 */
#ifndef DMP_METRICS_H
#define DMP_METRICS_H

#include "snapshot.h"

/**
 * struct dmp_scalar - a single value, of the volume or of each of some operations
 * @name: of the quantity and its unit; "read_" and so on is put before it if @ops
 * @ops: a bit for each operation that has it; 0: the volume has it
 * @offset: of a u64 in struct dmp_snapshot, that of reads
 * @stride: from an operation's to the next one's
 * @hists: instead, if it is made of the histograms
 * @word: instead, if it is a word and no number
 */
struct dmp_scalar {
	const char *name;
	unsigned int ops;
	size_t offset;
	size_t stride;
	u64 (*hists)(const u64 *hists, unsigned int op);
	const char *(*word)(const struct dmp_snapshot *snapshot);
};

/**
 * struct dmp_metric - one histogram, for each of some operations
 * @name: of the quantity and its unit; "read_" and so on is put before it
 * @ops: a bit for each operation that has it
 * @offset: of reads, in counters from the start of struct dmp_hists
 * @stride: from reads to writes, in counters
 * @rare: as @offset, of the first operation that is neither read nor write
 * @rare_stride: from that to the next operation, in counters
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
	size_t stride;
	size_t rare;
	size_t rare_stride;
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

u64 dmp_scalar_value(const struct dmp_scalar *scalar,
		     const struct dmp_snapshot *snapshot, unsigned int op);
u64 dmp_metric_value(const struct dmp_metric *metric, const u64 *hists,
		     unsigned int op, unsigned int index);

#endif /* DMP_METRICS_H */
