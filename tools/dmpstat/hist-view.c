// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat hist: a histogram for people, operations side by side. */
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "draw.h"
#include "loop.h"
#include "views.h"

/* More rows than this are merged to powers of two. */
#define MOST_ROWS	24
#define NARROWEST_BAR	4

/**
 * struct row - a range, and how often each operation fell into it
 * @least: inclusive
 * @below: exclusive
 * @name: or a name
 * @counts: by operation
 */
struct row {
	int64_t least, below;
	const char *name;
	uint64_t counts[DMP_OPS];
};

/**
 * struct chart - the histograms of one metric and volume
 * @rows: in ascending order
 * @n: elements of @rows
 * @sums: by operation
 * @most: largest count of an operation, by operation
 */
struct chart {
	struct row *rows;
	size_t n;
	uint64_t sums[DMP_OPS], most[DMP_OPS];
};

static const char *metric;

/* --- which metric ---------------------------------------------------------------- */

/* "latency" is latency_ns: the unit may be left out. */
static bool is_called(const char *full, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(full, word, length) != 0)
		return false;
	return !full[length] || (full[length] == '_' && !strchr(full + length + 1, '_'));
}

/* Of the histograms of a snapshot, the one that @word calls; an exact name first. */
static const char *find_metric(const struct dmp_snapshot *snapshot, const char *word)
{
	const char *found = NULL;
	size_t i, j;

	for (i = 0; i < snapshot->n; i++) {
		for (j = 0; j < snapshot->samples[i].n; j++) {
			const struct dmp_metric *candidate = &snapshot->samples[i].metrics[j];
			const char *name = dmp_without_op(candidate->name);

			if (!name || candidate->kind != DMP_HIST)
				continue;
			if (!strcmp(name, word))
				return name;
			if (!found && is_called(name, word))
				found = name;
		}
	}
	return found;
}

static void list_metrics(const struct dmp_snapshot *snapshot, FILE *file)
{
	const char *name;
	size_t j;

	for (j = 0; snapshot->n && j < snapshot->samples[0].n; j++) {
		const struct dmp_metric *candidate = &snapshot->samples[0].metrics[j];

		name = dmp_without_op(candidate->name);
		/* All histograms are of reads, at least. */
		if (name && candidate->kind == DMP_HIST && !strncmp(candidate->name, "read_", 5))
			fprintf(file, " %s", name);
	}
	fputc('\n', file);
}

/* --- rows ------------------------------------------------------------------------ */

static struct row *row_of(struct chart *chart, const struct dmp_bucket *bucket)
{
	struct row *row;
	size_t i;

	for (i = 0; i < chart->n; i++) {
		row = &chart->rows[i];
		if (bucket->name ? !strcmp(row->name, bucket->name) :
				   row->least == bucket->least)
			return row;
	}
	chart->rows = dmp_resize(chart->rows, chart->n + 1, sizeof(*chart->rows));
	row = &chart->rows[chart->n++];
	memset(row, 0, sizeof(*row));
	row->least = bucket->least;
	row->below = bucket->below;
	row->name = bucket->name;
	return row;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->name || right->name)
		return strcmp(left->name ? left->name : "", right->name ? right->name : "");
	return left->least < right->least ? -1 : left->least > right->least;
}

static int64_t power_below(int64_t value)
{
	int64_t power = 1;

	if (value <= 0)
		return value;
	while (power <= value / 2)
		power *= 2;
	return power;
}

/* Buckets of a power of two become one row. */
static void merge_rows(struct chart *chart)
{
	size_t i, kept = 0;
	enum dmp_op op;

	for (i = 0; i < chart->n; i++) {
		struct row *row = &chart->rows[i], *last = kept ? &chart->rows[kept - 1] : NULL;

		if (last && row->least > 0 && last->least == power_below(row->least)) {
			for (op = 0; op < DMP_OPS; op++)
				last->counts[op] += row->counts[op];
			last->below = row->below;
			continue;
		}
		chart->rows[kept] = *row;
		if (row->least > 0)
			chart->rows[kept].least = power_below(row->least);
		kept++;
	}
	chart->n = kept;
	for (i = 0; i < chart->n; i++) {
		struct row *row = &chart->rows[i];

		if (row->least > 0 && row->below != DMP_INF && row->least <= DMP_INF / 2)
			row->below = row->least * 2;
	}
}

static void make_chart(struct chart *chart, const struct dmp_sample *sample)
{
	const struct dmp_hist *hist;
	uint64_t requests;
	enum dmp_op op;
	size_t i;

	memset(chart, 0, sizeof(*chart));
	for (op = 0; op < DMP_OPS; op++) {
		/* Windows are counted without any, too. */
		if (dmp_sample_op_number(sample, op, "requests", &requests) && !requests)
			continue;
		hist = dmp_sample_op_hist(sample, op, metric);
		for (i = 0; hist && i < hist->n; i++)
			row_of(chart, &hist->buckets[i])->counts[op] += hist->buckets[i].count;
	}
	if (chart->n)
		qsort(chart->rows, chart->n, sizeof(*chart->rows), compare_rows);
	if (chart->n > MOST_ROWS && !chart->rows[0].name)
		merge_rows(chart);
	for (i = 0; i < chart->n; i++) {
		for (op = 0; op < DMP_OPS; op++) {
			uint64_t count = chart->rows[i].counts[op];

			chart->sums[op] += count;
			if (count > chart->most[op])
				chart->most[op] = count;
		}
	}
}

