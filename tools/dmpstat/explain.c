// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmpstat explain: what kind of workload it is, and what stands out. Each sentence has
 * the numbers that say so, and is left out where they do not carry it.
 */
#include <string.h>

#include "draw.h"
#include "loop.h"
#include "views.h"

/* Fewer I/Os, or fewer of those sampled, carry no sentence about shares. */
#define FEW_IOS		100
#define FEW_SAMPLED	30

static double of_rw(const struct dmp_interval *interval, const char *metric)
{
	return dmp_interval_op(interval, DMP_READ, metric) + dmp_interval_op(interval, DMP_WRITE, metric);
}

/* --- what it is ------------------------------------------------------------------ */

static void say_mix(const struct dmp_interval *interval)
{
	double reads = dmp_interval_op(interval, DMP_READ, "requests");
	double writes = dmp_interval_op(interval, DMP_WRITE, "requests");
	double all = reads + writes, share = 100 * reads / all;
	char rate[CELL_MAX];

	format_bytes(rate, of_rw(interval, "bytes") / interval->seconds);
	printf("  %s: %.0f reads and %.0f writes in %.1f s (%.0f %% reads), %.1f a second, %s/s.\n",
	       share >= 95 ? "Reads" : share <= 5 ? "Writes" : "Reads and writes",
	       reads, writes, interval->seconds, share, all / interval->seconds, rate);
}

/* Where most of the sizes are the same, or where the median is. */
static void say_sizes(const struct dmp_interval *interval, enum dmp_op op)
{
	const struct dmp_hist *hist = dmp_sample_op_hist(&interval->sample, op, "size_bytes");
	const struct dmp_bucket *most = NULL;
	char median[CELL_MAX], mode[CELL_MAX];
	struct dmp_range range;
	double share;
	size_t i;

	if (!hist || dmp_hist_count(hist) < FEW_IOS || !dmp_hist_percentile(hist, 50, &range))
		return;
	for (i = 0; i < hist->n; i++) {
		if (!most || hist->buckets[i].count > most->count)
			most = &hist->buckets[i];
	}
	share = 100.0 * most->count / dmp_hist_count(hist);
	format_bytes(mode, most->least);
	format_bytes(median, range.least);
	if (share >= 50)
		printf("  Most %ss are of %s (%.0f %%).\n", dmp_op_names[op], mode, share);
	else
		printf("  %ss are of mixed sizes, median %s.\n", op ? "Write" : "Read", median);
}

static void say_order(const struct dmp_interval *interval)
{
	double sampled = of_rw(interval, "sampled");
	double share = 100 * of_rw(interval, "sequential") / sampled;

	if (sampled < FEW_SAMPLED) {
		printf("  Whether it is sequential cannot be said: %.0f I/Os were sampled.\n",
		       sampled);
		return;
	}
	printf("  %s: %.0f %% continue where a recent one ended (%.0f of %.0f sampled).\n",
	       share >= 80 ? "Sequential" : share <= 20 ? "Random" : "Partly sequential",
	       share, of_rw(interval, "sequential"), sampled);
}

static void say_flushes(const struct dmp_interval *interval)
{
	double flushes = dmp_interval_op(interval, DMP_FLUSH, "requests");
	double writes = dmp_interval_op(interval, DMP_WRITE, "requests");
	double timed = dmp_interval_op(interval, DMP_FLUSH, "timed");
	char mean[CELL_MAX];

	if (flushes < FEW_IOS || writes > 20 * flushes)
		return;
	printf("  Flush-heavy: %.0f flushes, one for each %.1f writes", flushes, writes / flushes);
	if (timed) {
		format_ns(mean, dmp_interval_op(interval, DMP_FLUSH, "time_ns") / timed);
		printf(", %s on average", mean);
	}
	puts(" (fsync, or a journal's commits).");
}

/* --- what stands out ------------------------------------------------------------- */

static void say_latency(const struct dmp_interval *interval, enum dmp_op op)
{
	const struct dmp_hist *hist = dmp_sample_op_hist(&interval->sample, op, "latency_ns");
	char median[CELL_MAX], tail[CELL_MAX];
	struct dmp_range p50, p99;

	if (!hist || dmp_hist_count(hist) < FEW_IOS || !dmp_hist_percentile(hist, 50, &p50) ||
	    !dmp_hist_percentile(hist, 99, &p99) || p99.below == DMP_INF)
		return;
	format_ns(median, p50.below);
	format_ns(tail, p99.below);
	printf("  Half of the %ss take up to %s, 99 %% up to %s", dmp_op_names[op], median, tail);
	if (p99.below >= 10 * p50.below)
		printf(": a long tail, %.0f times the median", (double)p99.below / p50.below);
	puts(".");
}

