/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/dmptab: the volumes that are made at boot, as crypttab and veritytab have theirs. */
#ifndef DMPSETUP_DMPTAB_H
#define DMPSETUP_DMPTAB_H

#include <stdbool.h>

/**
 * struct entry - a line of dmptab
 * @name: of a mapped device
 * @device: that the volume is to stand on; NULL: NAME is there already, and is attached
 * @settings: options that are not for the boot, as -o takes them; may be empty
 * @timeout: how long to wait for the device, as systemd writes it; NULL: its default
 * @nofail: what needs it goes on without it
 * @noauto: not at boot
 * @initrd: in the initramfs
 */
struct entry {
	char *name, *device, *settings, *timeout;
	bool nofail, noauto, initrd;
};

const char *dmptab_path(void);
bool dmptab_parse(const char *line, struct entry *entry, char **problem);
void entry_free(struct entry *entry);
int dmptab_each(const char *program, int (*visit)(const struct entry *entry, void *data),
		void *data);
int dmptab_find(const char *program, const char *name, struct entry *entry);

#endif /* DMPSETUP_DMPTAB_H */
