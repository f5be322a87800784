// SPDX-License-Identifier: GPL-2.0-or-later
/* Histograms: parsing, differences, sums and percentiles at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "../../tools/common/hist.h"

static struct dmp_hist parsed(const char *text)
{
	struct dmp_hist hist = { 0 };

	assert_true(dmp_hist_parse(&hist, text));
	return hist;
}

static void assert_refused(const char *text)
{
	struct dmp_hist hist = { 0 };

	assert_false(dmp_hist_parse(&hist, text));
	dmp_hist_free(&hist);
}

static void test_parse(void **state)
{
	struct dmp_hist hist = parsed("-8:-4=3 0:1=5 4:inf=7");

	(void)state;
	assert_int_equal(hist.n, 3);
	assert_int_equal(hist.buckets[0].least, -8);
	assert_int_equal(hist.buckets[0].below, -4);
	assert_true(hist.buckets[2].below == DMP_INF);
	assert_int_equal(dmp_hist_count(&hist), 15);
	dmp_hist_free(&hist);

	hist = parsed("");
	assert_int_equal(hist.n, 0);
	dmp_hist_free(&hist);

	hist = parsed("sync=2 meta=3");
	assert_string_equal(hist.buckets[0].name, "meta");
	assert_int_equal(hist.buckets[0].count, 3);
	dmp_hist_free(&hist);

	hist = parsed("4096:16384 1024:4096=2 16384:65536 0:1024=3");
	assert_int_equal(hist.buckets[0].row_least, 4096);
	assert_int_equal(hist.buckets[0].least, 1024);
	assert_int_equal(hist.buckets[1].row_below, 65536);
	dmp_hist_free(&hist);

	hist = parsed("0:1=18446744073709551615");
	assert_true(hist.buckets[0].count == UINT64_MAX);
	dmp_hist_free(&hist);
}

static void test_parse_bad(void **state)
{
	(void)state;
	assert_refused("1:2");
	assert_refused("1:2=");
	assert_refused("1:2=x");
	assert_refused("2:1=3");
	assert_refused("1:2=-3");
	assert_refused("1:2=18446744073709551616");
	assert_refused("1:2=3 1:2=4");
	assert_refused("99999999999999999999:inf=1");
	assert_refused("=1");
	assert_refused("a=1 a=2");
	assert_refused("1:2 3=4");
}

static void test_subtract(void **state)
{
	struct dmp_hist now = parsed("0:1=5 1:2=7 2:4=11");
	struct dmp_hist before = parsed("0:1=5 2:4=4 8:16=1");

	(void)state;
	dmp_hist_subtract(&now, &before);
	assert_int_equal(now.n, 2);
	assert_int_equal(now.buckets[0].least, 1);
	assert_int_equal(now.buckets[0].count, 7);
	assert_int_equal(now.buckets[1].count, 7);

	/* What goes back counts nothing, and is not huge. */
	dmp_hist_free(&before);
	before = parsed("0:1=2 1:2=7 2:4=8");
	dmp_hist_subtract(&now, &before);
	assert_int_equal(now.n, 0);
	dmp_hist_free(&now);
	now = parsed("1:2=7 2:4=7");
	dmp_hist_subtract(&before, &before);
	assert_int_equal(before.n, 0);
	dmp_hist_append(&now)->count = 1;
	dmp_hist_append(&now)->count = 1;
	assert_int_equal(dmp_hist_count(&now), 16);
	dmp_hist_free(&now);
	dmp_hist_free(&before);
}

static void test_add(void **state)
{
	struct dmp_hist sum = parsed("1:2=3 8:16=1");
	struct dmp_hist other = parsed("0:1=2 1:2=4 4:8=5");

	(void)state;
	dmp_hist_add(&sum, &other);
	assert_int_equal(sum.n, 4);
	assert_int_equal(sum.buckets[0].count, 2);
	assert_int_equal(sum.buckets[1].count, 7);
	assert_int_equal(sum.buckets[2].least, 4);
	assert_int_equal(sum.buckets[3].count, 1);
	dmp_hist_free(&sum);
	dmp_hist_free(&other);
}

static void assert_bucket(const struct dmp_bucket *bucket, int64_t least, int64_t below,
			  uint64_t count)
{
	assert_true(bucket->least == least);
	assert_true(bucket->below == below);
	assert_true(bucket->count == count);
}

/* What is below the first part of an octave, without end, or wider, stays. */
static void test_coarsen(void **state)
{
	static const char text[] = "-8:-4=1 0:1024=9 4096:4352=3 4352:4608=1 5120:5376=2 "
		"6144:8192=5 8192:32768=7 65536:inf=4";
	struct dmp_hist hist = parsed(text);

	(void)state;
	dmp_hist_coarsen(&hist, 4);
	assert_int_equal(hist.n, 7);
	assert_bucket(&hist.buckets[0], -8, -4, 1);
	assert_bucket(&hist.buckets[1], 0, 1024, 9);
	assert_bucket(&hist.buckets[2], 4096, 5120, 4);
	assert_bucket(&hist.buckets[3], 5120, 6144, 2);
	assert_bucket(&hist.buckets[4], 6144, 8192, 5);
	assert_bucket(&hist.buckets[5], 8192, 32768, 7);
	assert_bucket(&hist.buckets[6], 65536, DMP_INF, 4);
	dmp_hist_coarsen(&hist, 1);
	assert_int_equal(hist.n, 5);
	assert_bucket(&hist.buckets[2], 4096, 8192, 11);
	dmp_hist_free(&hist);
	hist = parsed("sync=2 meta=3");
	dmp_hist_coarsen(&hist, 1);
	assert_int_equal(hist.n, 2);
	dmp_hist_free(&hist);
}

static void assert_percentile(const struct dmp_hist *hist, double percent, int64_t least)
{
	struct dmp_range range;

	assert_true(dmp_hist_percentile(hist, percent, &range));
	assert_int_equal(range.least, least);
}

/* 100 values: 50 in the first bucket, 49 in the second, 1 in the last. */
static void test_percentile(void **state)
{
	struct dmp_hist hist = parsed("10:20=50 20:30=49 1000:inf=1"), empty = { 0 };
	struct dmp_range range;

	(void)state;
	assert_percentile(&hist, 0, 10);
	assert_percentile(&hist, 50, 10);
	assert_percentile(&hist, 50.1, 20);
	assert_percentile(&hist, 99, 20);
	assert_percentile(&hist, 99.9, 1000);
	assert_percentile(&hist, 100, 1000);
	assert_true(dmp_hist_most(&hist, &range));
	assert_true(range.below == DMP_INF);
	assert_false(dmp_hist_percentile(&empty, 50, &range));
	dmp_hist_free(&hist);

	/* Of one value each percentile is that one. */
	hist = parsed("10:20=1");
	assert_percentile(&hist, 1, 10);
	assert_percentile(&hist, 99.9, 10);
	dmp_hist_free(&hist);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_subtract),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_coarsen),
		cmocka_unit_test(test_percentile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
