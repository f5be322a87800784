/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tick: periodic work of a volume, every 100 ms while there is I/O. An idle volume
 * has no timer.
 *
 * It closes windows, begins epochs, folds the histograms before they wrap, and sets
 * the mode, on which the fast path branches. A volume is idle when no bio was submitted
 * in the latest window and none is in flight; the next bio then starts the tick.
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
