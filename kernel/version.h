/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place for the version number; packages and documents read it here. */
#ifndef DMP_VERSION_H
#define DMP_VERSION_H

#include <linux/stringify.h>

#define DMP_VERSION_MAJOR 0
#define DMP_VERSION_MINOR 1
#define DMP_VERSION_PATCH 0

#define DMP_VERSION					\
	__stringify(DMP_VERSION_MAJOR) "."		\
	__stringify(DMP_VERSION_MINOR) "."		\
	__stringify(DMP_VERSION_PATCH)

#endif /* DMP_VERSION_H */
