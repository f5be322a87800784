/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs beside a volume's I/O, ten times a second while there is any, and
 * not at all while there is none: epochs, peaks, upkeep.
 *
 * An epoch is half a second or more. Each bio goes to the account of the epoch
 * in which it was submitted, wherever and whenever it completes, so the epoch
 * says when the oldest bio in flight was submitted, without a list of bios. An
 * account is used again when it is even. There are three: the current one, the
 * one before, and one for a straggler. While none is even the current epoch
 * goes on, and the age of what is in it is then said too high; that of the
 * oldest bio of all is not.
 */
#ifndef DMP_PULSE_H
#define DMP_PULSE_H

#include "stats.h"

#define DMP_PULSE_MS	100

int dmp_pulse_global_init(void);
void dmp_pulse_global_exit(void);
void dmp_pulse_init(struct dmp_stats *stats);
void dmp_pulse_stop(struct dmp_stats *stats);
u32 dmp_pulse_wake(struct dmp_stats *stats);
void dmp_pulse_configure(struct dmp_stats *stats,
			 const struct dmp_config *config);
void dmp_pulse_trace(struct dmp_stats *stats, bool traced);
u64 dmp_pulse_oldest(struct dmp_stats *stats, const struct dmp_counts *counts,
		     u64 now);
void dmp_pulse_peaks(struct dmp_stats *stats, struct dmp_peak *peaks);
void dmp_pulse_reset(struct dmp_stats *stats);

#endif /* DMP_PULSE_H */
