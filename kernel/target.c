// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The target "dmp": what linear does, counted.
 *
 * Whatever linear passes through on a kernel passes through here; only map
 * and end_io differ, by what they count. One thing is left out on purpose:
 * flush_bypasses_map (from v6.12), with which flushes would not be seen.
 */
#include <linux/device-mapper.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat/compat.h"
#include "report.h"
#include "slow.h"
#include "stats.h"
#include "table-args.h"
#include "target.h"
#include "version.h"
#include "volume.h"

#define DM_MSG_PREFIX "dmp"

/* Per-bio data, and how far it may have to be moved for its alignment. */
#define IO_ROOM								\
	(sizeof(struct dmp_io) + DMP_BIO_PER_BIO_ALIGN - __alignof__(u64))

/* One segment of a table. Written by the constructor only, but for @geometry and @asked. */
struct segment {
	struct block_device *bdev;	/* dev->bdev */
	sector_t shift;			/* from the volume's sectors to its own */
	struct dmp_cpu __percpu *cpu;	/* volume->stats.cpu */
	struct dmp_stats *stats;	/* &volume->stats */
	struct dm_dev *dev;
	sector_t offset;
	struct dmp_volume *volume;
	struct dmp_geometry geometry;	/* set by resume */
	struct dmp_segment asked;	/* belongs to the volume */
};

/* Open the device below and see that the segment starts inside it. */
static int segment_open(struct dm_target *ti, struct segment *segment,
			const struct dmp_table_args *args)
{
	sector_t size;
	int ret;

	ret = dm_get_device(ti, args->device, dm_table_get_mode(ti->table),
			    &segment->dev);
	if (ret) {
		ti->error = "Device lookup failed";
		return ret;
	}

	/* A device of size 0 (no medium yet) is device-mapper's to judge. */
	size = dmp_bdev_sectors(segment->dev->bdev);
	if (size && args->offset >= size) {
		ti->error = "Invalid device offset";
		dm_put_device(ti, segment->dev);
		return -EINVAL;
	}

	segment->bdev = segment->dev->bdev;
	segment->offset = args->offset;
	segment->shift = args->offset - ti->begin;
	return 0;
}

static int segment_join_volume(struct dm_target *ti, struct segment *segment)
{
	struct dmp_volume *volume;

	volume = dmp_volume_get(dm_table_get_md(ti->table));
	if (IS_ERR(volume)) {
		ti->error = PTR_ERR(volume) == -ENOMEM ?
			"Failed to allocate memory for dmp_data" :
			"Failed to create the statistics folder";
		return PTR_ERR(volume);
	}

	segment->volume = volume;
	segment->stats = &volume->stats;
	segment->cpu = volume->stats.cpu;
	return 0;
}

/*
 * Construct a segment: <device> [<offset> [<#args> <arg>...]]
 */
static int dmp_ctr(struct dm_target *ti, unsigned int argc, char **argv)
{
	struct dmp_table_args args;
	struct segment *segment;
	int ret;

	ret = dmp_table_args_parse(&args, argc, argv, &ti->error);
	if (ret)
		return ret;

	segment = kzalloc(sizeof(*segment), GFP_KERNEL);
	if (!segment) {
		ti->error = "Failed to allocate memory for dmp_data";
		return -ENOMEM;
	}

	ret = segment_open(ti, segment, &args);
	if (ret)
		goto free_segment;

	ret = segment_join_volume(ti, segment);
	if (ret)
		goto put_device;

	segment->asked.table = ti->table;
	segment->asked.begin = ti->begin;
	segment->asked.settings = args.settings;
	dmp_volume_join(segment->volume, &segment->asked);
	ti->private = segment;
	ti->per_io_data_size = IO_ROOM;
	ti->num_flush_bios = 1;
	ti->num_discard_bios = 1;
	ti->num_secure_erase_bios = 1;
	ti->num_write_zeroes_bios = 1;
	dmp_pass_write_same(ti);
	return 0;

put_device:
	dm_put_device(ti, segment->dev);
free_segment:
	kfree(segment);
	return ret;
}

static void dmp_dtr(struct dm_target *ti)
{
	struct segment *segment = ti->private;

	dmp_volume_leave(segment->volume, &segment->asked);
	dmp_volume_put(segment->volume);
	dm_put_device(ti, segment->dev);
	kfree(segment);
}

static sector_t sector_below(const struct segment *segment, sector_t sector)
{
	return sector + segment->shift;
}

