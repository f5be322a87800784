// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A volume's life: found by its mapped device, held by its targets, folded
 * into the module's totals when it goes.
 *
 * A table is constructed while the device's previous one is still live, and a
 * table may have several dmp targets: all of them share one volume, and none
 * of them creates or removes what another one uses.
 */
#include <linux/blkdev.h>
#include <linux/device-mapper.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/notifier.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/suspend.h>

#include "overhead.h"
#include "sample.h"
#include "table-args.h"
#include "tick.h"
#include "volume.h"

/* Serialises the coming and going of volumes; never taken by a reader. */
static DEFINE_MUTEX(lifes_lock);
static const struct dmp_volume_ops *volume_ops;

/* Guards the five below. Nested inside lifes_lock, outside stats.lock. */
static DEFINE_MUTEX(volumes_lock);
static LIST_HEAD(volumes);
static struct dmp_counts retired;	/* of the volumes that went */
static struct dmp_counts totals_base;	/* subtracted since the last reset */
static unsigned int listeners;	/* to tracepoints */
static bool asleep;	/* the system is about to sleep, sleeps, or wakes up */

/**
 * dmp_volume_name() - the kernel's name of the mapped device, as "dm-3"
 * @volume: that is held
 *
 * Context: any.
 * Return: the name; it stays when the mapped device is renamed.
 */
const char *dmp_volume_name(const struct dmp_volume *volume)
{
	return dm_disk(volume->md)->disk_name;
}

/* For the mapped device's limits. */
static const struct request_queue *volume_queue(const struct dmp_volume *volume)
{
	return dm_disk(volume->md)->queue;
}

static struct dmp_volume *volume_alloc(struct mapped_device *md)
{
	struct dmp_volume *volume;

	volume = kzalloc(sizeof(*volume), GFP_KERNEL);
	if (!volume)
		return NULL;

	if (dmp_stats_init(&volume->stats)) {
		kfree(volume);
		return NULL;
	}

	dmp_tick_init(&volume->stats);
	volume->stats.dev = disk_devt(dm_disk(md));
	volume->md = md;
	INIT_LIST_HEAD(&volume->segments);
	return volume;
}

static void volume_free(struct dmp_volume *volume)
{
	dmp_stats_exit(&volume->stats);
	kfree(volume);
}

/* Take a reference to @md's volume, if there is one. Holds lifes_lock. */
static struct dmp_volume *volume_find_get(struct mapped_device *md)
{
	struct dmp_volume *volume;

	list_for_each_entry(volume, &volumes, node) {
		if (volume->md == md) {
			volume->targets++;
			return volume;
		}
	}
	return NULL;
}

/* Make a new volume visible. Holds lifes_lock. */
static int volume_add(struct dmp_volume *volume)
{
	unsigned int noio;
	int ret;

	/*
	 * A table may be loaded while other volumes are suspended, lvm does
	 * so. Reclaim must not wait for them here, or their owner could wait
	 * for lifes_lock in turn.
	 */
	noio = memalloc_noio_save();
	ret = volume_ops->appear(volume);
	memalloc_noio_restore(noio);
	if (ret)
		return ret;

	volume->targets = 1;
	mutex_lock(&volumes_lock);
	list_add_tail(&volume->node, &volumes);
	dmp_tick_trace(&volume->stats, listeners);
	dmp_tick_sleep(&volume->stats, asleep);
	mutex_unlock(&volumes_lock);
	return 0;
}

/**
 * dmp_volume_get() - the volume of a mapped device
 * @md: of the table that a target is constructed for
 *
 * Context: may sleep.
 * Return: the volume, held once more; an ERR_PTR if it is the first one and
 *	could not be made.
 */
struct dmp_volume *dmp_volume_get(struct mapped_device *md)
{
	struct dmp_volume *volume, *fresh;
	int ret = 0;

