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
 * there each block has a sequence counter, and updates of 64-bit counters run
 * with interrupts off.
 */
#ifndef DMP_STATS_H
#define DMP_STATS_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "buckets.h"
#include "clock.h"
#include "hists.h"

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
	DMP_NOTED = 7,		/* not an operation: see struct dmp_note */
};

/*
 * One for each value that the bits of a tag can have, so that compilers which
 * check bounds (CONFIG_UBSAN_BOUNDS) see that none can be exceeded, and leave
 * the hot path alone.
 */
#define DMP_OP_SLOTS	8
#define DMP_EPOCHS	4

/*
 * All counters of one CPU, or a sum of such. Nothing but u64 in it: it is
 * added and subtracted as an array.
 */
struct dmp_counts {
	u64 submitted;		/* bios that went down, not in an epoch */
	u64 entered[DMP_EPOCHS];	/* bios that went down in an epoch */
	u64 left[DMP_EPOCHS];	/* those of them that came back */
	u64 requests[2 * DMP_OP_SLOTS];	/* completed; the second half: FUA */
	u64 bytes[2 * DMP_OP_SLOTS];	/* their size when they were submitted */
	u64 ns[DMP_OP_SLOTS];	/* time of those that were timed */
	u64 timed[DMP_OP_SLOTS];	/* how many that were */
	u64 slow[DMP_NR_OPS];	/* timed, and not below the slow limit */
	u64 slow_ns[DMP_NR_OPS];	/* time of the slow ones */
	u64 errors;		/* completed with a status that is an error */
};

/*
 * Where a bio may be continued: the low halves of the sectors at which the latest
 * ones ended that continued nothing themselves, in sets of two by a hash of the
 * sector.
 */
#define DMP_STREAM_BITS	6
#define DMP_STREAM_SETS	BIT(DMP_STREAM_BITS)

struct dmp_stream_set {
	u32 newer;
	u32 older;
};

/*
 * Where a sequential run goes on: no other bio's end displaces it. So many are
 * followed by a CPU.
 */
#define DMP_RUNS	8

struct dmp_run {
	u32 end;
	u32 length : 31;	/* in bios; 0: there is none */
	u32 touched : 1;	/* continued since it was looked at last */
};

/**
 * struct dmp_arrivals - what a CPU remembers of the bios that arrived
 * @until_sample: bios to go before the next sample; due when it falls below 0,
 *	so that an update that is lost cannot make it go round
 * @until_timed: bios to go before the next one that is timed, in the same way
 * @random: what the distance of samples is made of
 * @alarms: how many bios looked in vain for a run, for @run_sets
 * @last_end: where the latest bio ended
 * @last_arrival: when the latest timed bio arrived, in units of the clock that it
 *	was timed by (DMP_ARRIVAL_PLAIN tells which)
 * @run_sets: a bit for each set that the end of a run would be in, and for some
 *	that it was in
 * @runs: the sequential runs, the latest first
 * @streams: where other bios ended
 *
 * Written by submissions on this CPU, through a plain pointer. Accepted race:
 * one that is preempted in the middle by another one, or moved to another CPU,
 * may lose what one of them noted here. No counter is here, and none is lost.
 */
struct dmp_arrivals {
	u32 until_sample;
	u32 until_timed;
	u32 random;
	u32 alarms;
	u64 last_end;
	u64 last_arrival;
	u64 run_sets;
	struct dmp_run runs[DMP_RUNS];
	struct dmp_stream_set streams[DMP_STREAM_SETS];
};

struct dmp_cpu {
	struct dmp_counts counts;
#if BITS_PER_LONG == 32
	seqcount_t seq;
#endif
	struct dmp_arrivals arrivals;
	struct dmp_hists hists;
} ____cacheline_aligned;

static_assert(sizeof(struct dmp_cpu) <= 16384);
static_assert(DMP_RW_OPS + DMP_OTHER_OPS == DMP_NR_OPS);

/* What is collected: each level includes the ones before. */
enum dmp_collect {
	DMP_COLLECT_COUNTERS,
	DMP_COLLECT_PATTERNS,
	DMP_COLLECT_ALL,
	DMP_NR_COLLECT,
};

/**
 * struct dmp_config - what can be set while I/O runs
 * @collect: the level
 * @latency_every: of how many bios on a CPU one is timed
 * @slow_ns: from which latency on a bio is slow
 */
struct dmp_config {
	enum dmp_collect collect;
	u32 latency_every;
	u64 slow_ns;
};

#define DMP_LATENCY_EVERY_MAX	1000000
#define DMP_SLOW_NS_DEFAULT	100000000ULL

/*
 * struct dmp_stats.shape says in one word what a bio goes through. 0: it is
 * counted, nothing else. The bits that are in both have the same places as in
 * a tag.
 */
