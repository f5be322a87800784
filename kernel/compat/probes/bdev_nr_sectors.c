// SPDX-License-Identifier: GPL-2.0-or-later
/* a782483cc1f8 ("block: remove the nr_sects field in struct hd_struct"), v5.11 */
#include <linux/blkdev.h>

sector_t probe(struct block_device *bdev)
{
	return bdev_nr_sectors(bdev);
}