	mutex_lock(&lifes_lock);
	volume = volume_find_get(md);
	mutex_unlock(&lifes_lock);
	if (volume)
		return volume;

	/* Per-CPU memory cannot be had without I/O: allocate it unlocked. */
	fresh = volume_alloc(md);
	if (!fresh)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&lifes_lock);
	volume = volume_find_get(md);
	if (!volume) {
		ret = volume_add(fresh);
		if (!ret) {
			volume = fresh;
			fresh = NULL;
		}
	}
	mutex_unlock(&lifes_lock);

	if (fresh)
		volume_free(fresh);
	return ret ? ERR_PTR(ret) : volume;
}

/**
 * dmp_volume_put() - drop a reference, the last one folds the volume
 * @volume: held by the caller, none of whose bios is in flight
 *
 * Context: may sleep; waits for readers of the volume's folder.
 */
void dmp_volume_put(struct dmp_volume *volume)
{
	struct dmp_counts raw;

	mutex_lock(&lifes_lock);
	if (--volume->targets) {
		mutex_unlock(&lifes_lock);
		return;
	}

	dmp_tick_stop(&volume->stats);

	mutex_lock(&volumes_lock);
	list_del(&volume->node);
	dmp_stats_read_raw(&volume->stats, &raw);
	dmp_counts_add(&retired, &raw);
	mutex_unlock(&volumes_lock);

	/* Still locked: a successor's folder will have the same name. */
	volume_ops->vanish(volume);
	mutex_unlock(&lifes_lock);

	volume_free(volume);
}

/* Under one lock: no reader sees one part reset and another one not yet. */
static void stats_reset(struct dmp_stats *stats, struct dmp_counts *raw)
{
	mutex_lock(&stats->lock);
	dmp_stats_reset(stats, raw);
	dmp_tick_reset(stats);
	mutex_unlock(&stats->lock);
}

/**
 * dmp_volume_reset() - let a volume count again from now
 * @volume: that is held
 *
 * Context: may sleep.
 */
void dmp_volume_reset(struct dmp_volume *volume)
{
	struct dmp_counts raw;

	stats_reset(&volume->stats, &raw);
}

/**
 * dmp_volume_config() - the settings that a segment's table line shows
 * @volume: that is held
 * @segment: that joined it
 * @config: set to those of the volume if the table is live, else to what the
 *	segment asks for
 *
 * Context: may sleep.
 */
void dmp_volume_config(struct dmp_volume *volume,
		       const struct dmp_segment *segment,
		       struct dmp_config *config)
{
	mutex_lock(&volume->stats.lock);
	*config = segment->live ? volume->stats.config :
				  segment->settings.config;
	mutex_unlock(&volume->stats.lock);
}

/*
 * Latencies of another latency_every stand for another number of bios: start their
 * counting again, so that what is counted is of one weight.
 */
static void configure(struct dmp_stats *stats, const struct dmp_config *config)
{
	bool restart = config->latency_every != stats->config.latency_every;

	dmp_tick_configure(stats, config);
	if (restart)
		dmp_stats_restart_latency(stats);
}

/**
 * dmp_volume_set() - change one setting of a volume, while I/O runs
 * @volume: that is held
 * @argc: number of words
 * @argv: the name, for which dmp_config_known(), and one value
 *
 * device-mapper does not serialise messages: the other settings are read and
 * written back under one lock, so none that is changed at the same time is lost.
 *
 * Context: may sleep.
 * Return: 0; or -EINVAL, with nothing changed, and a line in the log.
 */
int dmp_volume_set(struct dmp_volume *volume, unsigned int argc, char **argv)
{
	struct dmp_stats *stats = &volume->stats;
	struct dmp_config config;
	int ret;

	mutex_lock(&stats->lock);
	config = stats->config;
	ret = dmp_config_set(&config, argc, argv);
	if (!ret)
		configure(stats, &config);
	mutex_unlock(&stats->lock);
	return ret;
}

