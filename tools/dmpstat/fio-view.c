// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmpstat fio: a fio job that reproduces a volume's workload, as far as its statistics
 * tell. A comment before each line says which of them it comes from.
 */
#include <math.h>
#include <string.h>

#include "../common/hist.h"
#include "draw.h"
#include "loop.h"
#include "views.h"

/* Fewer samples say nothing about shares. */
#define FEW_SAMPLED	30
#define MOST_SIZES	32
#define CELLS		64
#define SECTOR_BYTES	512
#define WINDOWS_PER_S	10
#define RUNTIME_S	60

/* What was not refused: a refused one was sent again. */
static double served(const struct dmp_interval *interval, enum dmp_op op)
{
	return dmp_interval_op(interval, op, "requests") - dmp_interval_op(interval, op, "refused");
}

/**
 * whole_percents() - shares as whole numbers of which the sum is 100
 * @counts: what to share in
 * @n: elements of @counts
 * @percents: to fill; what is rounded to nothing is 0
 *
 * By largest remainder. fio takes whole percents only.
 */
static void whole_percents(const uint64_t *counts, size_t n, int *percents)
{
	double sum = 0, most, rest;
	int left = 100;
	size_t i, which;

	for (i = 0; i < n; i++)
		sum += counts[i];
	for (i = 0; i < n; i++) {
		percents[i] = 100 * counts[i] / sum;
		left -= percents[i];
	}
	while (left-- > 0) {
		most = -1;
		which = 0;
		for (i = 0; i < n; i++) {
			rest = 100 * counts[i] / sum - percents[i];
			if (rest > most) {
				most = rest;
				which = i;
			}
		}
		percents[which]++;
	}
}

/* --- sizes ----------------------------------------------------------------------- */

static void print_sizes_of(const struct dmp_hist *hist)
{
	uint64_t counts[MOST_SIZES] = { 0 };
	int percents[MOST_SIZES];
	bool first = true;
	size_t i, n;

	n = hist->n < MOST_SIZES ? hist->n : MOST_SIZES;
	for (i = 0; i < n; i++)
		counts[i] = hist->buckets[i].count;
	whole_percents(counts, n, percents);
	for (i = 0; i < n; i++) {
		if (!percents[i])
			continue;
		printf("%s%lld/%d", first ? "" : ":", (long long)hist->buckets[i].least,
		       percents[i]);
		first = false;
	}
}

static bool has_sizes(const struct dmp_hist *hist)
{
	return hist && dmp_hist_count(hist);
}

static void print_sizes(const struct dmp_interval *interval)
{
	const struct dmp_hist *reads = dmp_sample_op_hist(&interval->sample, DMP_READ, "size_bytes");
	const struct dmp_hist *writes = dmp_sample_op_hist(&interval->sample, DMP_WRITE, "size_bytes");

	if (!has_sizes(reads) && !has_sizes(writes)) {
		puts("# sizes are not collected: the mean is");
		printf("bs=%.0f\n", ceil((dmp_interval_op(interval, DMP_READ, "bytes") +
					  dmp_interval_op(interval, DMP_WRITE, "bytes")) /
					 (dmp_interval_op(interval, DMP_READ, "requests") +
					  dmp_interval_op(interval, DMP_WRITE, "requests")) /
					 SECTOR_BYTES) * SECTOR_BYTES);
		return;
	}
	puts("# size_bytes, reads and writes: SIZE/PERCENT (from 8 KiB on a bucket's least size)");
	fputs("bssplit=", stdout);
	print_sizes_of(has_sizes(reads) ? reads : writes);
	putchar(',');
	print_sizes_of(has_sizes(writes) ? writes : reads);
	putchar('\n');
}

/* --- place ----------------------------------------------------------------------- */

static int random_percent(const struct dmp_interval *interval, enum dmp_op op)
{
	double sampled = dmp_interval_op(interval, op, "sampled");

	if (sampled < FEW_SAMPLED)
		return 100;
	return lround(100 - 100 * dmp_interval_op(interval, op, "sequential") / sampled);
}

