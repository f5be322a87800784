/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The histograms of one CPU, or of a volume.
 *
 * Per CPU the counters have 32 bits, which halves the memory that an I/O
 * touches and a volume takes; they wrap. A reader adds them up modulo 2^32 and
 * adds what is new to 64-bit totals. The volume's pulse does so too, often
 * enough that no counter can go round in between; but it does not beat where
 * nothing is collected but counters, and there an error's kind is lost if
 * nobody reads it for 2^32 errors.
 */
#ifndef DMP_HISTS_H
#define DMP_HISTS_H

#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "buckets.h"

/* Read and write; some things are collected of these only. */
#define DMP_RW_OPS	2
#define DMP_OTHER_OPS	4

/*
 * Sizes: up to 8 KiB each number of sectors has its own bucket, from 0 on;
 * above that there are two an octave.
 */
#define DMP_SIZE_EXACT	16U	/* the first that is not */
#define DMP_SIZE_FIRST	4	/* log2 of it */
#define DMP_SIZE_SUB	1
#define DMP_SIZE_BUCKETS						\
	(DMP_SIZE_EXACT + ((23 - DMP_SIZE_FIRST) << DMP_SIZE_SUB))

/*
 * Latencies in nanoseconds: 1024 ns to 17.2 s, 16 buckets an octave, that is
 * none wider than 6.25 %; one below, one above.
 */
#define DMP_LATENCY_FIRST	10
#define DMP_LATENCY_LAST	34
#define DMP_LATENCY_SUB	4
#define DMP_LATENCY_MIN	BIT_ULL(DMP_LATENCY_FIRST)
#define DMP_LATENCY_MAX	BIT_ULL(DMP_LATENCY_LAST)
#define DMP_LATENCY_BUCKETS						\
	(((DMP_LATENCY_LAST - DMP_LATENCY_FIRST) << DMP_LATENCY_SUB) + 2)

/* Size classes and latency classes, both a factor of four wide. */
#define DMP_SL_SIZES	12
#define DMP_SL_LATENCIES	14

/* Powers of two, and 0. */
#define DMP_DEPTH_BUCKETS	12	/* bios in flight, the last is 1024 on */
#define DMP_RUN_BUCKETS	20	/* bios in a sequential run */
#define DMP_SEEK_BUCKETS	88	/* sectors, 44 in each direction */
#define DMP_ALIGN_BUCKETS	11	/* 512 bytes to 512 KiB or more */

/* Gaps in nanoseconds: an octave each from 2^8 to 2^34, one below, one above. */
#define DMP_GAP_FIRST	8
#define DMP_GAP_BUCKETS	28

#define DMP_HEAT_CELLS	64
#define DMP_STATUSES	20	/* values of blk_status_t, the last: or more */
#define DMP_FLAGS	8	/* combinations of sync, metadata, readahead */

/**
 * struct dmp_op_hists - what is collected of each operation
 * @latency: nanoseconds from map to end_io
 * @size: bytes
 * @gap: nanoseconds since the CPU's previous arrival, sampled
 * @depth: bios in flight at arrival, sampled
 * @align: lowest bit set in first sector and length, sampled
 * @optimal: those of them that are multiples of the optimal I/O size
 * @errors: by block status
 * @flags: arrivals by flags, sampled
 */
struct dmp_op_hists {
	u32 latency[DMP_LATENCY_BUCKETS];
	u32 size[DMP_SIZE_BUCKETS];
	u32 gap[DMP_GAP_BUCKETS];
	u32 depth[DMP_DEPTH_BUCKETS];
	u32 align[DMP_ALIGN_BUCKETS];
	u32 optimal;
	u32 errors[DMP_STATUSES];
	u32 flags[DMP_FLAGS];
};

/**
 * struct dmp_rw_hists - what is collected of reads and of writes of data
 * @each: what is collected of each operation
 * @size_latency: latency class by size class, sampled
 * @run: bios that continued a stream, then sequential runs that reached
 *	2^index bios
 * @seek: signed distance from the end of the CPU's previous bio, in sectors,
 *	sampled
 * @heat: arrivals by place in the volume, sampled
 */
struct dmp_rw_hists {
	struct dmp_op_hists each;
	u32 size_latency[DMP_SL_SIZES * DMP_SL_LATENCIES];
	u32 run[DMP_RUN_BUCKETS];
	u32 seek[DMP_SEEK_BUCKETS];
	u32 heat[DMP_HEAT_CELLS];
};

/* Nothing but u32 in it: it is added up as an array. */
struct dmp_hists {
	struct dmp_rw_hists rw[DMP_RW_OPS];
	struct dmp_op_hists other[DMP_OTHER_OPS];
};

#define DMP_NR_HIST_COUNTERS	(sizeof(struct dmp_hists) / sizeof(u32))

/*
 * Count in a histogram. A pointer and not an array, since compilers that check
 * bounds (CONFIG_UBSAN_BOUNDS) would check here what the callers know.
 */
static __always_inline void dmp_hist_inc(u32 __percpu *hist,
					 unsigned long index)
{
	this_cpu_inc(*(hist + index));
}

#endif /* DMP_HISTS_H */
