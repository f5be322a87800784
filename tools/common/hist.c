// SPDX-License-Identifier: GPL-2.0-or-later
/* Histograms: see hist.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"
#include "memory.h"

/* --- from text ------------------------------------------------------------------- */

static bool parse_bound(const char **at, int64_t *value)
{
	char *end;

	if (!strncmp(*at, "inf", 3)) {
		*value = DMP_INF;
		*at += 3;
		return true;
	}
	errno = 0;
	*value = strtoll(*at, &end, 10);
	if (errno || end == *at)
		return false;
	*at = end;
	return true;
}

/* LEAST:BELOW */
static bool parse_range(const char **at, int64_t *least, int64_t *below)
{
	if (!parse_bound(at, least) || *(*at)++ != ':')
		return false;
	return parse_bound(at, below) && *least < *below;
}

static bool parse_count(const char **at, uint64_t *count)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*count = strtoull(*at, &end, 10);
	*at = end;
	return !errno && (*end == ' ' || !*end);
}

/* LEAST:BELOW=COUNT, LEAST:BELOW LEAST:BELOW=COUNT or NAME=COUNT */
static bool parse_bucket(const char **at, struct dmp_bucket *bucket)
{
	size_t name = strcspn(*at, "=: ");

	if (name && (*at)[name] == '=') {
		bucket->name = dmp_strndup(*at, name);
		*at += name;
	} else {
		if (!parse_range(at, &bucket->least, &bucket->below))
			return false;
		if (**at == ' ') {
			++*at;
			bucket->row_least = bucket->least;
			bucket->row_below = bucket->below;
			if (!parse_range(at, &bucket->least, &bucket->below))
				return false;
		}
	}
	return *(*at)++ == '=' && parse_count(at, &bucket->count);
}

/**
 * dmp_bucket_compare() - order of buckets
 * @a: one
 * @b: the other
 *
 * Return: as strcmp(). Of ranges, row first; of names, by the alphabet.
 */
int dmp_bucket_compare(const struct dmp_bucket *a, const struct dmp_bucket *b)
{
	if (a->name || b->name)
		return strcmp(a->name ? a->name : "", b->name ? b->name : "");
	if (a->row_least != b->row_least)
		return a->row_least < b->row_least ? -1 : 1;
	if (a->least != b->least)
		return a->least < b->least ? -1 : 1;
	return 0;
}

static int compare_buckets(const void *a, const void *b)
{
	return dmp_bucket_compare(a, b);
}

static bool is_ordered(const struct dmp_hist *hist)
{
	size_t i;

	for (i = 1; i < hist->n; i++) {
		if (dmp_bucket_compare(&hist->buckets[i - 1], &hist->buckets[i]) >= 0)
			return false;
	}
	return true;
}

/**
 * dmp_hist_parse() - read the buckets of one line
 * @hist: zeroed; dmp_hist_free() frees it, also after a failure
 * @text: what follows the metric's name, without the newline; may be empty
 *
 * Return: whether it is a histogram.
 */
bool dmp_hist_parse(struct dmp_hist *hist, const char *text)
{
	while (*text == ' ')
		text++;
	while (*text) {
		if (!parse_bucket(&text, dmp_hist_append(hist)))
			return false;
		while (*text == ' ')
			text++;
	}
	if (hist->n)
		qsort(hist->buckets, hist->n, sizeof(*hist->buckets), compare_buckets);
	return is_ordered(hist);
}

void dmp_hist_free(struct dmp_hist *hist)
{
	size_t i;

	for (i = 0; i < hist->n; i++)
		free(hist->buckets[i].name);
	free(hist->buckets);
	memset(hist, 0, sizeof(*hist));
}

/* --- arithmetic ------------------------------------------------------------------ */

/**
 * dmp_hist_append() - one more bucket
 * @hist: any
 *
 * Return: the bucket, zeroed, at the end; valid until the next call.
 */
struct dmp_bucket *dmp_hist_append(struct dmp_hist *hist)
{
	struct dmp_bucket *bucket;

	hist->buckets = dmp_grow(hist->buckets, hist->n, sizeof(*bucket));
	bucket = &hist->buckets[hist->n++];
	memset(bucket, 0, sizeof(*bucket));
	return bucket;
}

static void append_copy(struct dmp_hist *hist, const struct dmp_bucket *bucket)
{
	struct dmp_bucket *copy = dmp_hist_append(hist);

	*copy = *bucket;
	if (bucket->name)
		copy->name = dmp_strdup(bucket->name);
}

void dmp_hist_copy(struct dmp_hist *to, const struct dmp_hist *from)
{
	size_t i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < from->n; i++)
		append_copy(to, &from->buckets[i]);
}

