/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout of the histograms, and their buckets.
 *
 * Histograms of reads and writes are in each CPU's block. The other operations are
 * rare and share one set of atomic counters per volume. The histograms of windows are
 * written under the lock of the tick, and do not wrap in 13 years.
 *
 * All counters have 32 bits, which halves their memory and cache footprint; they
 * wrap. A fold sums them modulo 2^32 over all CPUs and adds the increase to 64-bit
 * totals (totals.h). Readers fold, and so does the tick of a busy volume, often enough
 * that no counter grows by 2^31 in between. There is no tick at "collect counters":
 * errors by status then lose multiples of 2^32 between two reads.
 */
#ifndef DMP_HISTS_H
#define DMP_HISTS_H

#include <linux/bits.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "buckets.h"

/*
 * Operations. The first two equal REQ_OP_READ and REQ_OP_WRITE. DMP_FLUSH is an
 * empty write with REQ_PREFLUSH, which is how device-mapper sends every flush to
 * its targets.
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

#define DMP_RW_OPS	2U
#define DMP_RARE_OPS	(DMP_NR_OPS - DMP_RW_OPS)

/*
 * Sizes: a bucket for each number of sectors below 8 KiB, then two per octave.
 */
#define DMP_SIZE_EXACT	16U	/* the first that is not */
#define DMP_SIZE_FIRST	4	/* log2 of it */
#define DMP_SIZE_SUB	1
#define DMP_SIZE_BUCKETS						\
	(DMP_SIZE_EXACT + ((23 - DMP_SIZE_FIRST) << DMP_SIZE_SUB))

/*
 * Latencies in nanoseconds: 16 buckets per octave (at most 6.25 % wide) from 1024 ns to
 * 17.2 s, one below, one above.
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

/*
 * Inter-arrival times in nanoseconds: one bucket per octave from 2^8 to 2^34, one below,
 * one above.
 */
#define DMP_INTERARRIVAL_FIRST	8
#define DMP_INTERARRIVAL_BUCKETS	28

#define DMP_HEAT_CELLS	64
#define DMP_STATUSES	20	/* values of blk_status_t, the last: or more */
#define DMP_FLAGS	8	/* combinations of sync, metadata, readahead */

/*
 * Windows: four buckets per octave. Requests: 0 to 3, then to 2^24 and above; bytes:
 * 0 to 511, then to 2^36 and above.
 */
#define DMP_WINDOW_SUB	2
#define DMP_WINDOW_REQUESTS_FIRST	2
#define DMP_WINDOW_REQUESTS_LAST	24
#define DMP_WINDOW_REQUESTS_EXACT	4U	/* 2^DMP_WINDOW_REQUESTS_FIRST */
#define DMP_WINDOW_REQUESTS_BUCKETS					\
	(DMP_WINDOW_REQUESTS_EXACT + 1 +				\
	 ((DMP_WINDOW_REQUESTS_LAST - DMP_WINDOW_REQUESTS_FIRST)	\
	  << DMP_WINDOW_SUB))
#define DMP_WINDOW_BYTES_FIRST	9
#define DMP_WINDOW_BYTES_LAST	36
#define DMP_WINDOW_BYTES_BUCKETS					\
	(2 + ((DMP_WINDOW_BYTES_LAST - DMP_WINDOW_BYTES_FIRST)		\
	      << DMP_WINDOW_SUB))

/**
 * struct dmp_op_hists - histograms of each operation
 * @latency: nanoseconds from map to end_io
 * @size: bytes
 * @interarrival: nanoseconds since the volume's previous submission, sampled
 * @depth: bios in flight at submission, sampled
 * @align: lowest bit set in first sector and length, sampled
 * @aligned_physical: sampled bios aligned to the physical block
 * @aligned_optimal: sampled bios aligned to the optimal I/O size
 * @errors: by block status
 * @flags: bios by flags, sampled; their sum is the number of sampled bios
 */
struct dmp_op_hists {
	u32 latency[DMP_LATENCY_BUCKETS];
	u32 size[DMP_SIZE_BUCKETS];
	u32 interarrival[DMP_INTERARRIVAL_BUCKETS];
	u32 depth[DMP_DEPTH_BUCKETS];
	u32 align[DMP_ALIGN_BUCKETS];
	u32 aligned_physical;
	u32 aligned_optimal;
	u32 errors[DMP_STATUSES];
	u32 flags[DMP_FLAGS];
};

