// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples: see sample.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "sample.h"

const char *const dmp_op_names[DMP_OPS] = {
	"read", "write", "discard", "flush", "write_zeroes", "other",
};

/* --- names of metrics ------------------------------------------------------------ */

/* A metric's name tells its unit at the end: "_ns", "_bytes". */
bool dmp_name_ends(const char *name, const char *end)
{
	size_t length = strlen(name), tail = strlen(end);

	return length >= tail && !strcmp(name + length - tail, end);
}

/**
 * dmp_without_op() - "latency_ns" of "read_latency_ns"
 * @name: of a metric
 *
 * Return: what follows the operation; NULL if there is none.
 */
const char *dmp_without_op(const char *name)
{
	const char *rest = NULL;
	enum dmp_op op;

	/* The longest: "write_zeroes_…" begins with "write_", too. */
	for (op = 0; op < DMP_OPS; op++) {
		size_t length = strlen(dmp_op_names[op]);

		if (!strncmp(name, dmp_op_names[op], length) && name[length] == '_' &&
		    (!rest || name + length + 1 > rest))
			rest = name + length + 1;
	}
	return rest;
}

/**
 * dmp_metric_is() - is this a metric, of whichever operation?
 * @name: operation included
 * @metric: without operation
 *
 * Return: whether it is.
 */
bool dmp_metric_is(const char *name, const char *metric)
{
	size_t length = strlen(name), tail = strlen(metric), op_length;
	enum dmp_op op;

	/* The end first: it seldom fits, and this is asked very often. */
	if (length < tail + 2 || memcmp(name + length - tail, metric, tail) != 0 ||
	    name[length - tail - 1] != '_')
		return false;
	op_length = length - tail - 1;
	for (op = 0; op < DMP_OPS; op++) {
		if (!strncmp(name, dmp_op_names[op], op_length) && !dmp_op_names[op][op_length])
			return true;
	}
	return false;
}

/* --- metrics --------------------------------------------------------------------- */

/**
 * dmp_sample_append() - one more metric
 * @sample: any
 * @name: of the metric
 * @length: of @name
 *
 * Return: the metric, the number 0; valid until the next call. Before the sample is
 * searched, dmp_sample_sort() sorts it.
 */
struct dmp_metric *dmp_sample_append(struct dmp_sample *sample, const char *name,
				     size_t length)
{
	struct dmp_metric *metric;

	sample->metrics = dmp_grow(sample->metrics, sample->n, sizeof(*metric));
	metric = &sample->metrics[sample->n++];
	memset(metric, 0, sizeof(*metric));
	metric->name = dmp_strndup(name, length);
	return metric;
}

static bool is_number(const char *text, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end)
		return false;
	*value = number;
	return true;
}

static bool is_word(const char *text)
{
	return *text && !text[strcspn(text, " =:")] && !(*text >= '0' && *text <= '9') &&
		*text != '-';
}

/**
 * dmp_sample_append_text() - one more metric, from the text of its value
 * @sample: any
 * @name: of the metric
 * @length: of @name
 * @value: a number, a word, or buckets
 *
 * Return: whether @value is one of these; if not, the metric is left out.
 */
bool dmp_sample_append_text(struct dmp_sample *sample, const char *name, size_t length,
			    const char *value)
{
	struct dmp_metric *metric = dmp_sample_append(sample, name, length);

	if (is_number(value, &metric->number)) {
		metric->kind = DMP_NUMBER;
		return true;
	}
	if (is_word(value)) {
		metric->kind = DMP_WORD;
		metric->word = dmp_strdup(value);
		return true;
	}
	metric->kind = DMP_HIST;
	if (dmp_hist_parse(&metric->hist, value))
		return true;

	dmp_hist_free(&metric->hist);
	free(metric->name);
	sample->n--;
	return false;
}

static int compare_metrics(const void *a, const void *b)
{
	const struct dmp_metric *left = a, *right = b;

	return strcmp(left->name, right->name);
}

void dmp_sample_sort(struct dmp_sample *sample)
{
	if (sample->n)
		qsort(sample->metrics, sample->n, sizeof(*sample->metrics), compare_metrics);
}

/**
 * dmp_sample_parse() - metrics from the text of a bulk read
 * @sample: to which they are added, sorted
 * @text: the text, which is cut into lines
 * @problem: if not NULL, a word on the first line that was left out, else NULL
 *
 * Lines that are none are left out, so that a damaged one does not take the others
 * with it.
 *
 * Return: false if @text does not begin with a version that this program knows.
 */
bool dmp_sample_parse(struct dmp_sample *sample, char *text, const char **problem)
{
	static const char version[] = "dmp_stats 1";
	char *line, *rest = text;

	if (problem)
		*problem = NULL;
	line = strsep(&rest, "\n");
	if (strcmp(line, version))
		return false;
	while ((line = strsep(&rest, "\n"))) {
		size_t name = strcspn(line, " ");
		const char *value = line[name] ? line + name + 1 : "";

		if (!*line)
			continue;
		if ((!name || !dmp_sample_append_text(sample, line, name, value)) &&
		    problem && !*problem)
			*problem = line;
	}
	dmp_sample_sort(sample);
	return true;
}

void dmp_names_copy(struct dmp_names *to, const struct dmp_names *from)
{
	*to = *from;
	to->device = dmp_strdup(from->device);
	to->name = dmp_strdup(from->name);
	to->uuid = dmp_strdup(from->uuid);
	to->lv = dmp_strdup(from->lv);
	to->mount = dmp_strdup(from->mount);
	to->below = dmp_strdup(from->below);
}

/**
 * dmp_sample_append_copy() - one more metric, as another sample has it
 * @sample: any
 * @metric: to copy
 *
 * Return: as dmp_sample_append().
 */
