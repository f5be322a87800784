// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * start, stop, settle: what services and udev call. The services of /etc/dmptab are made by
 * dmp-generator; udev calls settle when a device changes that has a lower one.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "dmptab.h"
#include "mapper.h"
#include "targets.h"

#define PROGRAM	"dmpsetup"

/* A table is changed in less than a second; a busy orphan is a program of udev's. */
#define SETTLE_TRIES	5
#define SETTLE_PAUSE_S	3

/* An initramfs without the module has made it as linear; what stands on it must go on. */
static bool is_unwatched(const struct entry *entry)
{
	struct device device;
	bool ours;

	if (!entry->device || mapper_find(entry->name, &device) <= 0)
		return false;
	ours = device_is_volume(&device);
	device_free(&device);
	if (ours)
		fprintf(stderr, PROGRAM ": %s is there, and unwatched: dmpsetup attach %s\n",
			entry->name, entry->name);
	return ours;
}

static int start_entry(const struct entry *entry, const struct request *how)
{
	struct request request = {
		.name = entry->name, .device = entry->device, .settings = entry->settings,
		.dry_run = how->dry_run, .initrd = how->initrd,
	};

	/* The initramfs, or an earlier call, has done it. */
	if (is_watched(entry->name) || is_unwatched(entry))
		return EXIT_DONE;
	return entry->device ? command_create(&request) : command_attach(&request);
}

/**
 * struct all - the initramfs' lines of dmptab
 * @request: what was asked for
 * @failed: one could not be had
 */
struct all {
	const struct request *request;
	bool failed;
};

/* Others are tried when one fails. A device that is not there yet is attached later. */
static int start_in_initrd(const struct entry *entry, void *data)
{
	struct all *all = data;
	struct device device;

	if (!entry->initrd)
		return 0;
	if (!entry->device) {
		if (mapper_find(entry->name, &device) <= 0)
			return 0;
		device_free(&device);
	}
	if (start_entry(entry, all->request) != EXIT_DONE)
		all->failed = true;
	return 0;
}

/* The line of a name; -1 after a message. */
static int find_entry(const char *name, struct entry *entry)
{
	int found = dmptab_find(PROGRAM, name, entry);

	if (!found)
		fprintf(stderr, PROGRAM ": there is no %s in %s\n", name, dmptab_path());
	return found > 0 ? 0 : -1;
}

int command_start(const struct request *request)
{
	struct all all = { .request = request };
	struct entry entry;
	int status;

	if (request->initrd) {
		if (dmptab_each(PROGRAM, start_in_initrd, &all))
			return EXIT_FAILED;
		return all.failed ? EXIT_FAILED : EXIT_DONE;
	}
	if (find_entry(request->name, &entry))
		return EXIT_FAILED;
	status = start_entry(&entry, request);
	entry_free(&entry);
	return status;
}

/* By what is there, not by dmptab: the line may have gone since. */
int command_stop(const struct request *request)
{
	struct device device;
	bool ours;

	if (mapper_find(request->name, &device) <= 0)
		return EXIT_DONE;
	ours = device_is_volume(&device);
	device_free(&device);
	if (is_attached(request->name))
		return command_detach(request);
	return ours || is_watched(request->name) ? command_remove(request) : EXIT_DONE;
}

/* 1: it could be attached; 0: not now, after a message; -1: it is not there. */
static int may_be_attached(const char *name)
{
	const char *target, *refusal;
	struct device device;
	struct table table;
	int found = mapper_find(name, &device);

	if (found <= 0)
		return -1;
	device_free(&device);
	if (mapper_read_table(name, &table))
		return -1;
	refusal = targets_refuse(&table, &target);
	if (refusal)
		fprintf(stderr, PROGRAM ": %s is not watched any more, %s: %s\n", name, target,
			refusal);
	table_free(&table);
	return !refusal;
}

static int settle_entry(const struct entry *entry, const struct request *request)
{
	if (is_watched(entry->name) || entry->noauto || is_detached(entry->name))
		return EXIT_DONE;
	/* What cannot be attached is a state of its owner's; udev tells when that ends. */
	return may_be_attached(entry->name) > 0 ? start_entry(entry, request) : EXIT_DONE;
}


/* EXIT_FAILED: it may be better in some seconds. */
static int settle(const struct request *request)
{
	int left = remove_orphan(request->name), found, status = EXIT_DONE;
	struct entry entry;

	if (left < 0)
		return EXIT_FAILED;
	found = dmptab_find(PROGRAM, request->name, &entry);
	if (found < 0)
		return EXIT_FAILED;
	if (found && !entry.device)
		status = settle_entry(&entry, request);
	else if (left)
		fprintf(stderr, PROGRAM ": %s is not watched any more: its owner has replaced or removed it\n",
			request->name);
	if (found)
		entry_free(&entry);
	return status;
}

/*
 * The owner of an attached device has put a table of his own in its place, or removed it:
 * the lower device is of extents that may be somebody else's by now. It goes, and what
 * dmptab has attached is attached again, by the table of now. He may be in the middle of
 * something: it is tried some times. An upgrade does the same to all devices, on purpose.
 */
int command_settle(const struct request *request)
{
	int tries = 0, status = EXIT_FAILED;

	if (upgrade_is_under_way()) {
		fputs(PROGRAM ": an upgrade is under way; if it was killed: dmpsetup upgrade\n", stderr);
		return EXIT_DONE;
	}
	while (tries++ < SETTLE_TRIES) {
		status = settle(request);
		if (status == EXIT_DONE)
			break;
		sleep(SETTLE_PAUSE_S);
	}
	return status;
}