/*
 * The clone's bi_private holds the bio's state. A clone is the target's from map to
 * end_io, device-mapper keeps nothing there, and what borrows the member below (a
 * stacked dm that polls, md, the fallback of inline encryption) restores it before
 * the bio completes. With dm_per_bio_data() at both ends instead, a 4 KiB read took 33
 * instructions more (bench/run cost, v6.1).
 */
static __always_inline int remap(const struct segment *segment, struct bio *bio,
				 unsigned long state)
{
	bio->bi_private = (void *)state;
	bio->bi_iter.bi_sector = sector_below(segment, bio->bi_iter.bi_sector);
	bio_set_dev(bio, segment->bdev);
	return DM_MAPIO_REMAPPED;
}

/* Aligned in the room that was asked for. */
static struct dmp_io *io_of(struct bio *bio)
{
	return PTR_ALIGN((struct dmp_io *)dm_per_bio_data(bio, IO_ROOM),
			 DMP_BIO_PER_BIO_ALIGN);
}

/* noinline: so that the fast path, which jumps here, need not save registers. */
static noinline int map_slow(const struct segment *segment, struct bio *bio)
{
	return remap(segment, bio,
		     dmp_slow_submit(segment->stats, &segment->geometry, bio,
				     io_of(bio)));
}

static noinline int map_timing_some(const struct segment *segment,
				    struct bio *bio, u32 mode,
				    unsigned long state)
{
	return remap(segment, bio,
		     state | dmp_fast_start_some(segment->stats, segment->cpu,
						 mode));
}

/* Patterns are counted; the rest of submission. */
static __always_inline int map_finish(const struct segment *segment,
				      struct bio *bio, u32 mode,
				      unsigned long state)
{
	if (!dmp_times_alike(mode))
		return map_timing_some(segment, bio, mode, state);
	return remap(segment, bio,
		     state | dmp_fast_start(segment->stats, segment->cpu, mode));
}

static noinline int map_sequential(const struct segment *segment,
				   struct bio *bio, u32 mode)
{
	unsigned long state;

	if (!dmp_fast_continue(segment->cpu, bio, &state))
		return map_slow(segment, bio);
	return map_finish(segment, bio, mode, state);
}

static __always_inline int map_tracked(const struct segment *segment,
				       struct bio *bio, u32 mode)
{
	unsigned long state;

	if (unlikely(dmp_fast_may_continue(segment->cpu, bio)))
		return map_sequential(segment, bio, mode);
	if (unlikely(!dmp_fast_patterns(segment->cpu, bio, &state)))
		return map_slow(segment, bio);
	return map_finish(segment, bio, mode, state);
}

static int dmp_map(struct dm_target *ti, struct bio *bio)
{
	const struct segment *segment = ti->private;
	u32 mode = READ_ONCE(segment->stats->mode);

	if (unlikely(mode & DMP_MODE_SLOW || !dmp_is_plain_rw(bio)))
		return map_slow(segment, bio);
	if (mode)
		return map_tracked(segment, bio, mode);

	dmp_count_submitted(segment->cpu, 0);
	return remap(segment, bio, dmp_rw_state(dmp_rw_op(bio),
						bio_sectors(bio)));
}

static noinline int end_io_slow(const struct segment *segment,
				const struct bio *bio, unsigned long state,
				blk_status_t status)
{
	dmp_slow_complete(segment->stats, state,
			  bio->bi_iter.bi_sector - segment->shift, status);
	return DM_ENDIO_DONE;
}

static int dmp_end_io(struct dm_target *ti, struct bio *bio,
		      blk_status_t *error)
{
	const struct segment *segment = ti->private;
	unsigned long state = (unsigned long)bio->bi_private;

	if (unlikely(*error))
		return end_io_slow(segment, bio, state, *error);
	if (!(state & DMP_BIO_EPOCH))
		dmp_count_completed(segment->cpu, state);
	else if (!dmp_fast_complete(segment->stats, state))
		return end_io_slow(segment, bio, state, BLK_STS_OK);
	return DM_ENDIO_DONE;
}

/*
 * How the segment lies on the device below. A physical block of that begins at its
 * alignment offset, or a whole number of blocks from there.
 */
