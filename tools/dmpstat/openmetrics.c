// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OpenMetrics: see openmetrics.h. Names mirror node_exporter's, and the label "device" is
 * node_exporter's, so that both can be joined. All of a metric's series stand together.
 */
#include <inttypes.h>
#include <string.h>

#include "openmetrics.h"

/**
 * struct out - where and how to write
 * @file: to write to
 * @snapshot: what to write
 * @exposition: in which form
 */
struct out {
	FILE *file;
	const struct dmp_snapshot *snapshot;
	enum exposition exposition;
};

/* --- one line -------------------------------------------------------------------- */

static void label(const struct out *out, const char *name, const char *value)
{
	fprintf(out->file, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out->file);
		else if (*value == '"' || *value == '\\')
			fprintf(out->file, "\\%c", *value);
		else
			fputc(*value, out->file);
	}
	fputc('"', out->file);
}

static void begin(const struct out *out, const char *name, const char *suffix,
		  const struct dmp_sample *sample)
{
	fprintf(out->file, "dmp_%s%s{", name, suffix);
	label(out, "device", sample->names.device);
}

#define NSEC_PER_SEC	1000000000u

/* Exact: in integers. */
static void value_of(const struct out *out, uint64_t value, bool is_ns)
{
	if (is_ns)
		fprintf(out->file, "%" PRIu64 ".%09u", value / NSEC_PER_SEC,
			(unsigned int)(value % NSEC_PER_SEC));
	else
		fprintf(out->file, "%" PRIu64, value);
}

/* @is_ns: nanoseconds, printed as seconds. */
static void end(const struct out *out, uint64_t value, bool is_ns)
{
	fputs("} ", out->file);
	value_of(out, value, is_ns);
	fputc('\n', out->file);
}

static void family(const struct out *out, const char *name, const char *type,
		   const char *unit, const char *help)
{
	bool counter = out->exposition == PROMETHEUS_TEXT && !strcmp(type, "counter");
	const char *suffix = counter ? "_total" : "";

	if (out->exposition == PROMETHEUS_TEXT && !strcmp(type, "info"))
		type = "gauge", suffix = "_info";
	fprintf(out->file, "# HELP dmp_%s%s %s\n# TYPE dmp_%s%s %s\n", name, suffix, help, name,
		suffix, type);
	if (unit && out->exposition == OPENMETRICS)
		fprintf(out->file, "# UNIT dmp_%s %s\n", name, unit);
}

/* When counting began; the older text has no such lines. */
static void created(const struct out *out, const char *name, const struct dmp_sample *sample)
{
	uint64_t start;

	if (out->exposition != OPENMETRICS ||
	    !dmp_sample_number(sample, "start_real_ns", &start))
		return;
	begin(out, name, "_created", sample);
	end(out, start, true);
}

/* --- counters and gauges --------------------------------------------------------- */

/**
 * struct single - one metric of each volume
 * @name: of the family, without dmp_ and _total
 * @metric: in the sample
 * @is_gauge: or a counter
 * @unit: OpenMetrics' UNIT, or NULL
 * @is_ns: nanoseconds, printed as seconds
 * @help: definition
 */
struct single {
	const char *name, *metric;
	bool is_gauge;
	const char *unit;
	bool is_ns;
	const char *help;
};

#define COUNTERS(completed, bytes, time, op, Words, words)					\
	{ completed, op "_requests", false, NULL, false,					\
	  Words " completed, failed and refused ones included." },			\
	{ bytes "_bytes", op "_bytes", false, "bytes", false, "Bytes of " words " completed." }, \
	{ time "_time_seconds", op "_time_ns", false, "seconds", true,			\
	  "Latency of the " words " that were timed, in all." },			\
	{ op "_timed", op "_timed", false, NULL, false, Words " that were timed." },	\
	{ op "_slow", op "_slow", false, NULL, false, Words " over the slow limit." },	\
	{ op "_refused", op "_refused", false, NULL, false,					\
	  Words " that did not want to wait and are sent again." }

