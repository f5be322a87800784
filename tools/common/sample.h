/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample: everything that is known of one volume at one instant, and the names that
 * people know it by. Its text is the bulk read's (docs/ABI/stats-message.md), from
 * whatever source it comes. Metrics that this program does not know are kept, too.
 */
#ifndef DMP_SAMPLE_H
#define DMP_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hist.h"

enum dmp_op {
	DMP_READ, DMP_WRITE, DMP_DISCARD, DMP_FLUSH, DMP_WRITE_ZEROES, DMP_OTHER, DMP_OPS
};

extern const char *const dmp_op_names[DMP_OPS];

/**
 * struct dmp_names - how people call a volume
 * @device: the kernel's name, dm-N
 * @major: of the device number
 * @minor: of the device number
 * @name: of the mapped device
 * @uuid: of the mapped device, may be empty
 * @lv: VG/LV if it is a logical volume, else empty
 * @mount: first mount point, may be empty
 * @below: the devices that it stands on, separated by commas
 * @suspended: device-mapper holds I/O back
 */
struct dmp_names {
	char *device;
	unsigned int major, minor;
	char *name, *uuid, *lv, *mount, *below;
	bool suspended;
};

enum dmp_kind { DMP_NUMBER, DMP_WORD, DMP_HIST };

/**
 * struct dmp_metric - one line of the bulk read
 * @name: operation included
 * @kind: which of the following holds
 * @number: a single value
 * @word: a single value that is none
 * @hist: a histogram
 */
struct dmp_metric {
	char *name;
	enum dmp_kind kind;
	uint64_t number;
	char *word;
	struct dmp_hist hist;
};

/**
 * struct dmp_sample - one volume at one instant
 * @names: of the volume
 * @boot_ns: when it was read, by CLOCK_BOOTTIME
 * @metrics: in ascending order of their names
 * @n: elements of @metrics
 */
struct dmp_sample {
	struct dmp_names names;
	uint64_t boot_ns;
	struct dmp_metric *metrics;
	size_t n;
};

/**
 * struct dmp_snapshot - all volumes at one instant
 * @boot_ns: by CLOCK_BOOTTIME
 * @real_ns: by CLOCK_REALTIME
 * @era: snapshots of different eras are of different boots: no difference can be told
 * @samples: in ascending order of minor numbers
 * @n: elements of @samples
 */
struct dmp_snapshot {
	uint64_t boot_ns, real_ns;
	unsigned int era;
	struct dmp_sample *samples;
	size_t n;
};

bool dmp_name_ends(const char *name, const char *end);
const char *dmp_without_op(const char *name);
bool dmp_metric_is(const char *name, const char *metric);

void dmp_names_copy(struct dmp_names *to, const struct dmp_names *from);
void dmp_names_free(struct dmp_names *names);
bool dmp_names_equal(const struct dmp_names *a, const struct dmp_names *b);

struct dmp_metric *dmp_sample_append(struct dmp_sample *sample, const char *name,
				     size_t length);
struct dmp_metric *dmp_sample_append_copy(struct dmp_sample *sample,
					  const struct dmp_metric *metric);
bool dmp_sample_append_text(struct dmp_sample *sample, const char *name, size_t length,
			    const char *value);
void dmp_sample_sort(struct dmp_sample *sample);
bool dmp_sample_parse(struct dmp_sample *sample, char *text, const char **problem);
void dmp_sample_copy(struct dmp_sample *to, const struct dmp_sample *from);
void dmp_sample_free(struct dmp_sample *sample);

const struct dmp_metric *dmp_sample_find(const struct dmp_sample *sample, const char *name);
bool dmp_sample_number(const struct dmp_sample *sample, const char *name, uint64_t *value);
bool dmp_sample_op_number(const struct dmp_sample *sample, enum dmp_op op,
			  const char *name, uint64_t *value);
const struct dmp_hist *dmp_sample_hist(const struct dmp_sample *sample, const char *name);
const struct dmp_hist *dmp_sample_op_hist(const struct dmp_sample *sample, enum dmp_op op,
					  const char *name);

struct dmp_sample *dmp_snapshot_append(struct dmp_snapshot *snapshot);
void dmp_snapshot_sort(struct dmp_snapshot *snapshot);
void dmp_snapshot_free(struct dmp_snapshot *snapshot);
const struct dmp_sample *dmp_snapshot_find(const struct dmp_snapshot *snapshot,
					   const struct dmp_names *names);

#endif /* DMP_SAMPLE_H */
