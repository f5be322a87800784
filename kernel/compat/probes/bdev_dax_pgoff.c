// SPDX-License-Identifier: GPL-2.0-or-later
/* Until cd913c76f489 ("dax: return the partition offset from fs_dax_get_by_bdev"), v5.17 */
#include <linux/dax.h>
#include <linux/blkdev.h>

int probe(struct block_device *bdev, pgoff_t *pgoff)
{
	return bdev_dax_pgoff(bdev, 0, PAGE_SIZE, pgoff);
}
