/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics of a volume: per-CPU blocks, summed by readers.
 *
 * Each CPU has a block that only it writes. Submission and completion of a bio may run
 * on different CPUs, and a completion may interrupt a submission on the same CPU, so
 * every update of a counter is one this_cpu operation: safe against interrupts and
 * migration, without a lock prefix or a shared line. Readers sum the blocks.
 *
 * Accepted race: a reader may see the request of a bio and not its bytes, or the
 * reverse. Each counter alone is exact and monotonic, and all agree once the volume is
 * quiet.
 *
 * With a 32-bit long a 64-bit counter cannot be read without tearing: each block then
 * has a sequence counter, and updates of 64-bit counters run with interrupts off.
 * The sequence counter is not a u64_stats_sync, whose reader functions differ between
 * the supported kernels (u64_stats_fetch_begin_irq() until v6.2).
 */
#ifndef DMP_STATS_H
#define DMP_STATS_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "clock.h"
#include "config.h"
#include "counts.h"
#include "epochs.h"
#include "hists.h"
#include "runs.h"
#include "windows.h"

/**
 * struct dmp_submit_state - state of the submissions of one CPU
 * @until_sample: bios before the next sample, which is due when it falls below 0, so
 *	that a lost update cannot make it wrap
 * @until_timed: bios before the next timed one, with latency_every above 1
 * @random: state of the generator of distances
 * @last_end: run key at which the latest read or write ended, or DMP_RUN_NOWHERE
 * @last_submit: time of its submission, if each bio is timed: ticks, or nanoseconds
 *	with DMP_SUBMIT_KTIME
 * @last_jiffies: time of the latest read or write, if not each bio is timed
 * @last_rare: as @last_submit, of the latest submission of another operation
 * @runs: sequential runs
 *
 * Written by submissions on this CPU, through a plain pointer; read by samples on other
 * CPUs. Accepted race: preemption or migration between load and store may lose one
 * update; only heuristics are here, no counter.
 */
struct dmp_submit_state {
	u32 until_sample;
	u32 until_timed;
	u32 random;
	u64 last_end;
	u64 last_submit;
	unsigned long last_jiffies;
	u64 last_rare;
	struct dmp_runs runs ____cacheline_aligned;
};

/* Flag in a time of submission: nanoseconds by ktime_get_ns(), not ticks. */
#define DMP_SUBMIT_KTIME	BIT_ULL(63)

/* The least mean distance between samples; distances are random. */
#define DMP_SAMPLE_MEAN		128

/* The block of one CPU, ordered by how hot its members are. */
struct dmp_cpu {
	struct dmp_submit_state submit;
	struct dmp_counts counts ____cacheline_aligned;
#if BITS_PER_LONG == 32
	seqcount_t seq;
#endif
	struct dmp_rw_hists rw[DMP_RW_OPS];
} ____cacheline_aligned;

static_assert(sizeof(struct dmp_cpu) <= 10240);
#if BITS_PER_LONG == 64
static_assert(!(offsetof(struct dmp_cpu, submit.runs.slots) % 64));
#endif

/*
 * struct dmp_stats.mode: all that the hot path branches on, in one word. 0: counters
 * only. Bits that per-bio state has, too, are at the same positions in both.
 */
#define DMP_MODE_TIME_EACH	0x001U	/* tracked, and each bio is timed */
#define DMP_MODE_EPOCH		((u32)DMP_BIO_EPOCH)	/* tracked; the current slot */
#define DMP_MODE_PATTERNS	((u32)DMP_BIO_SIZED)
/* With any of these set, all bios take the slow path. */
#define DMP_MODE_IDLE		0x1000U	/* the next bio starts the tick */
#define DMP_MODE_KTIME		0x2000U	/* the clock is ktime_get_ns() */
#define DMP_MODE_TRACED		0x4000U	/* a tracepoint is enabled */
#define DMP_MODE_OVERFLOW	0x8000U	/* the epoch takes no 32-bit starts */
#define DMP_MODE_SLOW							\
	(DMP_MODE_IDLE | DMP_MODE_KTIME | DMP_MODE_TRACED | DMP_MODE_OVERFLOW)
/* With any of these set, the start is kept in per-bio data. */
#define DMP_MODE_PER_BIO						\
	(DMP_MODE_KTIME | DMP_MODE_TRACED | DMP_MODE_OVERFLOW)

/**
 * struct dmp_since - time of the last change of settings, by three clocks
 * @jiffies: by jiffies
 * @ticks: by the clock of the fast path
 * @ns: by ktime_get_ns()
 *
 * Seek distance and inter-arrival time are not measured from earlier submissions.
 */
struct dmp_since {
	unsigned long jiffies;
	u64 ticks;
	u64 ns;
};

/**
 * struct dmp_tick - state of the periodic work of a volume; see tick.h
 * @lock: guards all of it, and the mode. Taken with interrupts off, nested inside
 *	the mutex of struct dmp_stats
 * @work: runs every 100 ms while there is I/O
 * @submitted: bios submitted by the latest tick
 * @completed: bios completed by then
 * @folded: time of the last fold, nanoseconds
 * @untracked_ns: time at which tracking began
 * @untracked_ticks: ticks for which bios submitted before @untracked_ns are still
 *	searched for
 * @asleep: the system is about to sleep, sleeps, or wakes up
 * @epochs: ages of bios in flight
 * @windows: of 100 ms
 */
