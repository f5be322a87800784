/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volumes: a volume is a mapped device that has at least one dmp target in its live
 * or loaded table. All targets of a mapped device share one volume and its counters.
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
 * struct dmp_volume - a volume
 * @node: in the list of all volumes
 * @hash: in the table of them by @md
 * @md: the mapped device, the key of the lookup
 * @targets: references, one for each dmp target; the last one frees the volume
 * @segments: of its live and loaded tables; guarded by stats.lock
 * @stats: counters, histograms and settings
 * @snapshot: of the latest reader, guarded by stats.lock; here since it is large
 *	for a stack
 * @dir: the volume's directory in sysfs; owned by dmp_volume_ops
 */
struct dmp_volume {
	struct list_head node;
	struct hlist_node hash;
	struct mapped_device *md;
	unsigned int targets;
	struct list_head segments;
	struct dmp_stats stats;
	struct dmp_snapshot snapshot;
	void *dir;
};

/**
 * struct dmp_segment - the settings that one segment of a table requests
 * @node: in the volume's list, in order of construction; guarded by stats.lock
 * @table: the table of the segment
 * @begin: first sector of the segment on the volume
 * @settings: of its table line
 * @live: the table was resumed, so the volume's settings apply; guarded by
 *	stats.lock
 */
struct dmp_segment {
	struct list_head node;
	const struct dm_table *table;
	sector_t begin;
	struct dmp_settings settings;
	bool live;
};

/**
 * struct dmp_volume_ops - callbacks that publish volumes to users
 * @add: a volume is added; called before it is in the list of volumes; may fail
 * @remove: a volume is removed; called after its last bio completed, and returns
 *	after its last reader left. Readers must not take locks that are held during
 *	the call: device-mapper's locks and the lifecycle lock.
 */
struct dmp_volume_ops {
	int (*add)(struct dmp_volume *volume);
	void (*remove)(struct dmp_volume *volume);
};

int dmp_volumes_init(const struct dmp_volume_ops *ops);
void dmp_volumes_exit(void);
struct dmp_volume *dmp_volume_get(struct mapped_device *md);
void dmp_volume_put(struct dmp_volume *volume);
const char *dmp_volume_name(const struct dmp_volume *volume);
int dmp_volume_reset(struct dmp_volume *volume);
void dmp_volume_config(struct dmp_volume *volume,
		       const struct dmp_segment *segment,
		       struct dmp_config *config);
int dmp_volume_set(struct dmp_volume *volume, unsigned int argc, char **argv);
void dmp_volume_join(struct dmp_volume *volume, struct dmp_segment *segment);
void dmp_volume_leave(struct dmp_volume *volume, struct dmp_segment *segment);
void dmp_volume_go_live(struct dmp_volume *volume,
			const struct dmp_segment *segment, sector_t sectors);
const struct dmp_snapshot *dmp_volume_snapshot_begin(struct dmp_volume *volume,
						     struct dmp_hist_range hists);
void dmp_volume_snapshot_end(struct dmp_volume *volume);
void dmp_volumes_read(struct dmp_counts *counts);
int dmp_volumes_reset(void);

#endif /* DMP_VOLUME_H */
