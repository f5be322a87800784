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
	struct dmp_run_slot *slot;

	memset(runs, 0, sizeof(*runs));
	for (slot = runs->slots; slot < runs->slots + DMP_RUN_SLOTS; slot++)
		slot->end = DMP_RUN_NOWHERE;
}

/* Remove an end from its slot; false if it is not there. */
static bool take_end(struct dmp_runs *runs, u64 key)
{
	struct dmp_run_slot *slot = &runs->slots[dmp_run_hash(key)];

	if (slot->end != key)
		return false;
	slot->end = DMP_RUN_NOWHERE;
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

/* Count the runs of a slot anew. */
static void recount(struct dmp_runs *runs, u64 key)
{
	unsigned long hash = dmp_run_hash(key);
	const struct dmp_run *run;
	u64 count = 0;

	for (run = runs->list; run < runs->list + DMP_RUNS; run++)
		if (run->length && dmp_run_hash(run->end) == hash)
			count++;
	WRITE_ONCE(runs->slots[hash].runs, count);
}

/* Remove a run from the list; its end goes into a slot and may still be continued. */
static void drop_run(struct dmp_runs *runs, struct dmp_run *run)
{
	if (!run->length)
		return;
	run->length = 0;
	recount(runs, run->end);
	dmp_runs_end(runs, run->end);
}

/* Misses after which the last run of the list is considered for removal. */
#define MISSES	16

/*
 * A slot had a run, and the list had none that the bio continues. Every MISSES misses
 * drop the last run, unless it was continued since: random I/O joins two bios by chance
 * now and then, and would be searched for in the list ever after.
 */
static void miss(struct dmp_runs *runs, u64 start)
{
	struct dmp_run *last = &runs->list[DMP_RUNS - 1];

	if (++runs->misses % MISSES == 0) {
		while (last > runs->list && !last->length)
			last--;
		if (!last->referenced)
			drop_run(runs, last);
		last->referenced = 0;
	}
	recount(runs, start);
}

/* A free entry of the list; if there is none, that of the last run, which is dropped. */
static struct dmp_run *free_entry(struct dmp_runs *runs)
{
	struct dmp_run *run = &runs->list[DMP_RUNS - 1];

	while (run > runs->list && run->length)
		run--;
	if (!run->length)
		return run;
	run = &runs->list[DMP_RUNS - 1];
	drop_run(runs, run);
	return run;
}

/* Extend a run and move it to the front of the list. */
static u32 continue_run(struct dmp_runs *runs, struct dmp_run *run, u64 end)
{
	u64 old_end = run->end;
	u32 length = run->length;
	bool known = length > 1;

	if (length < ~0U)
		length++;
	for (; run > runs->list; run--)
		*run = run[-1];
	run->start = old_end;
	run->end = end;
	run->length = length;
	run->referenced = known;
	dmp_runs_move(runs, old_end, end);
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
	struct dmp_run *run = NULL;

	if (runs->slots[dmp_run_hash(start)].runs)
		run = find_run(runs, start);
	if (!run && take_end(runs, start)) {
		run = free_entry(runs);
		run->end = start;
		run->length = 1;
		runs->slots[dmp_run_hash(start)].runs++;
	}
	if (run)
		return continue_run(runs, run, end);

	if (runs->slots[dmp_run_hash(start)].runs)
		miss(runs, start);
	dmp_runs_end(runs, end);
	return 0;
}

/**
 * dmp_runs_undo() - undo dmp_runs_submit() of a bio that was refused
 * @runs: of this CPU
 * @start: the key of its first sector
 * @end: the key of the sector after its last one
 *
 * The submitter retries it, and the retry continues the run, unless the run was dropped
 * meanwhile. A bio that covers the same sectors as the latest bio of a run, and
 * continued nothing, is taken for that one.
 *
 * Context: any; may interrupt a submission on this CPU, see the accepted race.
 * Return: the value of dmp_runs_submit() for it; 0 if it continued no run, or if unknown,
 *	since the bio was submitted on another CPU or the run was continued.
 */
u32 dmp_runs_undo(struct dmp_runs *runs, u64 start, u64 end)
{
	struct dmp_run *run = find_run(runs, end);
	u32 length;

	if (!run || run->start != start) {
		take_end(runs, end);
		return 0;
	}
	length = run->length;
	run->start = DMP_RUN_NOWHERE;
	run->end = start;
	run->length--;
	dmp_runs_move(runs, end, start);
	if (run->length == 1)
		drop_run(runs, run);
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
	const struct dmp_run_slot *slot = &runs->slots[dmp_run_hash(start)];
	int i;

	if (READ_ONCE(slot->end) == start)
		return true;
	if (!READ_ONCE(slot->runs))
		return false;
	for (i = 0; i < DMP_RUNS; i++)
		if (READ_ONCE(runs->list[i].end) == start &&
		    READ_ONCE(runs->list[i].length))
			return true;
	return false;
}
