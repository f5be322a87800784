// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and texts of systemd's units: see systemd.unit(5), "String escaping". */
#include <blkid.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "unit-file.h"

static char *escape(const char *text, size_t length)
{
	char *escaped = dmp_alloc(4 * length + 1), *to = escaped;
	size_t i;

	for (i = 0; i < length; i++) {
		unsigned char c = text[i];

		if (c == '/') {
			*to++ = '-';
		} else if ((c < 0x80 && isalnum(c)) || c == ':' || c == '_' || (c == '.' && i)) {
			*to++ = c;
		} else {
			*to++ = '\\';
			*to++ = 'x';
			*to++ = "0123456789abcdef"[c >> 4];
			*to++ = "0123456789abcdef"[c & 15];
		}
	}
	*to = '\0';
	return escaped;
}

/**
 * unit_escape() - as systemd-escape prints it
 * @text: of an instance
 *
 * Return: text, to be freed.
 */
char *unit_escape(const char *text)
{
	return escape(text, strlen(text));
}

/**
 * unit_of_path() - as systemd-escape --path prints it
 * @path: absolute
 * @suffix: ".device"
 *
 * Return: text, to be freed.
 */
char *unit_of_path(const char *path, const char *suffix)
{
	char *plain = dmp_alloc(strlen(path) + 1), *to = plain, *escaped, *name;

	/* No slash at either end, and none twice. */
	for (; *path; path++)
		if (*path != '/' || (to > plain && to[-1] != '/'))
			*to++ = *path;
	while (to > plain && to[-1] == '/')
		to--;
	escaped = escape(to > plain ? plain : "/", to > plain ? (size_t)(to - plain) : 1);
	name = dmp_format("%s%s", escaped, suffix);
	free(escaped);
	free(plain);
	return name;
}

/**
 * device_path() - where udev puts what is called UUID=, LABEL= and so on
 * @device: of dmptab
 *
 * Return: a path, or @device itself if it is one; to be freed.
 */
char *device_path(const char *device)
{
	static const char *const kinds[] = { "UUID", "LABEL", "PARTUUID", "PARTLABEL" };
	char encoded[1024], *lower, *c, *path;
	size_t i, length;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		length = strlen(kinds[i]);
		if (strncmp(device, kinds[i], length) || device[length] != '=' ||
		    blkid_encode_string(device + length + 1, encoded, sizeof(encoded)))
			continue;
		lower = dmp_strdup(kinds[i]);
		for (c = lower; *c; c++)
			*c = tolower((unsigned char)*c);
		path = dmp_format("/dev/disk/by-%s/%s", lower, encoded);
		free(lower);
		return path;
	}
	return dmp_strdup(device);
}

/* In a unit's text a percent sign begins a specifier, and $ a variable. */
static char *quote(const char *text)
{
	char *quoted = dmp_alloc(2 * strlen(text) + 3), *to = quoted;

	*to++ = '"';
	for (; *text; text++) {
		if (*text == '%' || *text == '$')
			*to++ = *text;
		else if (*text == '"' || *text == '\\')
			*to++ = '\\';
		*to++ = *text;
	}
	*to++ = '"';
	*to = '\0';
	return quoted;
}

/*
 * What stands on a volume waits for its device, which udev announces when this service has
 * made it; the link that the generator makes only has it started. What the initramfs has
 * made is below the root file system, and is not stopped.
 */
static char *volume_text(const struct entry *entry, const char *device, const char *name)
{
	/* The device below has the same UUIDs: who mounts by them must not come first. */
	static const char before[] = "Wants=local-fs-pre.target\n"
				     "Before=dmp.target local-fs-pre.target\n";
	char *escaped = unit_escape(entry->name);
	char *text = dmp_format("Requires=%s\nAfter=%s systemd-udevd.service\n"
				"Wants=blockdev@dev-mapper-%s.target\n"
				"Before=blockdev@dev-mapper-%s.target\n%s"
				"%s"
				"\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
				"ExecStart=dmpsetup start %s\n%s%s\n",
				device, device, escaped, escaped, entry->nofail ? "" : before,
				entry->initrd ? "" : "Conflicts=umount.target\nBefore=umount.target\n",
				name, entry->initrd ? "" : "ExecStop=dmpsetup stop ",
				entry->initrd ? "" : name);

	free(escaped);
	return text;
}

/*
 * A device that is attached is at work before and after: nothing waits for this, and it
 * ends with the device. It is not stopped at shutdown, since its users may still be there.
 */
static char *attach_text(const char *device, const char *name)
{
	return dmp_format("BindsTo=%s\nAfter=%s\n"
			  "StartLimitIntervalSec=60\nStartLimitBurst=5\n"
			  "\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
			  "ExecStart=dmpsetup start %s\n"
			  "ExecStop=-dmpsetup stop %s\n"
			  "Restart=on-failure\nRestartSec=5\n", device, device, name, name);
}

/**
 * unit_text() - the service of a line of dmptab
 * @entry: of dmptab
 * @source: path of dmptab
 *
 * Return: text, to be freed.
 */
char *unit_text(const struct entry *entry, const char *source)
{
	char *path = entry->device ? device_path(entry->device) :
		     dmp_format("/dev/mapper/%s", entry->name);
	char *device = unit_of_path(path, ".device"), *name = quote(entry->name);
	char *body = entry->device ? volume_text(entry, device, name) : attach_text(device, name);
	char *text = dmp_format("# Made of %s by dmp-generator.\n\n"
				"[Unit]\nDescription=Device Mapper Proxy %s %%I\n"
				"Documentation=man:dmptab(5) man:dmpsetup(8)\nSourcePath=%s\n"
				"DefaultDependencies=no\nIgnoreOnIsolate=yes\n%s",
				source, entry->device ? "volume" : "under", source, body);

	free(body);
	free(name);
	free(device);
	free(path);
	return text;
}
