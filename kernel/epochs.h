/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Epochs: the age of the oldest bio in flight, without a list of bios.
 *
 * An epoch takes submissions for half a second or longer. entered counts its
 * submissions, left its completions, on any CPU; entered - left bios are in flight. A
 * slot is reused once its epoch has drained (entered == left). There are six slots:
 * the current epoch, and five that wait for bios that outlive their epoch. While no
 * slot has drained the current epoch is extended, and the age of its bios is
 * overestimated; the age of the oldest bio is not, while it is in an older epoch.
 *
 * The per-bio word has the low 32 bits of the start; the upper ones follow from the
 * time at which the epoch's last 32-bit start was read. An epoch that is extended for
 * too long overflows: further bios keep a 64-bit start in per-bio data.
 *
 * Pure: also compiled in the unit tests. Callers serialise; completions read @end and
 * @timing without a lock.
 */
#ifndef DMP_EPOCHS_H
#define DMP_EPOCHS_H

#include "counts.h"

/* The least duration of an epoch, unless a change of settings ends it. */
#define DMP_EPOCH_NS	500000000ULL

/*
 * 32 bits of ticks wrap after 17 s at the earliest; half of that is left for bios that
 * outlive the epoch.
 */
#define DMP_EPOCH_MAX_NS	8000000000ULL

/**
 * struct dmp_epochs - the epoch slots
 * @current_slot: of the epoch that takes submissions, from 1
 * @timing: generation of starts: incremented when the starts of bios in flight become
 *	void, since the clock was interrupted or the weight of a latency changed
 * @start: begin of the epoch in each slot, nanoseconds
 * @end: time of its last 32-bit start, ticks; 0 while it takes 32-bit starts
 * @slot_timing: @timing at its begin
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
 * dmp_epochs_overflowed() - check that the current epoch takes no 32-bit starts
 * @epochs: of the volume
 *
 * Context: any.
 * Return: true if its further bios need a 64-bit start.
 */
static inline bool dmp_epochs_overflowed(const struct dmp_epochs *epochs)
{
	return epochs->end[epochs->current_slot] ||
	       epochs->slot_timing[epochs->current_slot] != epochs->timing;
}

/**
 * dmp_epochs_void_timing() - make the starts of all bios in flight void
 * @epochs: of the volume; the current epoch overflows until dmp_epochs_next()
 *
 * Context: any.
 */
static inline void dmp_epochs_void_timing(struct dmp_epochs *epochs)
{
	WRITE_ONCE(epochs->timing, epochs->timing + 1);
}

#endif /* DMP_EPOCHS_H */
