/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tick: a volume's periodic work, ten times a second while there is I/O, and not
 * at all while there is none.
 *
 * It closes windows, begins epochs, folds the histograms every five seconds, and
 * decides what the fast path may do: all of that is one word, the mode. A volume is
 * idle when nothing was submitted in the latest window and nothing is in flight; the
 * first bio after that starts the tick.
 */
#ifndef DMP_TICK_H
#define DMP_TICK_H

#include "stats.h"

int dmp_tick_global_init(void);
void dmp_tick_global_exit(void);
void dmp_tick_init(struct dmp_stats *stats);
void dmp_tick_stop(struct dmp_stats *stats);
u32 dmp_tick_start(struct dmp_stats *stats);
void dmp_tick_configure(struct dmp_stats *stats,
			const struct dmp_config *config);
void dmp_tick_trace(struct dmp_stats *stats, bool traced);
void dmp_tick_sleep(struct dmp_stats *stats, bool asleep);
u64 dmp_tick_oldest(struct dmp_stats *stats, const struct dmp_counts *counts,
		    u64 now);
void dmp_tick_windows(struct dmp_stats *stats, struct dmp_windows *windows);
void dmp_tick_reset(struct dmp_stats *stats);

#endif /* DMP_TICK_H */
