/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The per-CPU engine: counts what passes through a volume.
 *
 * Each CPU has a block of counters that only it writes. Submission and
 * completion of one bio may run on different CPUs, and a completion may
 * interrupt a submission on the same CPU, so every update is one this_cpu
 * operation: safe against interrupts and migration, and neither locked nor
 * shared. Whoever reads adds the blocks up and pays for all of it.
 *
 * Accepted race: a reader may see a bio's request counted and its bytes not
 * yet, or the reverse. Each counter alone is exact, never goes back, and all
 * of them agree as soon as the volume is quiet.
 *
 * Where a long has 32 bits a 64-bit counter cannot be read in one piece;
 * there each block has a sequence counter, and updates run with interrupts
 * off.
 */
#ifndef DMP_STATS_H
#define DMP_STATS_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/types.h>

/*
 * How operations are told apart. The first two equal REQ_OP_READ and
 * REQ_OP_WRITE. DMP_FLUSH is an empty write with REQ_PREFLUSH, which is how
 * device-mapper sends every flush to its targets.
 */
enum dmp_op {
	DMP_READ,
	DMP_WRITE,
	DMP_DISCARD,
	DMP_FLUSH,
	DMP_WRITE_ZEROES,
	DMP_OTHER,		/* secure erase, write same, zone operations */
	DMP_NR_OPS,
};

/*
 * One for each value that the operation's bits of a tag can have, so that
 * compilers which check bounds (CONFIG_UBSAN_BOUNDS) see that none can be
 * exceeded, and leave the hot path alone.
 */
#define DMP_OP_SLOTS	8

/*
 * All counters of one CPU, or a sum of such. Nothing but u64 in it: it is
 * added and subtracted as an array.
 */
struct dmp_counts {
	u64 submitted;		/* bios that went down, completed or not */
	u64 requests[DMP_OP_SLOTS];	/* completed bios */
	u64 bytes[DMP_OP_SLOTS];	/* their size when they were submitted */
	u64 errors;		/* completed with a status that is an error */
	u64 fua;		/* completed with REQ_FUA */
};

struct dmp_cpu {
	struct dmp_counts counts;
#if BITS_PER_LONG == 32
	seqcount_t seq;
#endif
} ____cacheline_aligned;

/**
 * struct dmp_stats - the counters of one volume
 * @cpu: a block for each possible CPU
 * @lock: guards @base; readers and resets only
 * @base: what is subtracted from the sum since the last reset
 */
struct dmp_stats {
	struct dmp_cpu __percpu *cpu;
	struct mutex lock;	/* of base, not of any counter */
	struct dmp_counts base;
};

int dmp_stats_init(struct dmp_stats *stats);
void dmp_stats_exit(struct dmp_stats *stats);
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts);
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts);
void dmp_stats_reset(struct dmp_stats *stats, struct dmp_counts *raw);
void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts);
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts);
u64 dmp_counts_completed(const struct dmp_counts *counts);
enum dmp_op dmp_op_of(const struct bio *bio);
void dmp_stats_complete_uncommon(struct dmp_cpu __percpu *cpu,
				 unsigned long tag, blk_status_t status);

/*
 * What completion has to know of a bio fits into one word, its tag: the size,
 * whose low bits are free since sizes are in sectors; in these bits the
 * operation, and whether REQ_FUA was set. The bio itself is no witness by
 * then: drivers consume bi_iter, and may change bi_opf.
 */
#define DMP_TAG_OP	(DMP_OP_SLOTS - 1UL)
#define DMP_TAG_FUA	8UL
#define DMP_TAG_BYTES	(~(SECTOR_SIZE - 1UL))

/* A read or a write of data, whose operation is its own class. */
static __always_inline bool dmp_op_is_common(const struct bio *bio)
{
	return (__force unsigned int)bio_op(bio) <= DMP_WRITE &&
	       bio->bi_iter.bi_size;
}

#if BITS_PER_LONG == 32
static __always_inline unsigned long dmp_update_begin(struct dmp_cpu __percpu *cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	raw_write_seqcount_begin(&this_cpu_ptr(cpu)->seq);
	return flags;
}

static __always_inline void dmp_update_end(struct dmp_cpu __percpu *cpu,
					   unsigned long flags)
{
	raw_write_seqcount_end(&this_cpu_ptr(cpu)->seq);
	local_irq_restore(flags);
}
#else
static __always_inline unsigned long dmp_update_begin(struct dmp_cpu __percpu *cpu)
{
	return 0;
}

static __always_inline void dmp_update_end(struct dmp_cpu __percpu *cpu,
					   unsigned long flags)
{
}
#endif

/**
 * dmp_stats_submit() - note a bio on its way down
 * @cpu: the volume's per-CPU blocks
 * @bio: before anything in it has been changed
 * @op: its class
 *
 * Context: any; the caller may be preempted and moved to another CPU.
 * Return: the tag that dmp_stats_complete() wants.
 */
static __always_inline unsigned long
dmp_stats_submit(struct dmp_cpu __percpu *cpu, const struct bio *bio,
		 enum dmp_op op)
{
	unsigned long tag, flags;

	tag = (bio->bi_iter.bi_size & DMP_TAG_BYTES) |
	      (bio->bi_opf & REQ_FUA ? DMP_TAG_FUA : 0) | op;

	flags = dmp_update_begin(cpu);
	this_cpu_inc(cpu->counts.submitted);
	dmp_update_end(cpu, flags);
	return tag;
}

/**
 * dmp_stats_complete() - count a bio that came back
 * @cpu: the volume's per-CPU blocks
 * @tag: what dmp_stats_submit() returned for it
 * @status: how the bio ended
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_stats_complete(struct dmp_cpu __percpu *cpu,
					       unsigned long tag,
					       blk_status_t status)
{
	unsigned int op = tag & DMP_TAG_OP;
	unsigned long flags;

	flags = dmp_update_begin(cpu);
	this_cpu_inc(cpu->counts.requests[op]);
	this_cpu_add(cpu->counts.bytes[op], tag & DMP_TAG_BYTES);
	dmp_update_end(cpu, flags);

	if (unlikely(status || tag & DMP_TAG_FUA))
		dmp_stats_complete_uncommon(cpu, tag, status);
}

#endif /* DMP_STATS_H */