struct dmp_tick {
	spinlock_t lock;	/* all of this, and the mode */
	struct delayed_work work;
	u64 submitted;
	u64 completed;
	u64 folded;
	u64 untracked_ns;
	unsigned int untracked_ticks;
	bool asleep;
	struct dmp_epochs epochs;
	struct dmp_windows windows;
};

/**
 * struct dmp_start - start of counting: creation, or the last reset
 * @boot_ns: by CLOCK_BOOTTIME
 * @real_ns: by CLOCK_REALTIME
 * @latency_boot_ns: start of latency accounting, by CLOCK_BOOTTIME
 * @generation: unique since boot
 */
struct dmp_start {
	u64 boot_ns;
	u64 real_ns;
	u64 latency_boot_ns;
	u64 generation;
};

/**
 * struct dmp_stats - statistics of a volume
 * @cpu: per-CPU blocks
 * @shared: histograms that are not per CPU
 * @mode: DMP_MODE_*; written under the tick's lock
 * @slow_ticks: latency from which a completion takes the slow path, ticks
 * @time_span: distances between timed bios are drawn below this
 * @heat_shift: log2 of the sectors of a heat map's cell
 * @clock: of the fast path
 * @dev: the volume's device number
 * @since: written by settings, read by samples
 * @lock: guards all below but @tick
 * @config: the settings
 * @sectors: size of the volume
 * @base: counters at the last reset, subtracted by readers
 * @start: when counting began
 * @hist_prev: sums of all histogram counters at the last fold
 * @hist_total: their 64-bit totals since the last reset
 * @tick: periodic work, with a lock of its own
 */
struct dmp_stats {
	/* Read-mostly, by every bio. */
	struct dmp_cpu __percpu *cpu;
	u32 mode;
	u32 slow_ticks;
	u32 time_span;
	u32 heat_shift;
	struct dmp_clock clock;
	struct dmp_shared_hists *shared;
	dev_t dev;
	struct dmp_since since;

	struct mutex lock ____cacheline_aligned_in_smp;
	struct dmp_config config;
	sector_t sectors;
	struct dmp_counts base;
	struct dmp_start start;
	u32 *hist_prev;
	u64 *hist_total;
	struct dmp_tick tick;
};

int dmp_stats_global_init(void);
void dmp_stats_global_exit(void);
int dmp_stats_init(struct dmp_stats *stats);
void dmp_stats_exit(struct dmp_stats *stats);
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts);
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts);
void dmp_stats_reset(struct dmp_stats *stats, struct dmp_counts *raw);
void dmp_stats_restart_latency(struct dmp_stats *stats);
void dmp_stats_resize(struct dmp_stats *stats, sector_t sectors);
void dmp_stats_fold(struct dmp_stats *stats);
const u64 *dmp_stats_hists(struct dmp_stats *stats, struct dmp_hist_range range);

/**
 * dmp_random_below() - draw a distance
 * @submit: of this CPU
 * @span: more than 0
 *
 * A linear congruential generator; the factors are those of Numerical Recipes. Its
 * high bits are the random ones, and the product takes these.
 *
 * Context: process context, the caller may be preempted.
 * Return: 0 to @span - 1, evenly.
 */
static __always_inline u32 dmp_random_below(struct dmp_submit_state *submit,
					    u32 span)
{
	submit->random = submit->random * 1664525 + 1013904223;
	return (u64)submit->random * span >> 32;
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

/*
 * Count in a per-CPU histogram. A pointer, not an array: callers guarantee the bounds, and
 * CONFIG_UBSAN_BOUNDS would check them again.
 */
static __always_inline void dmp_hist_inc(u32 __percpu *hist,
					 unsigned long index)
{
	this_cpu_inc(*(hist + index));
}

/* The inverse, for a refused bio; dmp_hist_inc() may have run on another CPU. */
static __always_inline void dmp_hist_dec(u32 __percpu *hist,
					 unsigned long index)
{
	this_cpu_dec(*(hist + index));
}

/* Offset of a member of struct dmp_op_hists, in counters. */
#define DMP_OP_HIST(member)						\
	(offsetof(struct dmp_op_hists, member) / sizeof(u32))

/**
 * dmp_op_hist_add() - count in a histogram of an operation
 * @stats: of the volume
 * @op: operation
 * @at: DMP_OP_HIST() plus the bucket
 * @delta: 1, or -1 to undo
 *
 * Context: any, hard interrupt included.
 */
static inline void dmp_op_hist_add(struct dmp_stats *stats, unsigned int op,
				   size_t at, int delta)
{
	if (op < DMP_RW_OPS)
		this_cpu_add(*((u32 __percpu *)&stats->cpu->rw[op].each + at),
			     delta);
	else
		atomic_add(delta, (atomic_t *)
			   &stats->shared->rare[op - DMP_RW_OPS] + at);
}

#endif /* DMP_STATS_H */
