// SPDX-License-Identifier: GPL-2.0-or-later
/* Until 60696eb26a37 ("fsdax: simplify the pgoff calculation"), v5.17 */
#include <linux/dax.h>
#include <linux/blkdev.h>

int probe(struct block_device *bdev, pgoff_t *pgoff)
{
	return bdev_dax_pgoff(bdev, 0, PAGE_SIZE, pgoff);
}