static void print_order(const struct dmp_interval *interval)
{
	double sampled = dmp_interval_op(interval, DMP_READ, "sampled") + dmp_interval_op(interval, DMP_WRITE, "sampled");

	if (sampled < FEW_SAMPLED) {
		printf("# %.0f I/Os were sampled: too few to say how sequential they are\n", sampled);
		return;
	}
	printf("# sequential / sampled: reads %.0f / %.0f, writes %.0f / %.0f\n",
	       dmp_interval_op(interval, DMP_READ, "sequential"), dmp_interval_op(interval, DMP_READ, "sampled"),
	       dmp_interval_op(interval, DMP_WRITE, "sequential"), dmp_interval_op(interval, DMP_WRITE, "sampled"));
	printf("percentage_random=%d,%d\n", random_percent(interval, DMP_READ),
	       random_percent(interval, DMP_WRITE));
}

/* Both operations' samples by cell; the number of cells that the volume has. */
static size_t fill_cells(const struct dmp_interval *interval, uint64_t *cells)
{
	const struct dmp_hist *hist;
	size_t i, last = 0;
	enum dmp_op op;

	memset(cells, 0, CELLS * sizeof(*cells));
	for (op = DMP_READ; op <= DMP_WRITE; op++) {
		hist = dmp_sample_op_hist(&interval->sample, op, "heat");
		for (i = 0; hist && i < hist->n; i++) {
			int64_t cell = hist->buckets[i].least;

			if (cell < 0 || cell >= CELLS)
				continue;
			cells[cell] += hist->buckets[i].count;
			if ((size_t)cell > last)
				last = cell;
		}
	}
	return last + 1;
}

/* Does a cell have far more than its share, by more than chance makes of it? */
static bool is_uneven(const uint64_t *cells, size_t n)
{
	double sum = 0, mean;
	size_t i;

	for (i = 0; i < n; i++)
		sum += cells[i];
	mean = sum / n;
	for (i = 0; i < n; i++) {
		if (cells[i] > 2 * mean + 5 * sqrt(mean))
			return true;
	}
	return false;
}

static void print_zones(const struct dmp_interval *interval)
{
	uint64_t cells[CELLS], sectors = 0;
	int percents[CELLS], percent;
	size_t n = fill_cells(interval, cells), i, width;
	bool first = true;

	dmp_sample_number(&interval->sample, "heat_cell_sectors", &sectors);
	if (!sectors || !is_uneven(cells, n))
		return;
	whole_percents(cells, n, percents);
	printf("# heat, reads and writes: PERCENT/SIZE, cells of %llu sectors\n",
	       (unsigned long long)sectors);
	fputs("random_distribution=zoned_abs:", stdout);
	for (i = 0; i < n; i += width) {
		percent = percents[i];
		width = 1;
		/* Neighbours without any become one zone. */
		while (!percent && i + width < n && !percents[i + width])
			width++;
		printf("%s%d/%llu", first ? "" : ":", percent,
		       (unsigned long long)(width * sectors * SECTOR_BYTES));
		first = false;
	}
	putchar('\n');
}

/* --- time ------------------------------------------------------------------------ */

static void print_depth(const struct dmp_interval *interval)
{
	const struct dmp_hist *reads = dmp_sample_op_hist(&interval->sample, DMP_READ, "depth");
	const struct dmp_hist *writes = dmp_sample_op_hist(&interval->sample, DMP_WRITE, "depth");
	struct dmp_hist both = { 0 };
	struct dmp_range median;

	if (reads)
		dmp_hist_add(&both, reads);
	if (writes)
		dmp_hist_add(&both, writes);
	if (dmp_hist_percentile(&both, 50, &median)) {
		printf("# depth: at half of the submissions %lld or fewer others were in flight\n",
		       (long long)median.least);
		printf("iodepth=%lld\n", (long long)median.least + 1);
	}
	dmp_hist_free(&both);
}

/* Windows of 100 ms in which something was completed, as a share of all. */
static double active_share(const struct dmp_interval *interval, double *active)
{
	double most = 0, all = 0;
	const struct dmp_hist *hist;
	enum dmp_op op;
	uint64_t sum;

	for (op = DMP_READ; op <= DMP_WRITE; op++) {
		hist = dmp_sample_op_hist(&interval->sample, op, "window_requests");
		sum = hist ? dmp_hist_count(hist) : 0;
		if (!sum)
			continue;
		if (sum > all)
			all = sum;
		if (hist->buckets[0].least == 0)
			sum -= hist->buckets[0].count;
		if (sum > most)
			most = sum;
	}
	*active = most;
	return all ? most / all : 1;
}

