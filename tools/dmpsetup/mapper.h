/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device-mapper, as far as dmpsetup needs it: tables are read and written whole, and each
 * change is one ioctl, or is taken back when it fails.
 */
#ifndef DMPSETUP_MAPPER_H
#define DMPSETUP_MAPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How UUIDs begin of devices that dmpsetup makes: the lower one of an attachment, a volume. */
#define LOWER_UUID	"DMP-LOWER-"
#define VOLUME_UUID	"DMP-VOLUME-"
/* What is appended to a device's name for its lower device. */
#define LOWER_SUFFIX	"-dmp"
/* Where it keeps what is true until the next boot. */
#define RUN_DIRECTORY	"/run/dmp"
/* So that both still fit: a UUID has at most 128 characters, a name 127. */
#define NAME_LENGTH_MAX	117

/**
 * struct segment - one line of a table
 * @start: in sectors
 * @length: in sectors
 * @target: type
 * @params: its arguments
 */
struct segment {
	uint64_t start, length;
	char *target, *params;
};

/**
 * struct table - lines of a table, in their order
 * @segments: array
 * @n: elements of @segments
 */
struct table {
	struct segment *segments;
	size_t n;
};

/**
 * struct device - a mapped device as the kernel knows it
 * @name: of the device
 * @uuid: may be empty
 * @major: of the device number
 * @minor: of the device number
 * @opened: how many have it open
 * @event: number of the last event
 * @read_only: it was made so
 * @suspended: it holds I/O back
 * @has_table: it has a live table
 * @has_loaded: it has a table that waits for a resume
 */
struct device {
	char *name, *uuid;
	unsigned int major, minor;
	unsigned int opened, event;
	bool read_only, suspended, has_table, has_loaded;
};

int mapper_start(void);
int mapper_check_name(const char *name);
int mapper_find(const char *name, struct device *device);
int mapper_find_number(unsigned int major, unsigned int minor, struct device *device);
bool mapper_has_target(const char *type);
bool device_is_lower(const struct device *device);
bool device_is_volume(const struct device *device);
void device_free(struct device *device);

int mapper_read_table(const char *name, struct table *table);
int mapper_read_loaded(const char *name, struct table *table);
void table_append(struct table *table, uint64_t start, uint64_t length, const char *target,
		  const char *params);
uint64_t table_sectors(const struct table *table);
bool table_equal(const struct table *a, const struct table *b);
void table_free(struct table *table);

int mapper_create(const char *name, const char *uuid, bool read_only,
		  const struct table *table, bool hidden);
int mapper_load(const char *name, bool read_only, const struct table *table);
int mapper_resume(const char *name);
int mapper_clear(const char *name);
int mapper_remove(const char *name);

int mapper_each(int (*visit)(const struct device *device, void *data), void *data);

#endif /* DMPSETUP_MAPPER_H */
