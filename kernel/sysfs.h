/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /sys/module/NAME/stat/: the totals, and a directory for each volume. */
#ifndef DMP_SYSFS_H
#define DMP_SYSFS_H

#include "volume.h"

extern const struct dmp_volume_ops dmp_sysfs_volume_ops;

int dmp_sysfs_init(void);
void dmp_sysfs_exit(void);

#endif /* DMP_SYSFS_H */
