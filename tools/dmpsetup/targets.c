// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attaching loads a live table a second time: for an instant both copies have I/O in
 * flight, on disjoint bios. So a target is taken only if two live copies cannot disagree:
 * it keeps nothing between two bios, in memory or on disk.
 */
#include <stdio.h>
#include <string.h>

#include "targets.h"

/**
 * struct target - what is known of a target
 * @type: as in a table
 * @refusal: why not, and what to do instead; NULL: it is taken
 */
struct target {
	const char *type, *refusal;
};

/* Those that are taken, each with the reason. */
static const struct target targets[] = {
	/* A sector is always at the same place below. */
	{ "linear", NULL },
	{ "striped", NULL },
	/* What a sector is encrypted to depends on its number and the key alone. */
	{ "crypt", NULL },
	/* Each bio has its own timer; the copy that is replaced waits for its bios. */
	{ "delay", NULL },
	/* They answer by themselves. */
	{ "error", NULL },
	{ "zero", NULL },

	{ "dmp", "it is watched already" },
	{ "thin", "two copies would allocate the same blocks; put dmp over the thin volume" },
	{ "thin-pool", "two copies would write the same metadata; put dmp under the pool's devices before they are used" },
	{ "snapshot", "two copies would write the same exception store; put dmp over the snapshot" },
	{ "snapshot-origin", "copies on write would be missed; put dmp over the origin" },
	{ "snapshot-merge", "two copies would merge the same blocks; wait until it has merged" },
	{ "cache", "two copies would keep different maps of the cache; put dmp over the cached volume" },
	{ "writecache", "two copies would keep different maps of the cache; put dmp over the cached volume" },
	{ "era", "two copies would write the same metadata; put dmp over it" },
	{ "clone", "two copies would write the same metadata; wait until it has been cloned" },
	{ "raid", "two copies would write the same superblocks; put dmp over the volume" },
	{ "mirror", "two copies would write the same log; put dmp over the volume" },
	{ "raid1", "two copies would write the same log; put dmp over the volume" },
	{ "multipath", "two copies would fail paths over apart; put dmp over the multipath device" },
	{ "integrity", "two copies would write the same journal; put dmp over the device" },
	{ "verity", "its root hash is checked at load; put dmp over the device" },
	{ "zoned", "two copies would write the same metadata; put dmp over the device" },
};

static const char *refuse_one(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (!strcmp(type, targets[i].type))
			return targets[i].refusal;
	return "it is not known whether two copies can be live; put dmp over the device";
}

/* A key that the table only names is in a keyring that this process does not have. */
static bool has_key_in_keyring(const struct segment *segment)
{
	const char *key = strchr(segment->params, ' ');

	return !strcmp(segment->target, "crypt") && key && key[1] == ':';
}

/* Sectors with integrity tags: the tags are below, in a dm-integrity device. */
static bool has_tags(const struct segment *segment)
{
	return !strcmp(segment->target, "crypt") && strstr(segment->params, " integrity:");
}

/*
 * While pvmove is at work a logical volume stands on a device of LVM's, NAME-pvmove0, which
 * LVM removes in the end: it could not with our lower device on it.
 */
static bool is_being_moved(const struct segment *segment)
{
	unsigned int major, minor;
	struct device below;
	const char *suffix;
	bool moved;

	if (strcmp(segment->target, "linear") ||
	    sscanf(segment->params, "%u:%u", &major, &minor) != 2 ||
	    mapper_find_number(major, minor, &below) <= 0)
		return false;
	/* LVM doubles a hyphen that is part of a name. */
	suffix = strstr(below.name, "-pvmove");
	moved = suffix > below.name && suffix[-1] != '-' && !strncmp(below.uuid, "LVM-", 4);
	device_free(&below);
	return moved;
}

/**
 * targets_refuse() - may this table be live twice?
 * @table: of the device
 * @target: set to the target that it fails on
 *
 * Return: NULL if it may, else the reason.
 */
const char *targets_refuse(const struct table *table, const char **target)
{
	const char *refusal;
	size_t i;

	*target = "no table";
	if (!table->n)
		return "the device has none";
	for (i = 0; i < table->n; i++) {
		*target = table->segments[i].target;
		refusal = refuse_one(*target);
		if (refusal)
			return refusal;
		if (is_being_moved(&table->segments[i]))
			return "pvmove is moving it; try again when it is done";
		if (has_tags(&table->segments[i]))
			return "two copies would write tags apart; put dmp over the device";
		if (has_key_in_keyring(&table->segments[i]))
			return "its key is in the kernel's keyring and cannot be had a second time; first run: cryptsetup refresh --disable-keyring";
	}
	return NULL;
}
