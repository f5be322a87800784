// SPDX-License-Identifier: GPL-2.0-or-later
/* The table: see table.h. */
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "loop.h"
#include "table.h"
#include "views.h"

/* An I/O in flight for longer than this is worth a line. */
#define OLD_NS	1e9

#define NAME_WIDTH	12

/* So that the default columns fit 80 characters. */
static const size_t narrowest[] = {
	[UNIT_COUNT] = 3, [UNIT_RATE] = 6, [UNIT_BYTES] = 5, [UNIT_BYTE_RATE] = 5,
	[UNIT_NS] = 5, [UNIT_PERCENT] = 4, [UNIT_DEPTH] = 5,
};

/* --- columns --------------------------------------------------------------------- */

static void add_column(struct options *options, const struct column *column)
{
	options->columns = dmp_resize(options->columns, options->n_columns + 1,
				      sizeof(*options->columns));
	options->columns[options->n_columns++] = column;
}

/**
 * table_set_columns() - choose the columns
 * @options: whose columns are replaced
 * @list: their names, separated by commas
 *
 * Return: false, with a line, if there is no such column.
 */
bool table_set_columns(struct options *options, const char *list)
{
	const struct column *column;
	char *word;
	size_t length;

	options->n_columns = 0;
	do {
		length = strcspn(list, ",");
		column = column_find(list, length);
		if (!column) {
			word = dmp_strndup(list, length);
			fprintf(stderr, "dmpstat: no column '%s'; dmpstat -O help lists them\n",
				word);
			free(word);
			return false;
		}
		add_column(options, column);
		list += length;
	} while (*list++);
	return true;
}

/* --- cells ----------------------------------------------------------------------- */

/* The heading, with the unit that byte rates are printed in. */
static void heading(char *cell, const struct column *column, enum scale scale)
{
	static const char *const units[] = {
		[SCALE_KIB] = "kB/s", [SCALE_MIB] = "MB/s", [SCALE_GIB] = "GB/s",
		[SCALE_HUMAN] = "B/s", [SCALE_EXACT] = "B/s",
	};

	if (column->unit == UNIT_BYTE_RATE)
		snprintf(cell, CELL_MAX, "%c%s", *column->name, units[scale]);
	else
		snprintf(cell, CELL_MAX, "%s", column->name);
}

static size_t width_of_text(const char *text)
{
	size_t width = 0;

	/* Continuation bytes of UTF-8 take no column. */
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 127 || *text == '\\')
			width += 4;
		else
			width += (*text & 0xc0) != 0x80;
	}
	return width;
}

/* Wide enough for the heading, for most numbers, and for all names in the report. */
static int width_of(const struct column *column, const struct options *options,
		    const struct dmp_report *report)
{
	char cell[CELL_MAX];
	size_t width, most, i;

	heading(cell, column, options->scale);
	most = strlen(cell);
	if (column->unit != UNIT_TEXT)
		return most < narrowest[column->unit] ? narrowest[column->unit] : most;
	if (!strcmp(column->name, "name") && most < NAME_WIDTH)
		most = NAME_WIDTH;
	for (i = 0; i < report->n; i++) {
		struct value value = column->value(&report->intervals[i], column);

		width = value.known ? width_of_text(value.text) : 1;
		if (width > most)
			most = width;
	}
	return most;
}

static void print_cell(FILE *out, const struct options *options, const struct column *column,
		       const struct dmp_interval *interval, int width)
{
	struct value value = column->value(interval, column);
	char cell[CELL_MAX];
	int padding;

	if (column->unit != UNIT_TEXT) {
		format_value(cell, &value, column->unit, options->scale);
		fprintf(out, "%*s", width, cell);
		return;
	}
	padding = width <= 0 ? 0 : width - (value.known ? (int)width_of_text(value.text) : 1);
	if (value.known)
		print_escaped(out, value.text);
	else
		fputc('-', out);
	if (padding > 0)
		fprintf(out, "%*s", padding, "");
}

/* No blanks at the end of a line. */
static bool is_last_text(const struct options *options, size_t i)
{
	return i + 1 == options->n_columns && options->columns[i]->unit == UNIT_TEXT;
}

/**
 * table_print_row() - a volume's line
 * @out: to print to
 * @options: columns, units, header
 * @interval: what happened on the volume
 * @widths: of table_widths()
 */
void table_print_row(FILE *out, const struct options *options,
		     const struct dmp_interval *interval, const int *widths)
{
	size_t i;

	for (i = 0; i < options->n_columns; i++) {
		if (i)
			fputc(options->bare ? '\t' : ' ', out);
		print_cell(out, options, options->columns[i], interval, options->bare ? 0 :
			   is_last_text(options, i) ? 0 : widths[i]);
	}
	fputc('\n', out);
}