/**
 * dmp_hist_subtract() - make a histogram since the start one of an interval
 * @hist: the later one; what is left is what was counted in between
 * @before: the earlier one
 */
void dmp_hist_subtract(struct dmp_hist *hist, const struct dmp_hist *before)
{
	size_t i, j = 0, kept = 0;

	for (i = 0; i < hist->n; i++) {
		struct dmp_bucket *bucket = &hist->buckets[i];

		while (j < before->n && dmp_bucket_compare(&before->buckets[j], bucket) < 0)
			j++;
		if (j < before->n && !dmp_bucket_compare(&before->buckets[j], bucket)) {
			uint64_t was = before->buckets[j].count;

			bucket->count = bucket->count > was ? bucket->count - was : 0;
		}
		if (!bucket->count) {
			free(bucket->name);
			continue;
		}
		hist->buckets[kept++] = *bucket;
	}
	hist->n = kept;
	/* dmp_grow() expects room by the number of elements. */
	if (kept) {
		size_t room = 1;

		while (room < kept)
			room *= 2;
		hist->buckets = dmp_resize(hist->buckets, room, sizeof(*hist->buckets));
	} else {
		free(hist->buckets);
		hist->buckets = NULL;
	}
}

/**
 * dmp_hist_add() - merge another histogram into one
 * @hist: to merge into
 * @other: any, whose buckets of the same range are added
 */
void dmp_hist_add(struct dmp_hist *hist, const struct dmp_hist *other)
{
	size_t i, j = 0, n = hist->n;

	for (i = 0; i < other->n; i++) {
		while (j < n && dmp_bucket_compare(&hist->buckets[j], &other->buckets[i]) < 0)
			j++;
		if (j < n && !dmp_bucket_compare(&hist->buckets[j], &other->buckets[i]))
			hist->buckets[j].count += other->buckets[i].count;
		else
			append_copy(hist, &other->buckets[i]);
	}
	if (hist->n)
		qsort(hist->buckets, hist->n, sizeof(*hist->buckets), compare_buckets);
}

/* To the part of an octave that a bucket lies in; false: it lies in none. */
static bool widen(struct dmp_bucket *bucket, int parts)
{
	int64_t octave, width, least;
	int exponent;

	if (bucket->name || bucket->least < parts)
		return false;
	exponent = 63 - __builtin_clzll(bucket->least);
	if (exponent >= 62)
		return false;
	octave = (int64_t)1 << exponent;
	width = octave / parts;
	least = octave + (bucket->least - octave) / width * width;
	if (bucket->below > least + width)
		return false;
	bucket->least = least;
	bucket->below = least + width;
	return true;
}

/**
 * dmp_hist_coarsen() - merge buckets
 * @hist: whose buckets stay as they are where they are wider, or begin below @parts
 * @parts: into so many of the same width from a power of two to the next; a power of two
 */
void dmp_hist_coarsen(struct dmp_hist *hist, int parts)
{
	struct dmp_hist merged = { 0 };
	size_t i;

	for (i = 0; i < hist->n; i++) {
		struct dmp_bucket bucket = hist->buckets[i];
		bool wider = widen(&bucket, parts);

		if (wider && merged.n &&
		    !dmp_bucket_compare(&merged.buckets[merged.n - 1], &bucket))
			merged.buckets[merged.n - 1].count += bucket.count;
		else
			*dmp_hist_append(&merged) = bucket;
	}
	free(hist->buckets);
	*hist = merged;
}

uint64_t dmp_hist_count(const struct dmp_hist *hist)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < hist->n; i++)
		sum += hist->buckets[i].count;
	return sum;
}

/**
 * dmp_hist_percentile() - range of the value that @percent of all do not exceed
 * @hist: not a table
 * @percent: 0 to 100, in tenths
 * @range: for the answer: the bucket of the value with the nearest rank, rounded up
 *
 * Return: false if there are no values.
 */
bool dmp_hist_percentile(const struct dmp_hist *hist, double percent,
			 struct dmp_range *range)
{
	/* In thousandths, since 99.9 is no binary fraction. */
	unsigned __int128 thousandths = llround(percent * 10);
	unsigned __int128 rank = (dmp_hist_count(hist) * thousandths + 999) / 1000;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < hist->n; i++) {
		if (!hist->buckets[i].count)
			continue;
		sum += hist->buckets[i].count;
		range->least = hist->buckets[i].least;
		range->below = hist->buckets[i].below;
		if (sum >= rank)
			return true;
	}
	return sum > 0;
}

/* Range of the largest value; false if there are none. */
bool dmp_hist_most(const struct dmp_hist *hist, struct dmp_range *range)
{
	return dmp_hist_percentile(hist, 100, range);
}
