/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Epochs: the age of the oldest bio in flight, without a list of bios.
 *
 * An epoch takes submissions for half a second or longer. Each bio is counted into
 * the epoch in which it was submitted and out of it when it completes, on whichever
 * CPU, so an epoch knows how many of its bios are in flight. Its slot is reused once
 * it has drained. There are seven: the current epoch, and six that wait for bios that
 * outlive them. While none has drained, the current one included, the current epoch
 * goes on, and bios in it may be said older than they are; the oldest of all is not.
 *
 * The start that the per-bio word holds has 32 bits. The epoch tells the rest, since
 * it knows when its last such start was read. An epoch that goes on for too long
 * overflows: its further bios keep their start in per-bio data.
 *
 * Pure: also compiled in the unit tests. The caller serialises; completions read
 * @end and @timing without a lock.
 */
#ifndef DMP_EPOCHS_H
#define DMP_EPOCHS_H

#include "counts.h"

/* An epoch takes submissions for at least this long. */
#define DMP_EPOCH_NS	500000000ULL

/*
 * A start of 32 bits of ticks lasts 17 s at the least; half of that is left for
 * bios that outlive the epoch.
 */
#define DMP_EPOCH_MAX_NS	8000000000ULL

/**
 * struct dmp_epochs - the slots, and what the current one is
 * @current_slot: of the epoch that takes submissions, from 1
 * @timing: changes when latencies of bios in flight are no longer to be counted:
 *	the clock was interrupted, or what a latency stands for changed
 * @start: when an epoch began, nanoseconds
 * @end: when the last start of 32 bits was read in an epoch, ticks; 0: not yet
 * @slot_timing: @timing when an epoch began
 */
struct dmp_epochs {
	unsigned int current_slot;
	u32 timing;
	u64 start[DMP_EPOCHS];
	u64 end[DMP_EPOCHS];
	u32 slot_timing[DMP_EPOCHS];
};

void dmp_epochs_init(struct dmp_epochs *epochs);
bool dmp_epochs_next(struct dmp_epochs *epochs,
		     const struct dmp_counts *counts, u64 now, u64 ticks);
void dmp_epochs_end_starts(struct dmp_epochs *epochs, u64 ticks);
bool dmp_epochs_busy(const struct dmp_counts *counts);
bool dmp_epochs_void(const struct dmp_epochs *epochs,
		     const struct dmp_counts *counts);
u64 dmp_epochs_oldest(const struct dmp_epochs *epochs,
		      const struct dmp_counts *counts, u64 now);

/**
 * dmp_epochs_overflowed() - may bios of the current epoch have a start of 32 bits?
 * @epochs: of the volume
 *
 * Context: any.
 * Return: true if they may not.
 */
static inline bool dmp_epochs_overflowed(const struct dmp_epochs *epochs)
{
	return epochs->end[epochs->current_slot] ||
	       epochs->slot_timing[epochs->current_slot] != epochs->timing;
}

/**
 * dmp_epochs_void_timing() - count no latency of bios that are in flight now
 * @epochs: of the volume; wants dmp_epochs_next(), or the current epoch overflows
 *
 * Context: any.
 */
static inline void dmp_epochs_void_timing(struct dmp_epochs *epochs)
{
	WRITE_ONCE(epochs->timing, epochs->timing + 1);
}

#endif /* DMP_EPOCHS_H */
