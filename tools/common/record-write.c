// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The recorder: appends snapshots to a file, in the form of docs/ABI/recording.md. What
 * it wrote can be read after a kill: only the last frame may be torn, and is cut off by
 * the next recorder.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "memory.h"
#include "names.h"
#include "record.h"
#include "record-frame.h"
#include "record-state.h"

#define LEVEL		19	/* of compression: there are a few kilobytes every 5 s */
#define FRAME_NS	5000000000ull	/* a kill loses so much */
#define ALL_NS		120000000000ull	/* between two snapshots of everything */
#define SEGMENT_NS	3600000000000ull	/* a damaged byte loses so much */

/**
 * struct dmp_recorder - a recording that is written
 * @path: for messages
 * @fd: the file, locked
 * @made: by this recorder
 * @length: of the file, up to the last whole frame
 * @boot_id: of this boot
 * @state: what was written in this segment
 * @frame: records that were not written yet
 * @frame_ns: CLOCK_BOOTTIME of the first snapshot in @frame
 * @segment_ns: of the first one in the segment
 * @all_ns: of the last one that had everything
 * @begun: there is a segment
 * @compressor: of zstd
 */
struct dmp_recorder {
	char *path;
	int fd;
	bool made;
	off_t length;
	char *boot_id;
	struct record_state state;
	struct dmp_bytes frame;
	uint64_t frame_ns, segment_ns, all_ns;
	bool begun;
	ZSTD_CCtx *compressor;
};

/* --- which metrics --------------------------------------------------------------- */

/* In each snapshot; everything else is in one every two minutes. */
static const char *const brief_by_op[] = {
	"requests", "bytes", "refused", "refused_bytes", "time_ns", "timed", "latency_ns",
	"sequential", "sampled",
};

static const char *const brief[] = {
	"busy_ns", "collect", "errors", "fua", "generation", "in_flight",
	"latency_start_boot_ns", "oldest_ns", "start_boot_ns", "start_real_ns",
};

/**
 * dmp_recorder_is_brief() - is this metric in each snapshot of a recording?
 * @metric: its name, operation included
 *
 * Return: whether it is.
 */
bool dmp_recorder_is_brief(const char *metric)
{
	size_t i;

	for (i = 0; i < sizeof(brief_by_op) / sizeof(*brief_by_op); i++) {
		if (dmp_metric_is(metric, brief_by_op[i]))
			return true;
	}
	for (i = 0; i < sizeof(brief) / sizeof(*brief); i++) {
		if (!strcmp(metric, brief[i]))
			return true;
	}
	return false;
}

/* In each snapshot, no more digits than matter; bytes are whole sectors anyway. */
static uint64_t unit_of(const struct dmp_metric *metric, enum record_part part)
{
	if (part == PART_ALL)
		return 1;
	if (!strcmp(metric->name, "oldest_ns"))
		return RECORD_AGE_NS;
	if (dmp_name_ends(metric->name, "_ns"))
		return RECORD_TIME_NS;
	return dmp_name_ends(metric->name, "bytes") ? RECORD_SECTOR_BYTES : 1;
}

/* What is in each snapshot: histograms by powers of two. */
static void make_brief(struct dmp_sample *brief_sample, const struct dmp_sample *sample)
{
	size_t i;

	memset(brief_sample, 0, sizeof(*brief_sample));
	for (i = 0; i < sample->n; i++) {
		struct dmp_metric *copy;

		if (!dmp_recorder_is_brief(sample->metrics[i].name))
			continue;
		copy = dmp_sample_append_copy(brief_sample, &sample->metrics[i]);
		dmp_hist_coarsen(&copy->hist, 1);
	}
}

/* --- definitions ----------------------------------------------------------------- */

static void put_record(struct dmp_recorder *recorder, int type, struct dmp_bytes *body)
{
	unsigned char byte = type;

	dmp_put_bytes(&recorder->frame, &byte, 1);
	dmp_put_number(&recorder->frame, body->n);
	dmp_put_bytes(&recorder->frame, body->data, body->n);
	free(body->data);
}

static void put_header(struct dmp_recorder *recorder)
{
	struct dmp_bytes body = { 0 };

	dmp_put_number(&body, RECORD_VERSION);
	dmp_put_text(&body, recorder->boot_id);
	dmp_put_text(&body, "dmpstat " DMP_VERSION);
	put_record(recorder, RECORD_HEADER, &body);
}

static void put_volume(struct dmp_recorder *recorder, size_t number)
{
	const struct dmp_names *names = &recorder->state.volumes[number].names;
	struct dmp_bytes body = { 0 };

	dmp_put_number(&body, number);
	dmp_put_number(&body, names->major);
	dmp_put_number(&body, names->minor);
	dmp_put_text(&body, names->device);
	dmp_put_text(&body, names->name);
	dmp_put_text(&body, names->uuid);
	dmp_put_text(&body, names->lv);
	dmp_put_text(&body, names->mount);
	dmp_put_text(&body, names->below);
	put_record(recorder, RECORD_VOLUME, &body);
}