/* The line above all volumes; parameters as of table_print_row(). */
void table_print_header(FILE *out, const struct options *options, const int *widths)
{
	char cell[CELL_MAX];
	size_t i;

	for (i = 0; i < options->n_columns; i++) {
		const struct column *column = options->columns[i];

		heading(cell, column, options->scale);
		fprintf(out, "%s%*s", i ? " " : "", is_last_text(options, i) ? 0 :
			column->unit == UNIT_TEXT ? -widths[i] : widths[i], cell);
	}
	fputc('\n', out);
}

/**
 * table_widths() - how wide columns have to be
 * @options: columns, units
 * @report: whose names have to fit
 *
 * Return: a width for each column, which the caller frees.
 */
int *table_widths(const struct options *options, const struct dmp_report *report)
{
	int *widths = dmp_alloc((options->n_columns + 1) * sizeof(*widths));
	size_t i;

	for (i = 0; i < options->n_columns; i++)
		widths[i] = width_of(options->columns[i], options, report);
	return widths;
}

/* --- what a row cannot say ------------------------------------------------------- */

static void begin_note(const struct dmp_interval *interval)
{
	fputs("# ", stdout);
	print_escaped(stdout, interval->sample.names.name);
	printf(" (%s): ", interval->sample.names.device);
}

static void note_event(const struct dmp_interval *interval)
{
	switch (interval->event) {
	case DMP_ADDED:
		begin_note(interval);
		printf("added %.1f s ago, its row is since then\n", interval->seconds);
		break;
	case DMP_RESET:
		begin_note(interval);
		printf("reset %.1f s ago, its row is since then\n", interval->seconds);
		break;
	case DMP_RENAMED:
		begin_note(interval);
		fputs("was called ", stdout);
		print_escaped(stdout, interval->old_name);
		putchar('\n');
		break;
	case DMP_REMOVED:
		begin_note(interval);
		puts("removed");
		break;
	case DMP_SAME:
		break;
	}
}

static void note_state(const struct dmp_interval *interval)
{
	uint64_t oldest = 0;
	char age[CELL_MAX];

	dmp_sample_number(&interval->sample, "oldest_ns", &oldest);
	if (oldest > OLD_NS) {
		format_ns(age, oldest);
		begin_note(interval);
		printf("oldest I/O in flight: %s\n", age);
	}
	if (interval->sample.names.suspended) {
		begin_note(interval);
		puts("suspended: device-mapper holds I/O back");
	}
}

/* In the first report only: it does not change often. */
static void note_level(const struct dmp_interval *interval)
{
	const struct dmp_metric *collect = dmp_sample_find(&interval->sample, "collect");

	if (!collect || collect->kind != DMP_WORD || !strcmp(collect->word, "all"))
		return;
	begin_note(interval);
	printf("collects %s only: no latency\n", collect->word);
}

static void print_notes(const struct dmp_report *report, bool first)
{
	size_t i;

	for (i = 0; i < report->n; i++) {
		note_event(&report->intervals[i]);
		if (report->intervals[i].event == DMP_REMOVED)
			continue;
		note_state(&report->intervals[i]);
		if (first)
			note_level(&report->intervals[i]);
	}
}

/**
 * table_print() - one report as a table
 * @options: columns, units, header
 * @report: to print
 * @first: nothing was printed before
 */
void table_print(const struct options *options, const struct dmp_report *report, bool first)
{
	int *widths = table_widths(options, report);
	char when[64];
	size_t i;

	if (options->timestamps) {
		format_time(when, sizeof(when), report->real_ns);
		puts(when);
	}
	if (!options->bare)
		table_print_header(stdout, options, widths);
	for (i = 0; i < report->n; i++) {
		if (report->intervals[i].event != DMP_REMOVED)
			table_print_row(stdout, options, &report->intervals[i], widths);
	}
	if (!options->bare)
		print_notes(report, first);
	free(widths);
}

/* --- the view -------------------------------------------------------------------- */

static const struct options *wanted_by;

static bool is_needed(const char *metric)
{
	size_t i;

	for (i = 0; i < wanted_by->n_columns; i++) {
		if (column_needs(wanted_by->columns[i], metric))
			return true;
	}
	return !strcmp(metric, "collect");
}

static int show_table(const struct options *options, const struct dmp_report *report)
{
	static bool before;

	if (before && !options->bare)
		putchar('\n');
	table_print(options, report, !before);
	before = true;
	return EXIT_DONE;
}

static int show_json(const struct options *options, const struct dmp_report *report)
{
	json_print(options, report);
	return EXIT_DONE;
}

int view_table(struct options *options, struct dmp_source *source)
{
	int status;

	wanted_by = options;
	source->want(source, is_needed);
	if (!options->output)
		return loop_run(options, options->arguments, options->n_arguments, source,
				show_table);
	json_begin(options);
	status = loop_run(options, options->arguments, options->n_arguments, source, show_json);
	json_end();
	return status == EXIT_DONE ? loop_flush() : status;
}
