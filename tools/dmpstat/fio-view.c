// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmpstat fio: a fio job that reproduces a volume's workload, as far as its statistics
 * tell. A comment before each line says which of them it comes from.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../common/hist.h"
#include "../common/names.h"
#include "columns.h"
#include "draw.h"
#include "fio-place.h"
#include "loop.h"
#include "shares.h"
#include "views.h"

/* fio takes no more. */
#define MOST_SIZES	64
#define WINDOWS_PER_S	10
#define RUNTIME_S	60
#define DEPTH_PERCENTILE	95
/*
 * So many must choose their place anew for all zones to be visited: a run of fifty is
 * then followed by another zone, and the sequential share is off by two points.
 */
#define JUMP_PERCENT	2

/* What was not refused: a refused one was sent again. */
static double served(const struct dmp_interval *interval, enum dmp_op op)
{
	return dmp_interval_op(interval, op, "requests") - dmp_interval_op(interval, op, "refused");
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
	whole_shares(counts, n, 100, percents);
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
					 FIO_SECTOR_BYTES) * FIO_SECTOR_BYTES);
		return;
	}
	puts("# size_bytes, reads and writes: SIZE/PERCENT (from 8 KiB on a bucket's least size)");
	fputs("bssplit=", stdout);
	print_sizes_of(has_sizes(reads) ? reads : writes);
	putchar(',');
	print_sizes_of(has_sizes(writes) ? writes : reads);
	putchar('\n');
}

/* --- order ----------------------------------------------------------------------- */

static double sampled(const struct dmp_interval *interval)
{
	return dmp_interval_op(interval, DMP_READ, "sampled") +
	       dmp_interval_op(interval, DMP_WRITE, "sampled");
}

static bool is_sequential(const struct dmp_interval *interval)
{
	return sampled(interval) >= FIO_FEW_SAMPLES &&
	       2 * (dmp_interval_op(interval, DMP_READ, "sequential") +
		    dmp_interval_op(interval, DMP_WRITE, "sequential")) > sampled(interval);
}

static int random_percent(const struct dmp_interval *interval, enum dmp_op op)
{
	double of = dmp_interval_op(interval, op, "sampled");

	if (of < FIO_FEW_SAMPLES)
		return is_sequential(interval) ? 0 : 100;
	return lround(100 - 100 * dmp_interval_op(interval, op, "sequential") / of);
}

/* @jump_percent: of the I/O that goes to another zone, at least */
static void print_order(const struct dmp_interval *interval, int jump_percent)
{
	if (sampled(interval) < FIO_FEW_SAMPLES) {
		printf("# %.0f I/Os were sampled: too few to say how sequential they are\n",
		       sampled(interval));
		return;
	}
	printf("# sequential / sampled: reads %.0f / %.0f, writes %.0f / %.0f\n",
	       dmp_interval_op(interval, DMP_READ, "sequential"),
	       dmp_interval_op(interval, DMP_READ, "sampled"),
	       dmp_interval_op(interval, DMP_WRITE, "sequential"),
	       dmp_interval_op(interval, DMP_WRITE, "sampled"));
	printf("percentage_random=%.0f,%.0f\n",
	       fmax(random_percent(interval, DMP_READ), jump_percent),
	       fmax(random_percent(interval, DMP_WRITE), jump_percent));
}

/* --- time ------------------------------------------------------------------------ */

/* Mean number of I/Os in flight over the whole interval; 0 if no latency is known. */
static double mean_depth(const struct dmp_interval *interval)
{
	const struct column *column = column_find("aqu-sz", strlen("aqu-sz"));
	struct value value = column->value(interval, column);

	return value.known ? value.number : 0;
}

/* The part of the interval in which I/O was under way, to a window; 1 if it is not known. */
static double busy_share(const struct dmp_interval *interval)
{
	uint64_t busy_ns = 0;

	dmp_sample_number(&interval->sample, "busy_ns", &busy_ns);
	return busy_ns ? fmin(busy_ns / 1e9 / interval->seconds, 1) : 1;
}

