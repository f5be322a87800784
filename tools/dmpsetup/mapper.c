// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * device-mapper by libdevmapper. Functions that return an int return 0, or -1 after a
 * line on standard error.
 */
#include <errno.h>
#include <libdevmapper.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "mapper.h"

/* What libdevmapper says would be further lines: what failed is told by its caller. */
static void be_quiet(int level, const char *file, int line, int error, const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)error;
	(void)format;
}

/**
 * mapper_start() - check that this process may use device-mapper at all
 */
int mapper_start(void)
{
	char version[64];

	dm_log_with_errno_init(be_quiet);
	if (access("/dev/mapper/control", R_OK | W_OK) && errno == EACCES) {
		fputs("dmpsetup: no right to use device-mapper: run it as root\n", stderr);
		return -1;
	}
	if (!dm_driver_version(version, sizeof(version))) {
		fputs(geteuid() ? "dmpsetup: no right to use device-mapper: run it as root\n" :
		      "dmpsetup: the kernel has no device-mapper: modprobe dm_mod\n", stderr);
		return -1;
	}
	return 0;
}

/**
 * mapper_check_name() - is it a name, with room for what is put before and after it?
 * @name: of a device
 */
int mapper_check_name(const char *name)
{
	if (strchr(name, '/')) {
		fprintf(stderr, "dmpsetup: '%s' is no name of a mapped device\n", name);
		return -1;
	}
	if (strlen(name) <= NAME_LENGTH_MAX)
		return 0;
	fprintf(stderr, "dmpsetup: the name %s is longer than %d characters\n", name,
		NAME_LENGTH_MAX);
	return -1;
}

static struct dm_task *task_new(int type, const char *name)
{
	struct dm_task *task = dm_task_create(type);

	if (!task || (name && !dm_task_set_name(task, name))) {
		fprintf(stderr, "dmpsetup: '%s' is no name of a mapped device\n", name ? name : "");
		if (task)
			dm_task_destroy(task);
		return NULL;
	}
	return task;
}

static int failed(struct dm_task *task, const char *what, const char *name)
{
	int error = dm_task_get_errno(task);

	fprintf(stderr, "dmpsetup: cannot %s %s: %s%s\n", what, name,
		error ? strerror(error) : "device-mapper refused it",
		error == EINVAL ? "; the kernel's log says why" : "");
	return -1;
}

/* --- what is there --------------------------------------------------------------- */

static void fill_device(struct device *device, struct dm_task *task, const struct dm_info *info)
{
	const char *uuid = dm_task_get_uuid(task);

	*device = (struct device){
		.name = dmp_strdup(dm_task_get_name(task)),
		.uuid = dmp_strdup(uuid ? uuid : ""),
		.major = info->major, .minor = info->minor,
		.opened = info->open_count, .event = info->event_nr,
		.read_only = info->read_only, .suspended = info->suspended,
		.has_table = info->live_table, .has_loaded = info->inactive_table,
	};
}

/* Run a DM_DEVICE_INFO: 1 if the device is there, 0 if not. */
static int run_info(struct dm_task *task, const char *what, struct device *device)
{
	struct dm_info info;
	int status = 0;

	if (!dm_task_run(task) || !dm_task_get_info(task, &info)) {
		status = dm_task_get_errno(task) == ENXIO ? 0 : failed(task, "look up", what);
	} else if (info.exists) {
		fill_device(device, task, &info);
		status = 1;
	}
	dm_task_destroy(task);
	return status;
}

/**
 * mapper_find() - look up a mapped device
 * @name: of the device
 * @device: filled if it is there; to be freed with device_free()
 *
 * Return: 1 if it is there, 0 if it is not, -1 after a message.
 */
int mapper_find(const char *name, struct device *device)
{
	struct dm_task *task = task_new(DM_DEVICE_INFO, name);

	return task ? run_info(task, name, device) : -1;
}

/**
 * mapper_find_number() - mapper_find() by device number
 * @major: of the device
 * @minor: of the device
 * @device: as for mapper_find()
 *
 * Return: as mapper_find().
 */
int mapper_find_number(unsigned int major, unsigned int minor, struct device *device)
{
	struct dm_task *task = task_new(DM_DEVICE_INFO, NULL);
	char number[32];

	if (!task)
		return -1;
	dm_task_set_major(task, major);
	dm_task_set_minor(task, minor);
	snprintf(number, sizeof(number), "%u:%u", major, minor);
	return run_info(task, number, device);
}

