// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lifecycle of volumes: looked up by mapped device, reference-counted by targets, added
 * to the module's totals on removal.
 *
 * A table is constructed while the previous table of the mapped device is still live,
 * and a table may have several dmp targets. All of them share one volume: the first
 * constructor adds it, the last destructor removes it.
 */
#include <linux/blkdev.h>
#include <linux/device-mapper.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/notifier.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/suspend.h>

#include "overhead.h"
#include "reset.h"
#include "sample.h"
#include "table-args.h"
#include "tick.h"
#include "trace.h"
#include "volume.h"

#define DM_MSG_PREFIX "dmp"

/* Serialises addition and removal of volumes; never taken by a reader. */
static DEFINE_MUTEX(lifecycle_lock);
static const struct dmp_volume_ops *volume_ops;

/* Guards the six variables below. Nested inside lifecycle_lock, outside stats.lock. */
static DEFINE_MUTEX(volumes_lock);
static LIST_HEAD(volumes);
static DEFINE_HASHTABLE(volumes_by_md, 10);
static struct dmp_counts retired;	/* sum over removed volumes */
static struct dmp_counts totals_base;	/* totals at the last global reset */
static unsigned int trace_users;	/* enabled tracepoints */
static bool asleep;	/* between PM_*_PREPARE and PM_POST_* */

/**
 * dmp_volume_name() - the kernel's name of the mapped device, as "dm-3"
 * @volume: the caller holds a reference
 *
 * Context: any.
 * Return: the name; it stays when the mapped device is renamed.
 */
const char *dmp_volume_name(const struct dmp_volume *volume)
{
	return dm_disk(volume->md)->disk_name;
}

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

/* Take a reference to the volume of @md, if any. The caller holds lifecycle_lock. */
static struct dmp_volume *volume_find_get(struct mapped_device *md)
{
	struct dmp_volume *volume;

	hash_for_each_possible(volumes_by_md, volume, hash, (unsigned long)md) {
		if (volume->md == md) {
			volume->targets++;
			return volume;
		}
	}
	return NULL;
}

/* Publish a new volume and add it to the list. The caller holds lifecycle_lock. */
static int volume_add(struct dmp_volume *volume)
{
	unsigned int noio;
	int ret;

	/*
	 * lvm loads tables while other volumes are suspended. If reclaim waited
	 * for a suspended volume here, and the task that is to resume it for
	 * lifecycle_lock, neither would go on.
	 */
	noio = memalloc_noio_save();
	ret = volume_ops->add(volume);
	memalloc_noio_restore(noio);
	if (ret)
		return ret;

	volume->targets = 1;
	mutex_lock(&volumes_lock);
	list_add_tail(&volume->node, &volumes);
	hash_add(volumes_by_md, &volume->hash, (unsigned long)volume->md);
	dmp_tick_trace(&volume->stats, trace_users);
	dmp_tick_sleep(&volume->stats, asleep);
	mutex_unlock(&volumes_lock);
	return 0;
}

/**
 * dmp_volume_get() - look up or add the volume of a mapped device
 * @md: mapped device whose table is being constructed
 *
 * Context: may sleep.
 * Return: the volume with a reference taken, or an ERR_PTR if it could not be added.
 */
struct dmp_volume *dmp_volume_get(struct mapped_device *md)
{
	struct dmp_volume *volume, *fresh;
	int ret = 0;

	mutex_lock(&lifecycle_lock);
	volume = volume_find_get(md);
	mutex_unlock(&lifecycle_lock);
	if (volume)
		return volume;

	/* Without the lock: see dmp_cpus_init(). */
	fresh = volume_alloc(md);
	if (!fresh)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&lifecycle_lock);
	volume = volume_find_get(md);
	if (!volume) {
		ret = volume_add(fresh);
		if (!ret) {
			volume = fresh;
			fresh = NULL;
		}
	}
	mutex_unlock(&lifecycle_lock);

	if (fresh)
		volume_free(fresh);
	return ret ? ERR_PTR(ret) : volume;
}