/**
 * dmp_volume_join() - a segment has been constructed
 * @volume: that is held
 * @segment: set up; a table's segments join in their order
 *
 * Context: may sleep.
 */
void dmp_volume_join(struct dmp_volume *volume, struct dmp_segment *segment)
{
	mutex_lock(&volume->stats.lock);
	list_add_tail(&segment->node, &volume->segments);
	mutex_unlock(&volume->stats.lock);
}

/**
 * dmp_volume_leave() - a segment is about to be destroyed
 * @volume: that is held
 * @segment: that joined it
 *
 * Context: may sleep.
 */
void dmp_volume_leave(struct dmp_volume *volume, struct dmp_segment *segment)
{
	mutex_lock(&volume->stats.lock);
	list_del(&segment->node);
	mutex_unlock(&volume->stats.lock);
}

/* Merge the settings of a table's segments, all of which are live from now on. */
static void merge_settings(struct dmp_volume *volume,
			   const struct dm_table *table,
			   struct dmp_settings *merged)
{
	struct dmp_segment *segment;

	dmp_settings_init(merged);
	list_for_each_entry(segment, &volume->segments, node) {
		if (segment->table != table)
			continue;
		dmp_settings_merge(merged, &segment->settings,
				   dmp_volume_name(volume), segment->begin);
		segment->live = true;
	}
}

/**
 * dmp_volume_go_live() - a segment's table goes live, or is resumed
 * @volume: that is held
 * @segment: any of the table, which is complete
 * @sectors: the table's size
 *
 * The first call for a table makes the settings of all its segments together
 * those of the volume, but for the slow limit, which the volume keeps. The device
 * is suspended: no bio sees half of what changes here.
 *
 * Context: may sleep.
 */
void dmp_volume_go_live(struct dmp_volume *volume,
			const struct dmp_segment *segment, sector_t sectors)
{
	struct dmp_stats *stats = &volume->stats;
	struct dmp_settings merged;

	mutex_lock(&stats->lock);
	if (!segment->live) {
		merge_settings(volume, segment->table, &merged);
		merged.config.slow_ns = stats->config.slow_ns;
		configure(stats, &merged.config);
		dmp_stats_resize(stats, sectors);
	}
	mutex_unlock(&stats->lock);
}

/* The counters, and what follows from them. */
static void read_counts(struct dmp_stats *stats, struct dmp_snapshot *snapshot)
{
	struct dmp_counts *counts = &snapshot->counts;
	unsigned int op;

	dmp_stats_read(stats, counts);
	for (op = 0; op < DMP_NR_OPS; op++)
		snapshot->done[op] = dmp_counts_done(counts, op);
	snapshot->fua = dmp_counts_fua(counts);
	snapshot->in_flight = dmp_counts_in_flight(counts);
	snapshot->oldest_ns = dmp_tick_oldest(stats, counts, ktime_get_ns());
}

/**
 * dmp_volume_snapshot_begin() - read a volume, all of it under one lock
 * @volume: that is held
 * @hists: whether the histograms are wanted, too, which takes longer
 *
 * Context: may sleep; until dmp_volume_snapshot_end() other readers wait, and
 *	resets and changes of settings, but no I/O.
 * Return: the snapshot.
 */
const struct dmp_snapshot *dmp_volume_snapshot_begin(struct dmp_volume *volume,
						     bool hists)
{
	const struct request_queue *queue = volume_queue(volume);
	struct dmp_snapshot *snapshot = &volume->snapshot;
	struct dmp_stats *stats = &volume->stats;

	mutex_lock(&stats->lock);
	snapshot->config = stats->config;
	snapshot->latency_every = stats->config.latency_every;
	snapshot->slow_limit_us = div_u64(stats->config.slow_ns,
					  NSEC_PER_USEC);
	snapshot->start = stats->start;
	read_counts(stats, snapshot);
	dmp_tick_windows(stats, &snapshot->windows);
	snapshot->hists = hists ? dmp_stats_hists(stats) : NULL;
	snapshot->sample_every = dmp_sample_mean();
	snapshot->overhead_ns = dmp_overhead_ns(stats, &stats->config);
	snapshot->heat_cell_sectors = 1ULL << stats->heat_shift;
	snapshot->physical_block_bytes = queue_physical_block_size(queue);
	snapshot->optimal_io_bytes = queue_io_opt(queue);
	return snapshot;
}

