// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A recording as a source: docs/ABI/recording.md. Nothing that a file says is believed:
 * what is damaged is left out up to the next segment, and told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "record.h"
#include "record-frame.h"
#include "record-state.h"

/* Far more than any machine has: what says more is no recording. */
#define MOST_VOLUMES	(1 << 20)

/**
 * struct reader - a recording that is read
 * @source: what callers know
 * @path: for messages
 * @file: its frames
 * @content: of the frame that is being read
 * @cursor: in @content
 * @state: what the segment has said so far
 * @in_segment: @state is whole: a header has been read, and nothing was damaged since
 * @era: counts boots
 * @boot_id: of this boot
 * @interval_us: least time between two snapshots; UINT64_MAX: only the first and the last
 * @last_us: CLOCK_BOOTTIME of the last one that was returned
 * @part: which one snapshots are made from
 * @begun: a snapshot was returned, and @part is known
 * @wanted: see dmp_source.want
 * @told: the damage has been
 */
struct reader {
	struct dmp_source source;
	char *path;
	struct record_file file;
	struct dmp_bytes content;
	struct dmp_cursor cursor;
	struct record_state state;
	bool in_segment;
	unsigned int era;
	char *boot_id;
	uint64_t interval_us, last_us;
	enum record_part part;
	bool begun;
	bool (*wanted)(const char *metric);
	bool told;
};

/* --- records --------------------------------------------------------------------- */

static bool take_header(struct reader *reader, struct dmp_cursor *body)
{
	uint64_t version = dmp_get_number(body);
	char *boot_id = dmp_get_text(body);

	record_state_free(&reader->state);
	if (body->failed || version != RECORD_VERSION) {
		if (!body->failed)
			fprintf(stderr, "dmpstat: %s: a segment of version %llu is left out; this dmpstat reads %d\n",
				reader->path, (unsigned long long)version, RECORD_VERSION);
		free(boot_id);
		return false;
	}
	if (reader->boot_id && strcmp(reader->boot_id, boot_id) != 0) {
		reader->era++;
		/* The first one after a boot is always due. */
		reader->last_us = UINT64_MAX;
	}
	free(reader->boot_id);
	reader->boot_id = boot_id;
	return true;
}

/* A volume, new or anew. */
static bool take_volume(struct reader *reader, struct dmp_cursor *body)
{
	uint64_t number = dmp_get_number(body);
	struct record_volume *volume;

	if (body->failed || number > reader->state.n || number >= MOST_VOLUMES)
		return false;
	if (number == reader->state.n)
		record_state_append(&reader->state);
	volume = &reader->state.volumes[number];
	record_volume_free(volume);
	volume->names.major = dmp_get_number(body);
	volume->names.minor = dmp_get_number(body);
	volume->names.device = dmp_get_text(body);
	volume->names.name = dmp_get_text(body);
	volume->names.uuid = dmp_get_text(body);
	volume->names.lv = dmp_get_text(body);
	volume->names.mount = dmp_get_text(body);
	volume->names.below = dmp_get_text(body);
	return !body->failed;
}

static bool take_bucket(struct record_values *values, struct record_metric *metric,
			struct dmp_cursor *body)
{
	struct dmp_bucket bounds = { .name = dmp_get_text(body) };
	bool done;

	if (!*bounds.name) {
		free(bounds.name);
		bounds.name = NULL;
		bounds.row_least = dmp_get_signed(body);
		bounds.row_below = dmp_get_signed(body);
		bounds.least = dmp_get_signed(body);
		bounds.below = dmp_get_signed(body);
	}
	done = !body->failed &&
		record_insert_bucket(metric, &bounds, record_append_series(values));
	free(bounds.name);
	return done;
}

static bool take_kind(struct record_values *values, struct record_metric *metric,
		      struct dmp_cursor *body, bool is_new)
{
	uint64_t n;

	switch (metric->kind) {
	case DMP_NUMBER:
		metric->unit = dmp_get_number(body);
		if (is_new)
			metric->series = record_append_series(values);
		return is_new && !body->failed;
	case DMP_WORD:
		free(metric->word);
		metric->word = dmp_get_text(body);
		return !body->failed;
	case DMP_HIST:
		for (n = dmp_get_number(body); n; n--) {
			if (!take_bucket(values, metric, body))
				return false;
		}
		return !body->failed;
	}
	return false;
}

static bool take_metric(struct reader *reader, struct dmp_cursor *body)
{
	uint64_t number = dmp_get_number(body), part = dmp_get_number(body), kind;
	char *name = dmp_get_text(body);
	struct record_values *values;
	struct record_metric *metric;
	bool done = false, is_new;

	kind = dmp_get_number(body);
	if (!body->failed && number < reader->state.n && part < PARTS && kind <= DMP_HIST) {
		values = &reader->state.volumes[number].parts[part];
		metric = record_find(values, name);
		is_new = !metric;
		if (is_new) {
			metric = record_insert(values, name);
			metric->kind = kind;
		}
		done = metric->kind == kind && take_kind(values, metric, body, is_new);
	}
	free(name);
	return done;
}

