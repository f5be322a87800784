/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-CPU state of a volume: counters that hardly ever another CPU writes.
 *
 * A machine may have many more possible CPUs than CPUs. So two cache lines are allocated
 * for each possible CPU, struct dmp_cpu, and all else, struct dmp_block, for a CPU that
 * is online, or when it comes online; the block stays when the CPU goes offline.
 *
 * Submission and completion of a bio may run on different CPUs, a completion may
 * interrupt a submission on the same CPU, and a submission may be preempted and migrate.
 * No update of a counter in struct dmp_cpu is lost: see dmp_cpu_add_u64(). One of the
 * block may be, if its task migrates in an instant: see dmp_hist_add().
 *
 * With a 32-bit long a 64-bit counter cannot be read without tearing: updates then run
 * with interrupts off, and a sequence counter tells readers. It is not a
 * u64_stats_sync, whose reader functions differ between the supported kernels
 * (u64_stats_fetch_begin_irq() until v6.2).
 */
#ifndef DMP_CPUS_H
#define DMP_CPUS_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/types.h>

#include "counts.h"
#include "hists.h"
#include "runs.h"

/**
 * struct dmp_submit_state - state of the submissions of one CPU
 * @until_sample: bios before the next sample, which is due when it falls below 0 as a
 *	signed number, so that a lost update cannot make it wrap
 * @until_timed: bios before the next timed one, with latency_every above 1
 * @random: state of the generator of distances
 * @last_end: run key at which the latest read or write ended, or DMP_RUN_NOWHERE
 * @last_submit: time of its submission, if each bio is timed: ticks, or nanoseconds
 *	with DMP_SUBMIT_KTIME
 * @last_jiffies: time of the latest read or write, if not each bio is timed
 * @last_rare: as @last_submit, of the latest submission of another operation
 * @runs: sequential runs
 *
 * Written by submissions on this CPU, read by samples on other CPUs. Accepted race:
 * preemption or migration between load and store may lose one update; only heuristics
 * are here, no counter.
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
#define DMP_SAMPLE_MEAN		256

/**
 * struct dmp_block - state of one CPU that has been online
 * @submit: of its submissions
 * @rw: histograms of reads and writes that it submitted or completed
 */
struct dmp_block {
	struct dmp_submit_state submit;
	struct dmp_rw_hists rw[DMP_RW_OPS];
} ____cacheline_aligned;

/* What a CPU that comes online costs each volume: see docs/performance.md. */
static_assert(sizeof(struct dmp_block) <= 9472);

/**
 * struct dmp_cpu - counters of one possible CPU, and a pointer to its block
 * @epoch: submissions, and completions of tracked bios
 * @block: NULL if the CPU has not been online since the volume was added
 * @rw: completed reads and writes
 * @seq: guards @rw where a long has 32 bits
 *
 * One line for @epoch and @block, one for @rw.
 */
struct dmp_cpu {
	struct dmp_epoch_counts epoch[DMP_EPOCHS];
	struct dmp_block *block;
	struct dmp_done rw[DMP_RW_OPS] __aligned(64);
#if BITS_PER_LONG == 32
	seqcount_t seq;
#endif
} __aligned(64);

#if BITS_PER_LONG == 64
static_assert(sizeof(struct dmp_cpu) == 128);
static_assert(!(offsetof(struct dmp_block, submit.runs.slots) % 64));
#endif

/**
 * struct dmp_cpus - the CPUs of one volume
 * @cpu: the counters
 * @node: in the list of those that get a block for a CPU that comes online
 */
struct dmp_cpus {
	struct dmp_cpu __percpu *cpu;
	struct list_head node;
};

/*
 * CPUs that have been online since the module was loaded, or were about to be; others have
 * counted nothing.
 */
extern unsigned int *dmp_seen_cpus;
extern unsigned int dmp_nr_seen_cpus;

int dmp_cpus_global_init(void);
void dmp_cpus_global_exit(void);
int dmp_cpus_init(struct dmp_cpus *cpus);
void dmp_cpus_exit(struct dmp_cpus *cpus);

/**
 * dmp_nth_cpu() - the counters of the CPUs that have been online, in turn
 * @cpus: of the volume
 * @n: 0 and more
 *
 * For loops over CPUs: for_each_cpu() calls find_next_bit() for each.
 *
 * Context: any.
 * Return: the counters, or NULL if @n CPUs or fewer have been online.
 */
static __always_inline struct dmp_cpu *dmp_nth_cpu(const struct dmp_cpus *cpus,
						   unsigned int n)
{
	/* The number before the entry. */
	if (n >= smp_load_acquire(&dmp_nr_seen_cpus))
		return NULL;
	return per_cpu_ptr(cpus->cpu, dmp_seen_cpus[n]);
}

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

/**
 * dmp_cpu_add_u64() - add to a counter of this CPU
 * @counter: in a struct dmp_cpu; where a long has 32 bits, within dmp_update_begin()
 * @n: added
 *
 * this_cpu_add() where it is one instruction, or where dmp_update_begin() excludes
 * others. Elsewhere it is an atomic operation with preemption disabled around it (arm64:
 * 12 instructions); the atomic operation alone is as safe: after a migration it adds to
 * the other CPU's counter.
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_cpu_add_u64(u64 __percpu *counter, u64 n)
{
#if defined(CONFIG_X86) || BITS_PER_LONG == 32
	this_cpu_add(*counter, n);
#else
	atomic64_add(n, (atomic64_t *)raw_cpu_ptr(counter));
#endif
}

/* The same, of a counter of 32 bits, also without dmp_update_begin(). */
static __always_inline void dmp_cpu_inc_u32(u32 __percpu *counter)
{
#ifdef CONFIG_X86
	this_cpu_inc(*counter);
#else
	atomic_inc((atomic_t *)raw_cpu_ptr(counter));
#endif
}

/**
 * dmp_this_block() - the block of this CPU
 * @cpu: of the volume
 *
 * Context: any. After a migration the block is another CPU's, which is allowed.
 * Return: the block.
 */
static __always_inline struct dmp_block *dmp_this_block(struct dmp_cpu __percpu *cpu)
{
	return raw_cpu_read(cpu->block);
}

/**
 * dmp_hist_add() - add to a counter in a block
 * @counter: in the block of this CPU
 * @delta: 1, or -1 to undo it, perhaps in the block of another CPU
 *
 * One instruction without a lock prefix on x86, safe against interrupts. Accepted race:
 * a task that migrates between dmp_this_block() and here may lose its update, or
 * another one, if the block's own CPU updates the same counter within that
 * instruction; if what was lost is undone, the sum is one less than before, and a fold
 * waits until it has made up for it. To disable preemption would cost each bio six
 * instructions. Elsewhere an atomic operation, and nothing is lost.
 *
 * Context: any, hard interrupt included.
 */
static __always_inline void dmp_hist_add(u32 *counter, int delta)
{
#ifdef CONFIG_X86
	asm volatile("addl %1, %0" : "+m" (*counter) : "ir" (delta));
#else
	atomic_add(delta, (atomic_t *)counter);
#endif
}

/* A pointer, not an array: callers guarantee the bounds, which CONFIG_UBSAN_BOUNDS would check. */
static __always_inline void dmp_hist_inc(u32 *hist, unsigned long index)
{
	dmp_hist_add(hist + index, 1);
}

#endif /* DMP_CPUS_H */
