// SPDX-License-Identifier: GPL-2.0-or-later
/* A recording, summed up: see report-data.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/record.h"
#include "report-data.h"

/* What a page holds, and a screen shows. */
#define MOST_STEPS	720
#define MOST_LONG_STEPS	120
#define MOST_EVENTS	1000

/* All snapshots, however close. */
#define EACH		1e-6

/* Recorders take everything so often. */
#define ALL_SECONDS	120

/* Rows of an octave of latency. */
#define LATENCY_PARTS	4

/* Recorders keep their interval better than this: more is a pause. */
#define GAP_INTERVALS	3

/* An I/O in flight for longer than this is a stall. */
#define STALL_NS	1e9

/* So many times the mean, in a window of 100 ms, is a burst. */
#define BURST		10
#define BURST_LEAST	100

/* --- first pass: how long is it? ------------------------------------------------- */

static bool want_nothing(const char *metric)
{
	(void)metric;
	return false;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* The median tells the recorder's interval, whatever pauses there are. */
static double median(double *values, size_t n)
{
	if (!n)
		return 1;
	qsort(values, n, sizeof(*values), compare_doubles);
	return values[n / 2];
}

/* A round number of seconds, so that steps begin on the minute or the hour. */
static double round_step(double least)
{
	static const double steps[] = {
		1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400,
		21600, 43200, 86400,
	};
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (steps[i] >= least - 0.05)
			return steps[i];
	}
	return ceil(least / 86400) * 86400;
}

static size_t count_steps(const struct report_data *data, double step)
{
	return (size_t)ceil((data->to - data->from) / step) + 1;
}

static bool measure(struct report_data *data, struct dmp_source *source, const char *path)
{
	double *distances = NULL, now, last = 0;
	struct dmp_snapshot snapshot;
	size_t n = 0;

	source->want(source, want_nothing);
	while (source->read(source, &snapshot) > 0) {
		now = snapshot.real_ns / 1e9;
		if (last) {
			distances = dmp_grow(distances, n, sizeof(*distances));
			distances[n++] = fabs(now - last);
		}
		data->from = !last || now < data->from ? now : data->from;
		data->to = now > data->to ? now : data->to;
		last = now;
		dmp_snapshot_free(&snapshot);
	}
	data->interval = median(distances, n);
	free(distances);
	if (!n)
		fprintf(stderr, "dmpstat: %s: nothing to report: it has fewer than two snapshots\n",
			path);
	data->step = round_step(fmax((data->to - data->from) / MOST_STEPS, data->interval));
	data->long_step = round_step(fmax((data->to - data->from) / MOST_LONG_STEPS,
					  fmax(ALL_SECONDS, data->interval)));
	data->fine = data->step >= ALL_SECONDS;
	data->from = floor(data->from / data->step) * data->step;
	data->n_steps = count_steps(data, data->step);
	data->n_long_steps = count_steps(data, data->long_step);
	return n;
}

/* --- volumes and steps ----------------------------------------------------------- */

static bool is_volume(const struct report_volume *volume, const struct dmp_names *names)
{
	return !strcmp(volume->names.uuid, names->uuid) &&
		!strcmp(volume->names.name, names->name);
}

static size_t volume_of(struct report_data *data, const struct dmp_names *names)
{
	struct report_volume *volume;
	size_t i;

	for (i = 0; i < data->n_volumes; i++) {
		if (is_volume(&data->volumes[i], names))
			return i;
	}
	data->volumes = dmp_grow(data->volumes, data->n_volumes, sizeof(*volume));
	volume = &data->volumes[data->n_volumes++];
	memset(volume, 0, sizeof(*volume));
	dmp_names_copy(&volume->names, names);
	volume->steps = dmp_alloc(data->n_steps * sizeof(*volume->steps));
	return i;
}

/* What happened in an interval is in the step that its middle is in. */
static size_t step_of(const struct report_data *data, double end, double seconds, double step,
		      size_t n)
{
	double index = floor((end - seconds / 2 - data->from) / step);

	return index < 0 ? 0 : index < n ? (size_t)index : n - 1;
}

