// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fill a file with lines "TEXT NUMBER" through a mapping of it, flush it, and
 * print "dax" if the kernel says that the file's memory is the medium's own,
 * "page cache" if not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE 64

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

int main(int argc, char **argv)
{
	struct statx stx;
	size_t bytes, at;
	char *map, line[LINE + 1];
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: mmap-write FILE BYTES TEXT\n");
		return 2;
	}
	bytes = strtoull(argv[2], NULL, 10);
	fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || posix_fallocate(fd, 0, bytes)) {
		perror(argv[1]);
		return 1;
	}
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (at = 0; at + LINE <= bytes; at += LINE) {
		snprintf(line, sizeof(line), "%-40.40s %022zu\n", argv[3], at / LINE);
		memcpy(map + at, line, LINE);
	}
	if (msync(map, bytes, MS_SYNC) || munmap(map, bytes) || fsync(fd) ||
	    statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx)) {
		perror(argv[1]);
		return 1;
	}
	printf("%s\n", stx.stx_attributes & STATX_ATTR_DAX ? "dax" : "page cache");
	return 0;
}
