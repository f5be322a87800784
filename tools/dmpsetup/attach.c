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
 * Each step is one ioctl, and NAME works after each: whoever is killed in between leaves a
 * lower device that nothing uses, or a table that waits. Both commands begin by clearing
 * that away, so to run either once more completes or undoes what was begun.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "commands.h"
#include "mapper.h"
#include "settings.h"
#include "targets.h"

/* Longer names device-mapper does not take. */
#define NAME_MAX_LENGTH	127

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
	if (strlen(name) + strlen(LOWER_SUFFIX) > NAME_MAX_LENGTH) {
		fprintf(stderr, "dmpsetup: the name %s is too long for a device below it\n", name);
		return -1;
	}
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

/* What an earlier call left when it was killed. */
static int clear_away(const struct pair *pair, bool dry_run)
{
	bool left = pair->has_lower && !pair->attached;

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

	printf("dmsetup table --showkeys %s | dmsetup create %s --uuid %s%s%s\n", name,
	       pair->lower_name, LOWER_UUID, name, pair->upper.read_only ? " --readonly" : "");
	printf("dmsetup load %s%s --table '0 %llu dmp %s'\n", name,
	       pair->upper.read_only ? " --readonly" : "",
	       (unsigned long long)table_sectors(upper), upper->segments[0].params);
	printf("dmsetup resume --nolockfs %s\n", name);
	return 0;
}

/* Has its owner changed the table since it was read? */
static bool has_changed(const struct pair *pair)
{
	struct table now;
	bool changed;

	if (mapper_read_table(pair->upper.name, &now))
		return true;
	changed = !table_equal(&now, &pair->table);
	table_free(&now);
	if (changed)
		fprintf(stderr, "dmpsetup: the table of %s was changed meanwhile: try again\n",
			pair->upper.name);
	return changed;
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
	if (mapper_load(pair->upper.name, read_only, upper))
		goto lower;
	if (has_changed(pair) || mapper_resume(pair->upper.name))
		goto loaded;
	return 0;

loaded:
	mapper_clear(pair->upper.name);
lower:
	mapper_remove(pair->lower_name);
	return -1;
}

static int attach_pair(const struct pair *pair, const struct request *request)
{
	const char *target, *refusal;
	struct table upper = { 0 };
	int status = -1;

	if (pair->attached) {
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

int command_attach(const struct request *request)
{
	struct pair pair;
	int status = pair_read(&pair, request->name);

	if (!status)
		status = attach_pair(&pair, request);
	if (!status && !request->dry_run)
		printf("%s is watched; each I/O passes a second layer of device-mapper\n",
		       request->name);
	pair_free(&pair);
	return status ? EXIT_FAILED : EXIT_DONE;
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
	if (mapper_load(pair->upper.name, pair->upper.read_only, &table))
		goto out;
	if (has_changed(pair) || mapper_resume(pair->upper.name)) {
		mapper_clear(pair->upper.name);
		goto out;
	}
	status = mapper_remove(pair->lower_name);
out:
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

int command_detach(const struct request *request)
{
	struct pair pair;
	int status = pair_read(&pair, request->name);

	if (!status)
		status = detach_pair(&pair, request);
	pair_free(&pair);
	return status ? EXIT_FAILED : EXIT_DONE;
}
