// SPDX-License-Identifier: GPL-2.0-or-later
/* Intervals: see interval.h. */
#include <stdlib.h>
#include <string.h>

#include "interval.h"
#include "memory.h"

/* Numbers that tell what is, not what was counted: they are not subtracted. */
static const char *const gauges[] = {
	"collect", "generation", "heat_cell_sectors", "in_flight", "latency_every",
	"latency_start_boot_ns", "oldest_ns", "optimal_io_bytes", "overhead_ns",
	"physical_block_bytes", "sample_every", "slow_limit_us", "start_boot_ns",
	"start_real_ns",
};

/* Counted anew whenever latency_every changes. */
static const char *const latencies[] = {
	"time_ns", "timed", "slow", "slow_time_ns", "latency_ns", "size_latency",
};

static int compare_names(const void *name, const void *element)
{
	return strcmp(name, *(const char *const *)element);
}

static bool is_gauge(const char *name)
{
	return bsearch(name, gauges, sizeof(gauges) / sizeof(*gauges), sizeof(*gauges),
		       compare_names);
}

static bool is_peak(const char *name)
{
	return dmp_metric_is(name, "peak_requests") || dmp_metric_is(name, "peak_bytes");
}

static bool is_latency(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(latencies) / sizeof(*latencies); i++) {
		if (dmp_metric_is(name, latencies[i]))
			return true;
	}
	return false;
}

static uint64_t number_of(const struct dmp_sample *sample, const char *name)
{
	uint64_t value = 0;

	dmp_sample_number(sample, name, &value);
	return value;
}

static void subtract_metric(struct dmp_metric *metric, const struct dmp_metric *before)
{
	if (metric->kind != before->kind)
		return;
	if (metric->kind == DMP_HIST)
		dmp_hist_subtract(&metric->hist, &before->hist);
	else if (metric->kind == DMP_NUMBER)
		metric->number = metric->number > before->number ?
			metric->number - before->number : 0;
}

/* Both samples are sorted by names. */
static void subtract(struct dmp_sample *sample, const struct dmp_sample *before,
		     bool latency_goes_on)
{
	size_t i, j = 0;

	for (i = 0; i < sample->n; i++) {
		struct dmp_metric *metric = &sample->metrics[i];

		while (j < before->n && strcmp(before->metrics[j].name, metric->name) < 0)
			j++;
		if (j == before->n || strcmp(before->metrics[j].name, metric->name) != 0)
			continue;
		if (is_gauge(metric->name) || is_peak(metric->name) ||
		    (!latency_goes_on && is_latency(metric->name)))
			continue;
		subtract_metric(metric, &before->metrics[j]);
	}
}

static double seconds_between(uint64_t from, uint64_t to)
{
	return to > from ? (to - from) / 1e9 : 0;
}

static bool same_volume(const struct dmp_sample *before, const struct dmp_sample *now)
{
	if (*before->names.uuid || *now->names.uuid)
		return !strcmp(before->names.uuid, now->names.uuid);
	return !strcmp(before->names.name, now->names.name);
}

static void since_start(struct dmp_interval *interval, const struct dmp_sample *now)
{
	interval->boot_ns = number_of(now, "start_boot_ns");
	interval->seconds = seconds_between(interval->boot_ns, now->boot_ns);
	interval->latency_seconds =
		seconds_between(number_of(now, "latency_start_boot_ns"), now->boot_ns);
}

static void since_before(struct dmp_interval *interval, const struct dmp_sample *before,
			 const struct dmp_sample *now)
{
	uint64_t start = number_of(now, "latency_start_boot_ns");
	bool goes_on = start == number_of(before, "latency_start_boot_ns");

	subtract(&interval->sample, before, goes_on);
	interval->boot_ns = before->boot_ns;
	interval->seconds = seconds_between(before->boot_ns, now->boot_ns);
	interval->latency_seconds = goes_on ? interval->seconds :
		seconds_between(start, now->boot_ns);
	if (!strcmp(before->names.name, now->names.name))
		return;
	interval->event = DMP_RENAMED;
	interval->old_name = dmp_strdup(before->names.name);
}

static struct dmp_interval *append(struct dmp_report *report, const struct dmp_sample *sample)
{
	struct dmp_interval *interval;

	interval = &report->intervals[report->n++];
	memset(interval, 0, sizeof(*interval));
	dmp_sample_copy(&interval->sample, sample);
	return interval;
}

static void append_present(struct dmp_report *report, const struct dmp_snapshot *before,
			   bool same_era, const struct dmp_sample *now)
{
	const struct dmp_sample *old = before ? dmp_snapshot_find(before, &now->names) : NULL;
	struct dmp_interval *interval = append(report, now);

	if (!before) {
		since_start(interval, now);
	} else if (old && same_era &&
		   number_of(old, "generation") == number_of(now, "generation")) {
		since_before(interval, old, now);
	} else {
		since_start(interval, now);
		interval->event = old && same_era && same_volume(old, now) ?
			DMP_RESET : DMP_ADDED;
	}
}

static int compare_intervals(const void *a, const void *b)
{
	const struct dmp_interval *left = a, *right = b;
	unsigned int l = left->sample.names.minor, r = right->sample.names.minor;

	return l < r ? -1 : l > r;
}

/**
 * dmp_report_make() - what happened between two snapshots
 * @report: to fill; dmp_report_free() frees it
 * @before: the earlier snapshot; NULL: since the start of counting
 * @now: the later one
 *
 * A difference is meaningful within one boot and one generation
 * (docs/ABI/stats-message.md). Where it changed, the later sample alone is told, since the start of its counting.
 */
void dmp_report_make(struct dmp_report *report, const struct dmp_snapshot *before,
		     const struct dmp_snapshot *now)
{
	size_t i, most = now->n + (before ? before->n : 0);

	memset(report, 0, sizeof(*report));
	report->boot_ns = now->boot_ns;
	report->real_ns = now->real_ns;
	report->since_start = !before;
	report->intervals = dmp_alloc((most ? most : 1) * sizeof(*report->intervals));
	for (i = 0; i < now->n; i++)
		append_present(report, before, before && before->era == now->era,
			       &now->samples[i]);
	for (i = 0; before && i < before->n; i++) {
		if (dmp_snapshot_find(now, &before->samples[i].names))
			continue;
		append(report, &before->samples[i])->event = DMP_REMOVED;
	}
	qsort(report->intervals, report->n, sizeof(*report->intervals), compare_intervals);
}

void dmp_report_free(struct dmp_report *report)
{
	size_t i;

	for (i = 0; i < report->n; i++) {
		dmp_sample_free(&report->intervals[i].sample);
		free(report->intervals[i].old_name);
	}
	free(report->intervals);
	memset(report, 0, sizeof(*report));
}

/**
 * dmp_interval_op() - a count of one operation
 * @interval: any
 * @op: the operation
 * @metric: name without operation
 *
 * Return: the count; 0 if it is not known.
 */
double dmp_interval_op(const struct dmp_interval *interval, enum dmp_op op,
		       const char *metric)
{
	uint64_t value = 0;

	dmp_sample_op_number(&interval->sample, op, metric, &value);
	return value;
}
