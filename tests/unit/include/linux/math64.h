/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/math64.h> that kernel/buckets.h uses. */
#ifndef DMP_UNIT_LINUX_MATH64_H
#define DMP_UNIT_LINUX_MATH64_H

#include <stdint.h>

typedef uint64_t u64;

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

#endif /* DMP_UNIT_LINUX_MATH64_H */
