/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interval: what happened on a volume between two snapshots. Exact whatever happened
 * in between: volumes that were added, removed, renamed or reset give no negative and no
 * huge number, and say so.
 */
#ifndef DMP_INTERVAL_H
#define DMP_INTERVAL_H

#include "sample.h"

enum dmp_event {
	DMP_SAME,	/* the difference is of the whole interval */
	DMP_ADDED,	/* counted since it was added */
	DMP_RESET,	/* counted since it was reset */
	DMP_RENAMED,	/* the same volume under another name */
	DMP_REMOVED,	/* it is not there any more */
};

/**
 * struct dmp_interval - what happened on one volume
 * @sample: counters and histograms: what was counted in the interval; gauges and settings
 *	as they are at its end
 * @boot_ns: begin of the interval by CLOCK_BOOTTIME
 * @seconds: its length
 * @latency_seconds: the part of it in which latencies were counted
 * @event: what happened to the volume itself
 * @old_name: DMP_RENAMED: what it was called before
 */
struct dmp_interval {
	struct dmp_sample sample;
	uint64_t boot_ns;
	double seconds, latency_seconds;
	enum dmp_event event;
	char *old_name;
};

/**
 * struct dmp_report - what happened on all volumes
 * @boot_ns: end by CLOCK_BOOTTIME
 * @real_ns: end by CLOCK_REALTIME
 * @since_start: nothing was subtracted
 * @intervals: in ascending order of minor numbers, those that were removed included
 * @n: elements of @intervals
 */
struct dmp_report {
	uint64_t boot_ns, real_ns;
	bool since_start;
	struct dmp_interval *intervals;
	size_t n;
};

void dmp_report_make(struct dmp_report *report, const struct dmp_snapshot *before,
		     const struct dmp_snapshot *now);
double dmp_interval_op(const struct dmp_interval *interval, enum dmp_op op,
		       const char *metric);
void dmp_report_free(struct dmp_report *report);

#endif /* DMP_INTERVAL_H */
