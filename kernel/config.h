/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of a volume. */
#ifndef DMP_CONFIG_H
#define DMP_CONFIG_H

#include <linux/types.h>

/* Levels of collection: each includes the ones before. */
enum dmp_collect {
	DMP_COLLECT_COUNTERS,
	DMP_COLLECT_PATTERNS,
	DMP_COLLECT_ALL,
	DMP_NR_COLLECT,
};

/**
 * struct dmp_config - settings, which may change while I/O runs
 * @collect: the level
 * @latency_every: one bio in so many on a CPU is timed, on average
 * @slow_ns: slow limit: a bio with this latency or a greater one is slow
 */
struct dmp_config {
	enum dmp_collect collect;
	u32 latency_every;
	u64 slow_ns;
};

#define DMP_LATENCY_EVERY_MAX	1000000
#define DMP_SLOW_NS_DEFAULT	100000000ULL

#endif /* DMP_CONFIG_H */
