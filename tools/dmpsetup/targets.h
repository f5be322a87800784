/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device-mapper targets a live device may have for dmp to be put under it. */
#ifndef DMPSETUP_TARGETS_H
#define DMPSETUP_TARGETS_H

#include "mapper.h"

const char *targets_refuse(const struct table *table, const char **target);

#endif /* DMPSETUP_TARGETS_H */
