// SPDX-License-Identifier: GPL-2.0-or-later
/* Columns: see columns.h. */
#include <string.h>

#include "columns.h"

/* A share of fewer samples would be chance: with 10 it is off by 30 points once in 20. */
#define FEWEST_SAMPLES	10

static const struct value unknown;

static struct value number(double value)
{
	return (struct value){ .known = true, .number = value };
}

static struct value text(const char *value)
{
	return (struct value){ .known = *value, .text = value };
}

/* --- names ----------------------------------------------------------------------- */

static struct value device(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.device);
}

static struct value name(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.name);
}

static struct value lv(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.lv);
}

static struct value mount(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.mount);
}

static struct value below(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.below);
}

static struct value suspended(const struct dmp_interval *interval, const struct column *column)
{
	(void)column;
	return text(interval->sample.names.suspended ? "yes" : "no");
}

/* --- formulas -------------------------------------------------------------------- */

/* A single value as it is: a count in the interval, or a gauge. */
static struct value single(const struct dmp_interval *interval, const struct column *column)
{
	uint64_t value;

	if (!dmp_sample_number(&interval->sample, column->metric, &value))
		return unknown;
	return number(value);
}

static struct value rate(const struct dmp_interval *interval, const struct column *column)
{
	uint64_t value;

	if (!dmp_sample_op_number(&interval->sample, column->op, column->metric, &value) ||
	    interval->seconds <= 0)
		return unknown;
	return number(value / interval->seconds);
}

static struct value count(const struct dmp_interval *interval, const struct column *column)
{
	uint64_t value;

	if (!dmp_sample_op_number(&interval->sample, column->op, column->metric, &value))
		return unknown;
	return number(value);
}

static struct value mean_size(const struct dmp_interval *interval, const struct column *column)
{
	double requests = dmp_interval_op(interval, column->op, "requests");

	if (!requests)
		return unknown;
	return number(dmp_interval_op(interval, column->op, "bytes") / requests);
}

static struct value mean_latency(const struct dmp_interval *interval,
				 const struct column *column)
{
	double timed = dmp_interval_op(interval, column->op, "timed");

	if (!timed)
		return unknown;
	return number(dmp_interval_op(interval, column->op, "time_ns") / timed);
}

/* The upper bound of the bucket: so many percent took no longer. */
static struct value percentile(const struct dmp_interval *interval,
			       const struct column *column)
{
	const struct dmp_hist *hist;
	struct dmp_range range;

	hist = dmp_sample_op_hist(&interval->sample, column->op, column->metric);
	if (!hist || !dmp_hist_percentile(hist, column->argument, &range))
		return unknown;
	if (range.below == DMP_INF)
		return (struct value){ .known = true, .beyond = true, .number = range.least };
	return number(range.below);
}

static const char *peak_of(const char *windows)
{
	return strcmp(windows, "window_bytes") ? "peak_requests" : "peak_bytes";
}

/*
 * The largest value of the bucket in which the busiest window of the interval is. The
 * peak since the start, which is exact, bounds it.
 */
static struct value busiest(const struct dmp_interval *interval, const struct column *column)
{
	double peak = dmp_interval_op(interval, column->op, peak_of(column->metric));
	const struct dmp_hist *hist;
	struct dmp_range range;

	hist = dmp_sample_op_hist(&interval->sample, column->op, column->metric);
	if (!hist || !dmp_hist_most(hist, &range))
		return unknown;
	if (range.below == DMP_INF || range.below - 1 > peak)
		return number(peak);
	return number(range.below - 1);
}

/* Of those that were sampled, or of all. */
static struct value share(const struct dmp_interval *interval, const struct column *column)
{
	double all = dmp_interval_op(interval, column->op, "sampled");

	if (all < FEWEST_SAMPLES)
		return unknown;
	return number(100 * dmp_interval_op(interval, column->op, column->metric) / all);
}

static struct value sequential(const struct dmp_interval *interval,
			       const struct column *column)
{
	double all = dmp_interval_op(interval, DMP_READ, "sampled") + dmp_interval_op(interval, DMP_WRITE, "sampled");

	(void)column;
	if (all < FEWEST_SAMPLES)
		return unknown;
	return number(100 * (dmp_interval_op(interval, DMP_READ, "sequential") +
			     dmp_interval_op(interval, DMP_WRITE, "sequential")) / all);
}

/* Little's law: the sum of all latencies over the time in which they were counted. */
static struct value depth(const struct dmp_interval *interval, const struct column *column)
{
	double sum = 0, timed, all_timed = 0;
	enum dmp_op op;

