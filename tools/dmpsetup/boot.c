// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * start, stop, settle: what services and udev call. The services of /etc/dmptab are made by
 * dmp-generator; udev calls settle when a device changes that has a lower one.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "dmptab.h"
#include "mapper.h"

#define PROGRAM	"dmpsetup"

/* An initramfs without the module has made it as linear. */
static bool is_unwatched(const struct entry *entry)
{
	struct device device;

	if (!entry->device || mapper_find(entry->name, &device) <= 0)
		return false;
	device_free(&device);
	fprintf(stderr, PROGRAM ": %s is there, and unwatched: dmpsetup attach %s\n",
		entry->name, entry->name);
	return true;
}

static int start_entry(const struct entry *entry, const struct request *how)
{
	struct request request = {
		.name = entry->name, .device = entry->device, .settings = entry->settings,
		.dry_run = how->dry_run, .initrd = how->initrd,
	};

	/* The initramfs, or an earlier call, has done it. */
	if (is_watched(entry->name))
		return EXIT_DONE;
	if (is_unwatched(entry))
		return EXIT_FAILED;
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
	struct entry entry;
	bool attached = false;

	if (!is_watched(request->name))
		return EXIT_DONE;
	if (dmptab_find(PROGRAM, request->name, &entry) > 0) {
		attached = !entry.device;
		entry_free(&entry);
	}
	return attached ? command_detach(request) : command_remove(request);
}

/*
 * The owner of an attached device has put a table of his own in its place, or removed it:
 * the lower device is of extents that may be somebody else's by now. It goes, and what
 * dmptab has attached is attached again, by the table of now.
 */
int command_settle(const struct request *request)
{
	struct entry entry;
	int found = remove_orphan(request->name), status;

	if (found <= 0)
		return found ? EXIT_FAILED : EXIT_DONE;
	found = dmptab_find(PROGRAM, request->name, &entry);
	if (found <= 0 || entry.device) {
		fprintf(stderr, PROGRAM ": %s is not watched any more: its owner has replaced or removed it\n",
			request->name);
		if (found > 0)
			entry_free(&entry);
		return found < 0 ? EXIT_FAILED : EXIT_DONE;
	}
	status = start_entry(&entry, request);
	entry_free(&entry);
	return status;
}
