// SPDX-License-Identifier: GPL-2.0-or-later
/* The screens of dmpstat top: see top.h. */
#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "draw.h"
#include "table.h"
#include "top.h"

/* An I/O in flight for longer than this is drawn in red. */
#define OLD_NS	1e9

#define HEADER_LINES	3
#define BAR_WIDTH	24

/* --- order ----------------------------------------------------------------------- */

static const struct top *sorted;

static int compare_values(const struct value *a, const struct value *b, enum unit unit)
{
	if (a->known != b->known)
		return a->known ? 1 : -1;
	if (!a->known)
		return 0;
	if (unit == UNIT_TEXT)
		return strcmp(a->text, b->text);
	return a->number < b->number ? -1 : a->number > b->number;
}

/* By the column; of equals, the one with the smaller number first. */
static int compare_rows(const void *a, const void *b)
{
	const struct column *column = sorted->options->columns[sorted->sort];
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	struct value l = column->value(&sorted->report.intervals[left], column);
	struct value r = column->value(&sorted->report.intervals[right], column);
	int order = compare_values(&l, &r, column->unit);

	if (!order)
		return left < right ? -1 : 1;
	return sorted->ascending ? order : -order;
}

/**
 * top_sort() - bring the report's volumes into the order of the screen
 * @top: whose report or column changed
 */
void top_sort(struct top *top)
{
	size_t i;

	free(top->order);
	top->order = dmp_alloc((top->report.n + 1) * sizeof(*top->order));
	top->n = 0;
	for (i = 0; i < top->report.n; i++) {
		if (top->report.intervals[i].event != DMP_REMOVED)
			top->order[top->n++] = i;
	}
	sorted = top;
	qsort(top->order, top->n, sizeof(*top->order), compare_rows);
}

static const struct dmp_interval *row(const struct top *top, size_t i)
{
	return &top->report.intervals[top->order[i]];
}

/* Where the volume that is picked stands; at the top if it has gone. */
size_t top_position(const struct top *top)
{
	size_t i;

	for (i = 0; top->selected && i < top->n; i++) {
		if (!strcmp(row(top, i)->sample.names.device, top->selected))
			return i;
	}
	return 0;
}

/* --- lines ----------------------------------------------------------------------- */

/* A line as print functions make it, cut to the screen. */
static void put_line(int y, char *text)
{
	char *end = text;
	int width = 0;

	/* Continuation bytes of UTF-8 take no column. */
	for (; *end && *end != '\n'; end++) {
		width += (*end & 0xc0) != 0x80;
		if (width > COLS)
			break;
	}
	*end = 0;
	mvaddstr(y, 0, text);
	clrtoeol();
}

static void put_header(const struct top *top, const int *widths)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	table_print_header(out, top->options, widths);
	fclose(out);
	attron(A_REVERSE);
	put_line(HEADER_LINES - 1, text);
	chgat(-1, A_REVERSE, 0, NULL);
	attroff(A_REVERSE);
	free(text);
}

static bool in_trouble(const struct dmp_interval *interval)
{
	uint64_t oldest = 0, errors = 0;

	dmp_sample_number(&interval->sample, "oldest_ns", &oldest);
	dmp_sample_number(&interval->sample, "errors", &errors);
	return oldest > OLD_NS || errors || interval->sample.names.suspended;
}

static void put_row(const struct top *top, int y, const struct dmp_interval *interval,
		    const int *widths, bool selected)
{
	attr_t look = (selected ? A_REVERSE : 0) |
		(in_trouble(interval) ? A_BOLD | COLOR_PAIR(1) : 0);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	table_print_row(out, top->options, interval, widths);
	fclose(out);
	attron(look);
	put_line(y, text);
	mvchgat(y, 0, -1, look & (A_REVERSE | A_BOLD), in_trouble(interval), NULL);
	attroff(look);
	free(text);
}

static void put_status(const struct top *top)
{
	double seconds = top->n ? row(top, 0)->seconds : 0;
	const struct column *column = top->options->columns[top->sort];
	char when[64];

	format_time(when, sizeof(when), top->report.real_ns);
	mvprintw(0, 0, "dmpstat  %s  ", when);
	if (top->report.since_start)
		addstr("since the start of counting");
	else
		printw("in %.1f s", seconds);
	if (top->ended)
		addstr("  (end of the recording)");
	else if (top->paused)
		addstr("  (paused)");
	clrtoeol();
	mvprintw(1, 0, "%zu volume%s, by %s%s   h: help", top->n, top->n == 1 ? "" : "s",
		 column->name, top->ascending ? ", the least first" : "");
	clrtoeol();
}

/* --- the table ------------------------------------------------------------------- */

static void draw_table(struct top *top)
{
	int *widths = table_widths(top->options, &top->report);
	size_t at = top_position(top), lines, i;

	lines = LINES > HEADER_LINES ? LINES - HEADER_LINES : 0;
	if (at < top->first)
		top->first = at;
	if (lines && at >= top->first + lines)
		top->first = at - lines + 1;
	put_status(top);
	put_header(top, widths);
	for (i = 0; i < lines && top->first + i < top->n; i++)
		put_row(top, HEADER_LINES + i, row(top, top->first + i), widths,
			top->first + i == at);
	free(widths);
}

