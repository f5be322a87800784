// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports in their interval: see loop.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../common/names.h"
#include "loop.h"

static volatile sig_atomic_t ended;

static void on_signal(int signal)
{
	(void)signal;
	ended = 1;
}

/**
 * loop_catch_signals() - end by SIGINT, SIGTERM or a closed pipe as by the last report
 *
 * What has been begun is completed: JSON stays valid.
 */
void loop_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool loop_ended(void)
{
	return ended;
}

/**
 * loop_flush() - write out what was printed
 *
 * Return: EXIT_DONE; EXIT_FAILED, with a line, if it cannot be written. That nobody reads
 * it any more is no failure, but ends the loop.
 */
int loop_flush(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	ended = 1;
	if (errno == EPIPE)
		return EXIT_DONE;
	fprintf(stderr, "dmpstat: cannot write: %s\n", strerror(errno));
	return EXIT_FAILED;
}

/* --- which volumes --------------------------------------------------------------- */

static bool is_wanted(const struct dmp_names *names, char *const *volumes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (dmp_names_match(names, volumes[i]))
			return true;
	}
	return !n;
}

static int no_volume(const struct dmp_snapshot *snapshot, const char *volume)
{
	size_t i;

	fprintf(stderr, "dmpstat: no volume '%s'; there %s", volume,
		snapshot->n ? "are:" : "are none");
	for (i = 0; i < snapshot->n && i < 10; i++) {
		fputc(' ', stderr);
		print_escaped(stderr, snapshot->samples[i].names.name);
	}
	fputs(i < snapshot->n ? " ...\n" : "\n", stderr);
	return EXIT_FAILED;
}

/* Each volume that was asked for is one. */
static int check(const struct dmp_snapshot *snapshot, char *const *volumes, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < snapshot->n; j++) {
			if (dmp_names_match(&snapshot->samples[j].names, volumes[i]))
				break;
		}
		if (j == snapshot->n)
			return no_volume(snapshot, volumes[i]);
	}
	return EXIT_DONE;
}

static void keep_wanted(struct dmp_snapshot *snapshot, char *const *volumes, size_t n)
{
	struct dmp_snapshot kept = *snapshot;
	size_t i;

	kept.samples = NULL;
	kept.n = 0;

	for (i = 0; i < snapshot->n; i++) {
		if (is_wanted(&snapshot->samples[i].names, volumes, n))
			*dmp_snapshot_append(&kept) = snapshot->samples[i];
		else
			dmp_sample_free(&snapshot->samples[i]);
	}
	free(snapshot->samples);
	*snapshot = kept;
}

/**
 * loop_read() - the first snapshot, of the volumes that were asked for
 * @volumes: their names; each one has to be there
 * @n: elements of @volumes; 0 is all
 * @source: to read from
 * @snapshot: to fill
 *
 * Return: exit status.
 */
int loop_read(char *const *volumes, size_t n, struct dmp_source *source,
	      struct dmp_snapshot *snapshot)
{
	int got = source->read(source, snapshot), status;

	if (got < 0)
		return EXIT_FAILED;
	if (!got)
		fputs("dmpstat: the recording is empty\n", stderr);
	status = got ? check(snapshot, volumes, n) : EXIT_FAILED;
	if (status != EXIT_DONE) {
		dmp_snapshot_free(snapshot);
		return status;
	}
	keep_wanted(snapshot, volumes, n);
	return EXIT_DONE;
}

/**
 * loop_read_next() - a further snapshot, of the volumes that were asked for
 * @volumes: their names; one that has gone meanwhile is left out
 * @n: elements of @volumes; 0 is all
 * @source: to read from
 * @snapshot: to fill
 *
 * Return: as dmp_source.read.
 */
int loop_read_next(char *const *volumes, size_t n, struct dmp_source *source,
		   struct dmp_snapshot *snapshot)
{
	int got = source->read(source, snapshot);

	if (got > 0)
		keep_wanted(snapshot, volumes, n);
	return got;
}

/* --- the loop -------------------------------------------------------------------- */

static void add_seconds(struct timespec *time, double seconds)
{
	long long ns = time->tv_nsec + llround(seconds * 1e9);

	time->tv_sec += ns / 1000000000;
	time->tv_nsec = ns % 1000000000;
}

/**
 * loop_wait() - wait until the next multiple of the interval, or the end
 * @next: when the last one was; begins as CLOCK_MONOTONIC
 * @seconds: the interval
 *
 * Intervals do not drift.
 */
void loop_wait(struct timespec *next, double seconds)
{
	struct timespec now;

	add_seconds(next, seconds);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec > next->tv_sec ||
	    (now.tv_sec == next->tv_sec && now.tv_nsec > next->tv_nsec))
		*next = now;
	while (!ended && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
}

static int show_once(const struct options *options, show_fn show,
		     const struct dmp_snapshot *before, const struct dmp_snapshot *now)
{
	struct dmp_report report;
	int status;

	dmp_report_make(&report, before, now);
	status = show(options, &report);
	dmp_report_free(&report);
	return status == EXIT_DONE ? loop_flush() : status;
}

/**
 * loop_run() - show reports
 * @options: interval, count, whether to leave out the first
 * @volumes: names; empty is all
 * @n: elements of @volumes
 * @source: to read from
 * @show: shows one report
 *
 * The first report is since the start of counting, but not of a recording, unless that
 * has one snapshot only.
 *
 * Return: exit status.
 */
int loop_run(const struct options *options, char *const *volumes, size_t n,
	     struct dmp_source *source, show_fn show)
{
	struct dmp_snapshot before, now;
	unsigned long shown = 0;
	struct timespec next;
	int status, got = 1;

	clock_gettime(CLOCK_MONOTONIC, &next);
	status = loop_read(volumes, n, source, &before);
	if (status != EXIT_DONE)
		return status;
	if (!options->skip_first && source->live) {
		status = show_once(options, show, NULL, &before);
		shown = 1;
	}
	while (status == EXIT_DONE && !ended && (options->interval || !source->live) &&
	       (!options->count || shown < options->count)) {
		if (source->live)
			loop_wait(&next, options->interval);
		if (ended)
			break;
		got = loop_read_next(volumes, n, source, &now);
		if (got <= 0)
			break;
		status = show_once(options, show, &before, &now);
		dmp_snapshot_free(&before);
		before = now;
		shown++;
	}
	/* dmpsetup upgrade records one snapshot. */
	if (status == EXIT_DONE && !got && !shown && !source->live && !options->skip_first)
		status = show_once(options, show, NULL, &before);
	dmp_snapshot_free(&before);
	return status == EXIT_DONE && got < 0 ? EXIT_FAILED : status;
}
