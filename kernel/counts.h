/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 64-bit counters of one CPU, or a sum of such.
 *
 * Counters that one bio updates together lie together: a completion touches one
 * line for its operation, one for its epoch.
 */
#ifndef DMP_COUNTS_H
#define DMP_COUNTS_H

#include <linux/types.h>

#include "bio-state.h"
#include "hists.h"

/**
 * struct dmp_epoch_counts - bios of one epoch; slot 0 is of no epoch
 * @entered: bios submitted
 * @left: bios completed; not counted in slot 0
 */
struct dmp_epoch_counts {
	u64 entered;
	u64 left;
};

/**
 * struct dmp_done - completed bios of one operation, with or without REQ_FUA
 * @requests: bios
 * @bytes: of these bios, at submission
 * @ns: total latency of timed bios, nanoseconds
 * @timed: number of timed bios
 */
struct dmp_done {
	u64 requests;
	u64 bytes;
	u64 ns;
	u64 timed;
};

/**
 * struct dmp_uncommon - counters of one operation that only the slow path increments
 * @slow: timed bios at or above the slow limit
 * @slow_ns: total latency of slow bios, nanoseconds
 * @refused: completed with BLK_STS_AGAIN
 * @refused_bytes: bytes of refused bios
 */
struct dmp_uncommon {
	u64 slow;
	u64 slow_ns;
	u64 refused;
	u64 refused_bytes;
};

/**
 * struct dmp_counts - all 64-bit counters; only u64 members, summed as an array
 * @epoch: submissions, and completions of tracked bios. Before @done: a copy in
 *	ascending order that has a bio leave its epoch also has it complete.
 * @done: completions, by operation and DMP_BIO_FUA
 * @uncommon: by operation
 * @errors: completed with a status other than BLK_STS_OK and BLK_STS_AGAIN
 */
struct dmp_counts {
	struct dmp_epoch_counts epoch[DMP_EPOCHS];
	struct dmp_done done[2 * DMP_OP_SLOTS];
	struct dmp_uncommon uncommon[DMP_NR_OPS];
	u64 errors;
};

#define DMP_NR_COUNTERS	(sizeof(struct dmp_counts) / sizeof(u64))
/* The counters of epochs come first. */
#define DMP_NR_EPOCH_COUNTERS						\
	(offsetof(struct dmp_counts, done) / sizeof(u64))

void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts);
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts);
u64 dmp_counts_submitted(const struct dmp_counts *counts);
u64 dmp_counts_completed(const struct dmp_counts *counts);
u64 dmp_counts_untracked(const struct dmp_counts *counts);
u64 dmp_counts_fua(const struct dmp_counts *counts);
struct dmp_done dmp_counts_done(const struct dmp_counts *counts,
				enum dmp_op op);

/**
 * dmp_counts_in_flight() - bios that were submitted and have not completed
 * @counts: a sum in which completions were read before submissions
 *
 * Context: any.
 * Return: the gauge, never negative.
 */
static inline u64 dmp_counts_in_flight(const struct dmp_counts *counts)
{
	return dmp_counts_submitted(counts) - dmp_counts_completed(counts);
}

/**
 * dmp_counts_in_epoch() - bios of an epoch that have not completed
 * @counts: a sum in which completions were read before submissions
 * @epoch: its slot, 1 to DMP_EPOCHS - 1
 *
 * Context: any.
 * Return: the gauge, never negative.
 */
static inline u64 dmp_counts_in_epoch(const struct dmp_counts *counts,
				      unsigned int epoch)
{
	return counts->epoch[epoch].entered - counts->epoch[epoch].left;
}

#endif /* DMP_COUNTS_H */
