/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of volumes: from sysfs, device-mapper's UUIDs and the table of mounts. */
#ifndef DMP_NAMES_H
#define DMP_NAMES_H

#include <libmount.h>

#include "sample.h"

char *dmp_read_file(const char *root, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *dmp_lv_of(const char *name, const char *uuid);
struct libmnt_table *dmp_mounts(const char *root);
bool dmp_names_read(struct dmp_names *names, const char *root, const char *device,
		    struct libmnt_table *mounts);
bool dmp_names_match(const struct dmp_names *names, const char *text);

#endif /* DMP_NAMES_H */
