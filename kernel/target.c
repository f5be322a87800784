// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The target "dmp": dm-linear with statistics.
 *
 * All callbacks are those of dm-linear on the same kernel; only map and end_io do
 * more. One feature is left out on purpose: flush_bypasses_map (from v6.12) would
 * send flushes below without a call of map, uncounted.
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

/* Size of per-bio data with the padding that its alignment may need. */
#define PER_IO_DATA_SIZE						\
	(sizeof(struct dmp_io) + DMP_BIO_PER_BIO_ALIGN - __alignof__(u64))

/**
 * struct dmp_c - context of one target, that is of one segment of a table
 * @bdev: @dev->bdev, kept at hand for the fast path
 * @shift: added to a sector of the volume, gives the sector of @bdev
 * @cpu: @volume->stats.cpus.cpu, kept at hand for the fast path
 * @stats: &@volume->stats, kept at hand for the fast path
 * @dev: the device below
 * @offset: first sector used on it
 * @volume: holds a reference
 * @geometry: alignment on the device below; written by resume
 * @segment: settings of the table line; linked into @volume, which owns it
 *
 * Written by the constructor, but for the last two members.
 */
struct dmp_c {
	struct block_device *bdev;
	sector_t shift;
	struct dmp_cpu __percpu *cpu;
	struct dmp_stats *stats;
	struct dm_dev *dev;
	sector_t offset;
	struct dmp_volume *volume;
	struct dmp_geometry geometry;
	struct dmp_segment segment;
};

/* Open the device below and check that the segment starts inside it. */
static int open_device(struct dm_target *ti, struct dmp_c *dc,
		       const struct dmp_table_args *args)
{
	sector_t size;
	int ret;

	ret = dm_get_device(ti, args->device, dm_table_get_mode(ti->table),
			    &dc->dev);
	if (ret) {
		ti->error = "Device lookup failed";
		return ret;
	}

	/* Size 0 (no medium yet): device-mapper checks it when the table is complete. */
	size = dmp_bdev_sectors(dc->dev->bdev);
	if (size && args->offset >= size) {
		ti->error = "Invalid device offset";
		dm_put_device(ti, dc->dev);
		return -EINVAL;
	}

	dc->bdev = dc->dev->bdev;
	dc->offset = args->offset;
	dc->shift = args->offset - ti->begin;
	return 0;
}

static int join_volume(struct dm_target *ti, struct dmp_c *dc)
{
	struct dmp_volume *volume;

	volume = dmp_volume_get(dm_table_get_md(ti->table));
	if (IS_ERR(volume)) {
		ti->error = PTR_ERR(volume) == -ENOMEM ?
			"Failed to allocate memory for dmp_data" :
			"Failed to create the statistics directory";
		return PTR_ERR(volume);
	}

	dc->volume = volume;
	dc->stats = &volume->stats;
	dc->cpu = volume->stats.cpus.cpu;
	return 0;
}

/* Table line: <device> [<offset> [<#args> <arg>...]] */
static int dmp_ctr(struct dm_target *ti, unsigned int argc, char **argv)
{
	struct dmp_table_args args;
	struct dmp_c *dc;
	int ret;

	ret = dmp_table_args_parse(&args, argc, argv, &ti->error);
	if (ret)
		return ret;

	dc = kzalloc(sizeof(*dc), GFP_KERNEL);
	if (!dc) {
		ti->error = "Failed to allocate memory for dmp_data";
		return -ENOMEM;
	}

	ret = open_device(ti, dc, &args);
	if (ret)
		goto free_context;

	ret = join_volume(ti, dc);
	if (ret)
		goto put_device;

	dc->segment.table = ti->table;
	dc->segment.begin = ti->begin;
	dc->segment.settings = args.settings;
	dmp_volume_join(dc->volume, &dc->segment);
	ti->private = dc;
	ti->per_io_data_size = PER_IO_DATA_SIZE;
	ti->num_flush_bios = 1;
	ti->num_discard_bios = 1;
	ti->num_secure_erase_bios = 1;
	ti->num_write_zeroes_bios = 1;
	dmp_pass_write_same(ti);
	return 0;

put_device:
	dm_put_device(ti, dc->dev);
free_context:
	kfree(dc);
	return ret;
}

static void dmp_dtr(struct dm_target *ti)
{
	struct dmp_c *dc = ti->private;

	dmp_volume_leave(dc->volume, &dc->segment);
	dmp_volume_put(dc->volume);
	dm_put_device(ti, dc->dev);
	kfree(dc);
}

static sector_t sector_below(const struct dmp_c *dc, sector_t sector)
{
	return sector + dc->shift;
}

/*
 * Per-bio state is kept in the clone's bi_private. The target owns the clone from map
 * to end_io, device-mapper keeps nothing there, and drivers that borrow the member
 * (a stacked dm that polls, md, the fallback of inline encryption) restore it before
 * the bio completes. With dm_per_bio_data() at both ends instead, a 4 KiB read took 33
 * instructions more (bench/run cost, v6.1).
 */
