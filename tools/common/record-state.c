// SPDX-License-Identifier: GPL-2.0-or-later
/* What both ends of a recording remember: see record-state.h. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record-state.h"

static void free_metric(struct record_metric *metric)
{
	size_t i;

	for (i = 0; i < metric->n; i++)
		free(metric->buckets[i].bounds.name);
	free(metric->buckets);
	free(metric->name);
	free(metric->word);
}

/**
 * record_volume_free() - forget a volume
 * @volume: is zeroed
 */
void record_volume_free(struct record_volume *volume)
{
	enum record_part part;
	size_t i;

	dmp_names_free(&volume->names);
	for (part = 0; part < PARTS; part++) {
		struct record_values *values = &volume->parts[part];

		for (i = 0; i < values->n; i++)
			free_metric(&values->metrics[i]);
		free(values->metrics);
		free(values->series);
	}
	memset(volume, 0, sizeof(*volume));
}

void record_state_free(struct record_state *state)
{
	size_t i;

	for (i = 0; i < state->n; i++)
		record_volume_free(&state->volumes[i]);
	free(state->volumes);
	memset(state, 0, sizeof(*state));
}

/**
 * record_state_append() - one more volume, zeroed
 * @state: any
 *
 * Return: the volume; valid until the next call.
 */
struct record_volume *record_state_append(struct record_state *state)
{
	struct record_volume *volume;

	state->volumes = dmp_grow(state->volumes, state->n, sizeof(*volume));
	volume = &state->volumes[state->n++];
	memset(volume, 0, sizeof(*volume));
	return volume;
}

/* --- metrics --------------------------------------------------------------------- */

/* Where @name is, or belongs. */
static size_t place_of(const struct record_values *values, const char *name)
{
	size_t low = 0, high = values->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(values->metrics[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * record_find() - look a metric up
 * @values: of a part
 * @name: of the metric
 *
 * Return: the metric, or NULL.
 */
struct record_metric *record_find(const struct record_values *values, const char *name)
{
	size_t at = place_of(values, name);

	if (at == values->n || strcmp(values->metrics[at].name, name) != 0)
		return NULL;
	return &values->metrics[at];
}

/**
 * record_insert() - one more metric
 * @values: of a part; it must not have it yet
 * @name: of the metric
 *
 * Return: the metric, all but its name 0; valid until the next call.
 */
struct record_metric *record_insert(struct record_values *values, const char *name)
{
	size_t at = place_of(values, name);
	struct record_metric *metric;

	values->metrics = dmp_grow(values->metrics, values->n, sizeof(*metric));
	metric = &values->metrics[at];
	memmove(metric + 1, metric, (values->n - at) * sizeof(*metric));
	values->n++;
	memset(metric, 0, sizeof(*metric));
	metric->name = dmp_strdup(name);
	return metric;
}

/* Where a bucket is, or belongs. */
static size_t place_of_bucket(const struct record_metric *metric,
			      const struct dmp_bucket *bounds)
{
	size_t low = 0, high = metric->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (dmp_bucket_compare(&metric->buckets[middle].bounds, bounds) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct record_bucket *record_find_bucket(const struct record_metric *metric,
					 const struct dmp_bucket *bounds)
{
	size_t at = place_of_bucket(metric, bounds);

	if (at == metric->n || dmp_bucket_compare(&metric->buckets[at].bounds, bounds))
		return NULL;
	return &metric->buckets[at];
}

/**
 * record_insert_bucket() - one more bucket
 * @metric: a histogram
 * @bounds: of the bucket; its name is copied
 * @series: that counts it
 *
 * Return: false if it was there already.
 */
bool record_insert_bucket(struct record_metric *metric, const struct dmp_bucket *bounds,
			  size_t series)
{
	size_t at = place_of_bucket(metric, bounds);
	struct record_bucket *bucket;

	if (record_find_bucket(metric, bounds))
		return false;
	metric->buckets = dmp_grow(metric->buckets, metric->n, sizeof(*bucket));
	bucket = &metric->buckets[at];
	memmove(bucket + 1, bucket, (metric->n - at) * sizeof(*bucket));
	metric->n++;
	bucket->bounds = *bounds;
	bucket->bounds.name = bounds->name ? dmp_strdup(bounds->name) : NULL;
	bucket->series = series;
	return true;
}

/* --- series ---------------------------------------------------------------------- */

/**
 * record_append_series() - one more series, at 0
 * @values: of a part
 *
 * Return: its index.
 */
size_t record_append_series(struct record_values *values)
{
	values->series = dmp_grow(values->series, values->n_series, sizeof(*values->series));
	memset(&values->series[values->n_series], 0, sizeof(*values->series));
	return values->n_series++;
}

/**
 * record_put_series() - write a value
 * @bytes: to write to
 * @series: what it is of
 * @value: any
 *
 * Loads are steady: by how much the change differs from the one before is a small number.
 */
void record_put_series(struct dmp_bytes *bytes, struct series *series, uint64_t value)
{
	uint64_t change = value - series->value;

	dmp_put_signed(bytes, change - series->change);
	series->value = value;
	series->change = change;
}

void record_get_series(struct dmp_cursor *cursor, struct series *series)
{
	series->change += dmp_get_signed(cursor);
	series->value += series->change;
}
