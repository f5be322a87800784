// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * attach and detach: dmp under a live mapped device, whose users go on.
 *
 * attach NAME
 *	1. create NAME-dmp with the present table of NAME
 *	2. load "dmp over NAME-dmp" into NAME
 *	3. resume NAME, which puts it in force
 * detach NAME
 *	1. load the table of NAME-dmp into NAME
 *	2. resume NAME
 *	3. remove NAME-dmp
 *
 * NAME works after each ioctl of each step: a kill in between leaves a lower device that
 * nothing uses, or a table that waits. Both commands begin by clearing that away, so to run
 * either once more completes or undoes what was begun.
 *
 * A lock keeps other calls of dmpsetup out. Nothing locks NAME against its owner. What the
 * owner did is looked for before the resume and after it; a table that the owner loads
 * between the two comes into force, and is told.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "commands.h"
#include "lock.h"
#include "mapper.h"
#include "settings.h"
#include "targets.h"

/**
 * struct pair - a device, and what is or will be below it
 * @upper: the device that is to be watched
 * @table: its live table
 * @lower_name: of the device below
 * @lower: if @has_lower
 * @has_lower: the device below is there, and is ours
 * @attached: the table is dmp over it
 */
struct pair {
	struct device upper, lower;
	struct table table;
	char *lower_name;
	bool has_lower, attached;
};

static void pair_free(struct pair *pair)
{
	device_free(&pair->upper);
	if (pair->has_lower)
		device_free(&pair->lower);
	table_free(&pair->table);
	free(pair->lower_name);
}

/* The lower device that the table names: the upper one may have been renamed since. */
static int find_attached(struct pair *pair)
{
	const struct segment *segment = pair->table.segments;
	unsigned int major, minor;
	int found;

	if (pair->table.n != 1 || strcmp(segment->target, "dmp") ||
	    sscanf(segment->params, "%u:%u", &major, &minor) != 2)
		return 0;
	found = mapper_find_number(major, minor, &pair->lower);
	if (found <= 0)
		return found;
	if (!device_is_lower(&pair->lower)) {
		device_free(&pair->lower);
		return 0;
	}
	pair->has_lower = pair->attached = true;
	free(pair->lower_name);
	pair->lower_name = dmp_strdup(pair->lower.name);
	return 0;
}

/* Or the one that is in the way: left by an earlier call, or somebody else's. */
static int find_lower(struct pair *pair)
{
	int found = find_attached(pair);

	if (found < 0 || pair->attached)
		return found;
	found = mapper_find(pair->lower_name, &pair->lower);
	if (found <= 0)
		return found;
	pair->has_lower = true;
	if (device_is_lower(&pair->lower) && pair->lower.opened && !pair->upper.has_loaded) {
		fprintf(stderr, "dmpsetup: %s is below another device\n", pair->lower_name);
		return -1;
	}
	if (device_is_lower(&pair->lower))
		return 0;
	fprintf(stderr, "dmpsetup: there is a device %s that dmpsetup did not make\n",
		pair->lower_name);
	return -1;
}

static int pair_read(struct pair *pair, const char *name)
{
	int found;

	*pair = (struct pair){ 0 };
	if (mapper_check_name(name))
		return -1;
	found = mapper_find(name, &pair->upper);
	if (found <= 0) {
		if (!found)
			fprintf(stderr, "dmpsetup: there is no device %s\n", name);
		return -1;
	}
	pair->lower_name = dmp_format("%s%s", name, LOWER_SUFFIX);
	if (pair->upper.suspended) {
		fprintf(stderr, "dmpsetup: %s is suspended: dmsetup resume %s\n", name, name);
		return -1;
	}
	if (mapper_read_table(name, &pair->table))
		return -1;
	return find_lower(pair);
}

/* Is a table dmp over the lower device? */
static bool is_over_lower(const struct pair *pair, const struct table *table)
{
	unsigned int major, minor;

	return pair->has_lower && table->n == 1 && !strcmp(table->segments->target, "dmp") &&
	       sscanf(table->segments->params, "%u:%u", &major, &minor) == 2 &&
	       major == pair->lower.major && minor == pair->lower.minor;
}

/* Would attach or detach have loaded this table? */
static bool is_our_table(const struct pair *pair, const struct table *table)
{
	struct table below;
	bool ours;

	if (is_over_lower(pair, table))
		return true;
	if (!pair->attached || mapper_read_table(pair->lower_name, &below))
		return false;
	ours = table_equal(table, &below);
	table_free(&below);
	return ours;
}

