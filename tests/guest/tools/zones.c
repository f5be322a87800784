// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The zones of a zoned device: reports them, one line each (start, length,
 * capacity, write pointer, type, condition), or changes their state. Newer
 * releases no longer install blkzone(8) everywhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkzoned.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define MAX_ZONES 256

static int report(int fd, unsigned long long sector)
{
	struct blk_zone_report *rep;
	struct blk_zone *zone;
	unsigned int i;

	rep = calloc(1, sizeof(*rep) + MAX_ZONES * sizeof(*zone));
	rep->sector = sector;
	rep->nr_zones = MAX_ZONES;
	if (ioctl(fd, BLKREPORTZONE, rep))
		return -1;
	for (i = 0; i < rep->nr_zones; i++) {
		zone = &rep->zones[i];
		printf("%llu %llu %llu %llu %u %u\n", zone->start, zone->len,
		       rep->flags & BLK_ZONE_REP_CAPACITY ? zone->capacity : zone->len,
		       zone->wp, zone->type, zone->cond);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct blk_zone_range range = { 0 };
	int fd, ret = -1;

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: zones report|reset|open|close|finish DEVICE SECTOR [SECTORS]\n");
		return 2;
	}
	fd = open(argv[2], strcmp(argv[1], "report") ? O_RDWR : O_RDONLY);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	range.sector = strtoull(argv[3], NULL, 10);
	range.nr_sectors = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
	if (!strcmp(argv[1], "report"))
		ret = report(fd, range.sector);
	else if (!strcmp(argv[1], "reset"))
		ret = ioctl(fd, BLKRESETZONE, &range);
	else if (!strcmp(argv[1], "open"))
		ret = ioctl(fd, BLKOPENZONE, &range);
	else if (!strcmp(argv[1], "close"))
		ret = ioctl(fd, BLKCLOSEZONE, &range);
	else if (!strcmp(argv[1], "finish"))
		ret = ioctl(fd, BLKFINISHZONE, &range);
	else
		errno = EINVAL;
	if (ret)
		perror(argv[1]);
	return !!ret;
}
