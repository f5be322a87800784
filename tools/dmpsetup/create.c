// SPDX-License-Identifier: GPL-2.0-or-later
/* create and remove: a volume over a block device that nobody uses yet. */
#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "commands.h"
#include "mapper.h"
#include "settings.h"

/* Where a device is mounted, or NULL. */
static char *mount_point(dev_t number)
{
	struct libmnt_table *mounts = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_fs *fs = mounts ? mnt_table_find_devno(mounts, number, MNT_ITER_FORWARD) : NULL;
	char *target = fs ? dmp_strdup(mnt_fs_get_target(fs)) : NULL;

	mnt_unref_table(mounts);
	return target;
}

static int in_use(const char *device)
{
	struct stat stat_now;
	char *target = stat(device, &stat_now) ? NULL : mount_point(stat_now.st_rdev);

	if (target)
		fprintf(stderr, "dmpsetup: %s is in use: it is mounted on %s\n", device, target);
	else
		fprintf(stderr, "dmpsetup: %s is in use: lsblk tells by what\n", device);
	free(target);
	return -1;
}

/*
 * Size of a block device in sectors that nobody has claimed. It is claimed for as long
 * as this looks at it; device-mapper claims it afterwards, and has the last word.
 */
static int unused_sectors(const char *device, bool *read_only, uint64_t *sectors)
{
	int fd = open(device, O_RDONLY | O_EXCL | O_CLOEXEC), flag = 0, error;
	uint64_t bytes = 0;
	struct stat stat;

	error = fd < 0 ? errno : 0;
	if (error == EBUSY)
		return in_use(device);
	if (fd < 0 || fstat(fd, &stat)) {
		fprintf(stderr, "dmpsetup: cannot open %s: %s\n", device, strerror(error));
		return -1;
	}
	if (!S_ISBLK(stat.st_mode) || ioctl(fd, BLKGETSIZE64, &bytes)) {
		fprintf(stderr, "dmpsetup: %s is no block device\n", device);
		close(fd);
		return -1;
	}
	ioctl(fd, BLKROGET, &flag);
	*read_only = flag;
	*sectors = bytes / 512;
	close(fd);
	return 0;
}

/* The line of a table, or -1 after a message. */
static int make_table(const struct request *request, struct table *table, bool *read_only)
{
	char *device = blkid_evaluate_spec(request->device, NULL), *params = NULL;
	uint64_t sectors, offset;
	int status = -1;

	if (!device) {
		fprintf(stderr, "dmpsetup: there is no device %s\n", request->device);
		return -1;
	}
	params = settings_params(device, request->settings, &offset);
	if (!params || unused_sectors(device, read_only, &sectors))
		goto out;
	if (offset >= sectors) {
		fprintf(stderr, "dmpsetup: offset=%llu: %s has %llu sectors\n",
			(unsigned long long)offset, device, (unsigned long long)sectors);
		goto out;
	}
	table_append(table, 0, sectors - offset, "dmp", params);
	status = 0;
out:
	free(params);
	free(device);
	return status;
}

static int is_free(const char *name)
{
	struct device device;
	int found = mapper_find(name, &device);

	if (found > 0) {
		fprintf(stderr, "dmpsetup: there is a device %s already\n", name);
		device_free(&device);
	}
	return found ? -1 : 0;
}

int command_create(const struct request *request)
{
	char *uuid = dmp_format("%s%s", VOLUME_UUID, request->name);
	int status = EXIT_FAILED;
	struct table table = { 0 };
	bool read_only;

	if (is_free(request->name) || make_table(request, &table, &read_only))
		goto out;
	if (request->dry_run) {
		printf("dmsetup create %s --uuid %s%s --table '0 %llu dmp %s'\n", request->name, uuid,
		       read_only ? " --readonly" : "",
		       (unsigned long long)table_sectors(&table), table.segments[0].params);
		status = EXIT_DONE;
	} else if (!mapper_create(request->name, uuid, read_only, &table, false)) {
		status = EXIT_DONE;
	}
out:
	table_free(&table);
	free(uuid);
	return status;
}

/* Only what this program would have made: other devices are dmsetup's. */
static int is_volume(const char *name, const struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		if (strcmp(table->segments[i].target, "dmp")) {
			fprintf(stderr, "dmpsetup: %s is no dmp volume, it is %s\n", name,
				table->segments[i].target);
			return -1;
		}
	}
	return 0;
}

int command_remove(const struct request *request)
{
	int found, status = EXIT_FAILED;
	struct table table = { 0 };
	struct device device;

	found = mapper_find(request->name, &device);
	if (found <= 0) {
		if (!found)
			fprintf(stderr, "dmpsetup: there is no device %s\n", request->name);
		return EXIT_FAILED;
	}
	if (device.opened) {
		fprintf(stderr, "dmpsetup: %s is in use\n", request->name);
	} else if (strncmp(device.uuid, LOWER_UUID, strlen(LOWER_UUID)) &&
		   (mapper_read_table(request->name, &table) || is_volume(request->name, &table))) {
		;
	} else if (request->dry_run) {
		printf("dmsetup remove %s\n", request->name);
		status = EXIT_DONE;
	} else if (!mapper_remove(request->name)) {
		status = EXIT_DONE;
	}
	table_free(&table);
	device_free(&device);
	return status;
}
