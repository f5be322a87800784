/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters of a volume, summed: 64 bits each, but for those of epochs.
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
 *
 * Modulo 2^32: only differences are meaningful, and fewer bios are in flight.
 */
struct dmp_epoch_counts {
	u32 entered;
	u32 left;
};

/**
 * struct dmp_done - completed bios of one operation
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
 * struct dmp_counts - sum of all counters of a volume, or of all volumes
 * @epoch: submissions, and completions of tracked bios
 * @done: completions, by operation
 * @uncommon: by operation
 * @errors: completed with a status other than BLK_STS_OK and BLK_STS_AGAIN
 * @fua: completed bios that had REQ_FUA, of all operations
 *
 * From @done on only u64 members, added as an array.
 */
struct dmp_counts {
	struct dmp_epoch_counts epoch[DMP_EPOCHS];
	struct dmp_done done[DMP_NR_OPS];
	struct dmp_uncommon uncommon[DMP_NR_OPS];
	u64 errors;
	u64 fua;
};

void dmp_counts_add(struct dmp_counts *sum, const struct dmp_counts *counts);
void dmp_counts_sub(struct dmp_counts *sum, const struct dmp_counts *counts);
u32 dmp_counts_submitted(const struct dmp_counts *counts);
u64 dmp_counts_completed(const struct dmp_counts *counts);
u32 dmp_counts_unfinished(const struct dmp_counts *counts);
u32 dmp_counts_untracked(const struct dmp_counts *counts);

/**
 * dmp_counts_in_flight() - bios that were submitted and have not completed
 * @counts: a sum in which completions were read before submissions
 *
 * Context: any.
 * Return: the gauge, never negative.
 */
static inline u32 dmp_counts_in_flight(const struct dmp_counts *counts)
{
	return dmp_counts_submitted(counts) - (u32)dmp_counts_completed(counts);
}

/**
 * dmp_counts_in_epoch() - bios of an epoch that have not completed
 * @counts: a sum in which completions were read before submissions
 * @epoch: its slot, 1 to DMP_EPOCHS - 1
 *
 * Context: any.
 * Return: the gauge, never negative.
 */
static inline u32 dmp_counts_in_epoch(const struct dmp_counts *counts,
				      unsigned int epoch)
{
	return counts->epoch[epoch].entered - counts->epoch[epoch].left;
}

#endif /* DMP_COUNTS_H */
