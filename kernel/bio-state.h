/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-bio state, packed into one word from submission to completion.
 *
 * The life of a bio
 *
 *   dmp_map()     device-mapper submits a clone. Its operation, size and time are
 *                 read now, since drivers consume bi_iter and may change bi_opf.
 *                 The submission is counted in the current epoch
 *   bi_private    holds the word below while the device below has the bio
 *   dmp_end_io()  the clone completes, on any CPU, in any context. Requests, bytes
 *                 and latency are counted, and the bio leaves its epoch
 *
 * The word
 *
 *    63          32 31            9   8     7      6    5..3    2..0
 *   +--------------+---------------+-----+-------+---+--------+------+
 *   | start, ticks |    sectors    |SIZED|UNTIMED|FUA| EPOCH  |  OP  |
 *   +--------------+---------------+-----+-------+---+--------+------+
 *
 *   start    low half of the clock at submission; 0 where a long has 32 bits
 *   sectors  bi_size in bytes, a multiple of 512; its nine low bits hold the flags
 *   SIZED    counted in the size histogram at submission
 *   UNTIMED  the start was not read
 *   FUA      it was submitted with REQ_FUA
 *   EPOCH    slot of the epoch that the bio is counted in; 0: the bio is not tracked
 *   OP       its operation, enum dmp_op
 *
 * State that does not fit (64-bit start, sample, sector for tracepoints) is kept in
 * the per-bio data that device-mapper allocates with each clone, struct dmp_io. The
 * word is then the address of the per-bio data, with DMP_BIO_PER_BIO set: OP 7, which is no
 * operation, and an EPOCH that is not 0, so that completion takes the slow path.
 *
 * Epochs
 *
 *   slot 1  |=========|..x
 *   slot 2            |=========|.....
 *   slot 3                      |=====|==== now
 *           0         0.5       1.0       1.5 s
 *
 *   An epoch takes submissions (=) for half a second or longer, then it drains (.)
 *   until its last bio completes (x) and its slot is free again. The oldest bio in
 *   flight is at most as old as the oldest epoch that has not drained: see epochs.h.
 */
#ifndef DMP_BIO_STATE_H
#define DMP_BIO_STATE_H

#include <linux/types.h>

#include "hists.h"

/* Slots of epochs, the one for untracked bios included: see struct dmp_cpu. */
#define DMP_EPOCHS	7U

#define DMP_BIO_OP		0x007UL
#define DMP_BIO_EPOCH		0x038UL
#define DMP_BIO_FUA		0x040UL
#define DMP_BIO_UNTIMED		0x080UL
#define DMP_BIO_SIZED		0x100UL
#define DMP_BIO_BYTES		0xfffffe00UL

#define DMP_EPOCH_SHIFT		3
#define DMP_START_SHIFT		32

/* A bio with any of these bits is no plain read or write. */
#define DMP_BIO_NOT_PLAIN						\
	((DMP_BIO_OP & ~(unsigned long)DMP_WRITE) | DMP_BIO_FUA)

/* A tracked bio with any of these bits completes on the slow path, or is not timed. */
#define DMP_BIO_SLOW	(DMP_BIO_NOT_PLAIN | DMP_BIO_UNTIMED)

/* The lowest four bits of an address of a struct dmp_io. */
#define DMP_BIO_PER_BIO		0x00fUL
#define DMP_BIO_PER_BIO_ALIGN	16

/**
 * struct dmp_sample - buckets of a sampled bio, decided at submission
 * @taken: the bio is sampled
 * @seek: bucket, or DMP_SAMPLE_NONE
 * @interarrival: bucket, or DMP_SAMPLE_NONE
 * @depth: bucket
 * @align: bucket, or DMP_SAMPLE_NONE for a bio without data
 * @flags: bucket
 * @physical: aligned to the physical block
 * @optimal: aligned to the optimal I/O size
 * @sequential: continues a recent bio
 *
 * Counted at completion, since a refused bio must not be.
 */
struct dmp_sample {
	bool taken;
	u8 seek;
	u8 interarrival;
	u8 depth;
	u8 align;
	u8 flags;
	bool physical;
	bool optimal;
	bool sequential;
};

#define DMP_SAMPLE_NONE		0xff

/**
 * struct dmp_io - per-bio data, for state that does not fit into the word
 * @state: the word, without a start
 * @start: time of submission: ticks, or nanoseconds by ktime_get_ns()
 * @sector: first sector, on the volume
 * @opf: operation and flags
 * @timing: of the volume at submission, see struct dmp_epochs
 * @ktime: @start is by ktime_get_ns()
 * @sample: the sample, if one was taken
 */
struct dmp_io {
	unsigned long state;
	u64 start;
	u64 sector;
	u32 opf;
	u32 timing;
	bool ktime;
	struct dmp_sample sample;
} __aligned(DMP_BIO_PER_BIO_ALIGN);

static __always_inline unsigned int dmp_bio_epoch(unsigned long state)
{
	return (state & DMP_BIO_EPOCH) >> DMP_EPOCH_SHIFT;
}

#endif /* DMP_BIO_STATE_H */