/* --- one volume ------------------------------------------------------------------ */

/* All columns, as many beside each other as fit. */
static int put_values(const struct top *top, const struct dmp_interval *interval, int y)
{
	int width = 26, columns = COLS / width > 0 ? COLS / width : 1;
	size_t i, shown = 0;

	for (i = 0; i < n_all_columns; i++) {
		const struct column *column = &all_columns[i];
		struct value value = column->value(interval, column);
		char cell[CELL_MAX];

		if (!value.known || column->unit == UNIT_TEXT)
			continue;
		if (!value.number && column->op != DMP_READ && column->op != DMP_WRITE)
			continue;
		format_value(cell, &value, column->unit, top->options->scale);
		mvprintw(y + shown / columns, shown % columns * width, "%-10s %10s", column->name,
			 cell);
		shown++;
	}
	return y + (shown + columns - 1) / columns;
}

static void put_bar(double share, const char *full)
{
	int length = share * BAR_WIDTH + 0.5, i;

	if (share > 0 && !length)
		length = 1;
	for (i = 0; i < BAR_WIDTH; i++)
		addstr(i < length ? full : " ");
}

static double share_of(const struct dmp_hist *hist, int64_t least, int64_t below)
{
	uint64_t sum = 0, all = dmp_hist_count(hist);
	size_t i;

	for (i = 0; i < hist->n; i++) {
		if (hist->buckets[i].least >= least && hist->buckets[i].least < below)
			sum += hist->buckets[i].count;
	}
	return all ? (double)sum / all : 0;
}

/* Latencies of reads and writes, by powers of two. */
static void put_latencies(const struct top *top, const struct dmp_interval *interval, int y)
{
	const char *full = top->options->ascii ? "#" : "█";
	struct dmp_hist both = { 0 }, hists[2] = { 0 };
	enum dmp_op op;
	size_t i;

	for (op = DMP_READ; op <= DMP_WRITE; op++) {
		const struct dmp_hist *hist = dmp_sample_op_hist(&interval->sample, op,
								 "latency_ns");
		if (hist)
			dmp_hist_copy(&hists[op], hist);
		dmp_hist_coarsen(&hists[op], 1);
		dmp_hist_add(&both, &hists[op]);
	}
	mvprintw(y++, 0, "%-18s %-*s %s", "latency", BAR_WIDTH + 7, "read", "write");
	for (i = 0; i < both.n && y < LINES; i++, y++) {
		char low[CELL_MAX], high[CELL_MAX];

		format_quantity(low, both.buckets[i].least, QUANTITY_NS);
		format_quantity(high, both.buckets[i].below, QUANTITY_NS);
		mvprintw(y, 0, "%7s to %-7s", low, high);
		for (op = DMP_READ; op <= DMP_WRITE; op++) {
			double share = share_of(&hists[op], both.buckets[i].least,
						both.buckets[i].below);

			printw(" %5.1f%% ", 100 * share);
			put_bar(share, full);
		}
	}
	if (!both.n && y < LINES)
		mvaddstr(y, 0, "no latencies");
	dmp_hist_free(&both);
	dmp_hist_free(&hists[DMP_READ]);
	dmp_hist_free(&hists[DMP_WRITE]);
}

static void draw_volume(const struct top *top)
{
	const struct dmp_interval *interval;
	char *text = NULL;
	size_t size;
	FILE *out;
	int y;

	put_status(top);
	if (!top->n)
		return;
	interval = row(top, top_position(top));
	out = open_memstream(&text, &size);
	if (!out)
		return;
	print_escaped(out, interval->sample.names.name);
	fprintf(out, " (%s)", interval->sample.names.device);
	if (*interval->sample.names.mount) {
		fputs(" on ", out);
		print_escaped(out, interval->sample.names.mount);
	}
	if (*interval->sample.names.below)
		fprintf(out, ", over %s", interval->sample.names.below);
	if (interval->sample.names.suspended)
		fputs(", suspended", out);
	fclose(out);
	attron(A_BOLD);
	put_line(1, text);
	attroff(A_BOLD);
	free(text);
	y = put_values(top, interval, HEADER_LINES);
	put_latencies(top, interval, y + 1);
}

/* --- help ------------------------------------------------------------------------ */

static void draw_help(const struct top *top)
{
	static const char *const lines[] = {
		"up, down, j, k   pick a volume        Enter   look at it",
		"page up, down, home, end              Esc     back",
		"",
		"< >      sort by the column to the left, to the right",
		"N P      sort by name, by depth",
		"R        sort the other way round",
		"x        more columns, or fewer",
		"",
		"s        change the interval",
		"space    the next report now",
		"p        pause",
		"h ?      this help",
		"q        quit",
	};
	size_t i;

	put_status(top);
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		mvaddstr(HEADER_LINES + i, 0, lines[i]);
}

/**
 * top_draw() - draw the screen
 * @top: what to draw
 */
void top_draw(struct top *top)
{
	erase();
	switch (top->screen) {
	case TOP_TABLE:
		draw_table(top);
		break;
	case TOP_VOLUME:
		draw_volume(top);
		break;
	case TOP_HELP:
		draw_help(top);
		break;
	}
	refresh();
}
