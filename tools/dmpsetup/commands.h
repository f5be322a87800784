/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dmpsetup can do. Each command returns an exit status. */
#ifndef DMPSETUP_COMMANDS_H
#define DMPSETUP_COMMANDS_H

#include <stdbool.h>

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

/**
 * struct request - what was asked for
 * @name: of a mapped device; NULL if there is none
 * @device: that the volume is to stand on
 * @settings: options of a volume, separated by commas; may be NULL
 * @dry_run: print dmsetup's commands, and change nothing
 * @orphans: list lower devices that were left
 * @force: also if nothing would change
 * @initrd: those that dmptab wants in the initramfs, as linear if there is no module
 */
struct request {
	const char *name, *device, *settings;
	bool dry_run, orphans, force, initrd;
};

int command_create(const struct request *request);
int command_remove(const struct request *request);
int command_list(const struct request *request);
int command_attach(const struct request *request);
int command_detach(const struct request *request);
int command_start(const struct request *request);
int command_stop(const struct request *request);
int command_upgrade(const struct request *request);
int command_settle(const struct request *request);

/* What is known of a mapped device's place among those that dmpsetup makes. */
bool is_watched(const char *name);
bool is_attached(const char *name);
bool is_detached(const char *name);
bool upgrade_is_under_way(void);
int remove_orphan(const char *name);

#endif /* DMPSETUP_COMMANDS_H */