/* --- snapshots ------------------------------------------------------------------- */

static void make_hist(struct dmp_metric *made, const struct record_metric *metric,
		      const struct series *series)
{
	size_t i;

	for (i = 0; i < metric->n; i++) {
		const struct record_bucket *bucket = &metric->buckets[i];
		struct dmp_bucket *copy;

		if (!series[bucket->series].value)
			continue;
		copy = dmp_hist_append(&made->hist);
		*copy = bucket->bounds;
		copy->name = copy->name ? dmp_strdup(copy->name) : NULL;
		copy->count = series[bucket->series].value;
	}
}

static void make_metric(struct dmp_sample *sample, const struct record_metric *metric,
			const struct series *series)
{
	struct dmp_metric *made = dmp_sample_append(sample, metric->name,
						    strlen(metric->name));

	made->kind = metric->kind;
	if (metric->kind == DMP_NUMBER)
		made->number = series[metric->series].value * metric->unit;
	else if (metric->kind == DMP_WORD)
		made->word = dmp_strdup(metric->word);
	else
		make_hist(made, metric, series);
}

static bool is_wanted(const struct reader *reader, const struct record_metric *metric)
{
	return !reader->wanted || reader->wanted(metric->name) ||
		(metric->kind == DMP_NUMBER && dmp_recorder_is_brief(metric->name));
}

static void make_sample(const struct reader *reader, struct dmp_snapshot *snapshot,
			const struct record_volume *volume, bool suspended, int64_t later_us)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);
	const struct record_values *values = &volume->parts[reader->part];
	size_t i;

	dmp_names_copy(&sample->names, &volume->names);
	sample->names.suspended = suspended;
	sample->boot_ns = snapshot->boot_ns + (uint64_t)later_us * RECORD_TIME_NS;
	for (i = 0; i < values->n; i++) {
		if (is_wanted(reader, &values->metrics[i]))
			make_metric(sample, &values->metrics[i], values->series);
	}
}

/* Does somebody want what is only in snapshots of everything? */
static bool needs_all(const struct reader *reader)
{
	size_t i, j;

	if (reader->interval_us == UINT64_MAX || !reader->wanted)
		return true;
	for (i = 0; i < reader->state.n; i++) {
		const struct record_values *values = &reader->state.volumes[i].parts[PART_ALL];

		for (j = 0; j < values->n; j++) {
			if (!dmp_recorder_is_brief(values->metrics[j].name) &&
			    reader->wanted(values->metrics[j].name))
				return true;
		}
	}
	return false;
}

static bool is_due(const struct reader *reader)
{
	uint64_t now = reader->state.boot_us.value;

	if (!reader->begun || reader->interval_us == UINT64_MAX || now < reader->last_us)
		return true;
	/* A twentieth early: intervals of a recorder vary a little. */
	return now - reader->last_us + reader->interval_us / 20 >= reader->interval_us;
}

static bool take_values(struct record_values *values, struct dmp_cursor *body)
{
	size_t i;

	for (i = 0; i < values->n_series; i++)
		record_get_series(body, &values->series[i]);
	return !body->failed;
}

static bool take_sample(struct reader *reader, struct dmp_cursor *body, bool all,
			struct dmp_snapshot *snapshot)
{
	uint64_t number = dmp_get_number(body);
	bool suspended = dmp_get_number(body);
	int64_t later_us = dmp_get_signed(body);
	struct record_volume *volume;

	if (body->failed || number >= reader->state.n)
		return false;
	volume = &reader->state.volumes[number];
	if (!take_values(&volume->parts[PART_BRIEF], body) ||
	    (all && !take_values(&volume->parts[PART_ALL], body)))
		return false;
	if (snapshot)
		make_sample(reader, snapshot, volume, suspended, later_us);
	return true;
}

/* 1: a snapshot that is due; 0: one that is not; -1: damaged. */
static int take_snapshot(struct reader *reader, struct dmp_cursor *body,
			 struct dmp_snapshot *snapshot)
{
	bool all = dmp_get_number(body), due;
	uint64_t n;

	record_get_series(body, &reader->state.boot_us);
	record_get_series(body, &reader->state.real_us);
	n = dmp_get_number(body);
	if (body->failed)
		return -1;
	if (!reader->begun)
		reader->part = needs_all(reader) ? PART_ALL : PART_BRIEF;
	due = (all || reader->part == PART_BRIEF) && is_due(reader);
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->era = reader->era;
	snapshot->boot_ns = reader->state.boot_us.value * RECORD_TIME_NS;
	snapshot->real_ns = reader->state.real_us.value * RECORD_TIME_NS;
	for (; n; n--) {
		if (!take_sample(reader, body, all, due ? snapshot : NULL)) {
			dmp_snapshot_free(snapshot);
			return -1;
		}
	}
	if (!due)
		return 0;
	reader->begun = true;
	reader->last_us = reader->state.boot_us.value;
	dmp_snapshot_sort(snapshot);
	return 1;
}

