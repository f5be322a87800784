/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A volume: one mapped device that has at least one dmp target in its live or
 * loaded table. Its targets share it and its counters.
 */
#ifndef DMP_VOLUME_H
#define DMP_VOLUME_H

#include <linux/list.h>

#include "snapshot.h"
#include "stats.h"
#include "table-args.h"

struct dm_table;
struct mapped_device;

/**
 * struct dmp_volume - a volume and who holds it
 * @node: among all volumes
 * @md: the mapped device that it is found by
 * @targets: how many dmp targets hold it; it goes with the last one
 * @segments: of its live and loaded tables, guarded by stats.lock
 * @stats: what is counted
 * @snapshot: of the latest reader, guarded by stats.lock; here since it is large
 *	for a stack
 * @presence: belongs to dmp_volume_ops
 */
struct dmp_volume {
	struct list_head node;
	struct mapped_device *md;
	unsigned int targets;
	struct list_head segments;
	struct dmp_stats stats;
	struct dmp_snapshot snapshot;
	void *presence;
};

/**
 * struct dmp_segment - what a segment of a table asks of its volume
 * @node: among those of the volume's tables; those of one table in their order
 * @table: that the segment is in
 * @begin: its first sector on the volume
 * @settings: of its table line
 * @live: the table went live, and its settings became the volume's; guarded by
 *	stats.lock, as @node is
 */
struct dmp_segment {
	struct list_head node;
	const struct dm_table *table;
	sector_t begin;
	struct dmp_settings settings;
	bool live;
};

/**
 * struct dmp_volume_ops - what makes volumes visible
 * @appear: called for a new volume before anybody else sees it; may fail
 * @vanish: called when nothing is counted any more; returns when no reader is
 *	left inside. Readers must take nothing that is held here: neither
 *	device-mapper's locks nor the one that serialises these calls.
 */
struct dmp_volume_ops {
	int (*appear)(struct dmp_volume *volume);
	void (*vanish)(struct dmp_volume *volume);
};

int dmp_volumes_init(const struct dmp_volume_ops *ops);
void dmp_volumes_exit(void);
struct dmp_volume *dmp_volume_get(struct mapped_device *md);
void dmp_volume_put(struct dmp_volume *volume);
const char *dmp_volume_name(const struct dmp_volume *volume);
void dmp_volume_reset(struct dmp_volume *volume);
void dmp_volume_config(struct dmp_volume *volume,
		       const struct dmp_segment *segment,
		       struct dmp_config *config);
int dmp_volume_set(struct dmp_volume *volume, unsigned int argc, char **argv);
void dmp_volume_join(struct dmp_volume *volume, struct dmp_segment *segment);
void dmp_volume_leave(struct dmp_volume *volume, struct dmp_segment *segment);
void dmp_volume_go_live(struct dmp_volume *volume,
			const struct dmp_segment *segment, sector_t sectors);
const struct dmp_snapshot *dmp_volume_snapshot_begin(struct dmp_volume *volume,
						     bool hists);
void dmp_volume_snapshot_end(struct dmp_volume *volume);
void dmp_volumes_read(struct dmp_counts *counts);
void dmp_volumes_reset(void);
int dmp_volumes_trace(void);
void dmp_volumes_untrace(void);

#endif /* DMP_VOLUME_H */
