// SPDX-License-Identifier: GPL-2.0-or-later
/* list: what is watched, by what, since when; and what was left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/memory.h"
#include "commands.h"
#include "lock.h"
#include "mapper.h"

/* Field of a volume's stat file: begin of counting by the wall clock, nanoseconds. */
#define FIELD_SINCE	30

/* The module has either name. */
static FILE *open_stat(unsigned int minor)
{
	static const char *const modules[] = { "dmp", "device_mapper_proxy" };
	FILE *file = NULL;
	char *path;
	size_t i;

	for (i = 0; !file && i < sizeof(modules) / sizeof(*modules); i++) {
		path = dmp_format("/sys/module/%s/stat/dm-%u/stat", modules[i], minor);
		file = fopen(path, "re");
		free(path);
	}
	return file;
}

/* When counting started, or "-". */
static void since(const struct device *device, char *text, size_t size)
{
	FILE *file = open_stat(device->minor);
	unsigned long long value = 0;
	time_t seconds;
	int i;

	snprintf(text, size, "-");
	if (!file)
		return;
	for (i = 0; i < FIELD_SINCE; i++)
		if (fscanf(file, "%llu", &value) != 1)
			value = 0;
	fclose(file);
	seconds = value / 1000000000;
	if (seconds)
		strftime(text, size, "%Y-%m-%dT%H:%M:%S%z", localtime(&seconds));
}

/* The first segment of a table that is dmp's: a volume may have others. NULL: none is. */
static const struct segment *dmp_segment(const struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (!strcmp(table->segments[i].target, "dmp"))
			return &table->segments[i];
	return NULL;
}

/* Of a table line, the device: the first word. */
static void print_below(const char *params)
{
	unsigned int major, minor;
	struct device device;

	if (sscanf(params, "%u:%u", &major, &minor) == 2 &&
	    mapper_find_number(major, minor, &device) > 0) {
		printf("%-8s %s", device_is_lower(&device) ? "attach" : "create", device.name);
		device_free(&device);
	} else {
		printf("%-8s %.*s", "create", (int)strcspn(params, " "), params);
	}
}

static int print_volume(const struct device *device, void *data)
{
	const struct segment *segment;
	struct table table;
	char text[64];

	(void)data;
	if (!device->has_table || mapper_read_table(device->name, &table))
		return 0;
	segment = dmp_segment(&table);
	if (segment) {
		since(device, text, sizeof(text));
		printf("%-20s dm-%-5u %-25s ", device->name, device->minor, text);
		print_below(segment->params);
		putchar('\n');
	}
	table_free(&table);
	return 0;
}

/**
 * is_watched() - is a device a volume, or attached?
 * @name: of a mapped device
 */
bool is_watched(const char *name)
{
	struct device device;
	struct table table;
	bool watched = false;

	if (mapper_find(name, &device) <= 0)
		return false;
	if (device.has_table && !mapper_read_table(name, &table)) {
		watched = dmp_segment(&table);
		table_free(&table);
	}
	device_free(&device);
	return watched;
}

/**
 * remove_orphan() - remove the lower device that is left of an attached one
 * @name: of the attached device, which may be gone
 *
 * Return: 1 if there was one, 0 if not, -1 after a message.
 */
int remove_orphan(const char *name)
{
	int lock = device_lock(name), found;
	struct device lower;
	char *lower_name;

	if (lock < 0)
		return -1;
	lower_name = dmp_format("%s%s", name, LOWER_SUFFIX);
	found = mapper_find(lower_name, &lower);
	if (found > 0) {
		if (!device_is_lower(&lower) || lower.opened)
			found = 0;
		else if (mapper_remove(lower_name))
			found = -1;
		device_free(&lower);
	}
	free(lower_name);
	unlock(lock);
	return found;
}

static int print_orphan(const struct device *device, void *data)
{
	(void)data;
	if (device_is_lower(device) && !device->opened)
		puts(device->name);
	return 0;
}

int command_list(const struct request *request)
{
	if (request->orphans)
		return mapper_each(print_orphan, NULL) ? EXIT_FAILED : EXIT_DONE;
	printf("%-20s %-8s %-25s %-8s %s\n", "NAME", "DEVICE", "SINCE", "BY", "BELOW");
	return mapper_each(print_volume, NULL) ? EXIT_FAILED : EXIT_DONE;
}