/* --- drawing --------------------------------------------------------------------- */

static void format_range(char *text, size_t size, const struct row *row)
{
	char least[CELL_MAX], below[CELL_MAX];

	if (row->name) {
		snprintf(text, size, "%s", row->name);
		return;
	}
	format_quantity(least, row->least, quantity_of(metric));
	format_quantity(below, row->below, quantity_of(metric));
	if (quantity_of(metric) == QUANTITY_NUMBER && row->below == row->least + 1)
		snprintf(text, size, "%s", least);
	else
		snprintf(text, size, "%s to %s", least, below);
}

static size_t label_width(const struct chart *chart)
{
	char label[3 * CELL_MAX];
	size_t i, length, width = 0;

	for (i = 0; i < chart->n; i++) {
		format_range(label, sizeof(label), &chart->rows[i]);
		length = strlen(label);
		if (length > width)
			width = length;
	}
	return width;
}

/* " count  share bar": 16 columns and the bar; no blanks at the end of a line. */
static void draw_cell(const struct options *options, const struct chart *chart, size_t row,
		      enum dmp_op op, int bar)
{
	uint64_t count = chart->rows[row].counts[op];
	struct value value = { .known = true, .number = count };
	bool more = false;
	char text[CELL_MAX];
	enum dmp_op later;

	for (later = op + 1; later < DMP_OPS; later++)
		more |= chart->rows[row].counts[later] != 0;
	if (!count) {
		printf("%*s", more ? 16 + bar : 0, "");
		return;
	}
	format_value(text, &value, UNIT_COUNT, options->scale);
	printf(" %7s %5.1f%% ", text, 100.0 * count / chart->sums[op]);
	draw_bar((double)count / chart->most[op], bar, options->ascii, more);
}

static void draw_heading(const struct chart *chart, int label, int bar)
{
	int blanks = label + 9;
	enum dmp_op op;

	for (op = 0; op < DMP_OPS; op++) {
		if (!chart->sums[op])
			continue;
		printf("%*s%s", blanks, "", dmp_op_names[op]);
		blanks = 16 + bar - (int)strlen(dmp_op_names[op]);
	}
	putchar('\n');
}

static void draw_chart(const struct options *options, const struct chart *chart)
{
	int shown = 0, bar, label = label_width(chart);
	char text[3 * CELL_MAX];
	enum dmp_op op;
	size_t i;

	for (op = 0; op < DMP_OPS; op++)
		shown += chart->sums[op] != 0;
	bar = (terminal_width() - label) / shown - 17;
	if (bar < NARROWEST_BAR)
		bar = NARROWEST_BAR;
	draw_heading(chart, label, bar);
	for (i = 0; i < chart->n; i++) {
		format_range(text, sizeof(text), &chart->rows[i]);
		printf("%*s", label, text);
		for (op = 0; op < DMP_OPS; op++) {
			if (chart->sums[op])
				draw_cell(options, chart, i, op, bar);
		}
		putchar('\n');
	}
}

static void title(const struct dmp_report *report, const struct dmp_interval *interval)
{
	print_escaped(stdout, interval->sample.names.name);
	printf(" (%s): %s, ", interval->sample.names.device, metric);
	if (report->since_start || interval->event == DMP_ADDED || interval->event == DMP_RESET)
		printf("since counting began %.1f s ago\n", interval->seconds);
	else
		printf("in %.1f s\n", interval->seconds);
}

static int show_hist(const struct options *options, const struct dmp_report *report)
{
	struct chart chart;
	size_t i;

	for (i = 0; i < report->n; i++) {
		if (report->intervals[i].event == DMP_REMOVED)
			continue;
		make_chart(&chart, &report->intervals[i].sample);
		title(report, &report->intervals[i]);
		if (chart.n)
			draw_chart(options, &chart);
		else
			puts("  nothing was counted");
		putchar('\n');
		free(chart.rows);
	}
	return EXIT_DONE;
}

static bool is_wanted(const char *name)
{
	return dmp_metric_is(name, metric);
}

int view_hist(struct options *options, struct dmp_source *source)
{
	struct dmp_snapshot snapshot;
	const char *word = options->arguments[0];
	const char *found;
	int status;

	status = loop_read(NULL, 0, source, &snapshot);
	if (status != EXIT_DONE)
		return status;
	if (!strcmp(word, "help")) {
		fputs("histograms:", stdout);
		list_metrics(&snapshot, stdout);
		dmp_snapshot_free(&snapshot);
		return loop_flush();
	}
	if (!snapshot.n) {
		dmp_snapshot_free(&snapshot);
		fputs("dmpstat: there is no volume, so there are no histograms\n", stderr);
		return EXIT_FAILED;
	}
	found = find_metric(&snapshot, word);
	if (!found) {
		fprintf(stderr, "dmpstat: no histogram '%s'; there are:", word);
		list_metrics(&snapshot, stderr);
		dmp_snapshot_free(&snapshot);
		return EXIT_USAGE;
	}
	metric = dmp_strdup(found);
	dmp_snapshot_free(&snapshot);
	source->want(source, is_wanted);
	source->restart(source);
	status = loop_run(options, options->arguments + 1, options->n_arguments - 1, source,
			  show_hist);
	free((char *)metric);
	return status;
}
