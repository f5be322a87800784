// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests of what the report page is made from: sums by steps, and events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tools/common/memory.h"
#include "../../tools/common/record.h"
#include "../../tools/dmpstat/report-data.h"

#define SECOND	1000000000ull
#define EPOCH	1700000000ull	/* a multiple of 100 */

static char path[] = "/tmp/dmp-report-XXXXXX";

/* Each second 10 reads of 4 KiB, of 1024 to 1087 ns; each third second 2 writes. */
static void add_volume(struct dmp_snapshot *snapshot, uint64_t second, const char *name,
		       uint64_t generation, uint64_t errors, uint64_t oldest)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);
	unsigned long long reads = 10 * second, writes = second / 3 * 2;
	char *text = dmp_format("dmp_stats 1\nread_requests %llu\nread_bytes %llu\n"
				"read_time_ns %llu\nread_timed %llu\nread_latency_ns 1024:1088=%llu\n"
				"read_sampled %llu\nread_sequential %llu\n"
				"write_requests %llu\nwrite_bytes %llu\nwrite_size_bytes 512:1024=%llu\n"
				"errors %llu\noldest_ns %llu\ngeneration %llu\nstart_boot_ns 0\n"
				"latency_start_boot_ns 0\nbusy_ns %llu\nread_window_requests %s\n",
				reads, 4096 * reads, 1050000 * reads, reads, reads,
				reads / 10, reads / 20, writes, 512 * writes, writes,
				(unsigned long long)errors, (unsigned long long)oldest,
				(unsigned long long)generation, (unsigned long long)second * 300000000,
				second < 130 ? "0:1=10" : "0:1=10 512:1024=1");

	sample->names.device = dmp_strdup("dm-1");
	sample->names.name = dmp_strdup(name);
	sample->names.uuid = dmp_strdup("");
	sample->names.lv = dmp_strdup("");
	sample->names.mount = dmp_strdup("");
	sample->names.below = dmp_strdup("");
	sample->boot_ns = snapshot->boot_ns;
	assert_true(dmp_sample_parse(sample, text, NULL));
	free(text);
}

/*
 * 240 s, of which 100 to 109 are missing; 3 errors in second 50; an I/O of 4 s hangs in
 * second 60; another name from second 200 on.
 */
static void record(void)
{
	struct dmp_recorder *recorder = dmp_recorder_open(path, "/nonexistent");
	struct dmp_snapshot snapshot;
	uint64_t second;

	assert_non_null(recorder);
	for (second = 0; second <= 240; second++) {
		bool all = second == 240 || dmp_recorder_wants_all(recorder, second * SECOND, 1);

		if (second >= 100 && second < 110)
			continue;
		snapshot = (struct dmp_snapshot){ .boot_ns = second * SECOND,
						  .real_ns = (EPOCH + second) * SECOND };
		add_volume(&snapshot, second, second < 200 ? "old" : "new", 7,
			   second < 50 ? 0 : 3, second == 60 ? 4 * SECOND : 0);
		assert_true(dmp_recorder_append(recorder, &snapshot, 1, all));
		dmp_snapshot_free(&snapshot);
	}
	assert_true(dmp_recorder_close(recorder));
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	unlink(path);
	record();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void assert_near(double got, double want)
{
	assert_true(got > want - 1e-6 && got < want + 1e-6);
}

static void test_steps(void **state)
{
	struct report_data data;
	const struct report_step *step;
	double reads = 0, writes = 0;
	size_t i;

	(void)state;
	assert_true(report_data_read(&data, path));
	assert_near(data.interval, 1);
	assert_near(data.step, 1);
	assert_near(data.from, EPOCH);
	assert_near(data.to, EPOCH + 240);
	assert_near(data.long_step, 120);
	assert_int_equal(data.n_volumes, 2);
	assert_string_equal(data.volumes[0].names.name, "old");
	for (i = 0; i < data.n_steps; i++) {
		reads += data.volumes[0].steps[i].requests[DMP_READ];
		writes += data.volumes[0].steps[i].requests[DMP_WRITE];
	}
	/* to second 199, less the pause from 99 to 110 */
	assert_near(reads, 10 * (199 - 11));
	assert_near(writes, 2 * (66 - (110 / 3 - 99 / 3)));
	step = &data.volumes[0].steps[5];
	assert_near(step->seconds, 1);
	assert_near(step->bytes[DMP_READ], 40960);
	assert_near(step->peak[DMP_READ], 10);
	assert_near(step->time_ns[DMP_READ], 10500000);
	assert_near(step->all_time_ns, 10500000);
	assert_near(step->timed[DMP_READ], 10);
	assert_near(step->busy_ns, 300000000);
	assert_near(step->worst_p99_ns[DMP_READ], 2048);
	assert_int_equal(step->latency[DMP_READ].n, 1);
	assert_int_equal(step->latency[DMP_READ].buckets[0].count, 10);
	assert_near(step->sampled, 1);
	assert_near(data.volumes[0].steps[59].oldest_ns, 4e9);
	assert_near(data.volumes[0].steps[105].seconds, 0);
	report_data_free(&data);
}

static void test_events(void **state)
{
	static const enum report_kind kinds[] = {
		EVENT_ERRORS, EVENT_STALL, EVENT_GAP, EVENT_BURST, EVENT_RENAMED,
	};
	struct report_data data;
	size_t i;

	(void)state;
	assert_true(report_data_read(&data, path));
	assert_int_equal(data.n_events, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(data.events[i].kind, kinds[i]);
	assert_near(data.events[0].from, EPOCH + 49);
	assert_near(data.events[0].number, 3);
	assert_near(data.events[1].from, EPOCH + 56);
	assert_near(data.events[1].number, 4e9);
	assert_near(data.events[2].to - data.events[2].from, 11);
	assert_int_equal(data.events[2].volume, -1);
	assert_near(data.events[3].number, 512);
	assert_string_equal(data.events[4].text, "old");
	report_data_free(&data);
}

static void test_hists(void **state)
{
	struct report_data data;
	const struct report_metric *metric = NULL;
	size_t i;

	(void)state;
	assert_true(report_data_read(&data, path));
	/* of everything there are snapshots at 0, 120 and 240 s */
	for (i = 0; i < data.volumes[0].n_metrics; i++) {
		metric = &data.volumes[0].metrics[i];
		if (!strcmp(metric->name, "write_size_bytes"))
			break;
	}
	assert_true(i < data.volumes[0].n_metrics);
	assert_int_equal(metric->steps[0].buckets[0].count, 80);
	report_data_free(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_hists),
	};

	return cmocka_run_group_tests_name("report", tests, set_up, tear_down);
}
