/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for the errnos that block devices and sysfs give. */
#ifndef ERRNO_NAME_H
#define ERRNO_NAME_H

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

static inline const char *errno_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ 0, "ok" },
		{ EAGAIN, "EAGAIN" },
		{ EBADE, "EBADE" },
		{ EBUSY, "EBUSY" },
		{ EILSEQ, "EILSEQ" },
		{ EINVAL, "EINVAL" },
		{ EIO, "EIO" },
		{ ENODATA, "ENODATA" },
		{ ENODEV, "ENODEV" },
		{ ENOENT, "ENOENT" },
		{ ENOLINK, "ENOLINK" },
		{ ENOMEM, "ENOMEM" },
		{ ENOSPC, "ENOSPC" },
		{ ENXIO, "ENXIO" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
		{ EOVERFLOW, "EOVERFLOW" },
		{ EREMOTEIO, "EREMOTEIO" },
		{ ETIMEDOUT, "ETIMEDOUT" },
		{ ETOOMANYREFS, "ETOOMANYREFS" },
	};
	static char number[16];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(number, sizeof(number), "E%d", error);
	return number;
}

#endif /* ERRNO_NAME_H */
