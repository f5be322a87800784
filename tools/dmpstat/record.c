// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat record: snapshots into a file, until there are enough, or somebody ends it. */
#include <time.h>

#include "../common/record.h"
#include "loop.h"
#include "views.h"

/* A snapshot each second, unless something else is asked for. */
#define USUAL_INTERVAL	1.0

static uint64_t boot_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static bool is_last(const struct options *options, unsigned long recorded)
{
	return loop_ended() || recorded + 1 == options->count;
}

static bool record_next(const struct options *options, struct dmp_source *source,
			struct dmp_recorder *recorder, bool all)
{
	struct dmp_snapshot snapshot;
	bool done;

	source->want(source, all ? NULL : dmp_recorder_is_brief);
	if (loop_read_next(options->arguments, options->n_arguments, source, &snapshot) <= 0)
		return false;
	done = dmp_recorder_append(recorder, &snapshot, options->interval, all);
	dmp_snapshot_free(&snapshot);
	return done;
}

/* The last snapshot has everything, so that totals are of the recording's whole length. */
static bool record_all(const struct options *options, struct dmp_source *source,
		       struct dmp_recorder *recorder)
{
	unsigned long recorded = 1;
	bool last = options->count == 1;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (; !last; recorded++) {
		loop_wait(&next, options->interval);
		last = is_last(options, recorded);
		if (!record_next(options, source, recorder, last ||
				 dmp_recorder_wants_all(recorder, boot_ns(), options->interval)))
			return false;
	}
	return true;
}

/* Nothing is made where there is nothing to record. */
int view_record(struct options *options, struct dmp_source *source)
{
	struct dmp_recorder *recorder;
	struct dmp_snapshot snapshot;
	bool done;
	int status;

	if (!options->interval)
		options->interval = USUAL_INTERVAL;
	source->want(source, NULL);
	status = loop_read(options->arguments, options->n_arguments, source, &snapshot);
	if (status != EXIT_DONE)
		return status;
	recorder = dmp_recorder_open(options->output, options->root);
	done = recorder && dmp_recorder_append(recorder, &snapshot, options->interval, true);
	dmp_snapshot_free(&snapshot);
	if (!recorder)
		return EXIT_FAILED;
	done = done && record_all(options, source, recorder);
	if (!dmp_recorder_close(recorder))
		done = false;
	return done ? EXIT_DONE : EXIT_FAILED;
}
