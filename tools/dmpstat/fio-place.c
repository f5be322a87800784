// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where on the volume a fio job's I/O goes, from the heat map of reads and writes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../common/hist.h"
#include "fio-place.h"
#include "shares.h"

#define CELLS		64
/* Streams begin at a page, and hold some of the largest usual blocks. */
#define STREAM_ALIGN		4096
#define STREAM_BYTES_MIN	(4ULL << 20)

/**
 * struct heat - the samples of both operations by place
 * @cells: number of samples in each
 * @n: elements of @cells up to the last that has any
 * @cell_bytes: size of a cell; 0 if there is no heat map
 * @bytes: size of the volume; if it is not known, to the end of cell @n
 */
struct heat {
	uint64_t cells[CELLS];
	unsigned int n;
	uint64_t cell_bytes, bytes;
};

/**
 * struct region - neighbouring cells that are busy
 * @first: cell
 * @end: cell after the last one
 * @count: samples in there
 * @streams: how many go through it
 */
struct region {
	unsigned int first, end;
	uint64_t count;
	int streams;
};

/* @sectors: size of the volume, or 0 */
static void read_heat(const struct dmp_interval *interval, uint64_t sectors, struct heat *heat)
{
	const struct dmp_hist *hist;
	uint64_t cell_sectors = 0;
	enum dmp_op op;
	size_t i;

	memset(heat, 0, sizeof(*heat));
	dmp_sample_number(&interval->sample, "heat_cell_sectors", &cell_sectors);
	heat->cell_bytes = cell_sectors * FIO_SECTOR_BYTES;
	for (op = DMP_READ; op <= DMP_WRITE; op++) {
		hist = dmp_sample_op_hist(&interval->sample, op, "heat");
		for (i = 0; hist && i < hist->n; i++) {
			int64_t cell = hist->buckets[i].least;

			if (cell < 0 || cell >= CELLS)
				continue;
			heat->cells[cell] += hist->buckets[i].count;
			if (cell >= heat->n)
				heat->n = cell + 1;
		}
	}
	heat->bytes = sectors ? sectors * FIO_SECTOR_BYTES : heat->n * heat->cell_bytes;
}

/* Where a cell begins; the one after the last, where the volume ends. */
static uint64_t cell_offset(const struct heat *heat, unsigned int cell)
{
	uint64_t offset = cell * heat->cell_bytes;

	return offset < heat->bytes ? offset : heat->bytes;
}

static double heat_sum(const struct heat *heat)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < heat->n; i++)
		sum += heat->cells[i];
	return sum;
}

/* --- streams --------------------------------------------------------------------- */

/*
 * Cells with less than an eighth of the mean of those that have any are taken for
 * stray I/O: no stream goes there.
 */
static unsigned int find_regions(const struct heat *heat, struct region *regions)
{
	unsigned int i, used = 0, n = 0;
	bool busy, before = false;
	double least;

	for (i = 0; i < heat->n; i++)
		used += heat->cells[i] != 0;
	least = used ? heat_sum(heat) / used / 8 : 0;
	for (i = 0; i < heat->n; i++) {
		busy = heat->cells[i] && heat->cells[i] >= least;
		if (busy && !before)
			regions[n++] = (struct region){ .first = i };
		if (busy) {
			regions[n - 1].end = i + 1;
			regions[n - 1].count += heat->cells[i];
		}
		before = busy;
	}
	return n;
}

/* Share @n streams among the regions by their samples; false: too few of them. */
static bool share_streams(struct region *regions, unsigned int n_regions, unsigned int n)
{
	uint64_t counts[CELLS];
	int streams[CELLS];
	unsigned int i;

	if (!n_regions)
		return false;
	for (i = 0; i < n_regions; i++)
		counts[i] = regions[i].count;
	whole_shares(counts, n_regions, n, streams);
	for (i = 0; i < n_regions; i++) {
		if (!streams[i])
			return false;
		regions[i].streams = streams[i];
	}
	return true;
}

/* The parts of a region, one for each stream; 0 if they would be too short to be gone through. */
static unsigned int split_region(const struct heat *heat, const struct region *region,
				 double sum, struct fio_stream *streams)
{
	uint64_t first = cell_offset(heat, region->first);
	uint64_t bytes = cell_offset(heat, region->end) - first;
	int i;

	bytes = bytes / region->streams / STREAM_ALIGN * STREAM_ALIGN;
	if (bytes < STREAM_BYTES_MIN)
		return 0;
	for (i = 0; i < region->streams; i++) {
		streams[i].offset = first + i * bytes;
		streams[i].bytes = bytes;
		streams[i].share = region->count / sum / region->streams;
	}
	return region->streams;
}

