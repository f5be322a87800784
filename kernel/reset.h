/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets: counting starts from zero, and no counter is written.
 *
 * The present values become the base that readers subtract. They must be of one
 * instant for each bio, so each CPU's counters are copied on that CPU, with interrupts
 * off.
 */
#ifndef DMP_RESET_H
#define DMP_RESET_H

#include "stats.h"

int dmp_reset_global_init(void);
void dmp_reset_global_exit(void);
int dmp_reset_reserve(struct dmp_stats *stats);
void dmp_reset(struct dmp_stats *stats, struct dmp_counts *raw);
void dmp_reset_latency(struct dmp_stats *stats);

#endif /* DMP_RESET_H */
