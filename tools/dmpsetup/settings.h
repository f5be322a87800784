/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of a volume, as a command line and dmptab have them, and as a table has them. */
#ifndef DMPSETUP_SETTINGS_H
#define DMPSETUP_SETTINGS_H

#include <stdint.h>

char *settings_params(const char *device, const char *settings, uint64_t *offset);

#endif /* DMPSETUP_SETTINGS_H */