static const struct single singles[] = {
	COUNTERS("reads_completed", "read", "read", "read", "Reads", "reads"),
	COUNTERS("writes_completed", "written", "write", "write", "Writes", "writes"),
	COUNTERS("discards_completed", "discarded", "discard", "discard", "Discards", "discards"),
	COUNTERS("flush_requests", "flushed", "flush_requests", "flush", "Flushes", "flushes"),
	COUNTERS("write_zeroes_completed", "zeroed", "write_zeroes", "write_zeroes",
		 "Write-zeroes", "write-zeroes"),
	COUNTERS("others_completed", "other", "other", "other", "Other operations", "other operations"),
	{ "errors", "errors", false, NULL, false, "I/Os that failed." },
	{ "fua_requests", "fua", false, NULL, false, "I/Os with REQ_FUA." },
	{ "busy_seconds", "busy_ns", false, "seconds", true,
	  "Time with I/O in flight, by windows of 100 ms." },
	{ "late_windows", "windows_late", false, NULL, false,
	  "Windows of 100 ms that a busy machine closed late." },
	{ "read_sampled", "read_sampled", false, NULL, false, "Reads that were sampled." },
	{ "read_sequential", "read_sequential", false, NULL, false,
	  "Sampled reads that continue a recent one." },
	{ "write_sampled", "write_sampled", false, NULL, false, "Writes that were sampled." },
	{ "write_sequential", "write_sequential", false, NULL, false,
	  "Sampled writes that continue a recent one." },
	{ "read_aligned_physical", "read_aligned_physical", false, NULL, false,
	  "Sampled reads that are aligned to the physical block." },
	{ "write_aligned_physical", "write_aligned_physical", false, NULL, false,
	  "Sampled writes that are aligned to the physical block." },
	{ "in_flight", "in_flight", true, NULL, false, "I/Os in flight." },
	{ "oldest_in_flight_seconds", "oldest_ns", true, "seconds", true,
	  "Age of the oldest I/O in flight, 0 if there is none." },
	{ "overhead_seconds", "overhead_ns", true, "seconds", true,
	  "What the module adds to an I/O." },
	{ "counting_start_time_seconds", "start_real_ns", true, "seconds", true,
	  "When counting began, since 1970." },
};

static void write_single(const struct out *out, const struct single *single)
{
	const char *suffix = single->is_gauge ? "" : "_total";
	size_t i;

	family(out, single->name, single->is_gauge ? "gauge" : "counter", single->unit,
	       single->help);
	for (i = 0; i < out->snapshot->n; i++) {
		const struct dmp_sample *sample = &out->snapshot->samples[i];
		uint64_t value;

		if (!dmp_sample_number(sample, single->metric, &value))
			continue;
		begin(out, single->name, suffix, sample);
		end(out, value, single->is_ns);
		if (!single->is_gauge)
			created(out, single->name, sample);
	}
}

static void write_info(const struct out *out)
{
	size_t i;

	family(out, "volume", "info", NULL, "What a volume is called, and what it stands on.");
	for (i = 0; i < out->snapshot->n; i++) {
		const struct dmp_sample *sample = &out->snapshot->samples[i];

		begin(out, "volume", "_info", sample);
		fputc(',', out->file);
		label(out, "name", sample->names.name);
		fputc(',', out->file);
		label(out, "uuid", sample->names.uuid);
		fputc(',', out->file);
		label(out, "lv", sample->names.lv);
		fputc(',', out->file);
		label(out, "mountpoint", sample->names.mount);
		fputc(',', out->file);
		label(out, "below", sample->names.below);
		end(out, 1, false);
	}
}

static void write_suspended(const struct out *out)
{
	size_t i;

	family(out, "suspended", "gauge", NULL, "1 while device-mapper holds I/O back.");
	for (i = 0; i < out->snapshot->n; i++) {
		begin(out, "suspended", "", &out->snapshot->samples[i]);
		end(out, out->snapshot->samples[i].names.suspended, false);
	}
}

static void write_errors(const struct out *out)
{
	const struct dmp_hist *hist;
	enum dmp_op op;
	size_t i, j;

	family(out, "error_status", "counter", NULL, "I/Os that failed or were refused, by block status.");
	for (i = 0; i < out->snapshot->n; i++) {
		const struct dmp_sample *sample = &out->snapshot->samples[i];

		for (op = 0; op < DMP_OPS; op++) {
			hist = dmp_sample_op_hist(sample, op, "errors");
			for (j = 0; hist && j < hist->n; j++) {
				begin(out, "error_status", "_total", sample);
				fputc(',', out->file);
				label(out, "operation", dmp_op_names[op]);
				fputc(',', out->file);
				label(out, "status", hist->buckets[j].name ?
				      hist->buckets[j].name : "unknown");
				end(out, hist->buckets[j].count, false);
			}
		}
	}
}

/* --- histograms ------------------------------------------------------------------ */

/**
 * struct histogram - one histogram of each operation
 * @metric: in the sample
 * @name: of the family: dmp_OPERATION_NAME
 * @unit: OpenMetrics' UNIT, or NULL
 * @first: exponents of 2 of the least and
 * @last: the greatest bound; at most 24, so that there are 25 buckets with +Inf
 * @grain: values are multiples of this, so what is less than a bound is at most this less
 * @is_ns: nanoseconds, printed as seconds
 * @sum: metric that is the sum of all values, or NULL
 * @help: definition
 */