static __always_inline int remap(const struct dmp_c *dc, struct bio *bio,
				 unsigned long state)
{
	bio->bi_private = (void *)state;
	bio->bi_iter.bi_sector = sector_below(dc, bio->bi_iter.bi_sector);
	bio_set_dev(bio, dc->bdev);
	return DM_MAPIO_REMAPPED;
}

/* Per-bio data, aligned within the bytes that device-mapper reserved. */
static struct dmp_io *io_of(struct bio *bio)
{
	return PTR_ALIGN((struct dmp_io *)dm_per_bio_data(bio, PER_IO_DATA_SIZE),
			 DMP_BIO_PER_BIO_ALIGN);
}

/* noinline: the fast path tail-calls it and so need not save registers. */
static noinline int map_slow(const struct dmp_c *dc, struct bio *bio)
{
	return remap(dc, bio,
		     dmp_slow_submit(dc->stats, &dc->geometry, bio,
				     io_of(bio)));
}

/* One bio in latency_every. */
static noinline int map_timed(const struct dmp_c *dc, struct bio *bio,
			      u32 mode, unsigned long state)
{
	struct dmp_block *block = dmp_this_block(dc->cpu);

	return remap(dc, bio,
		     state | dmp_fast_start_timed(dc->stats, dc->cpu,
						  &block->submit, mode));
}

/* Submission after patterns have been counted: epoch, clock, remap. */
static __always_inline int map_finish(const struct dmp_c *dc,
				      struct dmp_submit_state *submit,
				      struct bio *bio, u32 mode,
				      unsigned long state)
{
	struct dmp_cpu __percpu *cpu = dc->cpu;

	if (mode == DMP_MODE_PATTERNS) {
		dmp_fast_no_epoch(cpu, submit);
		return remap(dc, bio, state);
	}
	if (mode & DMP_MODE_TIME_EACH)
		return remap(dc, bio, state | dmp_fast_start(dc->stats, cpu,
							     submit, mode));
	if (!dmp_skip_time(dc->stats, submit))
		return map_timed(dc, bio, mode, state);
	return remap(dc, bio, state | dmp_fast_no_start(cpu, submit, mode));
}

static noinline int map_sequential(const struct dmp_c *dc, struct bio *bio,
				   u32 mode)
{
	struct dmp_block *block = dmp_this_block(dc->cpu);
	unsigned long state;

	if (!dmp_fast_continue(block, bio, &state))
		return map_slow(dc, bio);
	return map_finish(dc, &block->submit, bio, mode, state);
}

static __always_inline int map_tracked(const struct dmp_c *dc,
				       struct bio *bio, u32 mode)
{
	struct dmp_block *block;
	unsigned long state;

	if (unlikely(mode & DMP_MODE_SLOW || !dmp_is_plain_rw(bio)))
		return map_slow(dc, bio);
	block = dmp_this_block(dc->cpu);
	if (unlikely(dmp_fast_may_continue(block, bio)))
		return map_sequential(dc, bio, mode);
	if (unlikely(!dmp_fast_patterns(block, bio, &state)))
		return map_slow(dc, bio);
	return map_finish(dc, &block->submit, bio, mode, state);
}

static int dmp_map(struct dm_target *ti, struct bio *bio)
{
	const struct dmp_c *dc = ti->private;
	u32 mode = READ_ONCE(dc->stats->mode);

	/* A constant mode spares the fast path of patterns its branches. */
	if (mode == DMP_MODE_PATTERNS)
		return map_tracked(dc, bio, DMP_MODE_PATTERNS);
	if (mode > DMP_MODE_PATTERNS)
		return map_tracked(dc, bio, mode);
	if (unlikely(!dmp_is_plain_rw(bio)))
		return map_slow(dc, bio);

	dmp_count_submitted(dc->cpu, 0);
	return remap(dc, bio,
		     dmp_rw_state(dmp_rw_op(bio), bio->bi_iter.bi_size));
}

/*
 * __noclone: the parameters are where the fast path has them, which so need not move
 * them around.
 */
static noinline __noclone int end_io_slow(const struct dmp_c *dc,
					  const struct bio *bio,
					  const blk_status_t *error)
{
	dmp_slow_complete(dc->stats, (unsigned long)bio->bi_private,
			  dmp_bio_sector_on(bio, dc->bdev) - dc->shift, *error);
	return DM_ENDIO_DONE;
}

static int dmp_end_io(struct dm_target *ti, struct bio *bio,
		      blk_status_t *error)
{
	const struct dmp_c *dc = ti->private;
	unsigned long state;

	if (unlikely(*error))
		return end_io_slow(dc, bio, error);
	state = (unsigned long)bio->bi_private;
	if (!(state & (DMP_BIO_EPOCH | DMP_BIO_NOT_PLAIN))) {
		dmp_count_completed(dc->cpu, state);
		return DM_ENDIO_DONE;
	}
	/* Only from here on: compilers would copy them for the slow path before the return. */
	OPTIMIZER_HIDE_VAR(state);
	OPTIMIZER_HIDE_VAR(bio);
	OPTIMIZER_HIDE_VAR(error);
	if (!dmp_fast_complete(dc->stats, state))
		return end_io_slow(dc, bio, error);
	return DM_ENDIO_DONE;
}

