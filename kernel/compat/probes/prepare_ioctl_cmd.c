// SPDX-License-Identifier: GPL-2.0-or-later
/* 4862c8861d90 ("dm: Allow .prepare_ioctl to handle ioctls directly"), v6.16 */
#include <linux/device-mapper.h>

static int probe(struct dm_target *ti, struct block_device **bdev,
		 unsigned int cmd, unsigned long arg, bool *forward)
{
	return 0;
}

struct target_type probe_type = { .prepare_ioctl = probe };
