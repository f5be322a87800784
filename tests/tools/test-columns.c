// SPDX-License-Identifier: GPL-2.0-or-later
/* Formulas of columns, with numbers worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../tools/common/memory.h"
#include "../../tools/dmpstat/columns.h"

static struct dmp_interval interval;

static void set(const char *text)
{
	char *copy = dmp_strdup(text);

	dmp_sample_free(&interval.sample);
	memset(&interval, 0, sizeof(interval));
	assert_true(dmp_sample_parse(&interval.sample, copy, NULL));
	interval.seconds = interval.latency_seconds = 4;
	free(copy);
}

static struct value value(const char *name)
{
	const struct column *column = column_find(name, strlen(name));

	assert_non_null(column);
	return column->value(&interval, column);
}

static void assert_value(const char *name, double want)
{
	struct value got = value(name);

	assert_true(got.known);
	assert_true(fabs(got.number - want) < 1e-9);
}

static void assert_unknown(const char *name)
{
	assert_false(value(name).known);
}

static void test_rates(void **state)
{
	(void)state;
	set("dmp_stats 1\nread_requests 101\nread_bytes 1212\nread_refused 3\nread_slow 5\n"
	    "read_timed 7\nread_time_ns 77\nerrors 2\nfua 11\n");
	assert_value("r/s", 25.25);
	assert_value("rMB/s", 303);
	assert_value("rareq-sz", 12);
	assert_value("r_await", 11);
	assert_value("r_slow", 5);
	assert_value("r_refused", 3);
	assert_value("err", 2);
	assert_value("fua", 11);
	assert_unknown("w/s");
	assert_unknown("w_await");
	assert_unknown("wareq-sz");
}

/* Of 1,000: ranks 500, 900, 990, 999 and 1,000 are the last ones of their buckets. */
static void test_percentiles(void **state)
{
	(void)state;
	set("dmp_stats 1\nread_latency_ns 10:11=500 20:21=400 30:31=90 40:41=9 50:51=1\n"
	    "write_latency_ns 7:inf=1\nflush_latency_ns\n");
	assert_value("r_p50", 11);
	assert_value("r_p90", 21);
	assert_value("r_p99", 31);
	assert_value("r_p99.9", 41);
	assert_value("r_max", 51);
	assert_value("w_p50", 7);
	assert_true(value("w_p50").beyond);
	assert_unknown("f_p50");
	/* One more, and each is the first one of the next bucket. */
	set("dmp_stats 1\nread_latency_ns 10:11=499 20:21=400 30:31=90 40:41=9 50:51=2\n");
	assert_value("r_p50", 21);
	assert_value("r_p90", 31);
	assert_value("r_p99", 41);
	assert_value("r_p99.9", 51);
}

static void test_peaks(void **state)
{
	(void)state;
	set("dmp_stats 1\nread_window_requests 0:1=9 8:16=2\nread_peak_requests 90\n"
	    "write_window_requests 0:1=9 8:16=2\nwrite_peak_requests 11\n"
	    "read_window_bytes 4096:inf=1\nread_peak_bytes 8192\n");
	assert_value("r_peak", 15);
	assert_value("w_peak", 11);
	assert_value("r_peakMB", 8192);
	assert_unknown("d_peak");
}

static void test_shares(void **state)
{
	(void)state;
	set("dmp_stats 1\nread_sampled 40\nread_sequential 10\nread_aligned_4k 30\n"
	    "write_sampled 60\nwrite_sequential 60\nwrite_aligned_physical 15\n"
	    "write_aligned_optimal 6\ndiscard_sampled 0\nbusy_ns 1000000000\n");
	assert_value("r_seq", 25);
	assert_value("r_4k", 75);
	assert_value("w_phys", 25);
	assert_value("w_opt", 10);
	assert_value("%seq", 70);
	assert_value("%busy", 25);
	assert_unknown("d_4k");
	/* Nine samples say nothing; ten do. */
	set("dmp_stats 1\nread_sampled 9\nread_sequential 9\nread_aligned_4k 9\n");
	assert_unknown("r_seq");
	assert_unknown("%seq");
	set("dmp_stats 1\nread_sampled 10\nread_sequential 9\n");
	assert_value("r_seq", 90);
	assert_value("%seq", 90);
	set("dmp_stats 1\nbusy_ns 4100000000\n");
	assert_value("%busy", 100);
	assert_unknown("%seq");
}

/* One in two is timed, and one was refused: (10 - 2) x 6 ms and 4 x 3 ms in 4 s. */
static void test_depth(void **state)
{
	(void)state;
	set("dmp_stats 1\nread_requests 10\nread_refused 2\nread_timed 4\nread_time_ns 24000000\n"
	    "flush_requests 4\nflush_timed 2\nflush_time_ns 6000000\n");
	assert_value("aqu-sz", 0.015);
	set("dmp_stats 1\nread_requests 10\n");
	assert_unknown("aqu-sz");
	set("dmp_stats 1\nread_requests 0\n");
	assert_value("aqu-sz", 0);
}

/* A table reads the files that its formulas need, and no others. */
static void test_needs(void **state)
{
	const struct column *p99 = column_find("r_p99", 5), *rate = column_find("r/s", 3);
	const struct column *phys = column_find("r_phys", 6);

	(void)state;
	assert_true(column_needs(p99, "read_latency_ns"));
	assert_false(column_needs(p99, "read_size_latency"));
	assert_true(column_needs(phys, "read_sampled"));
	assert_true(column_needs(phys, "read_aligned_physical"));
	assert_false(column_needs(rate, "read_requests"));
	assert_null(column_find("r_p9", 4));
	assert_null(column_find("", 0));
}

static int tear_down(void **state)
{
	(void)state;
	dmp_sample_free(&interval.sample);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_peaks),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_needs),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
