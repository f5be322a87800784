// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests of recordings: what is written is read, and damage costs what it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tools/common/bytes.h"
#include "../../tools/common/memory.h"
#include "../../tools/common/record.h"

#define SECOND	1000000000ull

static char path[] = "/tmp/dmp-recording-XXXXXX";
static const char no_boot_id[] = "/nonexistent";

/* --- numbers --------------------------------------------------------------------- */

static void test_numbers(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, UINT64_MAX };
	static const int64_t signeds[] = { 0, -1, 1, -64, 64, INT64_MIN, INT64_MAX };
	static const size_t lengths[] = { 1, 1, 1, 2, 2, 3, 10 };
	struct dmp_bytes bytes = { 0 };
	struct dmp_cursor cursor;
	size_t i, before;

	(void)state;
	for (i = 0; i < 7; i++) {
		before = bytes.n;
		dmp_put_number(&bytes, numbers[i]);
		assert_int_equal(bytes.n - before, lengths[i]);
		dmp_put_signed(&bytes, signeds[i]);
	}
	cursor = (struct dmp_cursor){ bytes.data, bytes.data + bytes.n, false };
	for (i = 0; i < 7; i++) {
		assert_true(dmp_get_number(&cursor) == numbers[i]);
		assert_true(dmp_get_signed(&cursor) == signeds[i]);
	}
	assert_false(cursor.failed);
	assert_int_equal(dmp_get_number(&cursor), 0);
	assert_true(cursor.failed);
	free(bytes.data);
}

static void test_numbers_that_are_none(void **state)
{
	static const unsigned char large[] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 };
	static const unsigned char torn[] = { 255, 255 };
	static const unsigned char text[] = { 5, 'a', 'b' };
	struct dmp_cursor cursor = { large, large + sizeof(large), false };
	char *got;

	(void)state;
	dmp_get_number(&cursor);
	assert_true(cursor.failed);
	cursor = (struct dmp_cursor){ torn, torn + sizeof(torn), false };
	dmp_get_number(&cursor);
	assert_true(cursor.failed);
	cursor = (struct dmp_cursor){ text, text + sizeof(text), false };
	got = dmp_get_text(&cursor);
	assert_string_equal(got, "");
	assert_true(cursor.failed);
	free(got);
}

/* --- snapshots ------------------------------------------------------------------- */

static void add_volume(struct dmp_snapshot *snapshot, const char *device, unsigned int minor,
		       const char *text)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);
	char *copy = dmp_strdup(text);

	sample->names.device = dmp_strdup(device);
	sample->names.minor = minor;
	sample->names.major = 253;
	sample->names.name = dmp_format("name\"\n of %s", device);
	sample->names.uuid = dmp_strdup("");
	sample->names.lv = dmp_strdup("");
	sample->names.mount = dmp_strdup("/srv");
	sample->names.below = dmp_strdup("sda,sdb");
	sample->boot_ns = snapshot->boot_ns + 3000;
	assert_true(dmp_sample_parse(sample, copy, NULL));
	free(copy);
}

static struct dmp_snapshot at_second(uint64_t second)
{
	return (struct dmp_snapshot){ .boot_ns = second * SECOND,
				      .real_ns = (1000000 + second) * SECOND };
}

static void assert_same_hist(const struct dmp_hist *a, const struct dmp_hist *b)
{
	size_t i;

	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		assert_int_equal(dmp_bucket_compare(&a->buckets[i], &b->buckets[i]), 0);
		assert_true(a->buckets[i].below == b->buckets[i].below);
		assert_true(a->buckets[i].row_below == b->buckets[i].row_below);
		assert_true(a->buckets[i].count == b->buckets[i].count);
	}
}

static void assert_same(const struct dmp_snapshot *a, const struct dmp_snapshot *b)
{
	size_t i, j;

	assert_true(a->boot_ns == b->boot_ns);
	assert_true(a->real_ns == b->real_ns);
	assert_int_equal(a->n, b->n);
	for (i = 0; i < a->n; i++) {
		const struct dmp_sample *left = &a->samples[i], *right = &b->samples[i];

		assert_true(dmp_names_equal(&left->names, &right->names));
		assert_true(left->boot_ns == right->boot_ns);
		assert_int_equal(left->n, right->n);
		for (j = 0; j < left->n; j++) {
			assert_string_equal(left->metrics[j].name, right->metrics[j].name);
			assert_int_equal(left->metrics[j].kind, right->metrics[j].kind);
			assert_true(left->metrics[j].number == right->metrics[j].number);
			if (left->metrics[j].kind == DMP_WORD)
				assert_string_equal(left->metrics[j].word, right->metrics[j].word);
			assert_same_hist(&left->metrics[j].hist, &right->metrics[j].hist);
		}
	}
}

