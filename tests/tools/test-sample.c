// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples, names and intervals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../tools/common/interval.h"
#include "../../tools/common/memory.h"
#include "../../tools/common/names.h"

static bool parse(struct dmp_sample *sample, const char *text, const char **problem)
{
	char *copy = dmp_strdup(text);
	bool done = dmp_sample_parse(sample, copy, problem);

	if (problem && *problem)
		*problem = strncmp(*problem, "bad", 3) ? "other" : "bad";
	free(copy);
	return done;
}

static void test_parse(void **state)
{
	struct dmp_sample sample = { 0 };
	const char *problem;
	uint64_t value;

	(void)state;
	assert_true(parse(&sample, "dmp_stats 1\nread_requests 7\ncollect all\n"
			  "read_latency_ns\nwrite_latency_ns 1024:1088=3\nunknown_thing 9\n",
			  &problem));
	assert_null(problem);
	assert_true(dmp_sample_op_number(&sample, DMP_READ, "requests", &value));
	assert_int_equal(value, 7);
	assert_true(dmp_sample_number(&sample, "unknown_thing", &value));
	assert_int_equal(dmp_sample_op_hist(&sample, DMP_READ, "latency_ns")->n, 0);
	assert_int_equal(dmp_sample_op_hist(&sample, DMP_WRITE, "latency_ns")->n, 1);
	assert_null(dmp_sample_op_hist(&sample, DMP_OTHER, "latency_ns"));
	assert_false(dmp_sample_number(&sample, "collect", &value));
	assert_null(dmp_sample_hist(&sample, "read_requests"));
	dmp_sample_free(&sample);
}

static void test_parse_bad(void **state)
{
	struct dmp_sample sample = { 0 };
	const char *problem;
	uint64_t value;

	(void)state;
	assert_false(parse(&sample, "dmp_stats 2\nread_requests 7\n", NULL));
	assert_false(parse(&sample, "", NULL));
	dmp_sample_free(&sample);

	/* A damaged line does not take the others with it. */
	assert_true(parse(&sample, "dmp_stats 1\nbad 1:2:3\na 18446744073709551615\n"
			  "b 18446744073709551616\n", &problem));
	assert_string_equal(problem, "bad");
	assert_true(dmp_sample_number(&sample, "a", &value));
	assert_true(value == UINT64_MAX);
	assert_false(dmp_sample_number(&sample, "b", &value));
	dmp_sample_free(&sample);
}

static void assert_lv(const char *name, const char *uuid, const char *want)
{
	char *lv = dmp_lv_of(name, uuid);

	assert_string_equal(lv, want);
	free(lv);
}

static void test_lv(void **state)
{
	(void)state;
	assert_lv("vg-lv", "LVM-abc", "vg/lv");
	assert_lv("my--vg-my--lv", "LVM-abc", "my-vg/my-lv");
	assert_lv("vg-lv-real", "LVM-abc-real", "vg/lv-real");
	assert_lv("vg-lv", "CRYPT-abc", "");
	assert_lv("", "LVM-", "");
}

static void test_metric_names(void **state)
{
	(void)state;
	assert_string_equal(dmp_without_op("read_latency_ns"), "latency_ns");
	assert_string_equal(dmp_without_op("write_zeroes_latency_ns"), "latency_ns");
	assert_string_equal(dmp_without_op("write_bytes"), "bytes");
	assert_null(dmp_without_op("generation"));
	assert_null(dmp_without_op("reads"));
	assert_true(dmp_metric_is("write_zeroes_slow", "slow"));
	assert_false(dmp_metric_is("write_slow_time_ns", "slow"));
	assert_false(dmp_metric_is("slow", "slow"));
}

static void test_match(void **state)
{
	const struct dmp_names names = {
		.device = "dm-3", .major = 253, .minor = 3, .name = "vg-lv", .uuid = "",
		.lv = "vg/lv", .mount = "/srv", .below = "",
	};

	(void)state;
	assert_true(dmp_names_match(&names, "dm-3"));
	assert_true(dmp_names_match(&names, "vg-lv"));
	assert_true(dmp_names_match(&names, "vg/lv"));
	assert_true(dmp_names_match(&names, "253:3"));
	assert_true(dmp_names_match(&names, "/dev/dm-3"));
	assert_true(dmp_names_match(&names, "/dev/vg/lv"));
	assert_true(dmp_names_match(&names, "/dev/mapper/vg-lv"));
	assert_true(dmp_names_match(&names, "/srv"));
	assert_false(dmp_names_match(&names, "dm-33"));
	assert_false(dmp_names_match(&names, "253:33"));
	assert_false(dmp_names_match(&names, "253:3x"));
	assert_false(dmp_names_match(&names, "/srv/"));
	assert_false(dmp_names_match(&names, ""));
	assert_false(dmp_names_match(&names, "/"));
}

/* --- intervals ------------------------------------------------------------------- */

static void add(struct dmp_snapshot *snapshot, unsigned int minor, const char *name,
		uint64_t boot_ns, const char *text)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);

	sample->names.device = dmp_format("dm-%u", minor);
	sample->names.minor = minor;
	sample->names.name = dmp_strdup(name);
	sample->names.uuid = dmp_strdup("");
	sample->names.lv = dmp_strdup("");
	sample->names.mount = dmp_strdup("");
	sample->names.below = dmp_strdup("");
	sample->boot_ns = boot_ns;
	snapshot->boot_ns = boot_ns;
	assert_true(parse(sample, text, NULL));
}

