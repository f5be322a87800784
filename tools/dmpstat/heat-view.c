// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat heat: place on the volume by time, and latency by size. */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "loop.h"
#include "views.h"

#define CELLS	64

/* --- place by time --------------------------------------------------------------- */

static uint64_t cell_sectors(const struct dmp_sample *sample)
{
	uint64_t sectors = 0;

	dmp_sample_number(sample, "heat_cell_sectors", &sectors);
	return sectors;
}

static uint64_t fill_cells(uint64_t *cells, const struct dmp_sample *sample, enum dmp_op op)
{
	const struct dmp_hist *hist = dmp_sample_op_hist(sample, op, "heat");
	uint64_t most = 0;
	size_t i;

	memset(cells, 0, CELLS * sizeof(*cells));
	for (i = 0; hist && i < hist->n; i++) {
		int64_t cell = hist->buckets[i].least;

		if (cell < 0 || cell >= CELLS)
			continue;
		cells[cell] = hist->buckets[i].count;
		if (cells[cell] > most)
			most = cells[cell];
	}
	return most;
}

static void draw_places(const struct dmp_sample *sample, enum dmp_op op)
{
	bool colours = terminal_has_colours();
	uint64_t cells[CELLS], most = fill_cells(cells, sample, op);
	size_t i;

	printf("%5s |", dmp_op_names[op]);
	for (i = 0; i < CELLS; i++)
		draw_shade(most ? (double)cells[i] / most : 0, colours);
	puts("|");
}

static void draw_scale(const struct dmp_sample *sample)
{
	char cell[CELL_MAX], end[CELL_MAX];
	uint64_t sectors = cell_sectors(sample);

	format_quantity(cell, sectors, QUANTITY_SECTORS);
	format_quantity(end, sectors * CELLS, QUANTITY_SECTORS);
	printf("       0%*s  a cell: %s\n", CELLS, end, cell);
}

/* --- latency by size ------------------------------------------------------------- */

static bool is_row(const struct dmp_hist *hist, size_t i)
{
	return !i || hist->buckets[i].row_least != hist->buckets[i - 1].row_least;
}

static void extent(const struct dmp_hist *hist, int64_t *least, int64_t *greatest,
		   uint64_t *most)
{
	size_t i;

	*least = DMP_INF;
	*greatest = *most = 0;
	for (i = 0; i < hist->n; i++) {
		const struct dmp_bucket *bucket = &hist->buckets[i];

		if (bucket->least < *least)
			*least = bucket->least;
		if (bucket->least > *greatest)
			*greatest = bucket->least;
		if (bucket->count > *most)
			*most = bucket->count;
	}
}

/* Columns are powers of four, as the kernel's are. */
static int column_of(int64_t value, int64_t least)
{
	int column = 0;

	for (; value > least; column++)
		value /= 4;
	return column;
}

static void draw_row(const struct dmp_hist *hist, size_t first, int64_t least, uint64_t most)
{
	const struct dmp_bucket *bucket = &hist->buckets[first];
	char low[CELL_MAX], high[CELL_MAX];
	int column = 0, at;

	format_quantity(low, bucket->row_least, QUANTITY_BYTES);
	format_quantity(high, bucket->row_below, QUANTITY_BYTES);
	printf("  %5s to %-5s ", low, high);
	for (; bucket < hist->buckets + hist->n &&
	     bucket->row_least == hist->buckets[first].row_least; bucket++) {
		at = column_of(bucket->least, least);
		printf("%*s", 8 * (at - column), "");
		printf(" %6llu", (unsigned long long)bucket->count);
		draw_shade((double)bucket->count / most, terminal_has_colours());
		column = at + 1;
	}
	putchar('\n');
}

static void draw_matrix(const struct dmp_sample *sample, enum dmp_op op)
{
	const struct dmp_hist *hist = dmp_sample_op_hist(sample, op, "size_latency");
	int64_t least, greatest;
	char bound[CELL_MAX];
	int n, i;
	uint64_t most;
	size_t row;

	if (!hist || !hist->n)
		return;
	extent(hist, &least, &greatest, &most);
	n = column_of(greatest, least) + 1;
	printf("\n%s by size, and by latency from\n%*s", dmp_op_names[op], 16, "");
	for (i = 0; i < n; i++) {
		format_quantity(bound, least << 2 * i, QUANTITY_NS);
		printf(" %6s ", bound);
	}
	putchar('\n');
	for (row = 0; row < hist->n; row++) {
		if (is_row(hist, row))
			draw_row(hist, row, least, most);
	}
}

/* --- the view -------------------------------------------------------------------- */

static int show_heat(const struct options *options, const struct dmp_report *report)
{
	static bool before;
	char when[64];
	size_t i;

	for (i = 0; i < report->n; i++) {
		const struct dmp_sample *sample = &report->intervals[i].sample;

		if (!before) {
			print_escaped(stdout, sample->names.name);
			printf(" (%s): place on the volume, by I/Os sampled\n",
			       sample->names.device);
			draw_scale(sample);
		}
		before = true;
		if (!report->since_start) {
			format_time(when, sizeof(when), report->real_ns);
			puts(when);
		}
		draw_places(sample, DMP_READ);
		draw_places(sample, DMP_WRITE);
		if (options->interval)
			continue;
		draw_matrix(sample, DMP_READ);
		draw_matrix(sample, DMP_WRITE);
	}
	return EXIT_DONE;
}

static bool is_wanted(const char *name)
{
	return strstr(name, "heat") || strstr(name, "size_latency");
}

int view_heat(struct options *options, struct dmp_source *source)
{
	source->want(source, is_wanted);
	return loop_run(options, options->arguments, 1, source, show_heat);
}
