/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module itself costs.
 */
#ifndef DMP_COST_H
#define DMP_COST_H

#include "stats.h"

void dmp_cost_measure(void);
u64 dmp_cost_ns(const struct dmp_stats *stats, const struct dmp_config *config);

#endif /* DMP_COST_H */