/*
 * How many I/Os the workload keeps in flight; 0 if it is not known. The median says less:
 * where completions come in bunches, so do submissions, and each finds another number.
 * Within the bucket the mean while it is busy decides. That is known to windows of 100 ms,
 * so it is too low where pauses are shorter: a mean below the bucket says nothing, and
 * the middle of it is taken.
 */
static long long queue_depth(const struct dmp_interval *interval)
{
	const struct dmp_hist *reads = dmp_sample_op_hist(&interval->sample, DMP_READ, "depth");
	const struct dmp_hist *writes = dmp_sample_op_hist(&interval->sample, DMP_WRITE, "depth");
	double mean = round(mean_depth(interval) / busy_share(interval));
	struct dmp_hist both = { 0 };
	struct dmp_range most = { .least = -1 };

	if (reads)
		dmp_hist_add(&both, reads);
	if (writes)
		dmp_hist_add(&both, writes);
	if (!dmp_hist_percentile(&both, DEPTH_PERCENTILE, &most))
		most.below = 0;
	dmp_hist_free(&both);
	/* A submission finds one fewer than there are with it. */
	if (mean <= most.least)
		mean = most.below == DMP_INF ? most.least + 1 :
					       floor((most.least + 1 + most.below) / 2.0);
	return fmin(mean, most.below);
}

static void print_depth(const struct dmp_interval *interval, unsigned int processes)
{
	long long depth = queue_depth(interval);

	if (!depth)
		return;
	printf("# depth: percentile %d of the submissions, within its bucket by the mean while busy, %.1f, or its middle\n",
	       DEPTH_PERCENTILE, mean_depth(interval) / busy_share(interval));
	printf("iodepth=%lld\n", (depth + processes - 1) / processes);
}

/*
 * Windows of 100 ms in which reads, or writes, were completed, whichever are more, as a
 * share of all. Whether both were in the same windows is not counted.
 */
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

static bool is_bursty(const struct dmp_interval *interval)
{
	double active;

	return active_share(interval, &active) < 0.5 && active > 0;
}

/*
 * Bursts of B requests, one every P seconds, each d long, keep w + d of every P active
 * as windows of length w see it, on average. With the rate R and the number of I/Os in
 * flight in a burst D, Little's law gives d / P = (mean depth) / D =: u, and so
 * P = w / (active share - u), B = R P, and P - d to think.
 */
static void print_bursts(const struct dmp_interval *interval, unsigned int processes)
{
	double requests = served(interval, DMP_READ) + served(interval, DMP_WRITE);
	double active, share = active_share(interval, &active);
	double under_way = mean_depth(interval) / fmax(queue_depth(interval), 1);
	double window_s = 1.0 / WINDOWS_PER_S, period;

	/*
	 * share - u is w / P: of long bursts it is the difference of two large numbers, so
	 * w + d is taken for 10 w, a second, at most.
	 */
	period = window_s / fmax(share - under_way, share / 10);
	under_way = fmin(under_way, share - share / 10);
	printf("# window_requests: I/O in %.0f %% of the windows of 100 ms; in flight %.2f of the time\n",
	       100 * share, under_way);
	printf("thinktime=%.0f\nthinktime_blocks=%.0f\n", 1e6 * period * (1 - under_way),
	       ceil(requests / interval->seconds * period / processes));
}

/* @share: of all requests, that one process submits */
static void print_rate(const struct dmp_interval *interval, double share)
{
	printf("rate_iops=%.0f,%.0f\n",
	       ceil(share * served(interval, DMP_READ) / interval->seconds),
	       ceil(share * served(interval, DMP_WRITE) / interval->seconds));
}