/* A burst: the busiest 100 ms had many times the mean. */
static void say_bursts(const struct dmp_interval *interval, enum dmp_op op)
{
	const struct dmp_hist *hist;
	double mean = dmp_interval_op(interval, op, "requests") / interval->seconds / 10;
	struct dmp_range most;

	hist = dmp_sample_op_hist(&interval->sample, op, "window_requests");
	if (!hist || dmp_interval_op(interval, op, "requests") < FEW_IOS ||
	    !dmp_hist_most(hist, &most) || most.least < 10 * mean)
		return;
	printf("  Bursts: the busiest 100 ms had %.0f %ss or more, the mean is %.1f.\n",
	       (double)most.least, dmp_op_names[op], mean);
}

static void say_alignment(const struct dmp_interval *interval, enum dmp_op op)
{
	double sampled = dmp_interval_op(interval, op, "sampled");
	double share = 100 * dmp_interval_op(interval, op, "aligned_physical") / sampled;
	uint64_t block = 0;

	dmp_sample_number(&interval->sample, "physical_block_bytes", &block);
	if (sampled < FEW_SAMPLED || share >= 90 || block <= 512)
		return;
	printf("  %.0f %% of the %ss sampled are not aligned to the physical block of %llu bytes%s.\n",
	       100 - share, dmp_op_names[op], (unsigned long long)block,
	       op == DMP_WRITE ? ": the disk reads before it writes" : "");
}

static void say_trouble(const struct dmp_interval *interval)
{
	uint64_t errors = 0, oldest = 0;
	char age[CELL_MAX];

	dmp_sample_number(&interval->sample, "errors", &errors);
	dmp_sample_number(&interval->sample, "oldest_ns", &oldest);
	if (errors)
		printf("  %llu I/Os failed.\n", (unsigned long long)errors);
	if (oldest > 1000000000) {
		format_ns(age, oldest);
		printf("  An I/O has been in flight for %s.\n", age);
	}
	if (interval->sample.names.suspended)
		puts("  The volume is suspended: device-mapper holds I/O back.");
}

static void say_limits(const struct dmp_interval *interval)
{
	const struct dmp_metric *collect = dmp_sample_find(&interval->sample, "collect");

	if (collect && collect->kind == DMP_WORD && strcmp(collect->word, "all") != 0)
		printf("  Collected are %s only: more with dmsetup message %s 0 collect all.\n",
		       collect->word, interval->sample.names.name);
}

/* --- the view -------------------------------------------------------------------- */

static void explain(const struct dmp_interval *interval)
{
	double all = of_rw(interval, "requests");
	enum dmp_op op;

	print_escaped(stdout, interval->sample.names.name);
	printf(" (%s)\n", interval->sample.names.device);
	if (interval->event == DMP_REMOVED) {
		puts("  removed");
		return;
	}
	if (!all || interval->seconds <= 0) {
		printf("  No read and no write in %.1f s.\n", interval->seconds);
	} else {
		say_mix(interval);
		if (all < FEW_IOS)
			printf("  That is too few I/Os to say more of what they are like.\n");
		else if (of_rw(interval, "sampled") || of_rw(interval, "timed"))
			say_order(interval);
	}
	for (op = DMP_READ; op <= DMP_WRITE; op++) {
		say_sizes(interval, op);
		say_latency(interval, op);
		say_bursts(interval, op);
		say_alignment(interval, op);
	}
	say_flushes(interval);
	say_trouble(interval);
	say_limits(interval);
}

static int show_explain(const struct options *options, const struct dmp_report *report)
{
	size_t i;

	(void)options;
	for (i = 0; i < report->n; i++)
		explain(&report->intervals[i]);
	return EXIT_DONE;
}

int view_explain(struct options *options, struct dmp_source *source)
{
	/* An interval was asked for: what was before does not matter. */
	if (options->interval) {
		options->skip_first = true;
		if (!options->count)
			options->count = 1;
	}
	return loop_run(options, options->arguments, options->n_arguments, source, show_explain);
}
