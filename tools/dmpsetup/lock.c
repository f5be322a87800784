// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks: see lock.h. The kernel releases those of a process that is killed. */
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

/* Open the file of a lock, in a directory that the next boot empties. */
static int open_lock(const char *path)
{
	int fd = -1;

	if (!mkdir(RUN_DIRECTORY, 0755) || errno == EEXIST)
		fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fprintf(stderr, "dmpsetup: cannot write %s: %s\n", path, strerror(errno));
	return fd;
}

/**
 * device_lock() - wait until no other dmpsetup changes a device, and keep others out
 * @name: of the device, which need not be there
 *
 * Return: for unlock(); -1 after a line on standard error.
 */
int device_lock(const char *name)
{
	char *path;
	int fd;

	if (mapper_check_name(name))
		return -1;
	path = dmp_format(RUN_DIRECTORY "/lock.%s", name);
	fd = open_lock(path);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		fprintf(stderr, "dmpsetup: cannot lock %s: %s\n", path, strerror(errno));
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

/**
 * upgrade_lock() - keep other upgrades out
 *
 * Return: for unlock(); -1 after a line on standard error.
 */
int upgrade_lock(void)
{
	int fd = open_lock(RUN_DIRECTORY "/upgrade.lock");

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		fputs("dmpsetup: an upgrade is under way\n", stderr);
		close(fd);
		fd = -1;
	}
	return fd;
}

/**
 * unlock() - let others go on
 * @lock: of device_lock() or upgrade_lock()
 */
void unlock(int lock)
{
	close(lock);
}