static void put_bounds(struct dmp_bytes *body, const struct dmp_bucket *bounds)
{
	dmp_put_text(body, bounds->name ? bounds->name : "");
	if (bounds->name)
		return;
	dmp_put_signed(body, bounds->row_least);
	dmp_put_signed(body, bounds->row_below);
	dmp_put_signed(body, bounds->least);
	dmp_put_signed(body, bounds->below);
}

/* New buckets of a histogram, or all of it; @n tells how many. */
static void define_buckets(struct record_values *values, struct record_metric *defined,
			   const struct dmp_hist *hist, struct dmp_bytes *buckets, size_t *n)
{
	size_t i;

	for (i = 0; i < hist->n; i++) {
		if (record_find_bucket(defined, &hist->buckets[i]))
			continue;
		record_insert_bucket(defined, &hist->buckets[i], record_append_series(values));
		put_bounds(buckets, &hist->buckets[i]);
		++*n;
	}
}

static void define_metric(struct dmp_recorder *recorder, size_t number,
			  enum record_part part, const struct dmp_metric *metric)
{
	struct record_values *values = &recorder->state.volumes[number].parts[part];
	struct record_metric *defined = record_find(values, metric->name);
	struct dmp_bytes body = { 0 }, buckets = { 0 };
	bool known = defined;
	size_t n = 0;

	/* Named twice, by a kernel that is not ours: the first one is recorded. */
	if (known && defined->kind != metric->kind)
		return;
	if (!known) {
		defined = record_insert(values, metric->name);
		defined->kind = metric->kind;
		defined->unit = unit_of(metric, part);
		if (metric->kind == DMP_NUMBER)
			defined->series = record_append_series(values);
	}
	if (metric->kind == DMP_HIST) {
		define_buckets(values, defined, &metric->hist, &buckets, &n);
		known = known && !n;
	}
	if (metric->kind == DMP_WORD && (!known || strcmp(defined->word, metric->word) != 0)) {
		free(defined->word);
		defined->word = dmp_strdup(metric->word);
		known = false;
	}
	if (known)
		return;
	dmp_put_number(&body, number);
	dmp_put_number(&body, part);
	dmp_put_text(&body, metric->name);
	dmp_put_number(&body, metric->kind);
	if (metric->kind == DMP_NUMBER)
		dmp_put_number(&body, defined->unit);
	if (metric->kind == DMP_WORD)
		dmp_put_text(&body, metric->word);
	if (metric->kind == DMP_HIST)
		dmp_put_number(&body, n);
	dmp_put_bytes(&body, buckets.data, buckets.n);
	free(buckets.data);
	put_record(recorder, RECORD_METRIC, &body);
}

/* Everything that was defined is there, and is what it was. */
static bool is_as_defined(const struct record_values *values, const struct dmp_sample *sample)
{
	size_t i, found = 0;

	for (i = 0; i < sample->n; i++) {
		const struct record_metric *defined;

		defined = record_find(values, sample->metrics[i].name);
		if (!defined)
			continue;
		if (defined->kind != sample->metrics[i].kind)
			return false;
		found++;
	}
	return found == values->n;
}

/* The volume's number; a new one, or its old one anew, if it is not what it was. */
static size_t define_volume(struct dmp_recorder *recorder, const struct dmp_names *names,
			    const struct dmp_sample *const parts[])
{
	struct record_state *state = &recorder->state;
	struct record_volume *volume;
	enum record_part part;
	bool same = true;
	size_t i;

	for (i = 0; i < state->n; i++) {
		if (!strcmp(state->volumes[i].names.device, names->device))
			break;
	}
	volume = i < state->n ? &state->volumes[i] : record_state_append(state);
	for (part = 0; part < PARTS; part++) {
		if (parts[part] && !is_as_defined(&volume->parts[part], parts[part]))
			same = false;
	}
	if (volume->names.device && same && dmp_names_equal(&volume->names, names))
		return i;
	record_volume_free(volume);
	dmp_names_copy(&volume->names, names);
	put_volume(recorder, i);
	return i;
}

static size_t define(struct dmp_recorder *recorder, const struct dmp_names *names,
		     const struct dmp_sample *const parts[])
{
	size_t number = define_volume(recorder, names, parts), i;
	enum record_part part;

	for (part = 0; part < PARTS; part++) {
		for (i = 0; parts[part] && i < parts[part]->n; i++)
			define_metric(recorder, number, part, &parts[part]->metrics[i]);
	}
	return number;
}

/* --- snapshots ------------------------------------------------------------------- */

