// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Snapshots of this machine, or of a directory that looks like one (docs/ABI): from the
 * files that everybody may read, or by one bulk read a volume where that is allowed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <libdevmapper.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "names.h"
#include "source.h"

/* A reset in the middle of a reading is met with another one, so many times. */
#define ATTEMPTS	5

/**
 * struct bounds - buckets of a histogram's file
 * @metric: name without operation
 * @least: least values
 * @names: or names, "-" for a bucket that this kernel does not use
 * @n: elements of one of these
 * @row_least: of a table: the rows' least values
 * @rows: elements of @row_least; 1 if it is none
 */
struct bounds {
	char *metric;
	int64_t *least;
	char **names;
	size_t n;
	int64_t *row_least;
	size_t rows;
};

/**
 * struct live_file - a file of a metric; all volumes have the same ones
 * @name: of the file, and of the metric
 * @op: operation that it is of; DMP_OPS: of none
 * @histogram: its name without operation; NULL if it is of none
 * @counts_idle: it holds something even if no operation was ever submitted
 */
struct live_file {
	char *name;
	enum dmp_op op;
	const char *histogram;
	bool counts_idle;
};

/**
 * struct live - this machine
 * @source: what callers know
 * @root: "" or the directory that stands for /
 * @stat: the module's directory below it
 * @wanted: see dmp_source.want
 * @bulk: bulk reads are tried
 * @bounds: of the histograms met so far
 * @n_bounds: elements of @bounds
 * @files: that are wanted, as the first volume of this snapshot has them
 * @n_files: elements of @files
 */
struct live {
	struct dmp_source source;
	char *root;
	const char *stat;
	bool (*wanted)(const char *metric);
	bool bulk;
	struct bounds *bounds;
	size_t n_bounds;
	struct live_file *files;
	size_t n_files;
};

/* --- the stat file --------------------------------------------------------------- */

/* Fields of the stat file, in order; by operation where there is a %s. */
struct field_group {
	const char *names[2];
	bool by_op;
};

static const struct field_group stat_fields[] = {
	{ { "requests", "bytes" }, true },
	{ { "errors" }, false },
	{ { "fua" }, false },
	{ { "in_flight" }, false },
	{ { "time_ns", "timed" }, true },
	{ { "oldest_ns" }, false },
	{ { "start_boot_ns" }, false },
	{ { "start_real_ns" }, false },
	{ { "generation" }, false },
	{ { "latency_start_boot_ns" }, false },
	{ { "busy_ns" }, false },
	{ { "refused", "refused_bytes" }, true },
};

static bool take_field(struct dmp_sample *sample, char **rest, const char *op,
		       const char *name)
{
	char *value = strsep(rest, " ");
	char full[64];
	int length;

	if (!value)
		return false;
	length = snprintf(full, sizeof(full), "%s%s%s", op, *op ? "_" : "", name);
	return dmp_sample_append_text(sample, full, length, value);
}

/* As many fields as there are: older modules have fewer, newer ones more. */
static void parse_stat(struct dmp_sample *sample, char *line)
{
	size_t i, op, j;

	for (i = 0; i < sizeof(stat_fields) / sizeof(stat_fields[0]); i++) {
		const struct field_group *group = &stat_fields[i];

		for (op = 0; op < (group->by_op ? DMP_OPS : 1); op++) {
			for (j = 0; j < 2 && group->names[j]; j++) {
				if (!take_field(sample, &line,
						group->by_op ? dmp_op_names[op] : "",
						group->names[j]))
					return;
			}
		}
	}
}

static bool is_in_stat(const char *name)
{
	size_t i, j;

	for (i = 0; i < sizeof(stat_fields) / sizeof(stat_fields[0]); i++) {
		const struct field_group *group = &stat_fields[i];

		for (j = 0; j < 2 && group->names[j]; j++) {
			if (group->by_op ? dmp_metric_is(name, group->names[j]) :
					   !strcmp(name, group->names[j]))
				return true;
		}
	}
	return false;
}

/* --- histograms' files ----------------------------------------------------------- */