/**
 * dmp_volume_put() - drop a reference; the last one removes the volume
 * @volume: the caller's reference; none of the caller's bios is in flight
 *
 * Context: may sleep; waits for readers of the volume's directory.
 */
void dmp_volume_put(struct dmp_volume *volume)
{
	struct dmp_counts raw;

	mutex_lock(&lifecycle_lock);
	if (--volume->targets) {
		mutex_unlock(&lifecycle_lock);
		return;
	}

	dmp_tick_stop(&volume->stats);

	mutex_lock(&volumes_lock);
	list_del(&volume->node);
	hash_del(&volume->hash);
	dmp_stats_read_raw(&volume->stats, &raw);
	dmp_counts_add(&retired, &raw);
	mutex_unlock(&volumes_lock);

	/* Still locked: the directory of a new volume on this device has the same name. */
	volume_ops->remove(volume);
	mutex_unlock(&lifecycle_lock);

	volume_free(volume);
}

/* Under one lock, so that no reader sees counters reset and windows not. */
static int stats_reset(struct dmp_stats *stats, struct dmp_counts *raw)
{
	int ret;

	mutex_lock(&stats->lock);
	ret = dmp_reset_reserve(stats);
	if (!ret) {
		dmp_reset(stats, raw);
		dmp_tick_reset(stats);
	}
	mutex_unlock(&stats->lock);
	return ret;
}

/**
 * dmp_volume_reset() - restart counting from zero
 * @volume: the caller holds a reference
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmp_volume_reset(struct dmp_volume *volume)
{
	struct dmp_counts raw;

	return stats_reset(&volume->stats, &raw);
}

/**
 * dmp_volume_config() - settings for a segment's table line
 * @volume: the caller holds a reference
 * @segment: that joined it
 * @config: set to the volume's settings if the table is live, else to those that
 *	the segment requests
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
 * The weight of a latency is latency_every. When it changes, latency accounting is
 * restarted, so that all values of a histogram have the same weight.
 */
static int configure(struct dmp_stats *stats, const struct dmp_config *config)
{
	bool restart = config->latency_every != stats->config.latency_every;
	int ret;

	if (restart) {
		ret = dmp_reset_reserve(stats);
		if (ret)
			return ret;
	}
	dmp_tick_configure(stats, config);
	if (restart)
		dmp_reset_latency(stats);
	return 0;
}

/**
 * dmp_volume_set() - change one setting of a volume, while I/O runs
 * @volume: the caller holds a reference
 * @argc: number of words
 * @argv: the name, for which dmp_config_known(), and one value
 *
 * device-mapper does not serialise messages: read-modify-write of the settings is done
 * under one lock, so that concurrent messages do not undo each other.
 *
 * Context: may sleep.
 * Return: 0, or an errno with nothing changed; -EINVAL with a line in the log.
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
		ret = configure(stats, &config);
	mutex_unlock(&stats->lock);
	return ret;
}

/**
 * dmp_volume_join() - add a constructed segment to its volume
 * @volume: the caller holds a reference
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
 * dmp_volume_leave() - remove a segment that is about to be destroyed
 * @volume: the caller holds a reference
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

/* Merge the settings of all segments of a table, and mark them live. */
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
 * dmp_volume_go_live() - apply the settings of a table that is resumed
 * @volume: the caller holds a reference
 * @segment: any segment of the table, all of whose constructors have run
 * @sectors: size of the table
 *
 * The first call for a table merges the settings of all its segments into the
 * volume's; the slow limit, which no table line has, is kept. The mapped device is
 * suspended, so no bio is submitted while settings change.
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
		if (configure(stats, &merged.config)) {
			DMERR("%s: out of memory: latency_every stays %u",
			      dmp_volume_name(volume),
			      stats->config.latency_every);
			merged.config.latency_every =
				stats->config.latency_every;
			configure(stats, &merged.config);
		}
		dmp_stats_resize(stats, sectors);
	}
	mutex_unlock(&stats->lock);
}

