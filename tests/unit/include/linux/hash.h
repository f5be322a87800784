/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/hash.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_HASH_H
#define DMP_UNIT_LINUX_HASH_H

#include <linux/types.h>

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return value * 0x61C88647U >> (32 - bits);
}

#endif /* DMP_UNIT_LINUX_HASH_H */