	(void)column;
	for (op = 0; op < DMP_OPS; op++) {
		timed = dmp_interval_op(interval, op, "timed");
		all_timed += timed;
		if (timed)
			sum += dmp_interval_op(interval, op, "time_ns") / timed *
				(dmp_interval_op(interval, op, "requests") - dmp_interval_op(interval, op, "refused"));
	}
	if (interval->seconds <= 0 ||
	    (!all_timed && dmp_interval_op(interval, DMP_READ, "requests") +
	     dmp_interval_op(interval, DMP_WRITE, "requests") > 0))
		return unknown;
	return number(sum / 1e9 / interval->seconds);
}

static struct value busy(const struct dmp_interval *interval, const struct column *column)
{
	uint64_t value;
	double share;

	(void)column;
	if (!dmp_sample_number(&interval->sample, "busy_ns", &value) || interval->seconds <= 0)
		return unknown;
	/* It is exact to a window of 100 ms: a short interval may have more of it. */
	share = 100 * (value / 1e9) / interval->seconds;
	return number(share < 100 ? share : 100);
}

/* --- the table ------------------------------------------------------------------- */

#define BY_OP(c, o, operation)								\
	{ c "/s", UNIT_RATE, o, 0, "requests",						\
	  operation " completed a second", rate, "" },					\
	{ c "MB/s", UNIT_BYTE_RATE, o, 0, "bytes",					\
	  "bytes of " operation " completed a second", rate, "" },			\
	{ c "areq-sz", UNIT_BYTES, o, 0, "",						\
	  "mean size of " operation ": bytes / requests", mean_size, "" },		\
	{ c "_await", UNIT_NS, o, 0, "",						\
	  "mean latency of " operation ": time_ns / timed", mean_latency, "" },		\
	{ c "_p50", UNIT_NS, o, 50, "latency_ns",					\
	  "median latency of " operation PERCENTILE, percentile, "latency_ns" },	\
	{ c "_p90", UNIT_NS, o, 90, "latency_ns",					\
	  "90th percentile of latency of " operation PERCENTILE, percentile, "latency_ns" }, \
	{ c "_p99", UNIT_NS, o, 99, "latency_ns",					\
	  "99th percentile of latency of " operation PERCENTILE, percentile, "latency_ns" }, \
	{ c "_p99.9", UNIT_NS, o, 99.9, "latency_ns",					\
	  "99.9th percentile of latency of " operation PERCENTILE, percentile, "latency_ns" }, \
	{ c "_max", UNIT_NS, o, 100, "latency_ns",					\
	  "largest latency of " operation PERCENTILE, percentile, "latency_ns" },	\
	{ c "_slow", UNIT_COUNT, o, 0, "slow",						\
	  operation " as slow as slow_limit_us, or slower", count, "slow" },		\
	{ c "_refused", UNIT_COUNT, o, 0, "refused",					\
	  operation " refused with EAGAIN, which are in " c "/s, too", count, "" },	\
	{ c "_peak", UNIT_COUNT, o, 0, "window_requests",				\
	  operation " completed in the busiest 100 ms", busiest,			\
	  "window_requests peak_requests" }

#define SIZED(c, o, operation)								\
	{ c "_peakMB", UNIT_BYTES, o, 0, "window_bytes",				\
	  "bytes of " operation " completed in the busiest 100 ms", busiest,		\
	  "window_bytes peak_bytes" },							\
	{ c "_4k", UNIT_PERCENT, o, 0, "aligned_4k",					\
	  "share of " operation " aligned to 4 KiB" SAMPLED, share, "sampled aligned_4k" }, \
	{ c "_phys", UNIT_PERCENT, o, 0, "aligned_physical",				\
	  "share of " operation " aligned to the physical block" SAMPLED, share,	\
	  "sampled aligned_physical" },							\
	{ c "_opt", UNIT_PERCENT, o, 0, "aligned_optimal",				\
	  "share of " operation " aligned to the optimal I/O size" SAMPLED, share,	\
	  "sampled aligned_optimal" }

#define SEQUENTIAL(c, o, operation)							\
	{ c "_seq", UNIT_PERCENT, o, 0, "sequential",					\
	  "share of " operation " that continue a recent one" SAMPLED, share,		\
	  "sampled sequential" }

#define PERCENTILE	": upper bound of its bucket, at most 6.25 % more"
#define SAMPLED		" (of those sampled)"

