/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequential runs: does a bio continue where a recent one ended?
 *
 * Each CPU follows the runs of what it submits. A read continues a read and a
 * write a write, as file systems and read-ahead see them: a place is a key, the
 * 64-bit sector and the operation in one number. A key that is continued moves into
 * a list of eight runs, the latest first, where no other bio displaces it. The ends
 * of bios that continued nothing are kept in 64 sets of two, by a hash of the key.
 * A filter of one bit for each set tells the fast path whether to search the list.
 *
 * Pure: also compiled in the unit tests. Written by submissions on the CPU that owns
 * it, through a plain pointer. Accepted race: a submission that is preempted in
 * the middle by another one, or migrates, may lose what one of them noted here, or
 * both may continue the same run. Other CPUs may read, and see any mixture.
 */
#ifndef DMP_RUNS_H
#define DMP_RUNS_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/types.h>

#define DMP_RUNS		8
#define DMP_RUN_SET_BITS	6
#define DMP_RUN_SETS		64	/* 2^DMP_RUN_SET_BITS */

/* No place: the last sector of 2^63. */
#define DMP_RUN_NOWHERE		(~0ULL)

/**
 * struct dmp_run - a sequential run
 * @end: the key that continues it
 * @length: in bios; 0: the place in the list is free
 * @referenced: it was continued since it was last looked at for removal
 */
struct dmp_run {
	u64 end;
	u32 length;
	u32 referenced;
};

struct dmp_run_set {
	u64 newer;
	u64 older;
};

/**
 * struct dmp_runs - where bios of one CPU may be continued
 * @filter: a bit for each set that the end of a run hashes to, and for some that one
 *	did hash to
 * @misses: bios that the filter sent to the list in vain
 * @list: the runs, the latest first
 * @sets: the ends of bios that continued nothing
 */
struct dmp_runs {
	u64 filter;
	u32 misses;
	struct dmp_run list[DMP_RUNS];
	struct dmp_run_set sets[DMP_RUN_SETS];
};

void dmp_runs_init(struct dmp_runs *runs);
u32 dmp_runs_submit(struct dmp_runs *runs, u64 start, u64 end);
u32 dmp_runs_undo(struct dmp_runs *runs, u64 start, u64 end);
bool dmp_runs_contain(const struct dmp_runs *runs, u64 start);

/**
 * dmp_run_key() - a place where a bio may be continued
 * @sector: on the volume
 * @op: DMP_READ or DMP_WRITE
 *
 * Context: any.
 * Return: the key; that of a place @n sectors on is 2 * @n more.
 */
static __always_inline u64 dmp_run_key(u64 sector, unsigned long op)
{
	return 2 * sector + op;
}

static __always_inline unsigned int dmp_run_hash(u64 key)
{
	return hash_32((u32)key, DMP_RUN_SET_BITS);
}

/**
 * dmp_runs_may_continue() - does a bio need dmp_runs_submit()?
 * @runs: of this CPU
 * @start: the key of its first sector
 *
 * Context: any.
 * Return: false if the bio continues nothing; true if it may.
 */
static __always_inline bool dmp_runs_may_continue(const struct dmp_runs *runs,
						  u64 start)
{
	unsigned int number = dmp_run_hash(start);
	const struct dmp_run_set *set = &runs->sets[number];

	return set->newer == start || set->older == start ||
	       runs->filter >> number & 1;
}

/**
 * dmp_runs_end() - a bio that continued nothing ends
 * @runs: of this CPU
 * @end: the key of the sector after its last one
 *
 * Context: any.
 */
static __always_inline void dmp_runs_end(struct dmp_runs *runs, u64 end)
{
	struct dmp_run_set *set = &runs->sets[dmp_run_hash(end)];

	WRITE_ONCE(set->older, set->newer);
	WRITE_ONCE(set->newer, end);
}

#endif /* DMP_RUNS_H */
