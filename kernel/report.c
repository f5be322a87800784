// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters as text. What is printed here is a contract: see docs/ABI/.
 */
#include <linux/device-mapper.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "buckets.h"
#include "report.h"
#include "volume.h"

/* The form of the bulk read; goes up when a reader of the old one would err. */
#define DMP_STATS_VERSION 1

/*
 * Two guides describe this module, under two names and with two indentations.
 * Each name keeps the one that its guide shows.
 */
static const char *volumes_indent(void)
{
	return strcmp(KBUILD_MODNAME, "dmp") ? " " : "    ";
}

static int volumes_block(char *page, int at, const char *label, u64 requests,
			 u64 bytes)
{
	const char *indent = volumes_indent();

	return sysfs_emit_at(page, at, "%s:\n%sreqs: %llu\n%savg size: %llu\n",
			     label, indent, requests, indent,
			     dmp_average_up(bytes, requests));
}

/**
 * dmp_report_volumes() - the text of stat/volumes
 * @counts: of all volumes
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Frozen, byte for byte: nothing is ever added to it.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_volumes(const struct dmp_counts *counts, char *page)
{
	struct dmp_done read = dmp_counts_done(counts, DMP_READ);
	struct dmp_done write = dmp_counts_done(counts, DMP_WRITE);
	int at = 0;

	at += volumes_block(page, at, "read", read.requests, read.bytes);
	at += volumes_block(page, at, "write", write.requests,
			    write.bytes);
	at += volumes_block(page, at, "total",
			    read.requests + write.requests,
			    read.bytes + write.bytes);
	return at;
}

/**
 * dmp_report_stat() - the text of stat/dm-N/stat
 * @snapshot: of the volume
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Requests and bytes of each operation; errors, FUA, in flight; then the time
 * and the number of what was timed, of each operation; the age of the oldest in
 * flight; when counting began, and the generation; when the counting of latencies
 * began; time with I/O under way; requests and bytes that were refused, of each
 * operation. New fields go to the end.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_stat(const struct dmp_snapshot *snapshot, char *page)
{
	const struct dmp_counts *counts = &snapshot->counts;
	const struct dmp_start *start = &snapshot->start;
	const struct dmp_done *done = snapshot->done;
	const struct dmp_uncommon *uncommon;
	unsigned int op;
	int at = 0;

	for (op = 0; op < DMP_NR_OPS; op++)
		at += sysfs_emit_at(page, at, "%llu %llu ", done[op].requests,
				    done[op].bytes);
	at += sysfs_emit_at(page, at, "%llu %llu %llu", counts->errors,
			    snapshot->fua, snapshot->in_flight);
	for (op = 0; op < DMP_NR_OPS; op++)
		at += sysfs_emit_at(page, at, " %llu %llu", done[op].ns,
				    done[op].timed);
	at += sysfs_emit_at(page, at, " %llu %llu %llu %llu %llu %llu",
			    snapshot->oldest_ns, start->boot_ns,
			    start->real_ns, start->generation,
			    start->latency_boot_ns,
			    snapshot->windows.busy_ns);
	for (op = 0; op < DMP_NR_OPS; op++) {
		uncommon = &counts->uncommon[op];
		at += sysfs_emit_at(page, at, " %llu %llu", uncommon->refused,
				    uncommon->refused_bytes);
	}
	return at + sysfs_emit_at(page, at, "\n");
}

/**
 * dmp_report_scalar() - the text of a single value's file
 * @scalar: the value
 * @op: of this operation, if it has any
 * @snapshot: of the volume, with histograms if @scalar needs them
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_scalar(const struct dmp_scalar *scalar, unsigned int op,
			  const struct dmp_snapshot *snapshot, char *page)
{
	if (scalar->word)
		return sysfs_emit(page, "%s\n", scalar->word(snapshot));
	return sysfs_emit(page, "%llu\n",
			  dmp_scalar_value(scalar, snapshot, op));
}

/**
 * dmp_report_metric() - the text of a histogram's file
 * @metric: the histogram
 * @op: of this operation
 * @hists: of dmp_stats_hists()
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Context: any.
 * Return: its length, -EFBIG if a page does not hold it: the bulk read does.
 */
ssize_t dmp_report_metric(const struct dmp_metric *metric, unsigned int op,
			  const u64 *hists, char *page)
{
	unsigned int i;
	int at = 0;

	for (i = 0; i < metric->buckets; i++) {
		/* A number has at most 20 digits. */
		if (at + 22 > PAGE_SIZE)
			return -EFBIG;
		at += sysfs_emit_at(page, at, "%s%llu", i ? " " : "",
				    dmp_metric_value(metric, hists, op, i));
	}
	return at + sysfs_emit_at(page, at, "\n");
}