/* Counters that go up, down, and to the end; buckets and words that come and change. */
static const char *const texts[] = {
	"dmp_stats 1\ncollect all\nbusy_ns 0\nread_requests 7\nread_time_ns 1234567\n"
	"read_latency_ns 1024:1088=3 1088:1152=4\nread_heat 0=7\nunknown_words later\n"
	"read_size_latency 512:1024 4096:16384=7",
	"dmp_stats 1\ncollect patterns\nbusy_ns 18446744073709551615\n"
	"read_requests 18446744073709551615\nread_time_ns 0\n"
	"read_latency_ns 0:1024=1 1024:1088=4 1088:1152=9 2048:inf=18446744073709551615\n"
	"read_heat 0=8 63=1\nread_size_latency 512:1024 4096:16384=7 1024:2048 1:4=1\n"
	"unknown_words now\nread_errors_by_status again=1 io=2",
	"dmp_stats 1\nread_requests 1\nread_heat 5",
};

static struct dmp_snapshot made(uint64_t second)
{
	struct dmp_snapshot snapshot = at_second(second);

	if (second != 5)
		add_volume(&snapshot, "dm-1", 1, texts[second % 3]);
	if (second > 2)
		add_volume(&snapshot, "dm-4", 4, texts[(second + 1) % 3]);
	return snapshot;
}

