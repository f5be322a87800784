// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters and histograms as text. The format is ABI: see docs/ABI/.
 */
#include <linux/device-mapper.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "buckets.h"
#include "report.h"
#include "volume.h"

/* Format of the bulk read; incremented when a reader of the old one would err. */
#define DMP_STATS_VERSION 1

/*
 * The module has two names, each with a guide, and the guides show different
 * indentations.
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
 * dmp_report_volumes() - text of stat/volumes
 * @counts: of all volumes
 * @page: output, PAGE_SIZE bytes
 *
 * Frozen, byte for byte: nothing is ever added to it.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_volumes(const struct dmp_counts *counts, char *page)
{
	const struct dmp_done *read = &counts->done[DMP_READ];
	const struct dmp_done *write = &counts->done[DMP_WRITE];
	int at = 0;

	at += volumes_block(page, at, "read", read->requests, read->bytes);
	at += volumes_block(page, at, "write", write->requests,
			    write->bytes);
	at += volumes_block(page, at, "total",
			    read->requests + write->requests,
			    read->bytes + write->bytes);
	return at;
}

/**
 * dmp_report_stat() - the text of stat/dm-N/stat
 * @snapshot: of the volume
 * @page: output, PAGE_SIZE bytes
 *
 * By operation: requests, bytes; errors, FUA, in flight; by operation: total latency,
 * timed requests; age of the oldest in flight; start of counting (boot clock, wall
 * clock) and generation; start of latency accounting; busy time; by operation:
 * refused requests, refused bytes. New fields are appended.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_stat(const struct dmp_snapshot *snapshot, char *page)
{
	const struct dmp_counts *counts = &snapshot->counts;
	const struct dmp_start *start = &snapshot->start;
	const struct dmp_done *done = counts->done;
	const struct dmp_uncommon *uncommon;
	unsigned int op;
	int at = 0;

	for (op = 0; op < DMP_NR_OPS; op++)
		at += sysfs_emit_at(page, at, "%llu %llu ", done[op].requests,
				    done[op].bytes);
	at += sysfs_emit_at(page, at, "%llu %llu %llu", counts->errors,
			    counts->fua, snapshot->in_flight);
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
 * dmp_report_scalar() - text of a scalar's file
 * @scalar: the scalar
 * @op: operation; 0 for a value of the volume
 * @snapshot: of the volume, with histograms if @scalar needs them
 * @page: output, PAGE_SIZE bytes
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
 * dmp_report_metric() - text of a histogram's file
 * @metric: the histogram
 * @op: operation
 * @snapshot: of the volume, with this histogram
 * @page: output, PAGE_SIZE bytes
 *
 * Context: any.
 * Return: its length, or -EFBIG if it exceeds a page; the bulk read has no limit.
 */
ssize_t dmp_report_metric(const struct dmp_metric *metric, unsigned int op,
			  const struct dmp_snapshot *snapshot, char *page)
{
	unsigned int i;
	int at = 0;
	u64 value;

	for (i = 0; i < metric->buckets; i++) {
		/* A number has at most 20 digits. */
		if (at + 22 > PAGE_SIZE)
			return -EFBIG;
		if (i)
			page[at++] = ' ';
		value = dmp_metric_value(metric, snapshot, op, i);
		/* Most buckets are empty, and formatting a number is slow. */
		if (value)
			at += sysfs_emit_at(page, at, "%llu", value);
		else
			page[at++] = '0';
	}
	return at + sysfs_emit_at(page, at, "\n");
}

/**
 * dmp_report_bounds() - text of a histogram's bounds file
 * @metric: the histogram
 * @rows: bounds of rows instead of columns
 * @page: output, PAGE_SIZE bytes
 *
 * The lower bound of each bucket, or its label, "-" for an unused bucket.
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
 * dmp_report_status() - text of "dmsetup status" after the target's name
 * @counts: of one volume
 * @result: output
 * @maxlen: its size; device-mapper retries with a larger buffer if it was filled
 *
 * Requests and bytes read, requests and bytes written, errors, in flight. New fields
 * are appended.
 *
 * Context: any.
 */
void dmp_report_status(const struct dmp_counts *counts, char *result,
		       unsigned int maxlen)
{
	const struct dmp_done *read = &counts->done[DMP_READ];
	const struct dmp_done *write = &counts->done[DMP_WRITE];
	unsigned int sz = 0;

	DMEMIT("%llu %llu %llu %llu %llu %u",
	       read->requests, read->bytes, write->requests, write->bytes,
	       counts->errors, dmp_counts_in_flight(counts));
}

/* A buffer that the functions below append to; text beyond its end is cut. */
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

/* LOWER:UPPER, where UPPER is the lower bound of the next bucket. */
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
		       unsigned int op, const struct dmp_snapshot *snapshot)
{
	unsigned int i;
	u64 value;

	add(text, "%s_%s", dmp_op_names[op], metric->name);
	for (i = 0; i < metric->buckets; i++) {
		value = dmp_metric_value(metric, snapshot, op, i);
		if (!value)
			continue;
		add_bucket(text, metric, i);
		add(text, "=%llu", value);
	}
	add(text, "\n");
}

/**
 * dmp_report_stats() - bulk read of a volume, for programs
 * @volume: that is held
 * @result: output
 * @maxlen: its size; device-mapper retries with a larger buffer if it was filled
 *
 * A line with the version of the format, then a line for each scalar or histogram with
 * its name and value; of a histogram, the non-empty buckets with their bounds. A read
 * has no side effect that is visible to users.
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

	snapshot = dmp_volume_snapshot_begin(volume, DMP_ALL_HISTS);
	add_scalars(&text, snapshot);
	for (i = 0; i < dmp_nr_metrics; i++)
		for (op = 0; op < DMP_NR_OPS; op++)
			if (dmp_metrics[i].ops & BIT(op))
				add_metric(&text, &dmp_metrics[i], op,
					   snapshot);
	dmp_volume_snapshot_end(volume);
}
