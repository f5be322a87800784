/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the kernel's <linux/kernel.h> that the tested files use. */
#ifndef DMP_UNIT_LINUX_KERNEL_H
#define DMP_UNIT_LINUX_KERNEL_H

#include <linux/minmax.h>

#endif /* DMP_UNIT_LINUX_KERNEL_H */
