/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/compiler.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_COMPILER_H
#define DMP_UNIT_LINUX_COMPILER_H

#define READ_ONCE(place)	(*(const volatile __typeof__(place) *)&(place))
#define WRITE_ONCE(place, value)					\
	(*(volatile __typeof__(place) *)&(place) = (value))

#endif /* DMP_UNIT_LINUX_COMPILER_H */
