/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One upgrade at a time; and of attach, detach and settle one at a time changes a device:
 * between two of its steps attach has a lower device that nothing uses, which settle would
 * take for one that was left.
 */
#ifndef DMPSETUP_LOCK_H
#define DMPSETUP_LOCK_H

int device_lock(const char *name);
int upgrade_lock(void);
void unlock(int lock);

#endif /* DMPSETUP_LOCK_H */
