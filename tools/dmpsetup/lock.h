/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dmpsetup at a time changes a device. */
#ifndef DMPSETUP_LOCK_H
#define DMPSETUP_LOCK_H

int device_lock(const char *name);
void device_unlock(int lock);

#endif /* DMPSETUP_LOCK_H */