static uint64_t number(const struct dmp_report *report, size_t i, const char *name)
{
	uint64_t value = 0;

	assert_true(dmp_sample_number(&report->intervals[i].sample, name, &value));
	return value;
}

#define SECOND 1000000000ull
#define HEAD "dmp_stats 1\nstart_boot_ns 1000000000\nlatency_start_boot_ns 1000000000\n"

static void test_interval(void **state)
{
	struct dmp_snapshot before = { 0 }, now = { 0 };
	struct dmp_report report;

	(void)state;
	add(&before, 0, "a", 10 * SECOND, HEAD "generation 5\nread_requests 100\nin_flight 7\n"
	    "read_peak_requests 40\nread_latency_ns 1:2=3\n");
	add(&now, 0, "b", 14 * SECOND, HEAD "generation 5\nread_requests 131\nin_flight 2\n"
	    "read_peak_requests 41\nread_latency_ns 1:2=5 2:3=7\n");
	dmp_report_make(&report, &before, &now);
	assert_int_equal(report.n, 1);
	assert_int_equal(report.intervals[0].event, DMP_RENAMED);
	assert_string_equal(report.intervals[0].old_name, "a");
	assert_true(report.intervals[0].seconds == 4.0);
	assert_int_equal(number(&report, 0, "read_requests"), 31);
	assert_int_equal(number(&report, 0, "in_flight"), 2);
	assert_int_equal(number(&report, 0, "read_peak_requests"), 41);
	assert_int_equal(dmp_hist_count(dmp_sample_hist(&report.intervals[0].sample,
							"read_latency_ns")), 9);
	dmp_report_free(&report);

	dmp_report_make(&report, NULL, &now);
	assert_true(report.since_start);
	assert_true(report.intervals[0].seconds == 13.0);
	assert_int_equal(number(&report, 0, "read_requests"), 131);
	dmp_report_free(&report);
	dmp_snapshot_free(&before);
	dmp_snapshot_free(&now);
}

static void test_interval_events(void **state)
{
	struct dmp_snapshot before = { 0 }, now = { 0 };
	struct dmp_report report;

	(void)state;
	add(&before, 0, "reset", 10 * SECOND, HEAD "generation 5\nread_requests 100\n");
	add(&before, 1, "gone", 10 * SECOND, HEAD "generation 6\nread_requests 100\n");
	add(&before, 2, "replaced", 10 * SECOND, HEAD "generation 7\nread_requests 1\n");
	add(&now, 0, "reset", 20 * SECOND, "dmp_stats 1\nstart_boot_ns 18000000000\n"
	    "generation 9\nread_requests 3\n");
	add(&before, 3, "back", 10 * SECOND, HEAD "generation 8\nread_requests 9\n");
	add(&now, 3, "back", 20 * SECOND, HEAD "generation 8\nread_requests 7\n");
	add(&now, 2, "new", 20 * SECOND, "dmp_stats 1\nstart_boot_ns 19000000000\n"
	    "generation 10\nread_requests 4\n");
	dmp_snapshot_sort(&now);
	dmp_report_make(&report, &before, &now);
	assert_int_equal(report.n, 4);
	/* A counter that goes back within a generation: a fault below, and nothing huge. */
	assert_int_equal(number(&report, 3, "read_requests"), 0);
	assert_int_equal(report.intervals[0].event, DMP_RESET);
	assert_int_equal(number(&report, 0, "read_requests"), 3);
	assert_true(report.intervals[0].seconds == 2.0);
	assert_int_equal(report.intervals[1].event, DMP_REMOVED);
	assert_int_equal(report.intervals[2].event, DMP_ADDED);
	assert_int_equal(number(&report, 2, "read_requests"), 4);
	assert_true(report.intervals[2].seconds == 1.0);
	dmp_report_free(&report);
	dmp_snapshot_free(&before);
	dmp_snapshot_free(&now);
}

/* Latencies are counted anew when latency_every changes; all else goes on. */
static void test_interval_latency(void **state)
{
	struct dmp_snapshot before = { 0 }, now = { 0 };
	struct dmp_report report;

	(void)state;
	add(&before, 0, "a", 10 * SECOND, HEAD "generation 5\nread_requests 100\nread_timed 100\n"
	    "read_latency_ns 1:2=100\n");
	add(&now, 0, "a", 20 * SECOND, "dmp_stats 1\nstart_boot_ns 1000000000\n"
	    "latency_start_boot_ns 17000000000\ngeneration 5\nread_requests 150\nread_timed 20\n"
	    "read_latency_ns 1:2=20\n");
	dmp_report_make(&report, &before, &now);
	assert_int_equal(number(&report, 0, "read_requests"), 50);
	assert_int_equal(number(&report, 0, "read_timed"), 20);
	assert_int_equal(dmp_hist_count(dmp_sample_hist(&report.intervals[0].sample,
							"read_latency_ns")), 20);
	assert_true(report.intervals[0].latency_seconds == 3.0);
	dmp_report_free(&report);
	dmp_snapshot_free(&before);
	dmp_snapshot_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_lv),
		cmocka_unit_test(test_metric_names),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_interval_events),
		cmocka_unit_test(test_interval_latency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
