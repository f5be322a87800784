/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sampling: seek distance, inter-arrival time, depth, alignment, place and flags of
 * one bio in 256.
 *
 * On the slow path. A sample is taken at submission and counted at completion, since a
 * refused bio must not be counted. Without sampling the fast path would have about
 * twice as many instructions.
 */
#ifndef DMP_SAMPLE_H
#define DMP_SAMPLE_H

#include <linux/bio.h>

#include "stats.h"

/**
 * struct dmp_geometry - how a segment lies on the device below
 * @align_shift: added to a sector of the volume, gives its distance from the start of
 *	a physical block, modulo 2^64
 * @physical: sectors of a physical block
 * @optimal: sectors of an optimal I/O; 0 if the device below has no such limit
 */
struct dmp_geometry {
	u64 align_shift;
	u32 physical;
	u32 optimal;
};

/**
 * struct dmp_submission - a bio during submission on the slow path
 * @bio: as submitted
 * @geometry: of the segment
 * @op: its operation
 * @mode: of the volume
 * @now: time of submission: ticks, or nanoseconds with DMP_SUBMIT_KTIME; 0 unless
 *	each bio is timed
 * @sequential: it continues a run of this CPU
 */
struct dmp_submission {
	const struct bio *bio;
	const struct dmp_geometry *geometry;
	enum dmp_op op;
	u32 mode;
	u64 now;
	bool sequential;
};

void dmp_sample_take(const struct dmp_stats *stats,
		     const struct dmp_submission *submission,
		     struct dmp_sample *sample);
void dmp_sample_count(struct dmp_stats *stats, const struct dmp_io *io);
void dmp_sample_count_latency(struct dmp_stats *stats, unsigned long state,
			      u64 ns);
unsigned int dmp_sample_mean(void);

#endif /* DMP_SAMPLE_H */
