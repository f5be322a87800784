/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Histograms as docs/ABI/stats-message.md prints them: sparse, with their bounds. No
 * bucket is known beforehand. Counts are since the start, or of an interval.
 */
#ifndef DMP_HIST_H
#define DMP_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Beyond all values: printed as "inf". */
#define DMP_INF	INT64_MAX

/**
 * struct dmp_bucket - one bucket of a histogram or of a table
 * @least: least value, inclusive
 * @below: end of the range, exclusive; DMP_INF for the last one
 * @row_least: of a table: the row's range
 * @row_below: of a table
 * @name: of a bucket that has a name instead of a range, else NULL
 * @count: how many values
 */
struct dmp_bucket {
	int64_t least, below;
	int64_t row_least, row_below;
	char *name;
	uint64_t count;
};

/**
 * struct dmp_hist - buckets that hold something, in ascending order
 * @buckets: array
 * @n: elements
 */
struct dmp_hist {
	struct dmp_bucket *buckets;
	size_t n;
};

/**
 * struct dmp_range - an answer that is as exact as a bucket is wide
 * @least: inclusive
 * @below: exclusive; DMP_INF if unknown
 */
struct dmp_range {
	int64_t least, below;
};

int dmp_bucket_compare(const struct dmp_bucket *a, const struct dmp_bucket *b);
bool dmp_hist_parse(struct dmp_hist *hist, const char *text);
void dmp_hist_free(struct dmp_hist *hist);
struct dmp_bucket *dmp_hist_append(struct dmp_hist *hist);
void dmp_hist_copy(struct dmp_hist *to, const struct dmp_hist *from);
void dmp_hist_subtract(struct dmp_hist *hist, const struct dmp_hist *before);
void dmp_hist_add(struct dmp_hist *hist, const struct dmp_hist *other);
void dmp_hist_coarsen(struct dmp_hist *hist, int parts);
uint64_t dmp_hist_count(const struct dmp_hist *hist);
bool dmp_hist_percentile(const struct dmp_hist *hist, double percent,
			 struct dmp_range *range);
bool dmp_hist_most(const struct dmp_hist *hist, struct dmp_range *range);

#endif /* DMP_HIST_H */