/* Did attach make it? */
bool device_is_lower(const struct device *device)
{
	return !strncmp(device->uuid, LOWER_UUID, strlen(LOWER_UUID));
}

/* Did create make it? In an initramfs it may be linear. */
bool device_is_volume(const struct device *device)
{
	return !strncmp(device->uuid, VOLUME_UUID, strlen(VOLUME_UUID));
}

void device_free(struct device *device)
{
	free(device->name);
	free(device->uuid);
}

/**
 * mapper_each() - visit all mapped devices
 * @visit: is called for each; other than 0 ends it
 * @data: for @visit
 *
 * Return: what @visit returned last, or -1 after a message.
 */
int mapper_each(int (*visit)(const struct device *device, void *data), void *data)
{
	struct dm_task *task = task_new(DM_DEVICE_LIST, NULL);
	struct dm_names *names;
	struct device device;
	int status = 0;

	if (!task || !dm_task_run(task)) {
		fputs("dmpsetup: cannot list the mapped devices\n", stderr);
		if (task)
			dm_task_destroy(task);
		return -1;
	}
	names = dm_task_get_names(task);
	while (!status && names && names->dev) {
		/* It may have gone since. */
		if (mapper_find(names->name, &device) > 0) {
			status = visit(&device, data);
			device_free(&device);
		}
		if (!names->next)
			break;
		names = (struct dm_names *)((char *)names + names->next);
	}
	dm_task_destroy(task);
	return status;
}

/**
 * mapper_has_target() - is a target there without loading a module?
 * @type: of the target
 */
bool mapper_has_target(const char *type)
{
	struct dm_task *task = task_new(DM_DEVICE_LIST_VERSIONS, NULL);
	struct dm_versions *versions = NULL;
	bool found = false;

	if (task && dm_task_run(task))
		versions = dm_task_get_versions(task);
	while (versions && !found) {
		found = !strcmp(versions->name, type);
		versions = versions->next ?
			   (struct dm_versions *)((char *)versions + versions->next) : NULL;
	}
	if (task)
		dm_task_destroy(task);
	return found;
}

/* --- tables ---------------------------------------------------------------------- */

void table_append(struct table *table, uint64_t start, uint64_t length, const char *target,
		  const char *params)
{
	table->segments = dmp_grow(table->segments, table->n, sizeof(*table->segments));
	table->segments[table->n++] = (struct segment){
		.start = start, .length = length,
		.target = dmp_strdup(target), .params = dmp_strdup(params),
	};
}

uint64_t table_sectors(const struct table *table)
{
	const struct segment *last = table->n ? &table->segments[table->n - 1] : NULL;

	return last ? last->start + last->length : 0;
}

bool table_equal(const struct table *a, const struct table *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++) {
		const struct segment *one = &a->segments[i], *other = &b->segments[i];

		if (one->start != other->start || one->length != other->length ||
		    strcmp(one->target, other->target) || strcmp(one->params, other->params))
			return false;
	}
	return a->n == b->n;
}

/* Parameters may hold a key. */
void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		free(table->segments[i].target);
		explicit_bzero(table->segments[i].params, strlen(table->segments[i].params));
		free(table->segments[i].params);
	}
	free(table->segments);
	*table = (struct table){ 0 };
}

static int read_table(const char *name, bool loaded, struct table *table)
{
	struct dm_task *task = task_new(DM_DEVICE_TABLE, name);
	char *target, *params;
	uint64_t start, length;
	void *next = NULL;

	*table = (struct table){ 0 };
	if (!task)
		return -1;
	if (!dm_task_secure_data(task) || (loaded && !dm_task_query_inactive_table(task)) ||
	    !dm_task_run(task)) {
		failed(task, "read the table of", name);
		dm_task_destroy(task);
		return -1;
	}
	do {
		next = dm_get_next_target(task, next, &start, &length, &target, &params);
		if (target)
			table_append(table, start, length, target, params ? params : "");
	} while (next);
	dm_task_destroy(task);
	return 0;
}

/**
 * mapper_read_table() - the live table, with its keys
 * @name: of the device
 * @table: to fill; to be freed with table_free()
 */
int mapper_read_table(const char *name, struct table *table)
{
	return read_table(name, false, table);
}

/**
 * mapper_read_loaded() - the table that waits for a resume, with its keys
 * @name: of the device
 * @table: as for mapper_read_table()
 */