/* Counters, and values derived from them. */
static void read_counts(struct dmp_stats *stats, struct dmp_snapshot *snapshot)
{
	struct dmp_counts *counts = &snapshot->counts;

	dmp_stats_read(stats, counts);
	snapshot->in_flight = dmp_counts_in_flight(counts);
	snapshot->oldest_ns = dmp_tick_oldest(stats, counts, ktime_get_ns());
}

/**
 * dmp_volume_snapshot_begin() - read all of a volume under one lock
 * @volume: the caller holds a reference
 * @hists: counters of histograms to read, too; the more, the longer it takes
 *
 * Context: may sleep. Other readers, resets and changes of settings wait until
 *	dmp_volume_snapshot_end(); I/O does not.
 * Return: the snapshot.
 */
const struct dmp_snapshot *dmp_volume_snapshot_begin(struct dmp_volume *volume,
						     struct dmp_hist_range hists)
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
	dmp_stats_fold(stats, hists);
	snapshot->totals = &stats->totals;
	snapshot->window_hists = stats->shared->windows;
	snapshot->sample_every = dmp_sample_mean();
	snapshot->overhead_ns = dmp_overhead_ns(stats, &stats->config);
	snapshot->heat_cell_sectors = 1ULL << stats->heat_shift;
	snapshot->physical_block_bytes = queue_physical_block_size(queue);
	snapshot->optimal_io_bytes = queue_io_opt(queue);
	return snapshot;
}

/**
 * dmp_volume_snapshot_end() - release a snapshot
 * @volume: the volume that was read
 *
 * Context: may sleep.
 */
void dmp_volume_snapshot_end(struct dmp_volume *volume)
{
	mutex_unlock(&volume->stats.lock);
}

/**
 * dmp_volumes_read() - counters of all volumes since the last global reset
 * @counts: set to the sum over present and removed volumes
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
 * The volume and the totals are reset to the same reading, so the totals stay the
 * exact sum over the volumes.
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with some volumes reset and the totals as they were.
 */
int dmp_volumes_reset(void)
{
	struct dmp_counts base, raw;
	struct dmp_volume *volume;
	int ret = 0;

	mutex_lock(&volumes_lock);
	base = retired;
	list_for_each_entry(volume, &volumes, node) {
		ret = stats_reset(&volume->stats, &raw);
		if (ret)
			break;
		dmp_counts_add(&base, &raw);
	}
	if (!ret)
		totals_base = base;
	mutex_unlock(&volumes_lock);
	return ret;
}

static void add_trace_users(int count)
{
	struct dmp_volume *volume;

	mutex_lock(&volumes_lock);
	trace_users += count;
	list_for_each_entry(volume, &volumes, node)
		dmp_tick_trace(&volume->stats, trace_users);
	mutex_unlock(&volumes_lock);
}

/**
 * dmp_volumes_trace() - a tracepoint is enabled
 *
 * Context: may sleep.
 * Return: 0, always.
 */
int dmp_volumes_trace(void)
{
	add_trace_users(1);
	return 0;
}

/**
 * dmp_volumes_untrace() - a tracepoint is disabled
 *
 * Context: may sleep.
 */
void dmp_volumes_untrace(void)
{
	add_trace_users(-1);
}

/* PM notifier: the system is about to sleep, or has woken up. */
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
 * dmp_volumes_init() - set up before the first volume
 * @ops: callbacks, valid until dmp_volumes_exit()
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
 * dmp_volumes_exit() - tear down after the last volume
 *
 * Context: may sleep.
 */
void dmp_volumes_exit(void)
{
	unregister_pm_notifier(&sleep_notifier);
}