/**
 * dmp_volume_snapshot_end() - done with a snapshot
 * @volume: whose snapshot it was
 *
 * Context: may sleep.
 */
void dmp_volume_snapshot_end(struct dmp_volume *volume)
{
	mutex_unlock(&volume->stats.lock);
}

/**
 * dmp_volumes_read() - what all volumes counted since the last global reset
 * @counts: the sum over those that are and those that went
 *
 * Context: may sleep.
 */
void dmp_volumes_read(struct dmp_counts *counts)
{
	struct dmp_volume *volume;
	struct dmp_counts raw;

	mutex_lock(&volumes_lock);
	*counts = retired;
	list_for_each_entry(volume, &volumes, node) {
		dmp_stats_read_raw(&volume->stats, &raw);
		dmp_counts_add(counts, &raw);
	}
	dmp_counts_sub(counts, &totals_base);
	mutex_unlock(&volumes_lock);
}

/**
 * dmp_volumes_reset() - reset every volume and the totals
 *
 * The totals stay the exact sum of the volumes: both use one reading of each.
 *
 * Context: may sleep.
 */
void dmp_volumes_reset(void)
{
	struct dmp_volume *volume;
	struct dmp_counts raw;

	mutex_lock(&volumes_lock);
	totals_base = retired;
	list_for_each_entry(volume, &volumes, node) {
		stats_reset(&volume->stats, &raw);
		dmp_counts_add(&totals_base, &raw);
	}
	mutex_unlock(&volumes_lock);
}

static void listeners_add(int count)
{
	struct dmp_volume *volume;

	mutex_lock(&volumes_lock);
	listeners += count;
	list_for_each_entry(volume, &volumes, node)
		dmp_tick_trace(&volume->stats, listeners);
	mutex_unlock(&volumes_lock);
}

/**
 * dmp_volumes_trace() - a tracepoint has its first listener
 *
 * Context: may sleep.
 * Return: 0, it cannot fail.
 */
int dmp_volumes_trace(void)
{
	listeners_add(1);
	return 0;
}

/**
 * dmp_volumes_untrace() - a tracepoint's last listener goes
 *
 * Context: may sleep.
 */
void dmp_volumes_untrace(void)
{
	listeners_add(-1);
}

/* The system is about to sleep, or has woken up. */
static int on_sleep(struct notifier_block *notifier, unsigned long event,
		    void *data)
{
	struct dmp_volume *volume;

	mutex_lock(&volumes_lock);
	asleep = event == PM_SUSPEND_PREPARE ||
		 event == PM_HIBERNATION_PREPARE || event == PM_RESTORE_PREPARE;
	list_for_each_entry(volume, &volumes, node)
		dmp_tick_sleep(&volume->stats, asleep);
	mutex_unlock(&volumes_lock);
	return NOTIFY_DONE;
}

static struct notifier_block sleep_notifier = { .notifier_call = on_sleep };

/**
 * dmp_volumes_init() - before the first volume
 * @ops: make volumes visible; valid as long as there are volumes
 *
 * Context: may sleep.
 * Return: 0 or an errno.
 */
int dmp_volumes_init(const struct dmp_volume_ops *ops)
{
	volume_ops = ops;
	return register_pm_notifier(&sleep_notifier);
}

/**
 * dmp_volumes_exit() - after the last volume
 *
 * Context: may sleep.
 */
void dmp_volumes_exit(void)
{
	unregister_pm_notifier(&sleep_notifier);
}