int mapper_read_loaded(const char *name, struct table *table)
{
	return read_table(name, true, table);
}

static bool add_table(struct dm_task *task, const struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		const struct segment *segment = &table->segments[i];

		if (!dm_task_add_target(task, segment->start, segment->length, segment->target,
					segment->params))
			return false;
	}
	return dm_task_secure_data(task);
}

/* --- changes --------------------------------------------------------------------- */

/* Run a task for which udev makes or removes links, and wait until it has. */
static bool run_with_udev(struct dm_task *task, uint16_t flags)
{
	uint32_t cookie = 0;
	bool done;

	if (!dm_task_set_cookie(task, &cookie, flags))
		return false;
	done = dm_task_run(task);
	dm_udev_wait(cookie);
	return done;
}

/**
 * mapper_create() - make a device, with its table
 * @name: of the device
 * @uuid: of the device
 * @read_only: nothing can be written to it
 * @table: to be loaded; if the kernel refuses it, no device is left
 * @hidden: udev does not look into it, so it makes no links by what is in there
 */
int mapper_create(const char *name, const char *uuid, bool read_only,
		  const struct table *table, bool hidden)
{
	uint16_t flags = hidden ? DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG |
		DM_UDEV_DISABLE_DISK_RULES_FLAG | DM_UDEV_DISABLE_OTHER_RULES_FLAG : 0;
	struct dm_task *task = task_new(DM_DEVICE_CREATE, name);
	int status = 0;

	if (!task)
		return -1;
	if (!dm_task_set_uuid(task, uuid) || (read_only && !dm_task_set_ro(task)) ||
	    !add_table(task, table) || !run_with_udev(task, flags))
		status = failed(task, "create", name);
	dm_task_destroy(task);
	return status;
}

/**
 * mapper_load() - load a table, which takes effect at the next resume
 * @name: of the device
 * @read_only: as for mapper_create()
 * @table: what to load
 */
int mapper_load(const char *name, bool read_only, const struct table *table)
{
	struct dm_task *task = task_new(DM_DEVICE_RELOAD, name);
	int status = 0;

	if (!task)
		return -1;
	if ((read_only && !dm_task_set_ro(task)) || !add_table(task, table) || !dm_task_run(task))
		status = failed(task, "load a table into", name);
	dm_task_destroy(task);
	return status;
}

/*
 * Until udev has handled it: who has systemd reload its units before would have it take the
 * device for gone, and unmount what is on it.
 */
static bool resume(const char *name, int *error)
{
	struct dm_task *task = task_new(DM_DEVICE_RESUME, name);
	bool done;

	if (!task)
		return false;
	done = dm_task_skip_lockfs(task) && run_with_udev(task, 0);
	*error = dm_task_get_errno(task);
	dm_task_destroy(task);
	return done;
}

/**
 * mapper_resume() - put the loaded table in force
 * @name: of a device that is not suspended
 *
 * One ioctl: the kernel holds new I/O back, waits for what is in flight, changes the table
 * and goes on; who is killed meanwhile leaves either table in force. File systems are not
 * frozen, since nothing needs a consistent image. A table that cannot be put in force the
 * kernel drops, and leaves the device suspended: then it goes on with the one it had.
 */
int mapper_resume(const char *name)
{
	struct device device;
	int error = 0, ignored;

	if (resume(name, &error))
		return 0;
	fprintf(stderr, "dmpsetup: cannot change the table of %s: %s\n", name, strerror(error));
	if (mapper_find(name, &device) > 0) {
		if (device.suspended)
			resume(name, &ignored);
		device_free(&device);
	}
	return -1;
}

/* Forget a table that waits for a resume. */
int mapper_clear(const char *name)
{
	struct dm_task *task = task_new(DM_DEVICE_CLEAR, name);
	int status = 0;

	if (!task)
		return -1;
	if (!dm_task_run(task))
		status = failed(task, "clear the loaded table of", name);
	dm_task_destroy(task);
	return status;
}

/* Tried for some seconds: udev opens devices for an instant now and then. */
int mapper_remove(const char *name)
{
	struct dm_task *task = task_new(DM_DEVICE_REMOVE, name);
	int status = 0;

	if (!task)
		return -1;
	if (!dm_task_retry_remove(task) || !run_with_udev(task, 0))
		status = failed(task, "remove", name);
	dm_task_destroy(task);
	return status;
}