static void locate(struct segment *segment)
{
	struct block_device *bdev = segment->bdev;
	struct dmp_geometry *geometry = &segment->geometry;
	int offset = bdev_alignment_offset(bdev);

	/* Below 0: it is misaligned as a whole, and its own start is as good. */
	geometry->align_shift = segment->shift -
				(max(offset, 0) >> SECTOR_SHIFT);
	geometry->physical = max(bdev_physical_block_size(bdev) >> SECTOR_SHIFT,
				 1U);
	geometry->optimal = max(bdev_io_opt(bdev), 0) >> SECTOR_SHIFT;
}

static void dmp_resume(struct dm_target *ti)
{
	struct segment *segment = ti->private;

	locate(segment);
	dmp_volume_go_live(segment->volume, &segment->asked,
			   dm_table_get_size(ti->table));
}

/* A live table shows what messages have made of its arguments. */
static void status_table(const struct segment *segment, char *result,
			 unsigned int maxlen)
{
	struct dmp_table_args args = {
		.device = segment->dev->name,
		.offset = segment->offset,
	};

	dmp_volume_config(segment->volume, &segment->asked,
			  &args.settings.config);
	dmp_table_args_emit(&args, result, maxlen);
}

#ifdef DMP_HAVE_STATUS_IMA
/* What is measured is what the table is, never what was counted. */
static void status_ima(const struct dm_target *ti, char *result,
		       unsigned int maxlen)
{
	const struct segment *segment = ti->private;
	unsigned int sz = 0;

	DMEMIT_TARGET_NAME_VERSION(ti->type);
	DMEMIT(",device_name=%s,start=%llu;", segment->dev->name,
	       (unsigned long long)segment->offset);
}
#endif

static void dmp_status(struct dm_target *ti, status_type_t type,
		       unsigned int status_flags, char *result,
		       unsigned int maxlen)
{
	struct segment *segment = ti->private;
	const struct dmp_snapshot *snapshot;

	switch (type) {
	case STATUSTYPE_INFO:
		snapshot = dmp_volume_snapshot_begin(segment->volume, false);
		dmp_report_status(&snapshot->counts, result, maxlen);
		dmp_volume_snapshot_end(segment->volume);
		break;

	case STATUSTYPE_TABLE:
		status_table(segment, result, maxlen);
		break;

#ifdef DMP_HAVE_STATUS_IMA
	case STATUSTYPE_IMA:
		status_ima(ti, result, maxlen);
		break;
#endif
	}
}

static int dmp_message(struct dm_target *ti, unsigned int argc, char **argv,
		       char *result, unsigned int maxlen)
{
	struct segment *segment = ti->private;
	bool reset = !strcasecmp(argv[0], "reset");
	bool stats = !strcasecmp(argv[0], "stats");

	if (dmp_config_known(argv[0]))
		return dmp_volume_set(segment->volume, argc, argv);
	if (!reset && !stats) {
		DMERR("unknown message '%.64s'", argv[0]);
		return -EINVAL;
	}
	if (argc > 1) {
		DMERR("message '%.64s': takes no value", argv[0]);
		return -EINVAL;
	}

	if (reset) {
		dmp_volume_reset(segment->volume);
		return 0;
	}
	dmp_report_stats(segment->volume, result, maxlen);
	return 1; /* there is a result */
}

static int dmp_prepare_ioctl(DMP_PREPARE_IOCTL_PARAMS)
{
	const struct segment *segment = ti->private;

	*bdev = segment->bdev;

	/* 1: the segment is not the whole device, so no raw commands to it. */
	return segment->offset || ti->len != dmp_bdev_sectors(*bdev);
}

static int dmp_iterate_devices(struct dm_target *ti,
			       iterate_devices_callout_fn fn, void *data)
{
	const struct segment *segment = ti->private;

	return fn(ti, segment->dev, segment->offset, ti->len, data);
}

#ifdef CONFIG_BLK_DEV_ZONED
static int dmp_report_zones(struct dm_target *ti,
			    struct dm_report_zones_args *args,
			    unsigned int nr_zones)
{
	const struct segment *segment = ti->private;

	return dmp_report_zones_below(segment->bdev, segment->offset,
				      sector_below(segment, args->next_sector),
				      args, nr_zones);
}
#endif

#ifdef DMP_DAX
/* DAX maps memory: there is no bio, and nothing to count. */
static int dax_below(struct dm_target *ti, pgoff_t *pgoff, size_t bytes)
{
	const struct segment *segment = ti->private;
	sector_t sector = (sector_t)*pgoff << (PAGE_SHIFT - SECTOR_SHIFT);

	return dmp_bdev_dax_pgoff(segment->bdev, sector_below(segment, sector),
				  bytes, pgoff);
}