const struct column all_columns[] = {
	{ "name", UNIT_TEXT, 0, 0, "", "the mapped device's name", name, "" },
	{ "device", UNIT_TEXT, 0, 0, "", "the kernel's name, dm-N", device, "" },
	{ "lv", UNIT_TEXT, 0, 0, "", "VG/LV of a logical volume", lv, "" },
	{ "mount", UNIT_TEXT, 0, 0, "", "mount point", mount, "" },
	{ "below", UNIT_TEXT, 0, 0, "", "devices below", below, "" },
	{ "suspended", UNIT_TEXT, 0, 0, "", "suspended: device-mapper holds I/O back", suspended, "" },
	BY_OP("r", DMP_READ, "reads"),
	SIZED("r", DMP_READ, "reads"),
	SEQUENTIAL("r", DMP_READ, "reads"),
	BY_OP("w", DMP_WRITE, "writes"),
	SIZED("w", DMP_WRITE, "writes"),
	SEQUENTIAL("w", DMP_WRITE, "writes"),
	BY_OP("d", DMP_DISCARD, "discards"),
	SIZED("d", DMP_DISCARD, "discards"),
	BY_OP("f", DMP_FLUSH, "flushes"),
	BY_OP("z", DMP_WRITE_ZEROES, "write-zeroes"),
	SIZED("z", DMP_WRITE_ZEROES, "write-zeroes"),
	BY_OP("o", DMP_OTHER, "other operations"),
	{ "aqu-sz", UNIT_DEPTH, 0, 0, "",
	  "mean number of I/Os in flight: sum of their latencies / elapsed time", depth, "" },
	{ "%seq", UNIT_PERCENT, 0, 0, "",
	  "share of reads and writes that continue a recent one" SAMPLED, sequential,
	  "sampled sequential" },
	{ "%busy", UNIT_PERCENT, 0, 0, "",
	  "share of time with I/O in flight, by windows of 100 ms", busy, "" },
	{ "err", UNIT_COUNT, 0, 0, "errors", "I/Os that failed", single, "" },
	{ "fua", UNIT_COUNT, 0, 0, "fua", "I/Os with REQ_FUA", single, "" },
	{ "in_flight", UNIT_COUNT, 0, 0, "in_flight", "I/Os in flight now", single, "" },
	{ "oldest", UNIT_NS, 0, 0, "oldest_ns", "age of the oldest I/O in flight now", single, "" },
	{ "overhead", UNIT_NS, 0, 0, "overhead_ns",
	  "what dmp itself adds to an I/O, measured when it was loaded", single, "overhead_ns" },
	{ "late", UNIT_COUNT, 0, 0, "windows_late",
	  "windows of 100 ms that were closed late, on a busy machine", single, "windows_late" },
};

const size_t n_all_columns = sizeof(all_columns) / sizeof(all_columns[0]);

const char default_columns[] = "name,r/s,rMB/s,r_p50,r_p99,w/s,wMB/s,w_p50,w_p99,aqu-sz,%seq,err";
const char extended_columns[] =
	"name,device,lv,mount,"
	"r/s,rMB/s,rareq-sz,r_await,r_p50,r_p99,r_p99.9,r_peak,r_seq,"
	"w/s,wMB/s,wareq-sz,w_await,w_p50,w_p99,w_p99.9,w_peak,w_seq,"
	"d/s,dMB/s,d_await,f/s,f_await,aqu-sz,%busy,err,oldest";

/**
 * column_find() - look a column up
 * @name: its heading
 * @length: of @name
 *
 * Return: the column, or NULL.
 */
const struct column *column_find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < n_all_columns; i++) {
		if (!strncmp(all_columns[i].name, name, length) && !all_columns[i].name[length])
			return &all_columns[i];
	}
	return NULL;
}

const char *unit_name(enum unit unit)
{
	static const char *const names[] = {
		[UNIT_TEXT] = "text", [UNIT_COUNT] = "number", [UNIT_RATE] = "1/s",
		[UNIT_BYTES] = "bytes", [UNIT_BYTE_RATE] = "bytes/s", [UNIT_NS] = "ns",
		[UNIT_PERCENT] = "%", [UNIT_DEPTH] = "I/Os",
	};

	return names[unit];
}

/**
 * column_needs() - does a column's formula read this metric's file?
 * @column: any
 * @metric: operation included
 *
 * What the stat file has is always read and need not be asked for.
 *
 * Return: whether it does.
 */
bool column_needs(const struct column *column, const char *metric)
{
	const char *at = column->needs, *rest = dmp_without_op(metric);
	size_t length;

	if (!rest)
		rest = metric;
	while (*at) {
		length = strcspn(at, " ");
		if (!strncmp(rest, at, length) && !rest[length])
			return true;
		at += length + !!at[length];
	}
	return false;
}
