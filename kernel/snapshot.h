/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A volume at one instant: the values that reports are made of, read under one
 * lock, so that all of them are of one generation.
 */
#ifndef DMP_SNAPSHOT_H
#define DMP_SNAPSHOT_H

#include "stats.h"

/**
 * struct dmp_snapshot - what dmp_volume_snapshot_begin() read
 * @config: the settings
 * @start: when counting began
 * @counts: since then
 * @done: of @counts, completed bios by operation
 * @windows: closed since then
 * @hists: since then, laid out like struct dmp_hists; NULL if not asked for
 * @latency_every: of how many bios one is timed, on average
 * @slow_limit_us: from which latency on a bio is slow
 * @sample_every: of how many bios one is sampled, on average
 * @fua: of @counts, completed bios with REQ_FUA
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
	struct dmp_done done[DMP_NR_OPS];
	struct dmp_windows windows;
	const u64 *hists;
	u64 latency_every;
	u64 slow_limit_us;
	u64 sample_every;
	u64 fua;
	u64 in_flight;
	u64 oldest_ns;
	u64 overhead_ns;
	u64 heat_cell_sectors;
	u64 physical_block_bytes;
	u64 optimal_io_bytes;
};

#endif /* DMP_SNAPSHOT_H */