/* A table that waits and is not ours is of an owner who is about to resume it. */
static int check_loaded(const struct pair *pair)
{
	const char *name = pair->upper.name;
	struct table loaded;
	bool ours;

	if (!pair->upper.has_loaded)
		return 0;
	if (mapper_read_loaded(name, &loaded))
		return -1;
	ours = is_our_table(pair, &loaded);
	table_free(&loaded);
	if (ours)
		return 0;
	fprintf(stderr, "dmpsetup: a table waits in %s: dmsetup resume %s, or dmsetup clear %s\n",
		name, name, name);
	return -1;
}

/* What an earlier call left when it was killed. */
static int clear_away(const struct pair *pair, bool dry_run)
{
	bool left = pair->has_lower && !pair->attached;

	if (check_loaded(pair))
		return -1;
	if (dry_run) {
		if (pair->upper.has_loaded)
			printf("dmsetup clear %s\n", pair->upper.name);
		if (left)
			printf("dmsetup remove %s\n", pair->lower_name);
		return 0;
	}
	if (pair->upper.has_loaded && mapper_clear(pair->upper.name))
		return -1;
	return left ? mapper_remove(pair->lower_name) : 0;
}

/* --- attach ---------------------------------------------------------------------- */

static char *lower_path(const struct pair *pair)
{
	return dmp_format("/dev/mapper/%s", pair->lower_name);
}

static int make_upper(const struct pair *pair, const struct request *request,
		      struct table *table)
{
	char *path = lower_path(pair), *params;
	uint64_t offset;

	params = settings_params(path, request->settings, &offset);
	free(path);
	if (!params)
		return -1;
	if (offset) {
		fprintf(stderr, "dmpsetup: offset=%llu: an attached device begins where it began\n",
			(unsigned long long)offset);
		free(params);
		return -1;
	}
	table_append(table, 0, table_sectors(&pair->table), "dmp", params);
	free(params);
	return 0;
}

static int print_attach(const struct pair *pair, const struct table *upper)
{
	const char *name = pair->upper.name;

	printf("dmsetup table --showkeys %s | dmsetup create --noudevrules %s --uuid %s%s%s\n", name,
	       pair->lower_name, LOWER_UUID, name, pair->upper.read_only ? " --readonly" : "");
	printf("dmsetup load %s%s --table '0 %llu dmp %s'\n", name,
	       pair->upper.read_only ? " --readonly" : "",
	       (unsigned long long)table_sectors(upper), upper->segments[0].params);
	printf("dmsetup resume --nolockfs %s\n", name);
	return 0;
}

static int changed_meanwhile(const struct pair *pair)
{
	fprintf(stderr, "dmpsetup: %s was changed by somebody else meanwhile: try again\n",
		pair->upper.name);
	return -1;
}

/* Has its owner suspended it, or changed its table, since it was read? */
static int check_unchanged(const struct pair *pair)
{
	struct device device;
	struct table now;
	bool same;

	if (mapper_find(pair->upper.name, &device) <= 0)
		return changed_meanwhile(pair);
	same = !device.suspended;
	device_free(&device);
	if (mapper_read_table(pair->upper.name, &now))
		return -1;
	same = same && table_equal(&now, &pair->table);
	table_free(&now);
	return same ? 0 : changed_meanwhile(pair);
}

/* Put the loaded table in force; if that cannot be, nothing waits any more. */
static int change_table(const struct pair *pair)
{
	if (!check_unchanged(pair) && !mapper_resume(pair->upper.name))
		return 0;
	mapper_clear(pair->upper.name);
	return -1;
}

/* Was it our table that came into force? The lower device is there by now. */
static int check_attached(const struct pair *pair)
{
	struct pair now = { .lower_name = dmp_strdup(pair->lower_name) };
	bool attached = false;

	if (mapper_find(now.lower_name, &now.lower) > 0) {
		now.has_lower = true;
		attached = !mapper_read_table(pair->upper.name, &now.table) &&
			   is_over_lower(&now, &now.table);
	}
	pair_free(&now);
	return attached ? 0 : changed_meanwhile(pair);
}

static int do_attach(const struct pair *pair, const struct table *upper)
{
	char *uuid = dmp_format("%s%s", LOWER_UUID, pair->upper.name);
	bool read_only = pair->upper.read_only;
	int status;

	status = mapper_create(pair->lower_name, uuid, read_only, &pair->table, true);
	free(uuid);
	if (status)
		return -1;
	if (!mapper_load(pair->upper.name, read_only, upper) && !change_table(pair) &&
	    !check_attached(pair))
		return 0;
	mapper_remove(pair->lower_name);
	return -1;
}