#define DMP_SHAPE_PATTERNS	0x001U
#define DMP_SHAPE_EVERY		0x002U	/* not each bio is timed */
#define DMP_SHAPE_EPOCH		DMP_TAG_EPOCH
#define DMP_SHAPE_FULL		DMP_TAG_FULL
/* Any of these: the bio is handled out of line. */
#define DMP_SHAPE_IDLE		0x100U	/* somebody has to wake the pulse */
#define DMP_SHAPE_NO_TSC	0x200U	/* the clock is ktime_get_ns() */
#define DMP_SHAPE_TRACED	0x400U	/* somebody listens to a tracepoint */
#define DMP_SHAPE_LONG		0x800U	/* the epoch is too long for starts in tags */
#define DMP_SHAPE_RARE		0xf00U
/* Any of these: its start is noted apart, whole. */
#define DMP_SHAPE_NOTES							\
	(DMP_SHAPE_NO_TSC | DMP_SHAPE_TRACED | DMP_SHAPE_LONG)

/* The busiest 100 ms of an operation since the last reset. */
struct dmp_peak {
	u64 requests;
	u64 bytes;
};

/**
 * struct dmp_pulse - what runs beside a volume's I/O: see pulse.c
 * @work: ten times a second while the volume is busy, not at all when idle
 * @lock: guards the shape of the volume and everything below
 * @epoch_start: when each epoch began, in nanoseconds
 * @epoch_end: when it ended for tags, in clock units; 0: it goes on
 * @window_start: when the window that is open began
 * @window_arrivals: how many bios had been submitted by then
 * @window_counts: requests and bytes by then
 * @peaks: the highest windows
 * @harvested: when the histograms were added up last
 */
struct dmp_pulse {
	struct delayed_work work;
	spinlock_t lock;	/* of the shape and of what follows */
	u64 epoch_start[DMP_EPOCHS];
	u64 epoch_end[DMP_EPOCHS];
	u64 window_start;
	u64 window_arrivals;
	struct dmp_peak window_counts[DMP_NR_OPS];
	struct dmp_peak peaks[DMP_NR_OPS];
	u64 harvested;
};

/**
 * struct dmp_start - when counting began: at creation, or at the last reset
 * @boot_ns: by CLOCK_BOOTTIME
 * @real_ns: by CLOCK_REALTIME
 * @generation: never used twice since boot
 */
struct dmp_start {
	u64 boot_ns;
	u64 real_ns;
	u64 generation;
};

/**
 * struct dmp_stats - what one volume counted
 * @cpu: a block for each possible CPU
 * @shape: what a bio goes through
 * @limit: from this many clock units on a completion is handled out of line
 * @clock: how the hot path's clock counts
 * @heat_shift: sectors to cells of the heat map
 * @optimal: the optimal I/O size in sectors
 * @dev: of the mapped device, for tracepoints
 * @lock: guards what follows; readers and resets only
 * @config: what was asked for
 * @start: when counting began
 * @base: what is subtracted from the sum since the last reset
 * @hist_seen: sums of all CPUs' histograms as they were read last
 * @hist_total: what was counted in each since the last reset
 * @pulse: guarded by its own lock
 */
struct dmp_stats {
	/* Read by every bio, written hardly ever. */
	struct dmp_cpu __percpu *cpu;
	u32 shape;
	u32 limit;
	struct dmp_clock clock;
	u32 heat_shift;
	dev_t dev;
	struct dmp_divisor optimal;

	struct mutex lock ____cacheline_aligned_in_smp;
	struct dmp_config config;
	struct dmp_start start;
	struct dmp_counts base;
	u32 *hist_seen;
	u64 *hist_total;
	struct dmp_pulse pulse;
};

/*
 * What completion has to know of a bio fits into one word, its tag: the size,
 * whose low bits are free since sizes are in sectors; in these bits the
 * operation, whether REQ_FUA was set, and at which epoch's account the bio is;
 * and in the upper half when it was submitted, in clock units. The bio itself is
 * no witness by then: drivers consume bi_iter, and may change bi_opf.
 */
#define DMP_TAG_OP	(DMP_OP_SLOTS - 1UL)
#define DMP_TAG_FUA	0x08UL
#define DMP_TAG_FULL	0x10UL	/* there is more to do than to count */
#define DMP_TAG_EPOCH	0x60UL
#define DMP_TAG_UNTIMED	0x80UL	/* FULL, but nobody looked at the clock */
#define DMP_TAG_SAMPLED	0x100UL	/* size x latency is to be noted */
#define DMP_TAG_BYTES	0xfffffe00UL
#define DMP_TAG_REQUEST	(DMP_TAG_OP | DMP_TAG_FUA)

/* Any of these: the completion is out of the ordinary. */
#define DMP_TAG_RARE							\
	(DMP_TAG_UNTIMED | DMP_TAG_SAMPLED | (DMP_TAG_OP & ~DMP_WRITE))

