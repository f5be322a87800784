// SPDX-License-Identifier: GPL-2.0-or-later
/* Until a773187e37fa ("scsi: dm: Remove WRITE_SAME support"), v5.18 */
#include <linux/device-mapper.h>

void probe(struct dm_target *ti)
{
	ti->num_write_same_bios = 1;
}
