/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both ends of a recording remember of what was written before: the volumes, their
 * series of numbers, and the last value of each. Only deviations from it are written.
 */
#ifndef DMP_RECORD_STATE_H
#define DMP_RECORD_STATE_H

#include "bytes.h"
#include "sample.h"

#define RECORD_VERSION	1

/* What a record is, by its first byte. */
enum { RECORD_HEADER = 1, RECORD_VOLUME, RECORD_METRIC, RECORD_SNAPSHOT };

/* A snapshot has one part, or both. */
enum record_part { PART_BRIEF, PART_ALL, PARTS };

/* Units of PART_BRIEF, to which values are rounded down. */
#define RECORD_TIME_NS		1000
#define RECORD_AGE_NS		1000000
#define RECORD_SECTOR_BYTES	512

/**
 * struct series - a number that is written with each snapshot
 * @value: when it was written last
 * @change: by how much it had changed then
 */
struct series {
	uint64_t value, change;
};

/**
 * struct record_bucket - a bucket of a metric
 * @bounds: its count is not used
 * @series: index of the series that counts it
 */
struct record_bucket {
	struct dmp_bucket bounds;
	size_t series;
};

/**
 * struct record_metric - a metric of a part
 * @name: operation included
 * @kind: which of the following holds
 * @unit: of a number: what is written is a multiple of it
 * @series: of a number: index of its series
 * @word: a value that is none
 * @buckets: of a histogram, in ascending order
 * @n: elements of @buckets
 */
struct record_metric {
	char *name;
	enum dmp_kind kind;
	uint64_t unit;
	size_t series;
	char *word;
	struct record_bucket *buckets;
	size_t n;
};

/**
 * struct record_values - a part of a volume
 * @metrics: in ascending order of their names
 * @n: elements of @metrics
 * @series: in the order in which they were defined
 * @n_series: elements of @series
 */
struct record_values {
	struct record_metric *metrics;
	size_t n;
	struct series *series;
	size_t n_series;
};

/**
 * struct record_volume - a volume
 * @names: what it is called
 * @parts: its metrics
 */
struct record_volume {
	struct dmp_names names;
	struct record_values parts[PARTS];
};

/**
 * struct record_state - everything that is remembered
 * @volumes: by their numbers in the recording
 * @n: elements of @volumes
 * @boot_us: when the last snapshot was made
 * @real_us: the same by the wall clock
 */
struct record_state {
	struct record_volume *volumes;
	size_t n;
	struct series boot_us, real_us;
};

void record_state_free(struct record_state *state);
void record_volume_free(struct record_volume *volume);
struct record_volume *record_state_append(struct record_state *state);
struct record_metric *record_find(const struct record_values *values, const char *name);
struct record_metric *record_insert(struct record_values *values, const char *name);
struct record_bucket *record_find_bucket(const struct record_metric *metric,
					 const struct dmp_bucket *bounds);
bool record_insert_bucket(struct record_metric *metric, const struct dmp_bucket *bounds,
			  size_t series);
size_t record_append_series(struct record_values *values);

void record_put_series(struct dmp_bytes *bytes, struct series *series, uint64_t value);
void record_get_series(struct dmp_cursor *cursor, struct series *series);

#endif /* DMP_RECORD_STATE_H */
