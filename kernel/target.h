/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device-mapper target "dmp". */
#ifndef DMP_TARGET_H
#define DMP_TARGET_H

int dmp_target_init(void);
void dmp_target_exit(void);

#endif /* DMP_TARGET_H */
