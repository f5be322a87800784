/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the report page shows: a recording, summed up in so many steps of time that a page
 * can hold them, however long it is.
 */
#ifndef DMPSTAT_REPORT_DATA_H
#define DMPSTAT_REPORT_DATA_H

#include "../common/interval.h"

/* Reads and writes: enum dmp_op begins with them. */
#define REPORT_OPS	2

/**
 * struct report_step - a volume in one step
 * @seconds: for which something is known
 * @requests: completed
 * @bytes: of these
 * @peak: requests a second in the busiest interval
 * @time_ns: latency, in all
 * @timed: of so many
 * @latency: of these
 * @worst_p99_ns: 99th percentile of the slowest interval
 * @all_time_ns: latency of all operations
 * @busy_ns: with I/O under way
 * @sampled: of reads and writes
 * @sequential: of these
 * @oldest_ns: greatest age of an I/O in flight
 */
struct report_step {
	double seconds;
	double requests[REPORT_OPS], bytes[REPORT_OPS], peak[REPORT_OPS];
	double time_ns[REPORT_OPS], timed[REPORT_OPS];
	struct dmp_hist latency[REPORT_OPS];
	double worst_p99_ns[REPORT_OPS];
	double all_time_ns, busy_ns, sampled, sequential, oldest_ns;
};

/**
 * struct report_metric - a histogram of a volume
 * @name: operation included
 * @steps: by long steps
 */
struct report_metric {
	char *name;
	struct dmp_hist *steps;
};

/**
 * struct report_volume - a volume
 * @names: what it is called
 * @cell_sectors: of its heat map
 * @steps: struct report_data's n_steps of them
 * @metrics: its histograms
 * @n_metrics: elements of @metrics
 */
struct report_volume {
	struct dmp_names names;
	uint64_t cell_sectors;
	struct report_step *steps;
	struct report_metric *metrics;
	size_t n_metrics;
};

enum report_kind {
	EVENT_GAP, EVENT_ADDED, EVENT_RESET, EVENT_RENAMED, EVENT_REMOVED, EVENT_SUSPENDED,
	EVENT_ERRORS, EVENT_STALL, EVENT_BURST,
};

/**
 * struct report_event - something that happened
 * @kind: what
 * @volume: index, or -1 for all of them
 * @from: seconds since the epoch
 * @to: the same
 * @number: of errors; age of the oldest I/O in flight in ns; requests in the busiest window
 * @text: old name, or ""
 */
struct report_event {
	enum report_kind kind;
	int volume;
	double from, to, number;
	char *text;
};

/**
 * struct report_data - a recording
 * @from: seconds since the epoch
 * @to: the same
 * @interval: usual time between two snapshots, in seconds
 * @step: length of a step, in seconds
 * @n_steps: so many
 * @fine: a step has snapshots of everything: latencies are from these
 * @long_step: length of a step of struct report_metric, in seconds
 * @n_long_steps: so many
 * @volumes: all that were ever there
 * @n_volumes: elements of @volumes
 * @events: in order
 * @n_events: elements of @events
 * @events_left_out: so many more
 */
struct report_data {
	double from, to, interval, step, long_step;
	size_t n_steps, n_long_steps;
	bool fine;
	struct report_volume *volumes;
	size_t n_volumes;
	struct report_event *events;
	size_t n_events, events_left_out;
};

bool report_data_read(struct report_data *data, const char *path);
void report_data_free(struct report_data *data);

#endif /* DMPSTAT_REPORT_DATA_H */