/**
 * fio_split_streams() - the busy parts of the volume, for processes that go in sequence
 * @interval: what was measured
 * @sectors: size of the volume; 0 if it is not known, as of a recording
 * @n: how many processes there are, at most FIO_STREAMS_MAX
 * @streams: to fill
 *
 * How many streams there were nobody knows: each region of the heat map gets some of
 * the @n by its share of the samples.
 *
 * Return: @n; 0 if there is no heat map, if it has more regions than there are
 *         processes, or if the volume is too small.
 */
unsigned int fio_split_streams(const struct dmp_interval *interval, uint64_t sectors,
			       unsigned int n, struct fio_stream *streams)
{
	unsigned int n_regions, i, got, filled = 0;
	struct region regions[CELLS];
	struct heat heat;
	double sum = 0;

	read_heat(interval, sectors, &heat);
	if (!heat.cell_bytes || heat_sum(&heat) < FIO_FEW_SAMPLES)
		return 0;
	n_regions = find_regions(&heat, regions);
	if (!share_streams(regions, n_regions, n))
		return 0;
	for (i = 0; i < n_regions; i++)
		sum += regions[i].count;
	for (i = 0; i < n_regions; i++) {
		got = split_region(&heat, &regions[i], sum, streams + filled);
		if (!got)
			return 0;
		filled += got;
	}
	return filled;
}

/* --- zones ----------------------------------------------------------------------- */

/* By so many standard deviations of a Poisson distribution chance is ruled out. */
#define SIGMAS	5

/*
 * Is a part of the volume without I/O, or does a cell have far more than its share, by more
 * than chance makes of it? A volume has more than half of all cells, but for tiny ones.
 */
static bool is_uneven(const struct heat *heat)
{
	double mean = heat_sum(heat) / heat->n, expected = heat->n * exp(-mean);
	unsigned int i, empty = 0;

	if (heat->n <= CELLS / 2)
		return true;
	for (i = 0; i < heat->n; i++) {
		if (heat->cells[i] > 2 * mean + SIGMAS * sqrt(mean))
			return true;
		empty += !heat->cells[i];
	}
	return empty > expected + SIGMAS * sqrt(expected) + 1;
}

/* Do two densities, in samples a cell, differ by more than chance? */
static bool differ(double a, double b)
{
	return fabs(a - b) > SIGMAS * sqrt(fmax(a, b));
}

/*
 * The end of the zone that begins at cell @first: neighbours join until they have two
 * percent, since fio takes whole ones, but not cells that are far busier or idler.
 */
static unsigned int zone_end(const struct heat *heat, unsigned int first, double sum,
			     uint64_t *count)
{
	unsigned int end = first + 1;

	*count = heat->cells[first];
	while (end < heat->n && *count < sum / 50 &&
	       !differ(heat->cells[end], *count / (double)(end - first)))
		*count += heat->cells[end++];
	return end;
}

/**
 * fio_print_zones() - the heat map as a distribution of random I/O
 * @interval: what was measured
 * @sectors: as for fio_split_streams()
 *
 * Return: whether it is uneven enough to be printed.
 */
bool fio_print_zones(const struct dmp_interval *interval, uint64_t sectors)
{
	unsigned int widths[CELLS], i, n = 0, first = 0;
	uint64_t counts[CELLS];
	int percents[CELLS];
	struct heat heat;
	double sum;

	read_heat(interval, sectors, &heat);
	sum = heat_sum(&heat);
	if (!heat.cell_bytes || sum < FIO_FEW_SAMPLES || !is_uneven(&heat))
		return false;
	while (first < heat.n) {
		widths[n] = zone_end(&heat, first, sum, &counts[n]) - first;
		first += widths[n++];
	}
	whole_shares(counts, n, 100, percents);
	printf("# heat, reads and writes: PERCENT/SIZE, by cells of %llu sectors\n",
	       (unsigned long long)heat.cell_bytes / FIO_SECTOR_BYTES);
	fputs("random_distribution=zoned_abs:", stdout);
	for (i = 0, first = 0; i < n; i++) {
		printf("%s%d/%llu", i ? ":" : "", percents[i],
		       (unsigned long long)(cell_offset(&heat, first + widths[i]) -
					    cell_offset(&heat, first)));
		first += widths[i];
	}
	putchar('\n');
	return true;
}
