// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel/buckets.h: the rounded-up average, the buckets of histograms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buckets.h"

static void nothing_counted(void **state)
{
	(void)state;
	assert_int_equal(dmp_average_up(0, 0), 0);
	assert_int_equal(dmp_average_up(1, 0), 0);
	assert_int_equal(dmp_average_up(UINT64_MAX, 0), 0);
}

static void no_bytes(void **state)
{
	(void)state;
	assert_int_equal(dmp_average_up(0, 1), 0);
	assert_int_equal(dmp_average_up(0, 7), 0);
	assert_int_equal(dmp_average_up(0, UINT64_MAX), 0);
}

static void exact(void **state)
{
	(void)state;
	assert_int_equal(dmp_average_up(1, 1), 1);
	assert_int_equal(dmp_average_up(8192, 2), 4096);
	assert_int_equal(dmp_average_up(13 * 4096, 13), 4096);
	assert_int_equal(dmp_average_up(1000003 * 509ULL, 1000003), 509);
}

/* One byte less than exact gives the same, one byte more gives the next. */
static void rounds_up(void **state)
{
	(void)state;
	assert_int_equal(dmp_average_up(1, 2), 1);
	assert_int_equal(dmp_average_up(1, UINT64_MAX), 1);
	assert_int_equal(dmp_average_up(13 * 4096 - 1, 13), 4096);
	assert_int_equal(dmp_average_up(13 * 4096 + 1, 13), 4097);
	assert_int_equal(dmp_average_up(13 * 4096 + 12, 13), 4097);
	assert_int_equal(dmp_average_up(13 * 4096 + 13, 13), 4097);
	assert_int_equal(dmp_average_up(13 * 4096 + 14, 13), 4098);
}

/* Where (sum + count - 1) / count would overflow. */
static void largest_sum(void **state)
{
	(void)state;
	assert_int_equal(dmp_average_up(UINT64_MAX, 1), UINT64_MAX);
	assert_int_equal(dmp_average_up(UINT64_MAX, 2), UINT64_MAX / 2 + 1);
	assert_int_equal(dmp_average_up(UINT64_MAX, 3), UINT64_MAX / 3);
	assert_int_equal(dmp_average_up(UINT64_MAX, UINT64_MAX - 1), 2);
	assert_int_equal(dmp_average_up(UINT64_MAX, UINT64_MAX), 1);
	assert_int_equal(dmp_average_up(UINT64_MAX - 1, UINT64_MAX), 1);
	assert_int_equal(dmp_average_up(UINT64_MAX - 1, UINT64_MAX - 1), 1);
}

/* Around every power of two: the answer is the least one that is enough. */
static void powers_of_two(void **state)
{
	(void)state;
	for (unsigned int bit = 1; bit < 64; bit++) {
		u64 power = 1ULL << bit;

		assert_int_equal(dmp_average_up(power - 1, power), 1);
		assert_int_equal(dmp_average_up(power, power), 1);
		assert_int_equal(dmp_average_up(power + 1, power), 2);
		assert_int_equal(dmp_average_up(power, 2), power / 2);
		assert_int_equal(dmp_average_up(power + 1, 2), power / 2 + 1);
	}
}

static void is_the_least_that_is_enough(void **state)
{
	(void)state;
	for (u64 count = 1; count <= 97; count++) {
		for (u64 sum = 1; sum <= 997; sum++) {
			u64 average = dmp_average_up(sum, count);

			assert_true(average * count >= sum);
			assert_true((average - 1) * count < sum);
		}
	}
}

static void octaves(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		assert_int_equal(dmp_octave(1ULL << bit), bit);
		assert_int_equal(dmp_octave((1ULL << bit) | 1), bit);
	}
}

static void powers_have_buckets(void **state)
{
	(void)state;
	assert_int_equal(dmp_power_bucket(0), 0);
	assert_int_equal(dmp_power_bucket(1), 1);
	assert_int_equal(dmp_power_bucket(2), 2);
	assert_int_equal(dmp_power_bucket(3), 2);
	assert_int_equal(dmp_power_bucket(4), 3);
	assert_int_equal(dmp_power_bucket((1ULL << 62) - 1), 62);
}

/* The latencies' buckets: their first is 1024 to 1087, none is over 1/16 wide. */
static void latency_buckets(void **state)
{
	(void)state;
	assert_int_equal(dmp_bucket(1024, 10, 4), 0);
	assert_int_equal(dmp_bucket(1087, 10, 4), 0);
	assert_int_equal(dmp_bucket(1088, 10, 4), 1);
	assert_int_equal(dmp_bucket(2047, 10, 4), 15);
	assert_int_equal(dmp_bucket(2048, 10, 4), 16);
	assert_int_equal(dmp_bucket((1ULL << 34) - 1, 10, 4), 24 * 16 - 1);
	/* what is below goes into the one before the first, see latency.h */
	assert_int_equal(dmp_bucket(1023, 10, 4) + 1, 0);
}

static void bounds_are_the_inverse(void **state)
{
	(void)state;
	for (unsigned int sub = 0; sub <= 4; sub++) {
		for (unsigned int index = 0; index < 24U << sub; index++) {
			u64 least = dmp_bucket_bound(index, 10, sub);
			u64 below = dmp_bucket_bound(index + 1, 10, sub);

			assert_int_equal(dmp_bucket(least, 10, sub), index);
			assert_int_equal(dmp_bucket(below - 1, 10, sub), index);
			assert_true((below - least) << sub <= least);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_counted),
		cmocka_unit_test(no_bytes),
		cmocka_unit_test(exact),
		cmocka_unit_test(rounds_up),
		cmocka_unit_test(largest_sum),
		cmocka_unit_test(powers_of_two),
		cmocka_unit_test(is_the_least_that_is_enough),
		cmocka_unit_test(octaves),
		cmocka_unit_test(powers_have_buckets),
		cmocka_unit_test(latency_buckets),
		cmocka_unit_test(bounds_are_the_inverse),
	};

	return cmocka_run_group_tests_name("buckets", tests, NULL, NULL);
}