static void print_time(const struct dmp_interval *interval, unsigned int processes,
		       bool in_streams)
{
	if (is_bursty(interval)) {
		print_bursts(interval, processes);
		return;
	}
	puts("# requests / time: reads and writes a second; remove it to go as fast as it can");
	if (!in_streams)
		print_rate(interval, 1);
	puts("rate_process=poisson");
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

static void print_mix(const struct dmp_interval *interval)
{
	double reads = served(interval, DMP_READ), writes = served(interval, DMP_WRITE);

	printf("# requests, less refused: %.0f reads, %.0f writes\n", reads, writes);
	if (writes <= 0)
		puts("rw=randread");
	else if (reads <= 0)
		puts("rw=randwrite");
	else
		printf("rw=randrw\nrwmixread=%.0f\n",
		       fmin(fmax(round(100 * reads / (reads + writes)), 1), 99));
}

static void print_head(const struct dmp_interval *interval)
{
	fputs("# The workload of ", stdout);
	print_escaped(stdout, interval->sample.names.name);
	printf(" (%s), %.1f s of it.\n", interval->sample.names.device, interval->seconds);
	print_limits(interval);
	if (served(interval, DMP_WRITE) > 0)
		puts("# It writes: the data of the volume that it is run on are lost.");
	puts("[global]\n# set it to the volume to be tried");
	puts("filename=${DMP_TARGET}\ndirect=1\nioengine=libaio");
	printf("time_based=1\nruntime=%d\nnorandommap=1\n\n", RUNTIME_S);
}

/*
 * What all processes have in common.
 * @streams: each has a section of its own; 0: there is but one
 */
static void print_workload(const struct dmp_interval *interval, unsigned int streams,
			   int jump_percent)
{
	print_mix(interval);
	print_sizes(interval);
	print_order(interval, jump_percent);
	print_depth(interval, streams ? streams : 1);
	print_time(interval, streams ? streams : 1, streams);
	print_flushes(interval);
}

static void print_streams(const struct dmp_interval *interval, const struct fio_stream *streams,
			  unsigned int n)
{
	unsigned int i;

	puts("\n# heat, depth: as many streams as I/Os in flight, where the heat map has any");
	for (i = 0; i < n; i++) {
		printf("[stream-%u]\noffset=%llu\n", i + 1, (unsigned long long)streams[i].offset);
		printf("size=%llu\n", (unsigned long long)streams[i].bytes);
		if (!is_bursty(interval))
			print_rate(interval, streams[i].share);
	}
}

/*
 * Sequential I/O is given to as many processes as there were I/Os in flight, each in its
 * part of the volume; all else is one process, whose I/O the heat map distributes.
 */
static int print_job(const struct dmp_interval *interval, uint64_t sectors)
{
	struct fio_stream streams[FIO_STREAMS_MAX];
	unsigned int n = 0;
	bool uneven;

	print_head(interval);
	if (is_sequential(interval)) {
		n = fmin(fmax(queue_depth(interval), 1), FIO_STREAMS_MAX);
		n = fio_split_streams(interval, sectors, n, streams);
	}
	if (n) {
		print_workload(interval, n, 0);
		print_streams(interval, streams, n);
		return EXIT_DONE;
	}
	puts("[workload]");
	uneven = fio_print_zones(interval, sectors);
	print_workload(interval, 0, uneven ? JUMP_PERCENT : 0);
	return EXIT_DONE;
}

/* Size of the volume; 0 for a recording, which may be of a volume that is no more. */
static uint64_t volume_sectors(const struct options *options, const struct dmp_interval *interval)
{
	uint64_t sectors;
	char *text;

	if (options->file)
		return 0;
	text = dmp_read_file(options->root, "/sys/block/%s/size", interval->sample.names.device);
	sectors = text ? strtoull(text, NULL, 10) : 0;
	free(text);
	return sectors;
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
	return print_job(interval, volume_sectors(options, interval));
}

int view_fio(struct options *options, struct dmp_source *source)
{
	/* One job: of the interval, or since the start. */
	options->skip_first = options->interval != 0;
	options->count = 1;
	return loop_run(options, options->arguments, 1, source, show_fio);
}