struct histogram {
	const char *metric, *name, *unit;
	int first, last;
	uint64_t grain;
	bool is_ns;
	const char *sum;
	const char *help;
};

static const struct histogram histograms[] = {
	{ "latency_ns", "latency_seconds", "seconds", 11, 34, 1, true, "time_ns",
	  "Latency of those timed." },
	{ "size_bytes", "size_bytes", "bytes", 10, 25, 512, false, "bytes",
	  "Sizes; bounds are the largest size below a power of two." },
	{ "window_requests", "window_requests", NULL, 0, 17, 1, false, "requests",
	  "Windows of 100 ms by what completed in them." },
	{ "depth", "depth", NULL, 0, 10, 1, false, NULL,
	  "I/Os in flight at submission, by those sampled." },
};

/* Values less than @bound: exact, since powers of two are bounds of the kernel's buckets. */
static uint64_t count_below(const struct dmp_hist *hist, int64_t bound)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < hist->n && hist->buckets[i].below <= bound; i++)
		sum += hist->buckets[i].count;
	return sum;
}

static void write_buckets(const struct out *out, const struct histogram *histogram,
			  const char *name, const struct dmp_sample *sample, enum dmp_op op,
			  const struct dmp_hist *hist)
{
	uint64_t sum = 0, refused = 0;
	int exponent;

	for (exponent = histogram->first; exponent <= histogram->last; exponent++) {
		int64_t bound = 1ll << exponent;

		begin(out, name, "_bucket", sample);
		fputs(",le=\"", out->file);
		value_of(out, bound - histogram->grain, histogram->is_ns);
		fputc('"', out->file);
		end(out, count_below(hist, bound), false);
	}
	begin(out, name, "_bucket", sample);
	fputs(",le=\"+Inf\"", out->file);
	end(out, dmp_hist_count(hist), false);
	begin(out, name, "_count", sample);
	end(out, dmp_hist_count(hist), false);
	if (!histogram->sum || !dmp_sample_op_number(sample, op, histogram->sum, &sum))
		return;
	if (!strcmp(histogram->sum, "bytes"))
		dmp_sample_op_number(sample, op, "refused_bytes", &refused);
	else if (!strcmp(histogram->sum, "requests"))
		dmp_sample_op_number(sample, op, "refused", &refused);
	begin(out, name, "_sum", sample);
	end(out, sum > refused ? sum - refused : 0, histogram->is_ns);
}

/* Reads and writes always, other operations where there have been any. */
static void write_histogram(const struct out *out, const struct histogram *histogram,
			    enum dmp_op op)
{
	const struct dmp_hist *hist;
	bool begun = false;
	uint64_t requests;
	char name[64];
	size_t i;

	snprintf(name, sizeof(name), "%s_%s", dmp_op_names[op], histogram->name);
	for (i = 0; i < out->snapshot->n; i++) {
		const struct dmp_sample *sample = &out->snapshot->samples[i];

		hist = dmp_sample_op_hist(sample, op, histogram->metric);
		if (!hist || !dmp_sample_op_number(sample, op, "requests", &requests) ||
		    (!requests && op > DMP_WRITE))
			continue;
		if (!begun)
			family(out, name, "histogram", histogram->unit, histogram->help);
		begun = true;
		write_buckets(out, histogram, name, sample, op, hist);
		created(out, name, sample);
	}
}

/**
 * openmetrics_needs() - is this metric written?
 * @name: of the metric, operation included
 *
 * Return: whether it is; others need not be read.
 */
bool openmetrics_needs(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(singles) / sizeof(*singles); i++) {
		if (!strcmp(singles[i].metric, name))
			return true;
	}
	for (i = 0; i < sizeof(histograms) / sizeof(*histograms); i++) {
		if (dmp_metric_is(name, histograms[i].metric))
			return true;
	}
	return dmp_metric_is(name, "errors");
}

/**
 * openmetrics_write() - write all volumes
 * @file: to write to
 * @snapshot: what to write
 * @exposition: in which form
 */
void openmetrics_write(FILE *file, const struct dmp_snapshot *snapshot,
		       enum exposition exposition)
{
	struct out out = { .file = file, .snapshot = snapshot, .exposition = exposition };
	enum dmp_op op;
	size_t i;

	write_info(&out);
	for (i = 0; i < sizeof(singles) / sizeof(*singles); i++)
		write_single(&out, &singles[i]);
	write_suspended(&out);
	write_errors(&out);
	for (i = 0; i < sizeof(histograms) / sizeof(*histograms); i++) {
		for (op = 0; op < DMP_OPS; op++)
			write_histogram(&out, &histograms[i], op);
	}
	if (exposition == OPENMETRICS)
		fputs("# EOF\n", file);
}