static int attach_pair(const struct pair *pair, const struct request *request)
{
	const char *target, *refusal;
	struct table upper = { 0 };
	int status = -1;

	if (pair->attached) {
		/* A detach that was killed is undone. */
		if (clear_away(pair, request->dry_run))
			return -1;
		fprintf(stderr, "dmpsetup: %s is watched already\n", request->name);
		return -1;
	}
	refusal = targets_refuse(&pair->table, &target);
	if (refusal) {
		fprintf(stderr, "dmpsetup: %s cannot be attached, %s: %s\n", request->name, target,
			refusal);
		return -1;
	}
	if (make_upper(pair, request, &upper))
		return -1;
	if (!clear_away(pair, request->dry_run))
		status = request->dry_run ? print_attach(pair, &upper) : do_attach(pair, &upper);
	table_free(&upper);
	return status;
}

/*
 * Whoever detaches a device of dmptab does not want udev to attach it again: a file says so
 * until the next attach, or the next boot.
 */
static char *detached_path(const char *name)
{
	return dmp_format(RUN_DIRECTORY "/detached.%s", name);
}

static void note_detached(const char *name, bool detached)
{
	char *path = detached_path(name);
	int fd;

	mkdir(RUN_DIRECTORY, 0755);
	if (!detached) {
		unlink(path);
	} else {
		fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		if (fd >= 0)
			close(fd);
	}
	free(path);
}

/**
 * is_detached() - has somebody detached a device by hand?
 * @name: of the device
 */
bool is_detached(const char *name)
{
	char *path = detached_path(name);
	bool detached = !access(path, F_OK);

	free(path);
	return detached;
}

/**
 * is_attached() - is a device dmp over a lower one?
 * @name: of a mapped device
 */
bool is_attached(const char *name)
{
	struct pair pair = { .lower_name = dmp_strdup("") };
	bool attached = false;

	if (!mapper_read_table(name, &pair.table) && !find_attached(&pair))
		attached = pair.attached;
	pair_free(&pair);
	return attached;
}

/* A dry run needs no lock, and leaves nothing. */
static int call_locked(int (*call)(const struct request *request), const struct request *request)
{
	int lock, status;

	if (request->dry_run)
		return call(request);
	lock = device_lock(request->name);
	if (lock < 0)
		return EXIT_FAILED;
	status = call(request);
	unlock(lock);
	return status;
}

static int attach(const struct request *request)
{
	struct pair pair;
	int status = pair_read(&pair, request->name);

	if (!status)
		status = attach_pair(&pair, request);
	if (!status && !request->dry_run)
		note_detached(request->name, false);
	if (!status && !request->dry_run)
		/* bench/run cost: dmp-attached above linear, on 6.1. */
		printf("%s is watched; each I/O passes a second layer of device-mapper, about 1900 instructions\n",
		       request->name);
	pair_free(&pair);
	return status ? EXIT_FAILED : EXIT_DONE;
}

int command_attach(const struct request *request)
{
	return call_locked(attach, request);
}

/* --- detach ---------------------------------------------------------------------- */

static int print_detach(const struct pair *pair)
{
	printf("dmsetup table --showkeys %s | dmsetup load %s\n", pair->lower_name, pair->upper.name);
	printf("dmsetup resume --nolockfs %s\n", pair->upper.name);
	printf("dmsetup remove %s\n", pair->lower_name);
	return 0;
}

static int do_detach(const struct pair *pair)
{
	struct table table;
	int status = -1;

	if (mapper_read_table(pair->lower_name, &table))
		return -1;
	/* A table of the owner's that came into force instead makes the lower device idle, too. */
	if (!mapper_load(pair->upper.name, pair->upper.read_only, &table) && !change_table(pair))
		status = mapper_remove(pair->lower_name);
	table_free(&table);
	return status;
}

static int detach_pair(const struct pair *pair, const struct request *request)
{
	if (!pair->has_lower) {
		fprintf(stderr, "dmpsetup: %s is not attached\n", request->name);
		return -1;
	}
	if (clear_away(pair, request->dry_run))
		return -1;
	if (!pair->attached)
		return 0;
	return request->dry_run ? print_detach(pair) : do_detach(pair);
}

static int detach(const struct request *request)
{
	struct pair pair;
	int status = pair_read(&pair, request->name);

	/* Before the change, which is when udev looks. */
	if (!status && !request->dry_run)
		note_detached(request->name, true);
	if (!status)
		status = detach_pair(&pair, request);
	pair_free(&pair);
	return status ? EXIT_FAILED : EXIT_DONE;
}

int command_detach(const struct request *request)
{
	return call_locked(detach, request);
}