static size_t parse_bounds(char *text, int64_t **least, char ***names)
{
	char *word, *end;
	size_t n = 0;

	*least = NULL;
	*names = NULL;
	while ((word = strsep(&text, " "))) {
		*least = dmp_resize(*least, n + 1, sizeof(**least));
		*names = dmp_resize(*names, n + 1, sizeof(**names));
		errno = 0;
		(*least)[n] = strtoll(word, &end, 10);
		(*names)[n++] = *word && !errno && !*end ? NULL : dmp_strdup(word);
	}
	return n;
}

/* Bounds of a metric, from the first volume that has them; NULL: it is no histogram. */
static const struct bounds *bounds_of(struct live *live, const char *device,
				      const char *metric)
{
	struct bounds *bounds;
	char *text, **names;
	size_t i;

	for (i = 0; i < live->n_bounds; i++) {
		if (!strcmp(live->bounds[i].metric, metric))
			return live->bounds[i].n ? &live->bounds[i] : NULL;
	}
	live->bounds = dmp_resize(live->bounds, ++live->n_bounds, sizeof(*bounds));
	bounds = &live->bounds[i];
	memset(bounds, 0, sizeof(*bounds));
	bounds->metric = dmp_strdup(metric);
	bounds->rows = 1;
	text = dmp_read_file(live->root, "%s/%s/%s_bounds", live->stat, device, metric);
	if (!text)
		return NULL;
	bounds->n = parse_bounds(text, &bounds->least, &bounds->names);
	free(text);

	text = dmp_read_file(live->root, "%s/%s/%s_row_bounds", live->stat, device, metric);
	if (text) {
		bounds->rows = parse_bounds(text, &bounds->row_least, &names);
		for (i = 0; i < bounds->rows; i++)
			free(names[i]);
		free(names);
		free(text);
	}
	return bounds;
}

static int64_t below(const int64_t *least, size_t i, size_t n)
{
	return i + 1 < n ? least[i + 1] : DMP_INF;
}

static bool parse_counts(struct dmp_hist *hist, const struct bounds *bounds, char *text)
{
	size_t i, n = bounds->n * bounds->rows;
	struct dmp_bucket *bucket;
	uint64_t count;
	char *end;

	for (i = 0; i < n; i++) {
		size_t row = i / bounds->n, column = i % bounds->n;

		errno = 0;
		count = strtoull(text, &end, 10);
		if (errno || end == text)
			return false;
		text = end;
		if (!count)
			continue;
		bucket = dmp_hist_append(hist);
		bucket->count = count;
		if (bounds->names[column]) {
			bucket->name = dmp_strdup(bounds->names[column]);
			continue;
		}
		bucket->least = bounds->least[column];
		bucket->below = below(bounds->least, column, bounds->n);
		if (bounds->row_least) {
			bucket->row_least = bounds->row_least[row];
			bucket->row_below = below(bounds->row_least, row, bounds->rows);
		}
	}
	return !*text;
}

/*
 * @happened: by the stat file, there were such operations. To read an empty histogram is
 * not free, and most volumes have several.
 */
static void read_metric(struct live *live, struct dmp_sample *sample,
			const struct live_file *file, bool happened)
{
	const struct bounds *bounds = NULL;
	struct dmp_metric *metric;
	char *text;

	if (!happened && !file->counts_idle && file->histogram &&
	    bounds_of(live, sample->names.device, file->histogram)) {
		dmp_sample_append(sample, file->name, strlen(file->name))->kind = DMP_HIST;
		return;
	}
	text = dmp_read_file(live->root, "%s/%s/%s", live->stat, sample->names.device,
			     file->name);
	if (!text)
		return;
	if (file->histogram && strchr(text, ' '))
		bounds = bounds_of(live, sample->names.device, file->histogram);
	if (!bounds) {
		dmp_sample_append_text(sample, file->name, strlen(file->name), text);
	} else {
		metric = dmp_sample_append(sample, file->name, strlen(file->name));
		metric->kind = DMP_HIST;
		if (!parse_counts(&metric->hist, bounds, text)) {
			dmp_hist_free(&metric->hist);
			free(metric->name);
			sample->n--;
		}
	}
	free(text);
}

/* --- which files ----------------------------------------------------------------- */

