// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dmp-generator: makes a systemd service of each line of /etc/dmptab. systemd runs it
 * early at boot and at each daemon-reload, when nothing else runs; see systemd.generator(7).
 *
 * usage: dmp-generator DIRECTORY [EARLY-DIRECTORY LATE-DIRECTORY]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "dmptab.h"
#include "unit-file.h"

#define PROGRAM	"dmp-generator"

/**
 * struct generator - what it does with the lines
 * @directory: of the units
 * @in_initrd: only what is wanted in the initramfs
 * @failed: something could not be written
 */
struct generator {
	const char *directory;
	bool in_initrd, failed;
};

static void tell(struct generator *generator, const char *path)
{
	fprintf(stderr, PROGRAM ": cannot write %s: %s\n", path, strerror(errno));
	generator->failed = true;
}

static bool write_file(struct generator *generator, const char *path, const char *text)
{
	/* Never over another one: two lines of a name, or another generator's. */
	FILE *file = fopen(path, "wxe");
	bool failed;

	if (!file && errno == EEXIST) {
		fprintf(stderr, PROGRAM ": there is a unit %s already\n", path);
		return false;
	}
	failed = !file || fputs(text, file) < 0;
	if (file && fclose(file))
		failed = true;
	if (failed)
		tell(generator, path);
	return !failed;
}

static bool make_directory(struct generator *generator, const char *path)
{
	if (!mkdir(path, 0755) || errno == EEXIST)
		return true;
	tell(generator, path);
	return false;
}

/* @unit is pulled in by @other, as its wish or its need. */
static void pull_in(struct generator *generator, const char *unit, const char *other,
		    const char *how)
{
	char *directory = dmp_format("%s/%s.%s", generator->directory, other, how);
	char *path = dmp_format("%s/%s", directory, unit), *target = dmp_format("../%s", unit);

	if (make_directory(generator, directory) && symlink(target, path) && errno != EEXIST)
		tell(generator, path);
	free(target);
	free(path);
	free(directory);
}

/* How long systemd waits for a device. */
static void write_timeout(struct generator *generator, const char *device, const char *timeout)
{
	char *directory = dmp_format("%s/%s.d", generator->directory, device);
	char *path = dmp_format("%s/50-dmp-timeout.conf", directory);
	char *text = dmp_format("[Unit]\nJobRunningTimeoutSec=%s\n", timeout);

	if (make_directory(generator, directory))
		write_file(generator, path, text);
	free(text);
	free(path);
	free(directory);
}

/*
 * udev's rule asks for this directory, which is a drop-in's without any: of a device that
 * is attached it has each change looked at, also when there is no lower device just now.
 */
static void mark_attached(struct generator *generator, const char *escaped)
{
	char *directory = dmp_format("%s/dmp-settle@%s.service.d", generator->directory, escaped);

	make_directory(generator, directory);
	free(directory);
}

static void pull_in_entry(struct generator *generator, const struct entry *entry,
			  const char *unit)
{
	char *path = dmp_format("/dev/mapper/%s", entry->name);
	char *device = unit_of_path(path, ".device");

	/*
	 * Whatever waits for the volume's device node starts it, and waits for as long as that
	 * takes: the service has a time limit, by the device below.
	 */
	if (entry->device) {
		pull_in(generator, unit, device, "requires");
		write_timeout(generator, device, "infinity");
	}
	if (!entry->noauto) {
		pull_in(generator, unit, "dmp.target",
			entry->nofail || !entry->device ? "wants" : "requires");
		pull_in(generator, "dmp.target", "sysinit.target", "wants");
		/* A device that comes later is attached then. */
		if (!entry->device)
			pull_in(generator, unit, device, "wants");
	}
	free(device);
	free(path);
}

static int generate(const struct entry *entry, void *data)
{
	char *escaped, *unit, *path, *text, *below, *device;
	struct generator *generator = data;

	if (generator->in_initrd && !entry->initrd)
		return 0;
	escaped = unit_escape(entry->name);
	unit = dmp_format("dmp@%s.service", escaped);
	path = dmp_format("%s/%s", generator->directory, unit);
	text = unit_text(entry, dmptab_path());
	if (write_file(generator, path, text)) {
		pull_in_entry(generator, entry, unit);
		if (!entry->device && !entry->noauto)
			mark_attached(generator, escaped);
		if (entry->timeout && entry->device) {
			below = device_path(entry->device);
			device = unit_of_path(below, ".device");
			write_timeout(generator, device, entry->timeout);
			free(device);
			free(below);
		}
	}
	free(text);
	free(path);
	free(unit);
	free(escaped);
	return 0;
}

int main(int argc, char **argv)
{
	struct generator generator = { 0 };

	if (argc != 2 && argc != 4) {
		fputs("usage: " PROGRAM " DIRECTORY [EARLY-DIRECTORY LATE-DIRECTORY]\n", stderr);
		return 2;
	}
	generator.directory = argv[1];
	generator.in_initrd = !access("/etc/initrd-release", F_OK);
	return dmptab_each(PROGRAM, generate, &generator) || generator.failed;
}
