// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A lock for each device, so that of attach, detach and settle one at a time changes it:
 * between two of its steps attach has a lower device that nothing uses, which settle would
 * take for one that was left. The kernel releases the lock of a process that is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "lock.h"
#include "mapper.h"

/**
 * device_lock() - wait until no other dmpsetup changes a device, and keep others out
 * @name: of the device, which need not be there
 *
 * Return: for device_unlock(); -1 after a line on standard error.
 */
int device_lock(const char *name)
{
	char *path;
	int fd;

	if (strchr(name, '/')) {
		fprintf(stderr, "dmpsetup: '%s' is no name of a mapped device\n", name);
		return -1;
	}
	if (mkdir(RUN_DIRECTORY, 0755) && errno != EEXIST) {
		fprintf(stderr, "dmpsetup: cannot make %s: %s\n", RUN_DIRECTORY, strerror(errno));
		return -1;
	}
	path = dmp_format(RUN_DIRECTORY "/lock.%s", name);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		fprintf(stderr, "dmpsetup: cannot lock %s: %s\n", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

/**
 * device_unlock() - let others change the device
 * @lock: of device_lock()
 */
void device_unlock(int lock)
{
	close(lock);
}
