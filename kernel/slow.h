/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slow path: submission and completion of all other bios: operations other than plain
 * reads and writes, sampled bios, failures, latencies above the slow limit, and all
 * bios of a volume that is idle, traced, or without a trusted time stamp counter.
 */
#ifndef DMP_SLOW_H
#define DMP_SLOW_H

#include "fast.h"
#include "sample.h"

unsigned long dmp_slow_submit(struct dmp_stats *stats,
			      const struct dmp_geometry *geometry,
			      const struct bio *bio, struct dmp_io *io);
void dmp_slow_complete(struct dmp_stats *stats, unsigned long state,
		       u64 sector, blk_status_t status);
enum dmp_op dmp_op_of(const struct bio *bio);

#endif /* DMP_SLOW_H */