static int make_file(void **state)
{
	int fd;

	(void)state;
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	close(fd);
	return fd < 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* All snapshots are whole. */
static void write_whole(uint64_t from, uint64_t to)
{
	struct dmp_recorder *recorder = dmp_recorder_open(path, no_boot_id);
	struct dmp_snapshot snapshot;

	assert_non_null(recorder);
	for (; from < to; from++) {
		snapshot = made(from);
		assert_true(dmp_recorder_append(recorder, &snapshot, 10, true));
		dmp_snapshot_free(&snapshot);
	}
	assert_true(dmp_recorder_close(recorder));
}

/* How many snapshots there are, each of which is as it was written. */
static uint64_t read_whole(uint64_t from, uint64_t to)
{
	struct dmp_source *source = dmp_record_open(path, 0.5);
	struct dmp_snapshot got, wanted;
	uint64_t second = from;

	if (!source)
		return 0;
	while (source->read(source, &got) > 0) {
		assert_true(second < to);
		wanted = made(second++);
		assert_same(&got, &wanted);
		dmp_snapshot_free(&got);
		dmp_snapshot_free(&wanted);
	}
	source->close(source);
	return second - from;
}

static off_t size_of_file(void)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

static void test_round_trip(void **state)
{
	(void)state;
	write_whole(0, 9);
	assert_int_equal(read_whole(0, 9), 9);
}

/* As after a kill, at each byte of the file: whole frames are read, then appended to. */
static void test_torn(void **state)
{
	uint64_t least = 0, got;
	off_t size, length;

	(void)state;
	write_whole(0, 6);
	size = size_of_file();
	for (length = 1; length < size; length++) {
		make_file(NULL);
		write_whole(0, 6);
		assert_int_equal(truncate(path, length), 0);
		got = read_whole(0, 6);
		assert_true(got >= least && got < 6);
		least = got;
		if (got) {
			write_whole(got, 8);
			assert_int_equal(read_whole(0, 8), 8);
		}
		remove_file(NULL);
	}
	assert_int_equal(least, 5);
	make_file(NULL);
}

static void change_byte(off_t at)
{
	FILE *file = fopen(path, "r+");
	int byte;

	fseek(file, at, SEEK_SET);
	byte = fgetc(file);
	fseek(file, at, SEEK_SET);
	fputc(byte ^ 0x55, file);
	fclose(file);
}

/* Of two segments, the second one is read whatever was damaged in the first. */
static void test_damage(void **state)
{
	struct dmp_source *source;
	struct dmp_snapshot got;
	off_t first, at;
	uint64_t last;

	(void)state;
	write_whole(0, 4);
	first = size_of_file();
	write_whole(4, 7);
	/* A damaged first frame makes it no recording at all. */
	for (at = 200; at < first; at += 7) {
		change_byte(at);
		source = dmp_record_open(path, 0.5);
		for (last = 0; source && source->read(source, &got) > 0;) {
			last = got.boot_ns / SECOND;
			dmp_snapshot_free(&got);
		}
		if (source) {
			assert_int_equal(last, 6);
			source->close(source);
		}
		change_byte(at);
	}
	assert_int_equal(read_whole(0, 7), 7);
}

static void write_text(const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void test_foreign(void **state)
{
	(void)state;
	write_text("not a recording, and somebody's only copy");
	assert_null(dmp_recorder_open(path, no_boot_id));
	assert_null(dmp_record_open(path, 1));
	assert_int_equal(size_of_file(), 41);
	write_text("");
	assert_null(dmp_record_open(path, 1));
	assert_null(dmp_record_open("/nonexistent", 1));
	assert_null(dmp_recorder_open("/nonexistent/file", no_boot_id));
	assert_null(dmp_recorder_open("/dev/full", no_boot_id));
}

static void test_two_recorders(void **state)
{
	struct dmp_recorder *recorder = dmp_recorder_open(path, no_boot_id);

	(void)state;
	assert_non_null(recorder);
	assert_null(dmp_recorder_open(path, no_boot_id));
	assert_true(dmp_recorder_close(recorder));
}

/* --- brief snapshots ------------------------------------------------------------- */

static bool want_latency(const char *metric)
{
	return dmp_metric_is(metric, "latency_ns");
}

static bool want_heat(const char *metric)
{
	return dmp_metric_is(metric, "heat");
}

static void write_brief(void)
{
	struct dmp_recorder *recorder = dmp_recorder_open(path, no_boot_id);
	struct dmp_snapshot snapshot;
	uint64_t second;
	char text[256];

	assert_non_null(recorder);
	for (second = 0; second <= 130; second++) {
		bool all = dmp_recorder_wants_all(recorder, second * SECOND, 1);

		assert_int_equal(all, second % 120 == 0);
		snapshot = at_second(second);
		snprintf(text, sizeof(text),
			 "dmp_stats 1\nread_requests %llu\nread_time_ns %llu\n"
			 "read_latency_ns 1024:1088=%llu 2048:2176=1 2176:2304=%llu%s",
			 second * 17ull, second * 1999ull, second * 7ull, second * 11ull,
			 all ? "\nread_heat 3=5" : "");
		add_volume(&snapshot, "dm-1", 1, text);
		assert_true(dmp_recorder_append(recorder, &snapshot, 1, all));
		dmp_snapshot_free(&snapshot);
	}
	assert_true(dmp_recorder_close(recorder));
}

static unsigned int count_read(double interval, bool (*wanted)(const char *metric),
			       struct dmp_snapshot *last)
{
	struct dmp_source *source = dmp_record_open(path, interval);
	struct dmp_snapshot got;
	unsigned int n = 0;

	assert_non_null(source);
	source->want(source, wanted);
	memset(last, 0, sizeof(*last));
	while (source->read(source, &got) > 0) {
		dmp_snapshot_free(last);
		*last = got;
		n++;
	}
	source->close(source);
	return n;
}

static uint64_t number_in(const struct dmp_snapshot *snapshot, const char *metric)
{
	uint64_t value;

	assert_true(dmp_sample_number(&snapshot->samples[0], metric, &value));
	return value;
}

static void test_brief(void **state)
{
	const struct dmp_hist *hist;
	struct dmp_snapshot last;

	(void)state;
	write_brief();
	assert_int_equal(count_read(1, want_latency, &last), 131);
	assert_int_equal(number_in(&last, "read_requests"), 130 * 17);
	/* whole microseconds */
	assert_int_equal(number_in(&last, "read_time_ns"), 130 * 1999 / 1000 * 1000);
	hist = dmp_sample_hist(&last.samples[0], "read_latency_ns");
	assert_int_equal(hist->n, 2);
	assert_int_equal(hist->buckets[0].least, 1024);
	assert_int_equal(hist->buckets[0].below, 2048);
	assert_int_equal(hist->buckets[0].count, 130 * 7);
	assert_int_equal(hist->buckets[1].below, 4096);
	assert_int_equal(hist->buckets[1].count, 130 * 11 + 1);
	dmp_snapshot_free(&last);

	assert_int_equal(count_read(10, want_latency, &last), 14);
	dmp_snapshot_free(&last);
	/* What is not in each snapshot, and what is asked for without an interval. */
	assert_int_equal(count_read(1, want_heat, &last), 2);
	assert_int_equal(last.boot_ns, 120 * SECOND);
	dmp_snapshot_free(&last);
	assert_int_equal(count_read(0, want_latency, &last), 2);
	assert_int_equal(number_in(&last, "read_time_ns"), 120 * 1999);
	hist = dmp_sample_hist(&last.samples[0], "read_latency_ns");
	assert_int_equal(hist->n, 3);
	dmp_snapshot_free(&last);
}

/* An hour is the most that a damaged byte may cost. */
static void test_segments(void **state)
{
	struct dmp_recorder *recorder = dmp_recorder_open(path, no_boot_id);
	struct dmp_snapshot snapshot;
	uint64_t second;
	unsigned int whole = 0;

	(void)state;
	for (second = 0; second <= 3 * 3600; second += 600) {
		bool all = dmp_recorder_wants_all(recorder, second * SECOND, 600);

		whole += all;
		snapshot = made(second);
		assert_true(dmp_recorder_append(recorder, &snapshot, 600, all));
		dmp_snapshot_free(&snapshot);
	}
	assert_int_equal(whole, 19);
	assert_true(dmp_recorder_close(recorder));
	change_byte(size_of_file() / 2);
	assert_true(count_read(1, NULL, &snapshot) >= 12);
	assert_true(snapshot.boot_ns == 3 * 3600 * SECOND);
	dmp_snapshot_free(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_that_are_none),
		cmocka_unit_test_setup_teardown(test_round_trip, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_torn, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_damage, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_foreign, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_two_recorders, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_brief, make_file, remove_file),
		cmocka_unit_test_setup_teardown(test_segments, make_file, remove_file),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