/**
 * struct dmp_rw_hists - histograms of reads and of writes of data
 * @each: those of each operation
 * @size_latency: latency class by size class, sampled
 * @run: [0] bios that continued a sequential run; [n] runs that reached 2^n bios
 * @seek: signed distance from the end of the volume's previous read or write, in
 *	sectors, sampled
 * @heat: bios by place in the volume, sampled
 * @sequential: sampled bios that continue a recent one, on whichever CPU
 */
struct dmp_rw_hists {
	struct dmp_op_hists each;
	u32 size_latency[DMP_SL_SIZES * DMP_SL_LATENCIES];
	u32 run[DMP_RUN_BUCKETS];
	u32 seek[DMP_SEEK_BUCKETS];
	u32 heat[DMP_HEAT_CELLS];
	u32 sequential;
};

/**
 * struct dmp_window_hists - distribution of 100 ms windows
 * @requests: by completed requests
 * @bytes: by completed bytes
 */
struct dmp_window_hists {
	u32 requests[DMP_WINDOW_REQUESTS_BUCKETS];
	u32 bytes[DMP_WINDOW_BYTES_BUCKETS];
};

/**
 * dmp_hist_counters() - number of histogram counters of an operation
 * @op: operation
 *
 * Context: any.
 * Return: those of struct dmp_rw_hists, or those of struct dmp_op_hists, its beginning.
 */
static inline size_t dmp_hist_counters(unsigned int op)
{
	return (op < DMP_RW_OPS ? sizeof(struct dmp_rw_hists) :
				  sizeof(struct dmp_op_hists)) / sizeof(u32);
}

/**
 * dmp_run_bucket() - the bucket in which a run counts when it reaches a length
 * @length: in bios, not 0
 *
 * Context: any.
 * Return: log2 of the length; 0 if that is not a whole number, or above the last bucket,
 *	where the run has been counted already.
 */
static __always_inline unsigned int dmp_run_bucket(u32 length)
{
	unsigned int octave;

	if (length & (length - 1))
		return 0;
	octave = dmp_octave(length);
	return octave < DMP_RUN_BUCKETS ? octave : 0;
}

/**
 * dmp_window_requests_bucket() - the bucket of a window
 * @requests: completed in it
 *
 * Context: any.
 * Return: the bucket's index, from 0.
 */
static inline unsigned int dmp_window_requests_bucket(u64 requests)
{
	const u64 last = BIT_ULL(DMP_WINDOW_REQUESTS_LAST);

	if (requests < DMP_WINDOW_REQUESTS_EXACT)
		return requests;
	return DMP_WINDOW_REQUESTS_EXACT +
	       dmp_bucket(requests < last ? requests : last,
			  DMP_WINDOW_REQUESTS_FIRST, DMP_WINDOW_SUB);
}

/**
 * dmp_window_bytes_bucket() - the bucket of a window
 * @bytes: completed in it
 *
 * Context: any.
 * Return: the bucket's index, from 0.
 */
static inline unsigned int dmp_window_bytes_bucket(u64 bytes)
{
	const u64 last = BIT_ULL(DMP_WINDOW_BYTES_LAST);

	if (bytes < BIT_ULL(DMP_WINDOW_BYTES_FIRST))
		return 0;
	return 1 + dmp_bucket(bytes < last ? bytes : last,
			      DMP_WINDOW_BYTES_FIRST, DMP_WINDOW_SUB);
}

/**
 * struct dmp_hist_range - histogram counters to read
 * @ops: mask of operations; 0: none
 * @first: the first counter of each, from the start of struct dmp_rw_hists
 * @count: so many, or as many as the operation has
 */
struct dmp_hist_range {
	unsigned int ops;
	size_t first;
	size_t count;
};

#define DMP_NO_HISTS	((struct dmp_hist_range){ .ops = 0 })
#define DMP_ALL_HISTS							\
	((struct dmp_hist_range){ .ops = BIT(DMP_NR_OPS) - 1, .count = SIZE_MAX })

#endif /* DMP_HISTS_H */