/* --- events ---------------------------------------------------------------------- */

/* One that goes on, interval by interval, is one event. */
static bool goes_on(struct report_data *data, const struct report_event *event)
{
	size_t i;

	for (i = data->n_events; i-- && data->n_events - i < 16;) {
		struct report_event *last = &data->events[i];

		if (last->kind != event->kind || last->volume != event->volume)
			continue;
		if (event->kind < EVENT_SUSPENDED ||
		    event->from > last->to + 1.5 * data->interval)
			return false;
		last->to = event->to;
		if (event->kind == EVENT_ERRORS)
			last->number += event->number;
		else if (event->number > last->number)
			last->number = event->number;
		return true;
	}
	return false;
}

static void add_event(struct report_data *data, enum report_kind kind, int volume,
		      double from, double to, double number, const char *text)
{
	struct report_event event = { kind, volume, from, to, number, NULL };

	if (goes_on(data, &event))
		return;
	if (data->n_events == MOST_EVENTS) {
		data->events_left_out++;
		return;
	}
	event.text = dmp_strdup(text);
	data->events = dmp_grow(data->events, data->n_events, sizeof(event));
	data->events[data->n_events++] = event;
}

static void note_event(struct report_data *data, const struct dmp_interval *interval,
		       int volume, double now)
{
	double began = now - interval->seconds, errors = 0, oldest = 0;
	uint64_t number;

	if (interval->event == DMP_ADDED)
		add_event(data, EVENT_ADDED, volume, began, began, 0, "");
	else if (interval->event == DMP_RESET)
		add_event(data, EVENT_RESET, volume, began, began, 0, "");
	else if (interval->event == DMP_RENAMED)
		add_event(data, EVENT_RENAMED, volume, now, now, 0, interval->old_name);
	else if (interval->event == DMP_REMOVED)
		add_event(data, EVENT_REMOVED, volume, now, now, 0, "");
	if (interval->event == DMP_REMOVED)
		return;
	if (interval->sample.names.suspended)
		add_event(data, EVENT_SUSPENDED, volume, now, now, 0, "");
	if (dmp_sample_number(&interval->sample, "errors", &number))
		errors = number;
	if (dmp_sample_number(&interval->sample, "oldest_ns", &number))
		oldest = number;
	if (errors)
		add_event(data, EVENT_ERRORS, volume, began, now, errors, "");
	if (oldest > STALL_NS)
		add_event(data, EVENT_STALL, volume, now - oldest / 1e9, now, oldest, "");
}

/* --- second pass: what each snapshot has ----------------------------------------- */

static void add_latency(struct report_step *step, const struct dmp_interval *interval,
			enum dmp_op op)
{
	const struct dmp_hist *latency = dmp_sample_op_hist(&interval->sample, op, "latency_ns");
	struct dmp_hist rows;

	if (!latency)
		return;
	dmp_hist_copy(&rows, latency);
	dmp_hist_coarsen(&rows, LATENCY_PARTS);
	dmp_hist_add(&step->latency[op], &rows);
	dmp_hist_free(&rows);
}

static void add_op(struct report_step *step, const struct dmp_interval *interval,
		   enum dmp_op op)
{
	const struct dmp_hist *latency = dmp_sample_op_hist(&interval->sample, op, "latency_ns");
	double requests = dmp_interval_op(interval, op, "requests");
	struct dmp_range range;

	step->requests[op] += requests;
	step->bytes[op] += dmp_interval_op(interval, op, "bytes");
	step->peak[op] = fmax(step->peak[op], requests / interval->seconds);
	step->time_ns[op] += dmp_interval_op(interval, op, "time_ns");
	step->timed[op] += dmp_interval_op(interval, op, "timed");
	step->sampled += dmp_interval_op(interval, op, "sampled");
	step->sequential += dmp_interval_op(interval, op, "sequential");
	if (latency && dmp_hist_percentile(latency, 99, &range))
		step->worst_p99_ns[op] = fmax(step->worst_p99_ns[op], range.below);
}

