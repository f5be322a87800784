/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequential runs: a bio continues a run if a recent bio of its CPU ended where it starts.
 *
 * Per CPU, over the bios that the CPU submits. Reads continue reads and writes continue
 * writes, as in file systems and read-ahead: the key is sector and operation in one
 * number. The end of a bio that continued no run is kept in one of 128 slots, by a hash
 * of the key, until another end takes the slot. Once an end is continued the run moves
 * into a list of eight, latest first, where ends of random I/O cannot evict it; two
 * random bios that join by chance can. Each slot has the number of runs in the list whose
 * end hashes to it, so that the fast path searches the list only where there is one.
 *
 * Pure: also compiled in the unit tests. Written by submissions on the owning CPU, and
 * by completions there of refused bios, through a plain pointer. Accepted race:
 * preemption, migration or such a completion between load and store may lose one
 * update, let two bios continue the same run, or end a run early. Other CPUs read
 * without synchronisation and may see a mixture of old and new.
 */
#ifndef DMP_RUNS_H
#define DMP_RUNS_H

#include <linux/compiler.h>
#include <linux/types.h>

#define DMP_RUNS		8
#define DMP_RUN_SLOT_BITS	7
#define DMP_RUN_SLOTS		128	/* 2^DMP_RUN_SLOT_BITS */

/* Marks an unknown or empty key: no bio ends at the last of 2^63 sectors. */
#define DMP_RUN_NOWHERE		(~0ULL)

/**
 * struct dmp_run - a sequential run
 * @start: the key of the first sector of its latest bio; DMP_RUN_NOWHERE if unknown
 * @end: the key that continues it
 * @length: in bios, 2 or more; 0: the entry is free
 * @referenced: continued by a third or later bio since it was last considered for
 *	removal
 */
struct dmp_run {
	u64 start;
	u64 end;
	u32 length;
	u32 referenced;
};

/**
 * struct dmp_run_slot - end of a bio that continued no run, by a hash of the key
 * @end: the latest one; DMP_RUN_NOWHERE: none
 * @runs: number of runs in the list whose end hashes here. After a lost update it may
 *	be too high until the next search without a match, or too low: the run is then
 *	missed, and begins anew from a slot.
 */
struct dmp_run_slot {
	u64 end;
	u64 runs;
};

/**
 * struct dmp_runs - runs, and ends that may become runs, of one CPU
 * @slots: the ends
 * @list: the runs, the latest first
 * @misses: searches of the list without a match
 */
struct dmp_runs {
	struct dmp_run_slot slots[DMP_RUN_SLOTS];
	struct dmp_run list[DMP_RUNS];
	u32 misses;
};

void dmp_runs_init(struct dmp_runs *runs);
u32 dmp_runs_submit(struct dmp_runs *runs, u64 start, u64 end);
u32 dmp_runs_undo(struct dmp_runs *runs, u64 start, u64 end);
bool dmp_runs_contain(const struct dmp_runs *runs, u64 start);

/**
 * dmp_run_key() - the key of a sector and operation
 * @sector: on the volume
 * @op: DMP_READ or DMP_WRITE
 *
 * Context: any.
 * Return: the key; it grows by 2 per sector.
 */
static __always_inline u64 dmp_run_key(u64 sector, unsigned long op)
{
	return 2 * sector + op;
}

/*
 * Multiplicative hash (Knuth, The Art of Computer Programming, 6.4) with 2^20 times the
 * golden ratio, a factor much smaller than that of hash_32(): distant keys spread as
 * evenly, while start and end of a 4 KiB bio are in the same or in adjacent slots, in
 * eight of ten cases in one cache line. Only the low 32 bits of a key are hashed; slots
 * hold whole keys.
 */
static __always_inline unsigned long dmp_run_hash(u64 key)
{
	return (u32)key * 0x19e377U >> (32 - DMP_RUN_SLOT_BITS);
}

/**
 * dmp_runs_may_continue() - check quickly whether a bio may continue a run
 * @runs: of this CPU
 * @start: the key of its first sector
 *
 * Context: any.
 * Return: false if it continues no run; true if dmp_runs_submit() has to decide.
 */
static __always_inline bool dmp_runs_may_continue(const struct dmp_runs *runs,
						  u64 start)
{
	const struct dmp_run_slot *slot = &runs->slots[dmp_run_hash(start)];

	return slot->end == start || slot->runs;
}

/* The end of a run in the list moves. */
static __always_inline void dmp_runs_move(struct dmp_runs *runs, u64 from,
					  u64 to)
{
	struct dmp_run_slot *old_slot = &runs->slots[dmp_run_hash(from)];
	struct dmp_run_slot *new_slot = &runs->slots[dmp_run_hash(to)];

	if (old_slot == new_slot)
		return;
	if (old_slot->runs)
		WRITE_ONCE(old_slot->runs, old_slot->runs - 1);
	WRITE_ONCE(new_slot->runs, new_slot->runs + 1);
}

/**
 * dmp_runs_extend() - dmp_runs_submit() for a bio that continues the latest run
 * @runs: of this CPU
 * @start: the key of its first sector
 * @end: the key of the sector after its last one
 *
 * Context: process context, the caller may be preempted.
 * Return: length of the run, itself included; 0 if it does not continue the latest run.
 */
static __always_inline u32 dmp_runs_extend(struct dmp_runs *runs, u64 start,
					   u64 end)
{
	struct dmp_run *run = &runs->list[0];

	if (run->end != start || run->length < 2 || run->length == ~0U)
		return 0;
	dmp_runs_move(runs, start, end);
	run->start = start;
	run->end = end;
	run->referenced = 1;
	return ++run->length;
}

/**
 * dmp_runs_end() - record the end of a bio that continued no run
 * @runs: of this CPU
 * @end: the key of the sector after its last one
 *
 * Context: any.
 */
static __always_inline void dmp_runs_end(struct dmp_runs *runs, u64 end)
{
	WRITE_ONCE(runs->slots[dmp_run_hash(end)].end, end);
}

#endif /* DMP_RUNS_H */