struct dmp_metric *dmp_sample_append_copy(struct dmp_sample *sample,
					  const struct dmp_metric *metric)
{
	struct dmp_metric *copy = dmp_sample_append(sample, metric->name,
						    strlen(metric->name));

	copy->kind = metric->kind;
	copy->number = metric->number;
	copy->word = metric->word ? dmp_strdup(metric->word) : NULL;
	dmp_hist_copy(&copy->hist, &metric->hist);
	return copy;
}

void dmp_sample_copy(struct dmp_sample *to, const struct dmp_sample *from)
{
	size_t i;

	memset(to, 0, sizeof(*to));
	dmp_names_copy(&to->names, &from->names);
	to->boot_ns = from->boot_ns;
	for (i = 0; i < from->n; i++)
		dmp_sample_append_copy(to, &from->metrics[i]);
}

void dmp_names_free(struct dmp_names *names)
{
	free(names->device);
	free(names->name);
	free(names->uuid);
	free(names->lv);
	free(names->mount);
	free(names->below);
	memset(names, 0, sizeof(*names));
}

/* Nothing about the volume's names has changed; whether it is suspended is no name. */
bool dmp_names_equal(const struct dmp_names *a, const struct dmp_names *b)
{
	return a->major == b->major && a->minor == b->minor && !strcmp(a->device, b->device) &&
		!strcmp(a->name, b->name) && !strcmp(a->uuid, b->uuid) &&
		!strcmp(a->lv, b->lv) && !strcmp(a->mount, b->mount) &&
		!strcmp(a->below, b->below);
}

void dmp_sample_free(struct dmp_sample *sample)
{
	size_t i;

	dmp_names_free(&sample->names);
	for (i = 0; i < sample->n; i++) {
		free(sample->metrics[i].name);
		free(sample->metrics[i].word);
		dmp_hist_free(&sample->metrics[i].hist);
	}
	free(sample->metrics);
	memset(sample, 0, sizeof(*sample));
}

/* --- lookup ---------------------------------------------------------------------- */

/**
 * dmp_sample_find() - look a metric up
 * @sample: sorted
 * @name: operation included
 *
 * Return: the metric, or NULL.
 */
const struct dmp_metric *dmp_sample_find(const struct dmp_sample *sample, const char *name)
{
	struct dmp_metric key = { .name = (char *)name };

	if (!sample->n)
		return NULL;
	return bsearch(&key, sample->metrics, sample->n, sizeof(key), compare_metrics);
}

bool dmp_sample_number(const struct dmp_sample *sample, const char *name, uint64_t *value)
{
	const struct dmp_metric *metric = dmp_sample_find(sample, name);

	if (!metric || metric->kind != DMP_NUMBER)
		return false;
	*value = metric->number;
	return true;
}

static const struct dmp_metric *find_of_op(const struct dmp_sample *sample, enum dmp_op op,
					   const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), "%s_%s", dmp_op_names[op], name);
	return dmp_sample_find(sample, full);
}

bool dmp_sample_op_number(const struct dmp_sample *sample, enum dmp_op op,
			  const char *name, uint64_t *value)
{
	const struct dmp_metric *metric = find_of_op(sample, op, name);

	if (!metric || metric->kind != DMP_NUMBER)
		return false;
	*value = metric->number;
	return true;
}

const struct dmp_hist *dmp_sample_hist(const struct dmp_sample *sample, const char *name)
{
	const struct dmp_metric *metric = dmp_sample_find(sample, name);

	return metric && metric->kind == DMP_HIST ? &metric->hist : NULL;
}

const struct dmp_hist *dmp_sample_op_hist(const struct dmp_sample *sample, enum dmp_op op,
					  const char *name)
{
	const struct dmp_metric *metric = find_of_op(sample, op, name);

	return metric && metric->kind == DMP_HIST ? &metric->hist : NULL;
}

/* --- snapshots ------------------------------------------------------------------- */

struct dmp_sample *dmp_snapshot_append(struct dmp_snapshot *snapshot)
{
	struct dmp_sample *sample;

	snapshot->samples = dmp_grow(snapshot->samples, snapshot->n, sizeof(*sample));
	sample = &snapshot->samples[snapshot->n++];
	memset(sample, 0, sizeof(*sample));
	return sample;
}

static int compare_samples(const void *a, const void *b)
{
	const struct dmp_names *left = &((const struct dmp_sample *)a)->names;
	const struct dmp_names *right = &((const struct dmp_sample *)b)->names;

	if (left->minor != right->minor)
		return left->minor < right->minor ? -1 : 1;
	return strcmp(left->device, right->device);
}

void dmp_snapshot_sort(struct dmp_snapshot *snapshot)
{
	if (snapshot->n)
		qsort(snapshot->samples, snapshot->n, sizeof(*snapshot->samples),
		      compare_samples);
}

void dmp_snapshot_free(struct dmp_snapshot *snapshot)
{
	size_t i;

	for (i = 0; i < snapshot->n; i++)
		dmp_sample_free(&snapshot->samples[i]);
	free(snapshot->samples);
	memset(snapshot, 0, sizeof(*snapshot));
}

/**
 * dmp_snapshot_find() - look a volume up
 * @snapshot: sorted
 * @names: the volume's, by its minor number and its kernel's name
 *
 * Return: its sample, or NULL.
 */
const struct dmp_sample *dmp_snapshot_find(const struct dmp_snapshot *snapshot,
					   const struct dmp_names *names)
{
	struct dmp_sample key = { .names = *names };

	if (!snapshot->n)
		return NULL;
	return bsearch(&key, snapshot->samples, snapshot->n, sizeof(key), compare_samples);
}
