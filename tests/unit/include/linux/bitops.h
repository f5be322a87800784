/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/bitops.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_BITOPS_H
#define DMP_UNIT_LINUX_BITOPS_H

#include <stdbool.h>
#include <stdint.h>

static inline unsigned long __fls(unsigned long word)
{
	return 8 * sizeof(word) - 1 - __builtin_clzl(word);
}

static inline int fls64(uint64_t word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

#endif /* DMP_UNIT_LINUX_BITOPS_H */
