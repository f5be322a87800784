/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/minmax.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_MINMAX_H
#define DMP_UNIT_LINUX_MINMAX_H

#define max(a, b)	((a) > (b) ? (a) : (b))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min_t(type, a, b)	min((type)(a), (type)(b))

#endif /* DMP_UNIT_LINUX_MINMAX_H */