static void take_values(const struct record_metric *defined, const struct dmp_metric *metric,
			uint64_t *taken)
{
	size_t i;

	if (metric->kind != defined->kind)
		return;
	if (metric->kind == DMP_NUMBER)
		taken[defined->series] = metric->number / defined->unit;
	for (i = 0; i < metric->hist.n; i++)
		taken[record_find_bucket(defined, &metric->hist.buckets[i])->series] =
			metric->hist.buckets[i].count;
}

static void put_values(struct dmp_bytes *body, struct record_values *values,
		       const struct dmp_sample *sample)
{
	uint64_t *taken = dmp_alloc((values->n_series + 1) * sizeof(*taken));
	size_t i;

	for (i = 0; i < sample->n; i++)
		take_values(record_find(values, sample->metrics[i].name), &sample->metrics[i],
			    taken);
	for (i = 0; i < values->n_series; i++)
		record_put_series(body, &values->series[i], taken[i]);
	free(taken);
}

static void put_sample(struct dmp_recorder *recorder, struct dmp_bytes *body,
		       const struct dmp_sample *sample, const struct dmp_snapshot *snapshot,
		       bool all)
{
	struct dmp_sample brief_sample;
	const struct dmp_sample *const parts[PARTS] = { &brief_sample, all ? sample : NULL };
	struct record_volume *volume;
	enum record_part part;
	size_t number;

	make_brief(&brief_sample, sample);
	number = define(recorder, &sample->names, parts);
	volume = &recorder->state.volumes[number];
	dmp_put_number(body, number);
	dmp_put_number(body, sample->names.suspended);
	dmp_put_signed(body, (int64_t)(sample->boot_ns - snapshot->boot_ns) / RECORD_TIME_NS);
	for (part = 0; part < PARTS; part++) {
		if (parts[part])
			put_values(body, &volume->parts[part], parts[part]);
	}
	dmp_sample_free(&brief_sample);
}

static void put_snapshot(struct dmp_recorder *recorder, const struct dmp_snapshot *snapshot,
			 bool all)
{
	struct record_state *state = &recorder->state;
	struct dmp_bytes body = { 0 };
	size_t i;

	dmp_put_number(&body, all);
	record_put_series(&body, &state->boot_us, snapshot->boot_ns / RECORD_TIME_NS);
	record_put_series(&body, &state->real_us, snapshot->real_ns / RECORD_TIME_NS);
	dmp_put_number(&body, snapshot->n);
	for (i = 0; i < snapshot->n; i++)
		put_sample(recorder, &body, &snapshot->samples[i], snapshot, all);
	put_record(recorder, RECORD_SNAPSHOT, &body);
}

/* --- the file -------------------------------------------------------------------- */

static bool complain(const struct dmp_recorder *recorder, const char *what)
{
	fprintf(stderr, "dmpstat: cannot %s %s: %s\n", what, recorder->path, strerror(errno));
	return false;
}

/* All of the frame, or none of it: a part of one would hide what is appended later. */
static bool write_all(struct dmp_recorder *recorder, const unsigned char *data, size_t n)
{
	size_t done = 0;
	ssize_t wrote;
	int error;

	while (done < n) {
		wrote = pwrite(recorder->fd, data + done, n - done, recorder->length + done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			error = errno;
			if (ftruncate(recorder->fd, recorder->length))
				complain(recorder, "shorten");
			errno = error;
			return complain(recorder, "write");
		}
		done += wrote;
	}
	recorder->length += n;
	return true;
}

static bool write_frame(struct dmp_recorder *recorder)
{
	size_t room = ZSTD_compressBound(recorder->frame.n), n;
	unsigned char *data;
	bool done;

	if (!recorder->frame.n)
		return true;
	data = dmp_alloc(room);
	n = ZSTD_compress2(recorder->compressor, data, room, recorder->frame.data,
			   recorder->frame.n);
	if (ZSTD_isError(n)) {
		fprintf(stderr, "dmpstat: cannot compress: %s\n", ZSTD_getErrorName(n));
		done = false;
	} else {
		done = write_all(recorder, data, n);
	}
	free(data);
	recorder->frame.n = 0;
	return done;
}

/* Where to go on: after the last whole frame of what has to be a recording. */
static bool find_end(struct dmp_recorder *recorder)
{
	struct dmp_bytes content = { 0 };
	struct record_file file;
	bool is_recording;
	struct stat status;

	if (fstat(recorder->fd, &status))
		return complain(recorder, "read");
	if (!S_ISREG(status.st_mode)) {
		fprintf(stderr, "dmpstat: %s is no regular file\n", recorder->path);
		return false;
	}
	record_file_begin(&file, recorder->fd);
	is_recording = !status.st_size ||
		(record_file_next(&file, &content) > 0 && record_is_header(&content));
	free(content.data);
	if (is_recording) {
		do {
			recorder->length = record_file_offset(&file);
		} while (record_file_skip(&file));
	} else {
		fprintf(stderr, "dmpstat: %s is no recording: it is left alone\n",
			recorder->path);
	}
	record_file_free(&file);
	if (is_recording && ftruncate(recorder->fd, recorder->length))
		return complain(recorder, "shorten");
	return is_recording;
}