static void print_rate(const struct dmp_interval *interval)
{
	double reads = served(interval, DMP_READ), writes = served(interval, DMP_WRITE);
	double active, share = active_share(interval, &active);

	if (share < 0.5 && active > 0) {
		printf("# window_requests: I/O in %.0f %% of the windows of 100 ms, %.0f each\n",
		       100 * share, (reads + writes) / active);
		printf("thinktime=%.0f\nthinktime_blocks=%.0f\n",
		       1e6 / WINDOWS_PER_S * (1 - share) / share,
		       ceil((reads + writes) / active));
		return;
	}
	printf("# requests / time: reads and writes a second; remove it to go as fast as it can\n");
	printf("rate_iops=%.0f,%.0f\nrate_process=poisson\n", ceil(reads / interval->seconds),
	       ceil(writes / interval->seconds));
}

static void print_flushes(const struct dmp_interval *interval)
{
	double flushes = dmp_interval_op(interval, DMP_FLUSH, "requests");
	double writes = served(interval, DMP_WRITE);

	if (!flushes || !writes || writes / flushes > 1000)
		return;
	printf("# flushes: %.0f, one for each %.1f writes\nfsync=%.0f\n", flushes,
	       writes / flushes, fmax(1, round(writes / flushes)));
}

/* --- the job --------------------------------------------------------------------- */

static void print_limits(const struct dmp_interval *interval)
{
	double others = dmp_interval_op(interval, DMP_DISCARD, "requests") +
			dmp_interval_op(interval, DMP_WRITE_ZEROES, "requests") +
			dmp_interval_op(interval, DMP_OTHER, "requests");

	puts("# Not reproduced: how many sequential streams there are, which process submits,");
	puts("# buffered I/O and its read-ahead, the order of hot places in time.");
	if (others)
		printf("# Left out: %.0f discards, write-zeroes and other operations.\n", others);
}

static int print_job(const struct options *options, const struct dmp_interval *interval)
{
	double reads = served(interval, DMP_READ), writes = served(interval, DMP_WRITE);

	(void)options;
	fputs("# The workload of ", stdout);
	print_escaped(stdout, interval->sample.names.name);
	printf(" (%s), %.1f s of it.\n", interval->sample.names.device, interval->seconds);
	print_limits(interval);
	if (writes > 0)
		puts("# It writes: the data of the volume that it is run on are lost.");
	puts("[global]\n# set it to the volume to be tried");
	puts("filename=${DMP_TARGET}\ndirect=1\nioengine=libaio");
	printf("time_based=1\nruntime=%d\nnorandommap=1\n\n", RUNTIME_S);
	puts("[workload]");
	printf("# requests, less refused: %.0f reads, %.0f writes\n", reads, writes);
	if (writes <= 0)
		puts("rw=randread");
	else if (reads <= 0)
		puts("rw=randwrite");
	else
		printf("rw=randrw\nrwmixread=%ld\n", lround(100 * reads / (reads + writes)));
	print_sizes(interval);
	print_order(interval);
	print_zones(interval);
	print_depth(interval);
	print_rate(interval);
	print_flushes(interval);
	return EXIT_DONE;
}

static int show_fio(const struct options *options, const struct dmp_report *report)
{
	const struct dmp_interval *interval = report->n ? &report->intervals[0] : NULL;

	if (!interval || interval->event == DMP_REMOVED) {
		fputs("dmpstat: the volume is gone\n", stderr);
		return EXIT_FAILED;
	}
	if (interval->seconds <= 0 ||
	    served(interval, DMP_READ) + served(interval, DMP_WRITE) <= 0) {
		fprintf(stderr, "dmpstat: no read and no write in %.1f s: nothing to reproduce\n",
			interval->seconds);
		return EXIT_FAILED;
	}
	return print_job(options, interval);
}

int view_fio(struct options *options, struct dmp_source *source)
{
	/* One job: of the interval, or since the start. */
	options->skip_first = options->interval != 0;
	options->count = 1;
	return loop_run(options, options->arguments, 1, source, show_fio);
}
