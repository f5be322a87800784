/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/bits.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_BITS_H
#define DMP_UNIT_LINUX_BITS_H

#define BIT(bit)	(1UL << (bit))
#define BIT_ULL(bit)	(1ULL << (bit))

#endif /* DMP_UNIT_LINUX_BITS_H */