#define DMP_EPOCH_SHIFT	5
#define DMP_START_SHIFT	32

/**
 * struct dmp_note - what does not fit into a tag
 * @tag: the bio's
 * @start: when it was submitted, by ktime_get_ns(); 0 if that was not noted
 * @sector: where, on the volume
 * @opf: its operation and flags
 *
 * It lies in the bio's per-bio data. A pointer to it takes the tag's place,
 * with all bits of DMP_TAG_NOTED set.
 */
struct dmp_note {
	unsigned long tag;
	u64 start;
	u64 sector;
	u32 opf;
} __aligned(32);

#define DMP_TAG_NOTED	(DMP_TAG_OP | DMP_TAG_FUA | DMP_TAG_FULL)

void dmp_stats_global_init(void);
int dmp_stats_init(struct dmp_stats *stats);
void dmp_stats_exit(struct dmp_stats *stats);
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts);
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts);
void dmp_stats_reset(struct dmp_stats *stats, struct dmp_counts *raw);
void dmp_stats_set_heat_shift(struct dmp_stats *stats, unsigned int shift);
void dmp_stats_harvest(struct dmp_stats *stats);
const u64 *dmp_stats_hists(struct dmp_stats *stats);
void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts);
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts);
u64 dmp_counts_submitted(const struct dmp_counts *counts);
u64 dmp_counts_requests(const struct dmp_counts *counts, enum dmp_op op);
u64 dmp_counts_bytes(const struct dmp_counts *counts, enum dmp_op op);
u64 dmp_counts_fua(const struct dmp_counts *counts);
u64 dmp_counts_completed(const struct dmp_counts *counts);
u64 dmp_counts_in_flight(const struct dmp_counts *counts);
enum dmp_op dmp_op_of(const struct bio *bio);
void dmp_stats_error(struct dmp_cpu __percpu *cpu, unsigned long tag,
		     blk_status_t status);

/* The histograms of an operation. */
static __always_inline struct dmp_op_hists __percpu *
dmp_op_hists(struct dmp_cpu __percpu *cpu, unsigned int op)
{
	if (op < DMP_RW_OPS)
		return &cpu->hists.rw[op].each;
	return &cpu->hists.other[op - DMP_RW_OPS];
}

/* No plain read or write has any of these in its bi_opf. */
#define DMP_UNCOMMON_OPF						\
	((((1U << REQ_OP_BITS) - 1) & ~(u32)DMP_WRITE) |		\
	 (__force u32)REQ_PREFLUSH | (__force u32)REQ_FUA)

/*
 * A plain read or write, which most bios are. An empty write that is a flush
 * comes from device-mapper with REQ_PREFLUSH, and nothing else does.
 */
static __always_inline bool dmp_is_common(const struct bio *bio)
{
	return !((__force u32)bio->bi_opf & DMP_UNCOMMON_OPF);
}

/* The class of a bio for which dmp_is_common(), and its tag. */
static __always_inline unsigned long dmp_common_op(const struct bio *bio)
{
	return (__force u32)bio->bi_opf & DMP_WRITE;
}

static __always_inline unsigned long dmp_common_tag(unsigned long op,
						    unsigned long sectors)
{
	return sectors << SECTOR_SHIFT | op;
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

/* The tag of a bio before anything in it has been changed. */
static __always_inline unsigned long dmp_tag(const struct bio *bio,
					     enum dmp_op op)
{
	return (bio->bi_iter.bi_size & DMP_TAG_BYTES) |
	       (bio->bi_opf & REQ_FUA ? DMP_TAG_FUA : 0) | op;
}

/**
 * dmp_count_submitted() - note that a bio is on its way down
 * @cpu: the volume's per-CPU blocks
 *
 * Context: any; the caller may be preempted and moved to another CPU.
 */
static __always_inline void dmp_count_submitted(struct dmp_cpu __percpu *cpu)
{
	unsigned long flags = dmp_update_begin(cpu);

	this_cpu_inc(cpu->counts.submitted);
	dmp_update_end(cpu, flags);
}

/**
 * dmp_count_completed() - count a bio that came back
 * @cpu: the volume's per-CPU blocks
 * @tag: the bio's
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_count_completed(struct dmp_cpu __percpu *cpu,
						unsigned long tag)
{
	unsigned long flags = dmp_update_begin(cpu);
	unsigned long index = tag & DMP_TAG_REQUEST;

	this_cpu_inc(cpu->counts.requests[index]);
	/* Or the compiler computes an address to use it twice. */
	OPTIMIZER_HIDE_VAR(index);
	this_cpu_add(cpu->counts.bytes[index], tag & DMP_TAG_BYTES);
	dmp_update_end(cpu, flags);
}

#endif /* DMP_STATS_H */