static bool is_metric(const struct live *live, const char *file)
{
	if (*file == '.' || !strcmp(file, "stat") || !strcmp(file, "reset") || is_in_stat(file))
		return false;
	if (dmp_name_ends(file, "_bounds"))
		return false;
	return !live->wanted || live->wanted(file);
}

static enum dmp_op op_of(const char *name, const char *histogram)
{
	enum dmp_op op;

	for (op = 0; op < DMP_OPS; op++) {
		if (histogram && strlen(dmp_op_names[op]) + 1 == (size_t)(histogram - name) &&
		    !strncmp(name, dmp_op_names[op], histogram - name - 1))
			break;
	}
	return op;
}

static void forget_files(struct live *live)
{
	size_t i;

	for (i = 0; i < live->n_files; i++)
		free(live->files[i].name);
	free(live->files);
	live->files = NULL;
	live->n_files = 0;
}

/* Once a snapshot: another version of the module may have been loaded since the last. */
static void list_files(struct live *live, const char *device)
{
	char *path = dmp_format("%s%s/%s", live->root, live->stat, device);
	DIR *dir = opendir(path);
	struct live_file *file;
	struct dirent *entry;

	free(path);
	while (dir && (entry = readdir(dir))) {
		if (!is_metric(live, entry->d_name))
			continue;
		live->files = dmp_grow(live->files, live->n_files, sizeof(*file));
		file = &live->files[live->n_files++];
		file->name = dmp_strdup(entry->d_name);
		file->histogram = dmp_without_op(file->name);
		file->op = op_of(file->name, file->histogram);
		/* Windows in which nothing happened are counted. */
		file->counts_idle = file->histogram && !strncmp(file->histogram, "window_", 7);
	}
	if (dir)
		closedir(dir);
}

/* --- one volume ------------------------------------------------------------------ */

static void find_happened(const struct dmp_sample *sample, bool happened[DMP_OPS + 1])
{
	uint64_t requests, in_flight = 0;
	enum dmp_op op;

	/* What is in flight may be the first of its kind, and is in some histograms. */
	dmp_sample_number(sample, "in_flight", &in_flight);
	for (op = 0; op < DMP_OPS; op++)
		happened[op] = !dmp_sample_op_number(sample, op, "requests", &requests) ||
			requests || in_flight;
	happened[DMP_OPS] = true;
}

static bool read_files_once(struct live *live, struct dmp_sample *sample)
{
	bool same, happened[DMP_OPS + 1];
	uint64_t generation;
	char *line, *after;
	size_t i;

	line = dmp_read_file(live->root, "%s/%s/stat", live->stat, sample->names.device);
	if (!line)
		return false;
	parse_stat(sample, line);
	free(line);
	dmp_sample_sort(sample);
	find_happened(sample, happened);

	if (!live->n_files)
		list_files(live, sample->names.device);
	for (i = 0; i < live->n_files; i++)
		read_metric(live, sample, &live->files[i], happened[live->files[i].op]);
	dmp_sample_sort(sample);

	after = dmp_read_file(live->root, "%s/%s/generation", live->stat, sample->names.device);
	same = !after || !dmp_sample_number(sample, "generation", &generation) ||
		strtoull(after, NULL, 10) == generation;
	free(after);
	return same;
}

static void drop_metrics(struct dmp_sample *sample)
{
	struct dmp_names names = sample->names;
	uint64_t boot_ns = sample->boot_ns;

	memset(&sample->names, 0, sizeof(sample->names));
	dmp_sample_free(sample);
	sample->names = names;
	sample->boot_ns = boot_ns;
}

static bool read_files(struct live *live, struct dmp_sample *sample)
{
	int attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (read_files_once(live, sample))
			return sample->n;
		drop_metrics(sample);
	}
	return false;
}

static void ignore_log(int level, const char *file, int line, int error,
		       const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)error;
	(void)format;
}

static bool read_bulk(struct dmp_sample *sample)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_TARGET_MSG);
	const char *response = NULL;
	bool done = false;
	char *text;

	if (!task)
		return false;
	if (dm_task_set_name(task, sample->names.name) && dm_task_set_sector(task, 0) &&
	    dm_task_set_message(task, "stats") && dm_task_run(task))
		response = dm_task_get_message_response(task);
	if (response) {
		text = dmp_strdup(response);
		done = dmp_sample_parse(sample, text, NULL);
		free(text);
	}
	dm_task_destroy(task);
	return done;
}

