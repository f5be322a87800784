/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dmpsetup can do. Each returns an exit status. */
#ifndef DMPSETUP_COMMANDS_H
#define DMPSETUP_COMMANDS_H

#include <stdbool.h>

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

/**
 * struct request - what was asked for
 * @name: of a mapped device; NULL for list
 * @device: that the volume is to stand on
 * @settings: options of dmptab, separated by commas; may be NULL
 * @dry_run: print dmsetup's commands, and change nothing
 * @orphans: list lower devices that were left
 */
struct request {
	const char *name, *device, *settings;
	bool dry_run, orphans;
};

int command_create(const struct request *request);
int command_remove(const struct request *request);
int command_list(const struct request *request);
int command_attach(const struct request *request);
int command_detach(const struct request *request);

#endif /* DMPSETUP_COMMANDS_H */
