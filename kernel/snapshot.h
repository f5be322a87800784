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
 * @counts: since then; its submitted less its completed is in flight
 * @peaks: since then
 * @hists: since then, laid out like struct dmp_hists; NULL if not asked for
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
	struct dmp_peak peaks[DMP_NR_OPS];
	const u64 *hists;
	u64 oldest_ns;
	u64 overhead_ns;
	u64 heat_cell_sectors;
	unsigned int physical_block_bytes;
	unsigned int optimal_io_bytes;
};

#endif /* DMP_SNAPSHOT_H */
