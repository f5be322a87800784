/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics of a volume: per-CPU state, summed by readers; what is shared; settings.
 *
 * Accepted race: a reader may see the request of a bio and not its bytes, or the
 * reverse. Each counter alone is exact and monotonic, and all agree once the volume is
 * quiet.
 */
#ifndef DMP_STATS_H
#define DMP_STATS_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "clock.h"
#include "config.h"
#include "counts.h"
#include "cpus.h"
#include "epochs.h"
#include "hists.h"
#include "tick-queue.h"
#include "totals.h"
#include "windows.h"

/**
 * struct dmp_shared - counters that are not per CPU, since bios seldom increment them
 * @done: as struct dmp_done, of operations other than read and write
 * @uncommon: as struct dmp_uncommon
 * @errors: see struct dmp_counts
 * @fua: see struct dmp_counts
 * @hists: of operations other than read and write; each an atomic_t
 * @windows: by operation; under the tick's lock
 */
struct dmp_shared {
	struct {
		atomic64_t requests;
		atomic64_t bytes;
		atomic64_t ns;
		atomic64_t timed;
	} done[DMP_RARE_OPS];
	struct {
		atomic64_t slow;
		atomic64_t slow_ns;
		atomic64_t refused;
		atomic64_t refused_bytes;
	} uncommon[DMP_NR_OPS];
	atomic64_t errors;
	atomic64_t fua;
	struct dmp_op_hists hists[DMP_RARE_OPS];
	struct dmp_window_hists windows[DMP_NR_OPS];
};

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
 * @lock: guards all of it but @entry and @folded, and the mode. Taken with interrupts
 *	off, nested inside the mutex of struct dmp_stats
 * @changes: of the state that the lock guards: see lock_with() in tick.c
 * @entry: in the queue of ticks, which guards it: runs every 100 ms while there is I/O
 * @submitted: bios submitted by the latest tick that read all counters
 * @completed: bios completed by the latest tick
 * @folded: bios completed by the last fold of a tick; of the tick only
 * @untracked_ns: time at which tracking began
 * @untracked_ticks: ticks for which bios submitted before @untracked_ns are still
 *	searched for
 * @asleep: the system is about to sleep, sleeps, or wakes up
 * @epochs: ages of bios in flight
 * @windows: of 100 ms
 */
struct dmp_tick {
	spinlock_t lock;	/* all of this, and the mode */
	u32 changes;
	struct dmp_tick_entry entry;
	u32 submitted;
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
 * @cpus: per-CPU state
 * @shared: what is not per CPU
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
 * @totals: of the histogram counters
 * @tick: periodic work, with a lock of its own
 */
struct dmp_stats {
	/* Read-mostly, by every bio. */
	struct dmp_cpus cpus;
	u32 mode;
	u32 slow_ticks;
	u32 time_span;
	u32 heat_shift;
	struct dmp_clock clock;
	struct dmp_shared *shared;
	dev_t dev;
	struct dmp_since since;

	struct mutex lock ____cacheline_aligned_in_smp;
	struct dmp_config config;
	sector_t sectors;
	struct dmp_counts base;
	struct dmp_start start;
	struct dmp_totals totals;
	struct dmp_tick tick;
};

int dmp_stats_init(struct dmp_stats *stats);
void dmp_stats_exit(struct dmp_stats *stats);
void dmp_stats_start(struct dmp_stats *stats);
void dmp_stats_read(struct dmp_stats *stats, struct dmp_counts *counts);
void dmp_stats_read_raw(const struct dmp_stats *stats,
			struct dmp_counts *counts);
void dmp_stats_read_completed(const struct dmp_stats *stats,
			      struct dmp_counts *counts);
void dmp_stats_read_cpu(const struct dmp_cpu *cpu, struct dmp_counts *counts);
void dmp_stats_read_shared(const struct dmp_stats *stats,
			   struct dmp_counts *counts);
void dmp_stats_resize(struct dmp_stats *stats, sector_t sectors);
unsigned int dmp_stats_heat_shift(sector_t sectors);
int dmp_stats_fold(struct dmp_stats *stats, struct dmp_hist_range range);

/* Offset of a member of struct dmp_op_hists, in counters. */
#define DMP_OP_HIST(member)						\
	(offsetof(struct dmp_op_hists, member) / sizeof(u32))

/* Likewise, of struct dmp_rw_hists, which begins with a struct dmp_op_hists. */
#define DMP_RW_HIST(member)						\
	(offsetof(struct dmp_rw_hists, member) / sizeof(u32))

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
		dmp_hist_add((u32 *)&dmp_this_block(stats->cpus.cpu)->rw[op] + at,
			     delta);
	else
		atomic_add(delta, (atomic_t *)
			   &stats->shared->hists[op - DMP_RW_OPS] + at);
}

#endif /* DMP_STATS_H */
