// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer: the text of a bulk read, twice, and everything that is computed of both. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/common/interval.h"
#include "../../tools/common/memory.h"
#include "../../tools/dmpstat/columns.h"

static void add(struct dmp_snapshot *snapshot, const char *text, size_t length)
{
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);
	char *copy = dmp_format("dmp_stats 1\n%.*s", (int)length, text);

	sample->names.device = dmp_strdup("dm-0");
	sample->names.name = dmp_strdup("name");
	sample->names.uuid = dmp_strdup("");
	sample->names.lv = dmp_strdup("");
	sample->names.mount = dmp_strdup("");
	sample->names.below = dmp_strdup("");
	sample->boot_ns = snapshot->boot_ns;
	dmp_sample_parse(sample, copy, NULL);
	free(copy);
}

static void compute(const struct dmp_interval *interval)
{
	struct dmp_range range;
	struct dmp_hist coarse;
	size_t i;

	for (i = 0; i < n_all_columns; i++)
		all_columns[i].value(interval, &all_columns[i]);
	for (i = 0; i < interval->sample.n; i++) {
		dmp_hist_percentile(&interval->sample.metrics[i].hist, 99.9, &range);
		dmp_hist_copy(&coarse, &interval->sample.metrics[i].hist);
		dmp_hist_coarsen(&coarse, 4);
		dmp_hist_add(&coarse, &interval->sample.metrics[i].hist);
		dmp_hist_free(&coarse);
	}
}

/* The two texts are separated by a line of "=". */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dmp_snapshot before = { .boot_ns = 1 }, now = { .boot_ns = 2000000000 };
	char *text = dmp_strndup((const char *)data, size);
	char *second = strstr(text, "\n=\n");
	struct dmp_report report;
	size_t i;

	add(&before, text, second ? (size_t)(second - text) : strlen(text));
	add(&now, second ? second + 3 : text, strlen(second ? second + 3 : text));
	dmp_report_make(&report, &before, &now);
	for (i = 0; i < report.n; i++)
		compute(&report.intervals[i]);
	dmp_report_free(&report);
	dmp_snapshot_free(&before);
	dmp_snapshot_free(&now);
	free(text);
	return 0;
}
