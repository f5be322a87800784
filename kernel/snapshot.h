/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshot of a volume: all values that reports show, read under one lock, so that they
 * belong to one generation.
 */
#ifndef DMP_SNAPSHOT_H
#define DMP_SNAPSHOT_H

#include "stats.h"

/**
 * struct dmp_snapshot - a volume, as read by dmp_volume_snapshot_begin()
 * @config: the settings
 * @start: start of counting
 * @counts: since @start
 * @windows: closed since @start
 * @totals: of histograms since @start; what was not requested is older
 * @window_hists: distributions of windows since @start, by operation
 * @latency_every: one bio in so many is timed, on average
 * @slow_limit_us: slow limit, microseconds
 * @sample_every: one bio in so many is sampled, on average
 * @in_flight: gauge: submitted, not yet completed
 * @oldest_ns: age of the oldest bio in flight
 * @overhead_ns: of the module, per bio
 * @heat_cell_sectors: size of a cell of the heat map
 * @physical_block_bytes: of the volume's queue
 * @optimal_io_bytes: of the volume's queue
 */
struct dmp_snapshot {
	struct dmp_config config;
	struct dmp_start start;
	struct dmp_counts counts;
	struct dmp_windows windows;
	const struct dmp_totals *totals;
	const struct dmp_window_hists *window_hists;
	u64 latency_every;
	u64 slow_limit_us;
	u64 sample_every;
	u64 in_flight;
	u64 oldest_ns;
	u64 overhead_ns;
	u64 heat_cell_sectors;
	u64 physical_block_bytes;
	u64 optimal_io_bytes;
};

#endif /* DMP_SNAPSHOT_H */