/**
 * dmp_report_bounds() - the text of a histogram's bounds file
 * @metric: the histogram
 * @rows: of a table, its rows and not its columns
 * @page: where it goes, PAGE_SIZE bytes
 *
 * The least value of each bucket, or the buckets' names, "-" for one that is not
 * used.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_bounds(const struct dmp_metric *metric, bool rows,
			  char *page)
{
	s64 (*bound)(unsigned int index) = rows ? metric->row_bound :
						  metric->bound;
	unsigned int i, count = metric->buckets;
	int at = 0;

	if (metric->columns)
		count = rows ? count / metric->columns : metric->columns;
	for (i = 0; i < count; i++) {
		if (i)
			at += sysfs_emit_at(page, at, " ");
		if (bound)
			at += sysfs_emit_at(page, at, "%lld", bound(i));
		else
			at += sysfs_emit_at(page, at, "%s",
					    metric->label(i) ?: "-");
	}
	return at + sysfs_emit_at(page, at, "\n");
}

/**
 * dmp_report_status() - what "dmsetup status" shows after the target's name
 * @counts: of one volume
 * @result: where it goes
 * @maxlen: the room there; device-mapper offers more if it was filled
 *
 * Requests and bytes read, requests and bytes written, errors, in flight. New
 * fields go to the end.
 *
 * Context: any.
 */
void dmp_report_status(const struct dmp_counts *counts, char *result,
		       unsigned int maxlen)
{
	struct dmp_done read = dmp_counts_done(counts, DMP_READ);
	struct dmp_done write = dmp_counts_done(counts, DMP_WRITE);
	unsigned int sz = 0;

	DMEMIT("%llu %llu %llu %llu %llu %llu",
	       read.requests, read.bytes, write.requests, write.bytes,
	       counts->errors, dmp_counts_in_flight(counts));
}

/* A buffer that the functions below append to, as far as it goes. */
struct text {
	char *result;
	unsigned int maxlen;
	unsigned int sz;
};

static __printf(2, 3) void add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (text->sz < text->maxlen)
		text->sz += vscnprintf(text->result + text->sz,
				       text->maxlen - text->sz, format, args);
	va_end(args);
}

static void add_scalar(struct text *text, const struct dmp_scalar *scalar,
		       unsigned int op, const struct dmp_snapshot *snapshot)
{
	if (scalar->ops)
		add(text, "%s_", dmp_op_names[op]);
	if (scalar->word)
		add(text, "%s %s\n", scalar->name, scalar->word(snapshot));
	else
		add(text, "%s %llu\n", scalar->name,
		    dmp_scalar_value(scalar, snapshot, op));
}

static void add_scalars(struct text *text, const struct dmp_snapshot *snapshot)
{
	const struct dmp_scalar *scalar;
	unsigned int op;

	for (scalar = dmp_scalars; scalar < dmp_scalars + dmp_nr_scalars;
	     scalar++) {
		if (!scalar->ops)
			add_scalar(text, scalar, 0, snapshot);
		for (op = 0; op < DMP_NR_OPS; op++)
			if (scalar->ops & BIT(op))
				add_scalar(text, scalar, op, snapshot);
	}
}

/* LEAST:BELOW, where BELOW is the next bucket's least value. */
static void add_bounds(struct text *text, s64 (*bound)(unsigned int index),
		       unsigned int index, unsigned int count)
{
	add(text, " %lld:", bound(index));
	if (index + 1 < count)
		add(text, "%lld", bound(index + 1));
	else
		add(text, "inf");
}

static void add_bucket(struct text *text, const struct dmp_metric *metric,
		       unsigned int index)
{
	unsigned int columns = metric->columns;

	if (metric->label) {
		add(text, " %s", metric->label(index) ?: "unknown");
	} else if (columns) {
		add_bounds(text, metric->row_bound, index / columns,
			   metric->buckets / columns);
		add_bounds(text, metric->bound, index % columns, columns);
	} else {
		add_bounds(text, metric->bound, index, metric->buckets);
	}
}

static void add_metric(struct text *text, const struct dmp_metric *metric,
		       unsigned int op, const u64 *hists)
{
	unsigned int i;
	u64 value;

	add(text, "%s_%s", dmp_op_names[op], metric->name);
	for (i = 0; i < metric->buckets; i++) {
		value = dmp_metric_value(metric, hists, op, i);
		if (!value)
			continue;
		add_bucket(text, metric, i);
		add(text, "=%llu", value);
	}
	add(text, "\n");
}

/**
 * dmp_report_stats() - everything that is known of a volume, for programs
 * @volume: that is held
 * @result: where it goes
 * @maxlen: the room there; device-mapper offers more if it was filled
 *
 * A line with the version of this form; then a line for each metric, its name
 * and its value; a histogram's value is its buckets that hold something, each
 * with its bounds. Reading changes nothing that anybody can see.
 *
 * Context: may sleep.
 */
void dmp_report_stats(struct dmp_volume *volume, char *result,
		      unsigned int maxlen)
{
	struct text text = { .result = result, .maxlen = maxlen };
	const struct dmp_snapshot *snapshot;
	unsigned int i, op;

	add(&text, "dmp_stats %d\n", DMP_STATS_VERSION);
	add(&text, "volume %s\n", dmp_volume_name(volume));

	snapshot = dmp_volume_snapshot_begin(volume, true);
	add_scalars(&text, snapshot);
	for (i = 0; i < dmp_nr_metrics; i++)
		for (op = 0; op < DMP_NR_OPS; op++)
			if (dmp_metrics[i].ops & BIT(op))
				add_metric(&text, &dmp_metrics[i], op,
					   snapshot->hists);
	dmp_volume_snapshot_end(volume);
}
