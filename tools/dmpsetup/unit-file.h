/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd calls a unit, and what stands in it, of a line of dmptab. */
#ifndef DMPSETUP_UNIT_FILE_H
#define DMPSETUP_UNIT_FILE_H

#include "dmptab.h"

char *unit_escape(const char *text);
char *unit_of_path(const char *path, const char *suffix);
char *device_path(const char *device);
char *unit_text(const struct entry *entry, const char *source);

#endif /* DMPSETUP_UNIT_FILE_H */
