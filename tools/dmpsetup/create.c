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
#include <sys/sysmacros.h>
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

static void tell_use(const char *device, dev_t number)
{
	char *target = mount_point(number);

	if (target)
		fprintf(stderr, "dmpsetup: %s is in use: it is mounted on %s\n", device, target);
	else
		fprintf(stderr, "dmpsetup: %s is in use: lsblk tells by what\n", device);
	free(target);
}

/*
 * Claim a block device, or say who has it; -1: it cannot be had. device-mapper claims it
 * once more, and has the last word. What it is comes first: to open a pipe might take long.
 */
static int claim(const char *device)
{
	struct stat status;
	int fd;

	if (stat(device, &status)) {
		fprintf(stderr, "dmpsetup: %s: %s\n", device, strerror(errno));
		return -1;
	}
	if (!S_ISBLK(status.st_mode)) {
		fprintf(stderr, "dmpsetup: %s is no block device\n", device);
		return -1;
	}
	fd = open(device, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY)
		tell_use(device, status.st_rdev);
	else if (fd < 0)
		fprintf(stderr, "dmpsetup: cannot open %s: %s\n", device, strerror(errno));
	return fd;
}

/* Size in sectors, and whether nothing can be written, of a device that nobody uses. */
static int unused_sectors(const char *device, bool *read_only, uint64_t *sectors)
{
	int fd = claim(device), flag = 0, status = 0;
	uint64_t bytes = 0;

	if (fd < 0)
		return -1;
	if (ioctl(fd, BLKGETSIZE64, &bytes) || ioctl(fd, BLKROGET, &flag)) {
		fprintf(stderr, "dmpsetup: cannot ask %s for its size: %s\n", device, strerror(errno));
		status = -1;
	}
	*read_only = flag;
	*sectors = bytes / 512;
	close(fd);
	return status;
}

/*
 * In the initramfs the root file system may stand on it: better unwatched than not there.
 */
static void append(const struct request *request, struct table *table, uint64_t sectors,
		   const char *params, const char *device, uint64_t offset)
{
	char *unwatched;

	if (!request->initrd || mapper_has_target("dmp")) {
		table_append(table, 0, sectors - offset, "dmp", params);
		return;
	}
	fprintf(stderr, "dmpsetup: there is no module dmp: %s is unwatched\n", request->name);
	unwatched = dmp_format("%s %llu", device, (unsigned long long)offset);
	table_append(table, 0, sectors - offset, "linear", unwatched);
	free(unwatched);
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
	append(request, table, sectors, params, device, offset);
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

	if (mapper_check_name(request->name) || is_free(request->name) || make_table(request, &table, &read_only))
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

/* Only what this program would have made, with a line if it is not: others are dmsetup's. */
static bool is_ours(const struct device *device)
{
	struct table table;
	const char *target;
	bool ours;

	if (device_is_lower(device) || device_is_volume(device))
		return true;
	if (mapper_read_table(device->name, &table))
		return false;
	target = table.n ? table.segments[0].target : "without a table";
	ours = !strcmp(target, "dmp");
	if (!ours)
		fprintf(stderr, "dmpsetup: %s is no dmp volume, it is %s\n", device->name, target);
	table_free(&table);
	return ours;
}

/*
 * Whoever uses a device has claimed it: a mount, a mapped device, swap. udev, which opens
 * it for an instant now and then, has not.
 */
static bool is_claimed(const struct device *device)
{
	char *node = dmp_format("/dev/dm-%u", device->minor);
	int fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC);
	bool claimed = fd < 0 && errno == EBUSY;

	if (fd >= 0)
		close(fd);
	free(node);
	return claimed;
}

static int remove_device(const struct device *device, bool dry_run)
{
	if (device->opened && is_claimed(device)) {
		tell_use(device->name, makedev(device->major, device->minor));
		return -1;
	}
	if (!is_ours(device))
		return -1;
	if (!dry_run)
		return mapper_remove(device->name);
	printf("dmsetup remove %s\n", device->name);
	return 0;
}

int command_remove(const struct request *request)
{
	struct device device;
	int found = mapper_find(request->name, &device), status;

	if (found <= 0) {
		if (!found)
			fprintf(stderr, "dmpsetup: there is no device %s\n", request->name);
		return EXIT_FAILED;
	}
	status = remove_device(&device, request->dry_run);
	device_free(&device);
	return status ? EXIT_FAILED : EXIT_DONE;
}