static bool open_file(struct dmp_recorder *recorder)
{
	recorder->fd = open(recorder->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	recorder->made = recorder->fd >= 0;
	if (!recorder->made)
		recorder->fd = open(recorder->path, O_RDWR | O_CLOEXEC);
	if (recorder->fd < 0)
		return complain(recorder, "open");
	if (flock(recorder->fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return complain(recorder, "lock");
		fprintf(stderr, "dmpstat: somebody records to %s already\n", recorder->path);
		return false;
	}
	return find_end(recorder);
}

/* A file without anything in it is not left. */
static void free_recorder(struct dmp_recorder *recorder)
{
	if (recorder->made && !recorder->length)
		unlink(recorder->path);
	if (recorder->fd >= 0)
		close(recorder->fd);
	ZSTD_freeCCtx(recorder->compressor);
	record_state_free(&recorder->state);
	free(recorder->frame.data);
	free(recorder->boot_id);
	free(recorder->path);
	free(recorder);
}

/**
 * dmp_recorder_open() - begin a recording, or go on with one
 * @path: of the file, which is made if it is not there
 * @root: "" or the directory that stands for /
 *
 * Return: the recorder; NULL after an error that has been printed.
 */
struct dmp_recorder *dmp_recorder_open(const char *path, const char *root)
{
	struct dmp_recorder *recorder = dmp_alloc(sizeof(*recorder));
	char *boot_id = dmp_read_file(root, "/proc/sys/kernel/random/boot_id");

	recorder->path = dmp_strdup(path);
	recorder->boot_id = boot_id ? boot_id : dmp_strdup("");
	recorder->compressor = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(recorder->compressor, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(recorder->compressor, ZSTD_c_checksumFlag, 1);
	if (open_file(recorder))
		return recorder;
	free_recorder(recorder);
	return NULL;
}

static bool is_due(uint64_t since_ns, uint64_t now_ns, double interval, uint64_t after_ns)
{
	/* Half an interval early rather than as much late. */
	return now_ns - since_ns + interval * 1e9 / 2 >= after_ns;
}

/**
 * dmp_recorder_wants_all() - has the next snapshot to have all metrics?
 * @recorder: any
 * @boot_ns: CLOCK_BOOTTIME
 * @interval: between snapshots, in seconds
 *
 * Return: whether it has to; else those suffice for which dmp_recorder_is_brief().
 */
bool dmp_recorder_wants_all(const struct dmp_recorder *recorder, uint64_t boot_ns,
			    double interval)
{
	return !recorder->begun || is_due(recorder->segment_ns, boot_ns, interval, SEGMENT_NS) ||
		is_due(recorder->all_ns, boot_ns, interval, ALL_NS);
}

static bool begin_segment(struct dmp_recorder *recorder, uint64_t boot_ns)
{
	if (!write_frame(recorder))
		return false;
	record_state_free(&recorder->state);
	put_header(recorder);
	recorder->begun = true;
	recorder->segment_ns = recorder->frame_ns = boot_ns;
	return true;
}

/**
 * dmp_recorder_append() - one more snapshot
 * @recorder: any
 * @snapshot: newer than the last one
 * @interval: between snapshots, in seconds
 * @all: it has all metrics
 *
 * Return: false after an error that has been printed; the file is as it was before.
 */
bool dmp_recorder_append(struct dmp_recorder *recorder, const struct dmp_snapshot *snapshot,
			 double interval, bool all)
{
	uint64_t now = snapshot->boot_ns;
	bool first = all && (!recorder->begun ||
			     is_due(recorder->segment_ns, now, interval, SEGMENT_NS));

	if (first && !begin_segment(recorder, now))
		return false;
	if (!recorder->frame.n)
		recorder->frame_ns = now;
	put_snapshot(recorder, snapshot, all);
	if (all)
		recorder->all_ns = now;
	/* Another whole interval must not pass beyond it. */
	if (first || is_due(recorder->frame_ns, now, 2 * interval, FRAME_NS))
		return write_frame(recorder);
	return true;
}

/**
 * dmp_recorder_close() - end a recording
 * @recorder: is freed
 *
 * Return: false after an error that has been printed: the last seconds are missing.
 */
bool dmp_recorder_close(struct dmp_recorder *recorder)
{
	bool done = write_frame(recorder);

	free_recorder(recorder);
	return done;
}
