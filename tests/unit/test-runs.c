// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel/runs.c: what continues what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../kernel/hists.h"
#include "../../kernel/runs.c"

static struct dmp_runs runs;

static int setup(void **state)
{
	(void)state;
	dmp_runs_init(&runs);
	return 0;
}

/* What dmp_map() does: a bio that continues nothing only ends. */
static u32 submit(u64 sector, unsigned long op, u64 sectors)
{
	u64 start = dmp_run_key(sector, op);

	if (dmp_runs_may_continue(&runs, start))
		return dmp_runs_submit(&runs, start, start + 2 * sectors);
	dmp_runs_end(&runs, start + 2 * sectors);
	return 0;
}

static u32 runs_listed(void)
{
	u32 i, count = 0;

	for (i = 0; i < DMP_RUN_SLOTS; i++)
		count += runs.slots[i].runs;
	return count;
}

static void one_run(void **state)
{
	u32 i;

	(void)state;
	assert_int_equal(submit(0, 0, 8), 0);
	for (i = 1; i < 1009; i++)
		assert_int_equal(submit(8 * i, 0, 8), i + 1);
}

static void eight_runs_among_random(void **state)
{
	u32 i, run;

	(void)state;
	for (i = 0; i < 503; i++)
		for (run = 0; run < 8; run++) {
			assert_int_equal(submit(run * 1000003 + 8 * i, 0, 8),
					 i ? i + 1 : 0);
			submit((i * 8 + run) * 7919ULL % 65536 * 4096 + 900000001,
			       0, 8);
		}
}

static void writes_do_not_continue_reads(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 211; i++) {
		assert_int_equal(submit(100000 * i, 0, 8), 0);
		assert_int_equal(submit(100000 * i + 8, 1, 8), 0);
	}
	assert_int_equal(submit(100000 * 210 + 8, 0, 8), 2);
	assert_int_equal(submit(100000 * 210 + 16, 1, 8), 2);
}

/* Sectors that agree in their low 32 bits, and in 32 bits of the key. */
static void far_apart(void **state)
{
	u64 i;

	(void)state;
	for (i = 0; i < 199; i++) {
		assert_int_equal(submit((i << 32) + 8 * i, 0, 8), 0);
		assert_int_equal(submit((i << 31) + 8 * i + 1000000, 0, 8), 0);
	}
}

static void an_end_is_continued_once(void **state)
{
	(void)state;
	submit(0, 0, 8);
	assert_int_equal(submit(8, 0, 8), 2);
	assert_int_equal(submit(8, 0, 8), 0);
}

/* A refused bio that is sent again makes no difference. */
static void refused(void **state)
{
	u64 start;
	u32 i;

	(void)state;
	submit(0, 0, 8);
	for (i = 1; i < 101; i++) {
		start = dmp_run_key(8 * i, 0);
		assert_int_equal(submit(8 * i, 0, 8), i + 1);
		assert_int_equal(dmp_runs_undo(&runs, start, start + 16), i + 1);
		assert_int_equal(submit(8 * i, 0, 8), i + 1);
	}
}

static void refused_without_a_run(void **state)
{
	(void)state;
	submit(0, 0, 8);
	assert_int_equal(dmp_runs_undo(&runs, dmp_run_key(0, 0),
				       dmp_run_key(8, 0)), 0);
	assert_false(dmp_runs_contain(&runs, dmp_run_key(8, 0)));
	assert_int_equal(submit(8, 0, 8), 0);
}

/* It ends where a run does, and continues nothing: the run stays as it is. */
static void refused_beside_a_run(void **state)
{
	(void)state;
	submit(0, 0, 8);
	assert_int_equal(submit(8, 0, 8), 2);
	assert_int_equal(submit(16, 0, 8), 3);
	assert_int_equal(submit(20, 0, 4), 0);
	assert_int_equal(dmp_runs_undo(&runs, dmp_run_key(20, 0),
				       dmp_run_key(24, 0)), 0);
	assert_int_equal(submit(24, 0, 8), 4);
}

/* The second bio of an eighth run, refused and sent again, evicts none of the seven. */
static void refused_beside_seven(void **state)
{
	u32 run;

	(void)state;
	for (run = 0; run < 7; run++) {
		submit(run * 1000003, 0, 8);
		assert_int_equal(submit(run * 1000003 + 8, 0, 8), 2);
	}
	submit(9000000, 0, 8);
	assert_int_equal(submit(9000008, 0, 8), 2);
	assert_int_equal(dmp_runs_undo(&runs, dmp_run_key(9000008, 0),
				       dmp_run_key(9000016, 0)), 2);
	assert_int_equal(submit(9000008, 0, 8), 2);
	for (run = 0; run < 7; run++)
		assert_int_equal(submit(run * 1000003 + 16, 0, 8), 3);
}

/* However long a run gets, it counts once in each bucket from 2 bios on. */
static void one_run_in_each_bucket(void **state)
{
	u32 counts[DMP_RUN_BUCKETS] = { 0 };
	u32 length, i;

	(void)state;
	for (length = 2; length < 1U << 23; length++)
		counts[dmp_run_bucket(length)]++;
	for (i = 1; i < DMP_RUN_BUCKETS; i++)
		assert_int_equal(counts[i], 1);
}

static void other_cpus_see(void **state)
{
	u32 i;

	(void)state;
	assert_false(dmp_runs_contain(&runs, dmp_run_key(8, 0)));
	submit(0, 0, 8);
	assert_true(dmp_runs_contain(&runs, dmp_run_key(8, 0)));
	assert_false(dmp_runs_contain(&runs, dmp_run_key(8, 1)));
	for (i = 1; i < 53; i++) {
		submit(8 * i, 0, 8);
		assert_true(dmp_runs_contain(&runs, dmp_run_key(8 * i + 8, 0)));
		assert_false(dmp_runs_contain(&runs, dmp_run_key(8 * i, 0)));
	}
}

/* A run that chance began among random I/O does not slow it down for ever. */
static void chance_is_forgotten(void **state)
{
	u32 i;

	(void)state;
	submit(0, 0, 8);
	submit(8, 0, 8);
	assert_int_equal(runs_listed(), 1);
	for (i = 0; i < 100003; i++)
		submit(1000000 + i * 7919ULL % 65521 * 4096, 0, 8);
	assert_int_equal(runs_listed(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_run, setup),
		cmocka_unit_test_setup(eight_runs_among_random, setup),
		cmocka_unit_test_setup(writes_do_not_continue_reads, setup),
		cmocka_unit_test_setup(far_apart, setup),
		cmocka_unit_test_setup(an_end_is_continued_once, setup),
		cmocka_unit_test_setup(refused, setup),
		cmocka_unit_test_setup(refused_without_a_run, setup),
		cmocka_unit_test_setup(refused_beside_a_run, setup),
		cmocka_unit_test_setup(refused_beside_seven, setup),
		cmocka_unit_test(one_run_in_each_bucket),
		cmocka_unit_test_setup(other_cpus_see, setup),
		cmocka_unit_test_setup(chance_is_forgotten, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
