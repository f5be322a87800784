// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sequential runs, off the fast path: see runs.h.
 */
#include <linux/string.h>

#include "runs.h"

/**
 * dmp_runs_init() - set up, with no end to continue
 * @runs: to be set up
 *
 * Context: any.
 */
void dmp_runs_init(struct dmp_runs *runs)
{
	memset(runs, 0, sizeof(*runs));
	memset(runs->sets, 0xff, sizeof(runs->sets));
}

/* Remove an end from its set; false if it is not there. */
static bool take_end(struct dmp_runs *runs, u64 key)
{
	struct dmp_run_set *set = &runs->sets[dmp_run_hash(key)];

	if (set->newer == key)
		set->newer = set->older;
	else if (set->older != key)
		return false;
	set->older = DMP_RUN_NOWHERE;
	return true;
}

static struct dmp_run *find_run(struct dmp_runs *runs, u64 end)
{
	struct dmp_run *run;

	for (run = runs->list; run < runs->list + DMP_RUNS; run++)
		if (run->end == end && run->length)
			return run;
	return NULL;
}

/* Remove a run from the list; its end goes into a set and may still be continued. */
static void drop_run(struct dmp_runs *runs, struct dmp_run *run)
{
	if (run->length)
		dmp_runs_end(runs, run->end);
	run->length = 0;
}

static void rebuild_filter(struct dmp_runs *runs)
{
	u64 filter = 0;
	int i;

	for (i = 0; i < DMP_RUNS; i++)
		if (runs->list[i].length)
			filter |= 1ULL << dmp_run_hash(runs->list[i].end);
	runs->filter = filter;
}

/* Misses after which the last run of the list is considered for removal. */
#define MISSES	16

/*
 * The filter matched and the list had no such run. Rebuild the filter, which still has
 * bits of ends that were continued. Every MISSES misses drop the last run, unless it
 * was continued since: random I/O joins two bios by chance now and then, and such
 * runs would keep filling the filter.
 */
static void miss(struct dmp_runs *runs)
{
	struct dmp_run *last = &runs->list[DMP_RUNS - 1];

	if (++runs->misses % MISSES == 0) {
		while (last > runs->list && !last->length)
			last--;
		if (!last->referenced)
			drop_run(runs, last);
		last->referenced = 0;
	}
	rebuild_filter(runs);
}

/* Extend a run and move it to the front of the list. */
static u32 continue_run(struct dmp_runs *runs, struct dmp_run *run, u64 end)
{
	u32 length = run->length;
	bool known = length > 1;

	if (length < ~0U)
		length++;
	for (; run > runs->list; run--)
		*run = run[-1];
	run->end = end;
	run->length = length;
	run->referenced = known;
	runs->filter |= 1ULL << dmp_run_hash(end);
	return length;
}

/**
 * dmp_runs_submit() - record a submitted read or write
 * @runs: of this CPU
 * @start: the key of its first sector
 * @end: the key of the sector after its last one
 *
 * Its end is recorded in any case, so that a later bio may continue it.
 *
 * Context: process context, the caller may be preempted.
 * Return: length of the run that it continues, itself included (2 or more), else 0.
 */
u32 dmp_runs_submit(struct dmp_runs *runs, u64 start, u64 end)
{
	struct dmp_run *run = find_run(runs, start);

	if (!run && take_end(runs, start)) {
		/* The second bio of a run replaces the last run of the list. */
		run = &runs->list[DMP_RUNS - 1];
		drop_run(runs, run);
		run->length = 1;
	}
	if (run)
		return continue_run(runs, run, end);

	if (runs->filter >> dmp_run_hash(start) & 1)
		miss(runs);
	dmp_runs_end(runs, end);
	return 0;
}

/**
 * dmp_runs_undo() - undo dmp_runs_submit() of a bio that was refused
 * @runs: of this CPU
 * @start: the key of its first sector
 * @end: the key of the sector after its last one
 *
 * The submitter retries it, and the retry continues the run.
 *
 * Context: any; may interrupt a submission on this CPU, see the accepted race.
 * Return: the value of dmp_runs_submit() for it; 0 if unknown, since the bio was
 *	submitted on another CPU or the run was continued.
 */
u32 dmp_runs_undo(struct dmp_runs *runs, u64 start, u64 end)
{
	struct dmp_run *run = find_run(runs, end);
	u32 length;

	if (!run) {
		take_end(runs, end);
		return 0;
	}
	length = run->length;
	run->end = start;
	run->length--;
	if (run->length == 1)
		drop_run(runs, run);
	else
		runs->filter |= 1ULL << dmp_run_hash(start);
	return length;
}

/**
 * dmp_runs_contain() - look up an end without removing it
 * @runs: of any CPU
 * @start: the key of its first sector
 *
 * Context: any.
 * Return: true if a recent bio of that CPU ended there.
 */
bool dmp_runs_contain(const struct dmp_runs *runs, u64 start)
{
	unsigned int number = dmp_run_hash(start);
	const struct dmp_run_set *set = &runs->sets[number];
	int i;

	if (READ_ONCE(set->newer) == start || READ_ONCE(set->older) == start)
		return true;
	if (!(READ_ONCE(runs->filter) >> number & 1))
		return false;
	for (i = 0; i < DMP_RUNS; i++)
		if (READ_ONCE(runs->list[i].end) == start &&
		    READ_ONCE(runs->list[i].length))
			return true;
	return false;
}
