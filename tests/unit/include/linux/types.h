/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/types.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_TYPES_H
#define DMP_UNIT_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define __aligned(bytes) __attribute__((aligned(bytes)))
#define sizeof_field(type, member) sizeof(((type *)0)->member)

#endif /* DMP_UNIT_LINUX_TYPES_H */