/*
 * Alignment of the segment on the device below, whose physical blocks begin at its
 * alignment offset.
 */
static void set_geometry(struct dmp_c *dc)
{
	struct block_device *bdev = dc->bdev;
	struct dmp_geometry *geometry = &dc->geometry;
	int offset = bdev_alignment_offset(bdev);

	/* Negative: misaligned as a whole, so blocks are counted from its start. */
	geometry->align_shift = dc->shift -
				(max(offset, 0) >> SECTOR_SHIFT);
	geometry->physical = max(bdev_physical_block_size(bdev) >> SECTOR_SHIFT,
				 1U);
	geometry->optimal = max(bdev_io_opt(bdev), 0) >> SECTOR_SHIFT;
}

static void dmp_resume(struct dm_target *ti)
{
	struct dmp_c *dc = ti->private;

	set_geometry(dc);
	dmp_volume_go_live(dc->volume, &dc->segment,
			   dm_table_get_size(ti->table));
}

/* A live table shows the settings in force, which messages may have changed. */
static void status_table(const struct dmp_c *dc, char *result,
			 unsigned int maxlen)
{
	struct dmp_table_args args = {
		.device = dc->dev->name,
		.offset = dc->offset,
	};

	dmp_volume_config(dc->volume, &dc->segment,
			  &args.settings.config);
	dmp_table_args_emit(&args, result, maxlen);
}

#ifdef DMP_HAVE_STATUS_IMA
/* IMA measures the table only: statistics would change the hash. */
static void status_ima(const struct dm_target *ti, char *result,
		       unsigned int maxlen)
{
	const struct dmp_c *dc = ti->private;
	unsigned int sz = 0;

	DMEMIT_TARGET_NAME_VERSION(ti->type);
	DMEMIT(",device_name=%s,start=%llu;", dc->dev->name,
	       (unsigned long long)dc->offset);
}
#endif

static void dmp_status(struct dm_target *ti, status_type_t type,
		       unsigned int status_flags, char *result,
		       unsigned int maxlen)
{
	struct dmp_c *dc = ti->private;
	const struct dmp_snapshot *snapshot;

	switch (type) {
	case STATUSTYPE_INFO:
		snapshot = dmp_volume_snapshot_begin(dc->volume,
						     DMP_NO_HISTS);
		dmp_report_status(&snapshot->counts, result, maxlen);
		dmp_volume_snapshot_end(dc->volume);
		break;

	case STATUSTYPE_TABLE:
		status_table(dc, result, maxlen);
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
	struct dmp_c *dc = ti->private;
	bool reset = !strcasecmp(argv[0], "reset");
	bool stats = !strcasecmp(argv[0], "stats");

	if (dmp_config_known(argv[0]))
		return dmp_volume_set(dc->volume, argc, argv);
	if (!reset && !stats) {
		DMERR("unknown message '%.64s'", argv[0]);
		return -EINVAL;
	}
	if (argc > 1) {
		DMERR("message '%.64s': takes no value", argv[0]);
		return -EINVAL;
	}

	if (reset)
		return dmp_volume_reset(dc->volume);
	dmp_report_stats(dc->volume, result, maxlen);
	return 1; /* a result was written */
}

static int dmp_prepare_ioctl(DMP_PREPARE_IOCTL_PARAMS)
{
	const struct dmp_c *dc = ti->private;

	*bdev = dc->bdev;

	/* 1: the segment is not the whole device, so SCSI passthrough is refused. */
	return dc->offset || ti->len != dmp_bdev_sectors(*bdev);
}

static int dmp_iterate_devices(struct dm_target *ti,
			       iterate_devices_callout_fn fn, void *data)
{
	const struct dmp_c *dc = ti->private;

	return fn(ti, dc->dev, dc->offset, ti->len, data);
}

#ifdef CONFIG_BLK_DEV_ZONED
static int dmp_report_zones(struct dm_target *ti,
			    struct dm_report_zones_args *args,
			    unsigned int nr_zones)
{
	const struct dmp_c *dc = ti->private;

	return dmp_report_zones_below(dc->bdev, dc->offset,
				      sector_below(dc, args->next_sector),
				      args, nr_zones);
}
#endif

#ifdef DMP_DAX
/* DAX maps memory: no bio is submitted, and nothing is counted. */
static int dax_below(struct dm_target *ti, pgoff_t *pgoff, size_t bytes)
{
	const struct dmp_c *dc = ti->private;
	sector_t sector = (sector_t)*pgoff << (PAGE_SHIFT - SECTOR_SHIFT);

	return dmp_bdev_dax_pgoff(dc->bdev, sector_below(dc, sector),
				  bytes, pgoff);
}

static struct dax_device *dax_device(const struct dm_target *ti)
{
	const struct dmp_c *dc = ti->private;

	return dc->dev->dax_dev;
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
