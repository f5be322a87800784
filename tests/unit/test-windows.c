// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel/windows.c: windows of 100 ms, closed late or in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../kernel/windows.c"

#define MS	1000000ULL

static struct dmp_windows windows;
static struct dmp_window_hists hists[DMP_NR_OPS];
static struct dmp_amount done[DMP_NR_OPS];
static u64 now;

static int setup(void **state)
{
	(void)state;
	memset(&windows, 0, sizeof(windows));
	memset(hists, 0, sizeof(hists));
	memset(done, 0, sizeof(done));
	now = 1000 * MS;
	dmp_windows_open(&windows, done, now);
	return 0;
}

/* So many reads of 4 KiB complete, and the window is closed after @ms. */
static void window(u64 ms, u64 reads)
{
	done[DMP_READ].requests += reads;
	done[DMP_READ].bytes += reads * 4096;
	now += ms * MS;
	dmp_windows_close(&windows, hists, done, now);
}

static u64 sum(const u32 *buckets, unsigned int count)
{
	u64 all = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		all += buckets[i];
	return all;
}

static void in_time(void **state)
{
	(void)state;
	window(100, 13);
	window(100, 7);
	assert_int_equal(windows.peaks[DMP_READ].requests, 13);
	assert_int_equal(windows.peaks[DMP_READ].bytes, 13 * 4096);
	assert_int_equal(windows.peaks[DMP_WRITE].requests, 0);
	assert_int_equal(hists[DMP_READ].requests[dmp_window_requests_bucket(13)], 1);
	assert_int_equal(hists[DMP_READ].requests[dmp_window_requests_bucket(7)], 1);
	assert_int_equal(hists[DMP_READ].bytes[dmp_window_bytes_bucket(7 * 4096)], 1);
	assert_int_equal(hists[DMP_WRITE].requests[0], 2);
	assert_int_equal(windows.busy_ns, 200 * MS);
	assert_int_equal(windows.late, 0);
}

/* A steady load is as high as its rate, however long its windows are. */
static void steady(void **state)
{
	static const u64 lengths[] = { 100, 101, 105, 110, 125, 160, 220, 1000 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		setup(NULL);
		window(lengths[i], 3 * lengths[i]);
		assert_int_equal(windows.peaks[DMP_READ].requests, 300);
		assert_int_equal(windows.peaks[DMP_READ].bytes, 300 * 4096);
		assert_int_equal(windows.late, lengths[i] > 125);
	}
}

/* What must have happened in some window of 100 ms. */
static void rounded_up(void **state)
{
	(void)state;
	window(110, 1);
	assert_int_equal(windows.peaks[DMP_READ].requests, 1);
	assert_int_equal(windows.peaks[DMP_READ].bytes, 4096);
	window(1000, 11);
	assert_int_equal(windows.peaks[DMP_READ].requests, 2);
	assert_int_equal(windows.peaks[DMP_READ].bytes, 8192);
}

/* The windows that are counted are the time that passed. */
static void time_is_kept(void **state)
{
	u64 passed = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 1009; i++) {
		window(101 + i % 17, i % 5);
		passed += 101 + i % 17;
	}
	assert_int_equal(sum(hists[DMP_READ].requests, DMP_WINDOW_REQUESTS_BUCKETS),
			 passed / 100);
	assert_int_equal(sum(hists[DMP_FLUSH].bytes, DMP_WINDOW_BYTES_BUCKETS),
			 passed / 100);
	now += 3333 * MS;
	dmp_windows_pass(&windows, hists, now);
	assert_int_equal(sum(hists[DMP_READ].requests, DMP_WINDOW_REQUESTS_BUCKETS),
			 (passed + 3333) / 100);
	assert_int_equal(windows.busy_ns, passed * MS);
}

/* A window that a reset or a start cut short is not scaled up. */
static void short_window(void **state)
{
	(void)state;
	window(10, 5);
	assert_int_equal(windows.peaks[DMP_READ].requests, 5);
	assert_int_equal(sum(hists[DMP_READ].requests, DMP_WINDOW_REQUESTS_BUCKETS), 0);
}

/*
 * A bio that was counted and then refused is taken back: never below 0, and what a window
 * had is not in the next one, too, when the reading has caught up.
 */
static void taken_back(void **state)
{
	(void)state;
	window(100, 3);
	done[DMP_READ].requests -= 1;
	done[DMP_READ].bytes -= 4096;
	window(100, 0);
	assert_int_equal(hists[DMP_READ].requests[0], 1);
	assert_int_equal(windows.peaks[DMP_READ].requests, 3);
	window(100, 1);
	assert_int_equal(hists[DMP_READ].requests[0], 2);
	assert_int_equal(hists[DMP_READ].bytes[0], 2);
}

static void buckets(void **state)
{
	(void)state;
	assert_int_equal(dmp_window_requests_bucket(0), 0);
	assert_int_equal(dmp_window_requests_bucket(3), 3);
	assert_int_equal(dmp_window_requests_bucket(4), 4);
	assert_int_equal(dmp_window_requests_bucket(7), 7);
	assert_int_equal(dmp_window_requests_bucket(8), 8);
	assert_int_equal(dmp_window_requests_bucket(9), 8);
	assert_int_equal(dmp_window_requests_bucket(UINT64_MAX),
			 DMP_WINDOW_REQUESTS_BUCKETS - 1);
	assert_int_equal(dmp_window_bytes_bucket(0), 0);
	assert_int_equal(dmp_window_bytes_bucket(511), 0);
	assert_int_equal(dmp_window_bytes_bucket(512), 1);
	assert_int_equal(dmp_window_bytes_bucket(UINT64_MAX),
			 DMP_WINDOW_BYTES_BUCKETS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_time, setup),
		cmocka_unit_test_setup(steady, setup),
		cmocka_unit_test_setup(rounded_up, setup),
		cmocka_unit_test_setup(time_is_kept, setup),
		cmocka_unit_test_setup(short_window, setup),
		cmocka_unit_test_setup(taken_back, setup),
		cmocka_unit_test(buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