static struct dax_device *dax_device(const struct dm_target *ti)
{
	const struct segment *segment = ti->private;

	return segment->dev->dax_dev;
}

static long dmp_direct_access(DMP_DIRECT_ACCESS_PARAMS)
{
	int ret = dax_below(ti, &pgoff, nr_pages * PAGE_SIZE);

	return ret ? ret : dmp_dax_direct_access_below(dax_device(ti), pgoff);
}

static int dmp_dax_zero_page_range(struct dm_target *ti, pgoff_t pgoff,
				   size_t nr_pages)
{
	int ret = dax_below(ti, &pgoff, nr_pages << PAGE_SHIFT);

	return ret ? ret : dax_zero_page_range(dax_device(ti), pgoff, nr_pages);
}

#ifdef DMP_HAVE_DAX_RECOVERY_WRITE
static size_t dmp_dax_recovery_write(struct dm_target *ti, pgoff_t pgoff,
				     void *addr, size_t bytes,
				     struct iov_iter *i)
{
	if (dax_below(ti, &pgoff, bytes))
		return 0;
	return dax_recovery_write(dax_device(ti), pgoff, addr, bytes, i);
}
#endif

#ifdef DMP_HAVE_DAX_COPY_ITER
static size_t dmp_dax_copy_from_iter(struct dm_target *ti, pgoff_t pgoff,
				     void *addr, size_t bytes,
				     struct iov_iter *i)
{
	if (dax_below(ti, &pgoff, ALIGN(bytes, PAGE_SIZE)))
		return 0;
	return dax_copy_from_iter(dax_device(ti), pgoff, addr, bytes, i);
}

static size_t dmp_dax_copy_to_iter(struct dm_target *ti, pgoff_t pgoff,
				   void *addr, size_t bytes,
				   struct iov_iter *i)
{
	if (dax_below(ti, &pgoff, ALIGN(bytes, PAGE_SIZE)))
		return 0;
	return dax_copy_to_iter(dax_device(ti), pgoff, addr, bytes, i);
}
#endif
#endif /* DMP_DAX */

static struct target_type dmp_target = {
	.name = "dmp",
	.version = { DMP_VERSION_MAJOR, DMP_VERSION_MINOR, DMP_VERSION_PATCH },
	.features = DM_TARGET_PASSES_INTEGRITY | DM_TARGET_NOWAIT | DMP_ZONED |
		    DMP_PASSES_CRYPTO | DMP_ATOMIC_WRITES,
	.module = THIS_MODULE,
	.ctr = dmp_ctr,
	.dtr = dmp_dtr,
	.map = dmp_map,
	.end_io = dmp_end_io,
	.resume = dmp_resume,
	.status = dmp_status,
	.message = dmp_message,
	.prepare_ioctl = dmp_prepare_ioctl,
	.iterate_devices = dmp_iterate_devices,
#ifdef CONFIG_BLK_DEV_ZONED
	.report_zones = dmp_report_zones,
#endif
#ifdef DMP_DAX
	.direct_access = dmp_direct_access,
	.dax_zero_page_range = dmp_dax_zero_page_range,
#ifdef DMP_HAVE_DAX_RECOVERY_WRITE
	.dax_recovery_write = dmp_dax_recovery_write,
#endif
#ifdef DMP_HAVE_DAX_COPY_ITER
	.dax_copy_from_iter = dmp_dax_copy_from_iter,
	.dax_copy_to_iter = dmp_dax_copy_to_iter,
#endif
#endif
};

/**
 * dmp_target_init() - register the target with device-mapper
 *
 * Context: may sleep.
 * Return: 0; -EEXIST or -EBUSY if another module holds the name.
 */
int dmp_target_init(void)
{
	int ret = dm_register_target(&dmp_target);

	/* Newer kernels say -EBUSY, older ones -EEXIST. */
	if (ret == -EEXIST || ret == -EBUSY)
		DMERR("target '%s' is already there: dmp or device_mapper_proxy is loaded",
		      dmp_target.name);
	else if (ret)
		DMERR("register failed: %d", ret);
	return ret;
}

/**
 * dmp_target_exit() - take the target away
 *
 * Context: may sleep; no table uses it.
 */
void dmp_target_exit(void)
{
	dm_unregister_target(&dmp_target);
}
