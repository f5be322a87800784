/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that knows how kernels differ. Wrappers are called dmp_*; no
 * kernel name is redefined. probed.h comes from compat/probe.sh; features
 * that the kernel announces by a macro of its own are tested by that macro.
 * Included by .c files only.
 */
#ifndef DMP_COMPAT_H
#define DMP_COMPAT_H

#include <linux/blkdev.h>
#include <linux/dax.h>
#include <linux/device-mapper.h>

#include "probed.h"

/* Features of dm-linear on this kernel. */
#ifdef DM_TARGET_PASSES_CRYPTO
#define DMP_PASSES_CRYPTO DM_TARGET_PASSES_CRYPTO
#else
#define DMP_PASSES_CRYPTO 0
#endif

#ifdef DM_TARGET_ATOMIC_WRITES
#define DMP_ATOMIC_WRITES DM_TARGET_ATOMIC_WRITES
#else
#define DMP_ATOMIC_WRITES 0
#endif

/* Before v5.15, a zoned target without CONFIG_BLK_DEV_ZONED is refused. */
#ifdef CONFIG_BLK_DEV_ZONED
#define DMP_ZONED DM_TARGET_ZONED_HM
#else
#define DMP_ZONED 0
#endif

static inline sector_t dmp_bdev_sectors(struct block_device *bdev)
{
#ifdef DMP_HAVE_BDEV_NR_SECTORS
	return bdev_nr_sectors(bdev);
#else
	return i_size_read(bdev->bd_inode) >> SECTOR_SHIFT;
#endif
}

/*
 * The sector of a bio on @bdev, to which it was submitted. The block layer adds the
 * start of a partition to bi_sector.
 */
static inline sector_t dmp_bio_sector_on(const struct bio *bio,
					 struct block_device *bdev)
{
#ifdef DMP_HAVE_BIO_REMAPPED
	bool remapped = bio_flagged((struct bio *)bio, BIO_REMAPPED);
#else
	bool remapped = !bio->bi_partno;
#endif

	return bio->bi_iter.bi_sector - (remapped ? get_start_sect(bdev) : 0);
}

static inline void dmp_pass_write_same(struct dm_target *ti)
{
#ifdef DMP_HAVE_WRITE_SAME
	ti->num_write_same_bios = 1;
#endif
}

#ifdef DMP_HAVE_PREPARE_IOCTL_CMD
#define DMP_PREPARE_IOCTL_PARAMS						\
	struct dm_target *ti, struct block_device **bdev,			\
	unsigned int cmd, unsigned long arg, bool *forward
#else
#define DMP_PREPARE_IOCTL_PARAMS						\
	struct dm_target *ti, struct block_device **bdev
#endif

#ifdef CONFIG_BLK_DEV_ZONED
static inline int dmp_report_zones_below(struct block_device *bdev,
					 sector_t start, sector_t sector,
					 struct dm_report_zones_args *args,
					 unsigned int nr_zones)
{
#ifdef DMP_HAVE_DM_REPORT_ZONES
	return dm_report_zones(bdev, start, sector, args, nr_zones);
#else
	args->start = start;
	return blkdev_report_zones(bdev, sector, nr_zones, dm_report_zones_cb,
				   args);
#endif
}
#endif

/* CONFIG_DAX_DRIVER was folded into CONFIG_FS_DAX in v5.17. */
#if IS_ENABLED(CONFIG_FS_DAX) || IS_ENABLED(CONFIG_DAX_DRIVER)
#define DMP_DAX

#ifdef DMP_HAVE_DAX_PFN_T
#define dmp_pfn_t pfn_t
#else
#define dmp_pfn_t unsigned long
#endif

#ifdef DMP_HAVE_DAX_ACCESS_MODE
#define DMP_DIRECT_ACCESS_PARAMS						\
	struct dm_target *ti, pgoff_t pgoff, long nr_pages,			\
	enum dax_access_mode mode, void **kaddr, dmp_pfn_t *pfn
#define dmp_dax_direct_access_below(dax_dev, pgoff)				\
	dax_direct_access(dax_dev, pgoff, nr_pages, mode, kaddr, pfn)
#else
#define DMP_DIRECT_ACCESS_PARAMS						\
	struct dm_target *ti, pgoff_t pgoff, long nr_pages,			\
	void **kaddr, dmp_pfn_t *pfn
#define dmp_dax_direct_access_below(dax_dev, pgoff)				\
	dax_direct_access(dax_dev, pgoff, nr_pages, kaddr, pfn)
#endif

/*
 * From v5.17 the DAX core checks alignment when it looks the device up, and
 * the page offset cannot fail.
 */
static inline int dmp_bdev_dax_pgoff(struct block_device *bdev, sector_t sector,
				     size_t bytes, pgoff_t *pgoff)
{
#ifdef DMP_HAVE_BDEV_DAX_PGOFF
	return bdev_dax_pgoff(bdev, sector, bytes, pgoff);
#else
	*pgoff = (get_start_sect(bdev) + sector) >> (PAGE_SHIFT - SECTOR_SHIFT);
	return 0;
#endif
}
#endif /* FS_DAX || DAX_DRIVER */

#endif /* DMP_COMPAT_H */
