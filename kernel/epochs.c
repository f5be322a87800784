// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Epochs: see epochs.h.
 */
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "epochs.h"

/**
 * dmp_epochs_init() - set up, with no bio in any epoch
 * @epochs: to be set up
 *
 * Context: any.
 */
void dmp_epochs_init(struct dmp_epochs *epochs)
{
	memset(epochs, 0, sizeof(*epochs));
	epochs->current_slot = 1;
}

/**
 * dmp_epochs_end_starts() - record the last 32-bit start of the current epoch
 * @epochs: of the volume
 * @ticks: now, by the clock of 32-bit starts
 *
 * Context: any.
 */
void dmp_epochs_end_starts(struct dmp_epochs *epochs, u64 ticks)
{
	u64 *end = &epochs->end[epochs->current_slot];

	if (!*end)
		WRITE_ONCE(*end, ticks ? ticks : 1);
}

/* Find a slot that has drained, preferably not the current one; 0 if there is none. */
static unsigned int drained_slot(const struct dmp_epochs *epochs,
				 const struct dmp_counts *counts)
{
	unsigned int slot, current_slot = epochs->current_slot;

	for (slot = 1; slot < DMP_EPOCHS; slot++)
		if (slot != current_slot && !dmp_counts_in_epoch(counts, slot))
			return slot;
	return dmp_counts_in_epoch(counts, current_slot) ? 0 : current_slot;
}

/**
 * dmp_epochs_next() - begin a new epoch, if a slot has drained
 * @epochs: of the volume
 * @counts: a sum of raw counters, completions read before submissions
 * @now: nanoseconds
 * @ticks: now, by the clock of 32-bit starts
 *
 * Accepted race: a submission that is preempted between its load of the mode and its
 * increment of entered may be counted into an epoch that has drained and been
 * reused. Its age is then too low by the time of the preemption.
 *
 * Context: any.
 * Return: false if no slot has drained.
 */
bool dmp_epochs_next(struct dmp_epochs *epochs,
		     const struct dmp_counts *counts, u64 now, u64 ticks)
{
	unsigned int slot = drained_slot(epochs, counts);

	if (!slot)
		return false;

	dmp_epochs_end_starts(epochs, ticks);
	WRITE_ONCE(epochs->end[slot], 0);
	WRITE_ONCE(epochs->slot_timing[slot], epochs->timing);
	epochs->start[slot] = now;
	epochs->current_slot = slot;
	return true;
}

/**
 * dmp_epochs_busy() - check for tracked bios in flight
 * @counts: a sum of raw counters, completions read before submissions
 *
 * Context: any.
 * Return: true if one is.
 */
bool dmp_epochs_busy(const struct dmp_counts *counts)
{
	unsigned int slot;

	for (slot = 1; slot < DMP_EPOCHS; slot++)
		if (dmp_counts_in_epoch(counts, slot))
			return true;
	return false;
}

/**
 * dmp_epochs_void() - check for bios in flight with a void start
 * @epochs: of the volume
 * @counts: a sum of raw counters, completions read before submissions
 *
 * Context: any.
 * Return: true if there may be a bio of an earlier timing.
 */
bool dmp_epochs_void(const struct dmp_epochs *epochs,
		     const struct dmp_counts *counts)
{
	unsigned int slot;

	for (slot = 1; slot < DMP_EPOCHS; slot++)
		if (epochs->slot_timing[slot] != epochs->timing &&
		    dmp_counts_in_epoch(counts, slot))
			return true;
	return false;
}

/**
 * dmp_epochs_oldest() - the age of the oldest tracked bio in flight
 * @epochs: of the volume
 * @counts: a sum of raw counters, completions read before submissions
 * @now: nanoseconds
 *
 * Context: any.
 * Return: nanoseconds since its epoch began, 0 if there is none.
 */
u64 dmp_epochs_oldest(const struct dmp_epochs *epochs,
		      const struct dmp_counts *counts, u64 now)
{
	unsigned int slot;
	u64 age = 0;

	for (slot = 1; slot < DMP_EPOCHS; slot++)
		if (dmp_counts_in_epoch(counts, slot) &&
		    now > epochs->start[slot])
			age = max(age, now - epochs->start[slot]);
	return age;
}