/* --- all of them ----------------------------------------------------------------- */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Of a directory that stands for /: what its files say, since nothing else knows. */
static uint64_t boot_ns(const struct live *live)
{
	double seconds = 0;
	char *text;

	if (!*live->root)
		return clock_ns(CLOCK_BOOTTIME);
	text = dmp_read_file(live->root, "/proc/uptime");
	if (text)
		seconds = strtod(text, NULL);
	free(text);
	return seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9 + 0.5) : 0;
}

static void read_volume(struct live *live, struct dmp_snapshot *snapshot, const char *device,
			struct libmnt_table *mounts)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);

	dmp_names_read(&sample->names, live->root, device, mounts);
	sample->boot_ns = boot_ns(live);
	if (live->bulk && !live->wanted && read_bulk(sample))
		return;
	drop_metrics(sample);
	if (read_files(live, sample))
		return;
	/* It was removed meanwhile. */
	dmp_sample_free(sample);
	snapshot->n--;
}

static int no_module(const struct live *live)
{
	fprintf(stderr, "dmpstat: no %s/sys/module/dmp/stat: is the module loaded? (modprobe dmp)\n",
		live->root);
	return -1;
}

static int live_read(struct dmp_source *source, struct dmp_snapshot *snapshot)
{
	struct live *live = (struct live *)source;
	char *path = dmp_format("%s%s", live->root, live->stat);
	struct libmnt_table *mounts;
	struct dirent *entry;
	DIR *dir = opendir(path);

	free(path);
	memset(snapshot, 0, sizeof(*snapshot));
	if (!dir)
		return no_module(live);
	forget_files(live);
	mounts = dmp_mounts(live->root);
	snapshot->boot_ns = boot_ns(live);
	snapshot->real_ns = clock_ns(CLOCK_REALTIME);
	while ((entry = readdir(dir))) {
		if (!strncmp(entry->d_name, "dm-", 3))
			read_volume(live, snapshot, entry->d_name, mounts);
	}
	closedir(dir);
	mnt_unref_table(mounts);
	dmp_snapshot_sort(snapshot);
	return 1;
}

/* What is now is always the first. */
static void live_restart(struct dmp_source *source)
{
	(void)source;
}

static void live_want(struct dmp_source *source, bool (*wanted)(const char *metric))
{
	((struct live *)source)->wanted = wanted;
}

static void live_close(struct dmp_source *source)
{
	struct live *live = (struct live *)source;
	size_t i, j;

	for (i = 0; i < live->n_bounds; i++) {
		free(live->bounds[i].metric);
		for (j = 0; j < live->bounds[i].n; j++)
			free(live->bounds[i].names[j]);
		free(live->bounds[i].names);
		free(live->bounds[i].least);
		free(live->bounds[i].row_least);
	}
	free(live->bounds);
	forget_files(live);
	free(live->root);
	free(live);
}

static bool is_directory(const char *root, const char *path)
{
	char *full = dmp_format("%s%s", root, path);
	DIR *dir = opendir(full);

	free(full);
	if (dir)
		closedir(dir);
	return dir;
}

/**
 * dmp_live_open() - this machine as a source
 * @root: "" or the directory that stands for /
 *
 * The module may be there under either name, and need not be there yet: reading says so.
 *
 * Return: the source.
 */
struct dmp_source *dmp_live_open(const char *root)
{
	static const char other[] = "/sys/module/device_mapper_proxy/stat";
	struct live *live = dmp_alloc(sizeof(*live));

	live->source.live = true;
	live->source.read = live_read;
	live->source.restart = live_restart;
	live->source.want = live_want;
	live->source.close = live_close;
	live->root = dmp_strdup(strcmp(root, "/") ? root : "");
	live->stat = "/sys/module/dmp/stat";
	if (!is_directory(live->root, live->stat) && is_directory(live->root, other))
		live->stat = other;
	live->bulk = !*live->root && !geteuid();
	dm_log_with_errno_init(ignore_log);
	return &live->source;
}