static void add_step(struct report_step *step, const struct dmp_interval *interval, bool fine)
{
	uint64_t number;
	enum dmp_op op;

	step->seconds += interval->seconds;
	for (op = 0; op < REPORT_OPS; op++) {
		add_op(step, interval, op);
		if (!fine)
			add_latency(step, interval, op);
	}
	for (op = 0; op < DMP_OPS; op++)
		step->all_time_ns += dmp_interval_op(interval, op, "time_ns");
	if (dmp_sample_number(&interval->sample, "busy_ns", &number))
		step->busy_ns += number;
	if (dmp_sample_number(&interval->sample, "oldest_ns", &number))
		step->oldest_ns = fmax(step->oldest_ns, number);
}

static void take_brief(struct report_data *data, const struct dmp_report *report)
{
	double now = report->real_ns / 1e9;
	size_t i, at;

	for (i = 0; i < report->n; i++) {
		const struct dmp_interval *interval = &report->intervals[i];
		size_t volume = volume_of(data, &interval->sample.names);

		note_event(data, interval, volume, now);
		/* What was counted before the recording is not of it. */
		if (interval->event == DMP_REMOVED || interval->seconds <= 0 ||
		    interval->seconds > GAP_INTERVALS * data->interval)
			continue;
		at = step_of(data, now, interval->seconds, data->step, data->n_steps);
		add_step(&data->volumes[volume].steps[at], interval, data->fine);
	}
}

static void note_gap(struct report_data *data, const struct dmp_snapshot *before,
		     const struct dmp_snapshot *now)
{
	double from = before->real_ns / 1e9, to = now->real_ns / 1e9;

	if (to - from > GAP_INTERVALS * data->interval || before->era != now->era)
		add_event(data, EVENT_GAP, -1, from, to, 0,
			  before->era == now->era ? "" : "reboot");
}

/* --- third pass: what snapshots of everything have ------------------------------- */

static bool is_shown(const struct dmp_metric *metric)
{
	static const char *const shown[] = {
		"latency_ns", "size_bytes", "seek_sectors", "depth", "heat", "interarrival_ns",
		"cpu_run_requests", "window_requests", "size_latency",
	};
	size_t i;

	if (metric->kind != DMP_HIST || !metric->hist.n)
		return false;
	for (i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		if (dmp_metric_is(metric->name, shown[i]) &&
		    (!strncmp(metric->name, "read_", 5) ||
		     (!strncmp(metric->name, "write_", 6) &&
		      strncmp(metric->name, "write_zeroes_", 13) != 0)))
			return true;
	}
	return false;
}

static struct report_metric *metric_of(struct report_data *data, struct report_volume *volume,
				       const char *name)
{
	struct report_metric *metric;
	size_t i;

	for (i = 0; i < volume->n_metrics; i++) {
		if (!strcmp(volume->metrics[i].name, name))
			return &volume->metrics[i];
	}
	volume->metrics = dmp_grow(volume->metrics, volume->n_metrics, sizeof(*metric));
	metric = &volume->metrics[volume->n_metrics++];
	metric->name = dmp_strdup(name);
	metric->steps = dmp_alloc(data->n_long_steps * sizeof(*metric->steps));
	return metric;
}

static void note_burst(struct report_data *data, const struct dmp_interval *interval,
		       enum dmp_op op, int volume, double now)
{
	const struct dmp_hist *windows = dmp_sample_op_hist(&interval->sample, op,
							    "window_requests");
	double mean = dmp_interval_op(interval, op, "requests") / interval->seconds / 10;
	struct dmp_range most;

	if (windows && dmp_hist_most(windows, &most) && most.least >= BURST_LEAST &&
	    most.least >= BURST * mean)
		add_event(data, EVENT_BURST, volume, now - interval->seconds, now, most.least,
			  dmp_op_names[op]);
}

