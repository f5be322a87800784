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

struct dmp_op_counts {
	u64 requests;		/* completed bios */
	u64 bytes;		/* of their size when they were submitted */
};

/*
 * All counters of one CPU, or a sum of such. Nothing but u64 in it: it is
 * added and subtracted as an array. The hot ones (reads and writes) share the
 * first 64 bytes.
 */
struct dmp_counts {
	u64 submitted;		/* bios that went down, completed or not */
	struct dmp_op_counts op[DMP_NR_OPS];
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

/* What has to be known of a bio when it completes; lives in dm's clone. */
struct dmp_io {
	u32 bytes;
	u8 op;			/* enum dmp_op */
	bool fua;
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
enum dmp_op dmp_op_uncommon(const struct bio *bio);

static __always_inline enum dmp_op dmp_op_of(const struct bio *bio)
{
	unsigned int op = bio_op(bio);

	if (likely(op <= REQ_OP_WRITE && bio->bi_iter.bi_size))
		return op;
	return dmp_op_uncommon(bio);
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
 * @io: room for what completion needs
 * @bio: before anything in it has been changed
 *
 * Context: any; the caller may be preempted and moved to another CPU.
 */
static __always_inline void dmp_stats_submit(struct dmp_cpu __percpu *cpu,
					     struct dmp_io *io,
					     const struct bio *bio)
{
	unsigned long flags;

	io->bytes = bio->bi_iter.bi_size;
	io->op = dmp_op_of(bio);
	io->fua = !!(bio->bi_opf & REQ_FUA);

	flags = dmp_update_begin(cpu);
	this_cpu_inc(cpu->counts.submitted);
	dmp_update_end(cpu, flags);
}

/**
 * dmp_stats_complete() - count a bio that came back
 * @cpu: the volume's per-CPU blocks
 * @io: as dmp_stats_submit() left it
 * @status: how the bio ended
 *
 * BLK_STS_AGAIN is no error: it answers REQ_NOWAIT, and the submitter tries
 * again.
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_stats_complete(struct dmp_cpu __percpu *cpu,
					       const struct dmp_io *io,
					       blk_status_t status)
{
	struct dmp_op_counts __percpu *op = &cpu->counts.op[io->op];
	unsigned long flags;

	flags = dmp_update_begin(cpu);
	this_cpu_inc(op->requests);
	this_cpu_add(op->bytes, io->bytes);
	if (unlikely(io->fua))
		this_cpu_inc(cpu->counts.fua);
	if (unlikely(status) && status != BLK_STS_AGAIN)
		this_cpu_inc(cpu->counts.errors);
	dmp_update_end(cpu, flags);
}

#endif /* DMP_STATS_H */