/* --- the source ------------------------------------------------------------------ */

/* 1: a snapshot that is due; 0: something else; -1: damaged. */
static int take_record(struct reader *reader, struct dmp_snapshot *snapshot)
{
	uint64_t type = dmp_get_number(&reader->cursor);
	struct dmp_cursor body = dmp_get_part(&reader->cursor);

	if (reader->cursor.failed)
		return -1;
	switch (type) {
	case RECORD_HEADER:
		return take_header(reader, &body) ? 0 : -1;
	case RECORD_VOLUME:
		return take_volume(reader, &body) ? 0 : -1;
	case RECORD_METRIC:
		return take_metric(reader, &body) ? 0 : -1;
	case RECORD_SNAPSHOT:
		return take_snapshot(reader, &body, snapshot);
	default:
		/* Of a newer recorder. */
		return 0;
	}
}

/* false: there is none. */
static bool take_frame(struct reader *reader)
{
	int got = record_file_next(&reader->file, &reader->content);

	reader->cursor = (struct dmp_cursor){ 0 };
	if (got < 0)
		reader->in_segment = false;
	if (got <= 0)
		return got;
	if (record_is_header(&reader->content))
		reader->in_segment = true;
	if (reader->in_segment) {
		reader->cursor.at = reader->content.data;
		reader->cursor.end = reader->content.data + reader->content.n;
	}
	return true;
}

static void tell_damage(struct reader *reader)
{
	if (!reader->file.damaged || reader->told)
		return;
	reader->told = true;
	fprintf(stderr, "dmpstat: %s: %llu bytes are damaged; what follows them is left out, an hour at most\n",
		reader->path, (unsigned long long)reader->file.damaged);
}

static bool next_snapshot(struct reader *reader, struct dmp_snapshot *snapshot)
{
	int got;

	for (;;) {
		while (reader->cursor.at == reader->cursor.end) {
			if (!take_frame(reader)) {
				tell_damage(reader);
				return false;
			}
		}
		got = take_record(reader, snapshot);
		if (got > 0)
			return true;
		if (got < 0) {
			reader->file.damaged += reader->cursor.end - reader->cursor.at;
			reader->in_segment = false;
			reader->cursor.at = reader->cursor.end;
		}
	}
}

static int read_snapshot(struct dmp_source *source, struct dmp_snapshot *snapshot)
{
	struct reader *reader = (struct reader *)source;
	bool first = !reader->begun, got = next_snapshot(reader, snapshot);
	struct dmp_snapshot later;

	if (!got || first || reader->interval_us != UINT64_MAX)
		return got;
	while (next_snapshot(reader, &later)) {
		dmp_snapshot_free(snapshot);
		*snapshot = later;
	}
	return 1;
}

static void restart(struct dmp_source *source)
{
	struct reader *reader = (struct reader *)source;
	int fd = reader->file.fd;

	record_file_free(&reader->file);
	record_file_begin(&reader->file, fd);
	record_state_free(&reader->state);
	reader->cursor = (struct dmp_cursor){ 0 };
	reader->in_segment = reader->begun = false;
}

static void want(struct dmp_source *source, bool (*wanted)(const char *metric))
{
	((struct reader *)source)->wanted = wanted;
}

static void close_reader(struct dmp_source *source)
{
	struct reader *reader = (struct reader *)source;

	record_file_free(&reader->file);
	record_state_free(&reader->state);
	free(reader->content.data);
	free(reader->boot_id);
	close(reader->file.fd);
	free(reader->path);
	free(reader);
}

/**
 * dmp_record_open() - a recording as a source
 * @path: of the file
 * @interval: least time between two snapshots in seconds; 0: only the first and the last
 *
 * Where something is wanted that is not in each snapshot, and with @interval 0, only
 * those are read that have everything.
 *
 * Return: the source; NULL after an error that has been printed.
 */
struct dmp_source *dmp_record_open(const char *path, double interval)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct reader *reader;

	if (fd < 0) {
		fprintf(stderr, "dmpstat: cannot open %s: %s\n", path, strerror(errno));
		return NULL;
	}
	reader = dmp_alloc(sizeof(*reader));
	reader->source.read = read_snapshot;
	reader->source.restart = restart;
	reader->source.want = want;
	reader->source.close = close_reader;
	reader->path = dmp_strdup(path);
	reader->interval_us = interval ? (uint64_t)(interval * 1e6) : UINT64_MAX;
	record_file_begin(&reader->file, fd);
	if (take_frame(reader) && reader->in_segment)
		return &reader->source;
	fprintf(stderr, "dmpstat: %s is no recording\n", path);
	close_reader(&reader->source);
	return NULL;
}
