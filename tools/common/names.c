// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of volumes: see names.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "memory.h"
#include "names.h"

/* Largest file that is read: far above a page of sysfs. */
#define LARGEST_FILE	(1 << 20)

/* --- files ----------------------------------------------------------------------- */

static char *read_all(int fd)
{
	size_t room = 4096, length = 0;
	char *text = dmp_alloc(room + 1);
	ssize_t got;

	while ((got = read(fd, text + length, room - length)) > 0) {
		length += got;
		if (length < room)
			continue;
		if (room >= LARGEST_FILE)
			break;
		room *= 2;
		text = dmp_resize(text, room + 1, 1);
	}
	if (got < 0) {
		free(text);
		return NULL;
	}
	while (length && text[length - 1] == '\n')
		length--;
	text[length] = 0;
	return text;
}

/**
 * dmp_read_file() - read a small file
 * @root: "" or the directory that stands for /
 * @format: of the path below it
 *
 * Return: its text without newlines at the end, which the caller frees; NULL with errno
 * if it cannot be read.
 */
char *dmp_read_file(const char *root, const char *format, ...)
{
	char path[4096];
	va_list args;
	char *text;
	int fd, length;

	length = snprintf(path, sizeof(path), "%s", root);
	va_start(args, format);
	vsnprintf(path + length, sizeof(path) - length, format, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	text = read_all(fd);
	close(fd);
	return text;
}

static char *read_or_empty(const char *root, const char *device, const char *file)
{
	char *text = dmp_read_file(root, "/sys/block/%s/%s", device, file);

	return text ? text : dmp_strdup("");
}

/* --- names ----------------------------------------------------------------------- */

/**
 * dmp_lv_of() - the logical volume that a mapped device is
 * @name: of the mapped device: lvm2 joins VG, LV and layer by "-", and doubles each "-"
 *	that is part of a name
 * @uuid: of the mapped device: lvm2's begin with "LVM-"
 *
 * Return: VG/LV, or VG/LV-LAYER; "" if it is none. The caller frees it.
 */
char *dmp_lv_of(const char *name, const char *uuid)
{
	bool in_lv = false;
	char *lv, *to;

	if (strncmp(uuid, "LVM-", 4) != 0)
		return dmp_strdup("");
	to = lv = dmp_alloc(strlen(name) + 1);
	for (; *name; name++) {
		if (*name != '-') {
			*to++ = *name;
		} else if (name[1] == '-') {
			*to++ = *name++;
		} else {
			*to++ = in_lv ? '-' : '/';
			in_lv = true;
		}
	}
	return lv;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The directory's entries, in order, separated by commas. */
static char *list_of(const char *root, const char *device, const char *directory)
{
	char *path = dmp_format("%s/sys/block/%s/%s", root, device, directory);
	char **entries = NULL, *list = dmp_strdup(""), *longer;
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t n = 0, i;

	free(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		entries = dmp_resize(entries, n + 1, sizeof(*entries));
		entries[n++] = dmp_strdup(entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(entries, n, sizeof(*entries), compare_text);
	for (i = 0; i < n; i++) {
		longer = dmp_format("%s%s%s", list, i ? "," : "", entries[i]);
		free(list);
		free(entries[i]);
		list = longer;
	}
	free(entries);
	return list;
}

/**
 * dmp_mounts() - the mounts of this process
 * @root: "" or the directory that stands for /
 *
 * Return: the table, for mnt_unref_table(); NULL if there is none.
 */
struct libmnt_table *dmp_mounts(const char *root)
{
	char *path = dmp_format("%s/proc/self/mountinfo", root);
	struct libmnt_table *mounts = mnt_new_table_from_file(path);

	free(path);
	return mounts;
}

static char *mount_of(struct libmnt_table *mounts, const struct dmp_names *names)
{
	struct libmnt_fs *fs = NULL;
	char *path;

	if (!mounts)
		return dmp_strdup("");
	fs = mnt_table_find_devno(mounts, makedev(names->major, names->minor),
				  MNT_ITER_FORWARD);
	/* A file system of several devices has a number of its own. */
	if (!fs) {
		path = dmp_format("/dev/mapper/%s", names->name);
		fs = mnt_table_find_srcpath(mounts, path, MNT_ITER_FORWARD);
		free(path);
	}
	return dmp_strdup(fs ? mnt_fs_get_target(fs) : "");
}

/**
 * dmp_names_read() - everything that a volume is called
 * @names: zeroed; freed with the sample that it is in
 * @root: "" or the directory that stands for /
 * @device: the kernel's name, dm-N
 * @mounts: or NULL
 *
 * Return: false if there is no such mapped device any more; what is known is set.
 */
bool dmp_names_read(struct dmp_names *names, const char *root, const char *device,
		    struct libmnt_table *mounts)
{
	char *numbers, *suspended;

	names->device = dmp_strdup(device);
	names->name = read_or_empty(root, device, "dm/name");
	names->uuid = read_or_empty(root, device, "dm/uuid");
	names->lv = dmp_lv_of(names->name, names->uuid);
	names->below = list_of(root, device, "slaves");

	numbers = read_or_empty(root, device, "dev");
	if (sscanf(numbers, "%u:%u", &names->major, &names->minor) != 2)
		sscanf(device, "dm-%u", &names->minor);
	free(numbers);
	suspended = read_or_empty(root, device, "dm/suspended");
	names->suspended = suspended[0] == '1';
	free(suspended);
	names->mount = mount_of(mounts, names);
	return *names->name;
}

/* /dev/dm-3, /dev/mapper/NAME, /dev/VG/LV, or a link to one of them. */
static bool match_path(const struct dmp_names *names, const char *path)
{
	struct stat status;

	if (!strncmp(path, "/dev/mapper/", 12) && !strcmp(path + 12, names->name))
		return true;
	if (!strncmp(path, "/dev/", 5) &&
	    (!strcmp(path + 5, names->device) || (*names->lv && !strcmp(path + 5, names->lv))))
		return true;
	if (*names->mount && !strcmp(path, names->mount))
		return true;
	return !stat(path, &status) && S_ISBLK(status.st_mode) &&
		major(status.st_rdev) == names->major && minor(status.st_rdev) == names->minor;
}

/**
 * dmp_names_match() - is this what somebody calls the volume?
 * @names: of the volume
 * @text: mapped device's name, dm-N, a path in /dev, VG/LV, major:minor or a mount point
 *
 * Return: whether it is.
 */
bool dmp_names_match(const struct dmp_names *names, const char *text)
{
	unsigned int major, minor;
	char rest;

	if (*text == '/')
		return match_path(names, text);
	if (!strcmp(text, names->name) || !strcmp(text, names->device))
		return true;
	if (*names->lv && !strcmp(text, names->lv))
		return true;
	return sscanf(text, "%u:%u%c", &major, &minor, &rest) == 2 &&
		major == names->major && minor == names->minor;
}