static void add_hists(struct report_data *data, struct report_volume *volume,
		      const struct dmp_interval *interval, size_t at)
{
	size_t i;

	for (i = 0; i < interval->sample.n; i++) {
		const struct dmp_metric *metric = &interval->sample.metrics[i];

		if (is_shown(metric))
			dmp_hist_add(&metric_of(data, volume, metric->name)->steps[at],
				     &metric->hist);
	}
}

static void take_all(struct report_data *data, const struct dmp_report *report)
{
	double now = report->real_ns / 1e9;
	enum dmp_op op;
	size_t i, at;

	for (i = 0; i < report->n; i++) {
		const struct dmp_interval *interval = &report->intervals[i];
		size_t index = volume_of(data, &interval->sample.names);
		struct report_volume *volume = &data->volumes[index];

		dmp_sample_number(&interval->sample, "heat_cell_sectors", &volume->cell_sectors);
		if (interval->event == DMP_REMOVED || interval->seconds <= 0 ||
		    interval->seconds > GAP_INTERVALS * ALL_SECONDS)
			continue;
		at = step_of(data, now, interval->seconds, data->step, data->n_steps);
		for (op = 0; op < REPORT_OPS; op++) {
			note_burst(data, interval, op, index, now);
			if (data->fine)
				add_latency(&volume->steps[at], interval, op);
		}
		add_hists(data, volume, interval, step_of(data, now, interval->seconds,
							  data->long_step, data->n_long_steps));
	}
}

/* --- all passes ------------------------------------------------------------------ */

static void take(struct report_data *data, struct dmp_source *source,
		 bool (*wanted)(const char *metric),
		 void (*take_report)(struct report_data *data, const struct dmp_report *report))
{
	struct dmp_snapshot before = { 0 }, now;
	struct dmp_report report;
	bool first = true;

	source->restart(source);
	source->want(source, wanted);
	while (source->read(source, &now) > 0) {
		if (!first) {
			if (wanted)
				note_gap(data, &before, &now);
			dmp_report_make(&report, &before, &now);
			take_report(data, &report);
			dmp_report_free(&report);
		}
		dmp_snapshot_free(&before);
		before = now;
		first = false;
	}
	dmp_snapshot_free(&before);
}

static int compare_events(const void *a, const void *b)
{
	const struct report_event *left = a, *right = b;

	return left->from < right->from ? -1 : left->from > right->from;
}

/**
 * report_data_read() - sum a recording up
 * @data: to fill; report_data_free() frees it, also after an error
 * @path: of the recording
 *
 * Return: false after an error that has been printed.
 */
bool report_data_read(struct report_data *data, const char *path)
{
	struct dmp_source *source = dmp_record_open(path, EACH);
	bool done;

	memset(data, 0, sizeof(*data));
	if (!source)
		return false;
	done = measure(data, source, path);
	if (done) {
		take(data, source, dmp_recorder_is_brief, take_brief);
		take(data, source, NULL, take_all);
	}
	source->close(source);
	if (data->n_events)
		qsort(data->events, data->n_events, sizeof(*data->events), compare_events);
	return done;
}

static void free_volume(const struct report_data *data, struct report_volume *volume)
{
	size_t i, j;

	for (i = 0; i < data->n_steps; i++) {
		dmp_hist_free(&volume->steps[i].latency[DMP_READ]);
		dmp_hist_free(&volume->steps[i].latency[DMP_WRITE]);
	}
	for (i = 0; i < volume->n_metrics; i++) {
		for (j = 0; j < data->n_long_steps; j++)
			dmp_hist_free(&volume->metrics[i].steps[j]);
		free(volume->metrics[i].steps);
		free(volume->metrics[i].name);
	}
	free(volume->metrics);
	free(volume->steps);
	dmp_names_free(&volume->names);
}

void report_data_free(struct report_data *data)
{
	size_t i;

	for (i = 0; i < data->n_volumes; i++)
		free_volume(data, &data->volumes[i]);
	for (i = 0; i < data->n_events; i++)
		free(data->events[i].text);
	free(data->volumes);
	free(data->events);
}
