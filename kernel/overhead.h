/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Overhead: nanoseconds that the module adds to an I/O. */
#ifndef DMP_OVERHEAD_H
#define DMP_OVERHEAD_H

#include "stats.h"

void dmp_overhead_measure(void);
u64 dmp_overhead_ns(const struct dmp_stats *stats,
		    const struct dmp_config *config);

#endif /* DMP_OVERHEAD_H */
