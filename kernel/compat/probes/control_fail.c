// SPDX-License-Identifier: GPL-2.0-or-later
/* Must fail on every kernel: a wrong prototype is an error. */
#include <linux/device-mapper.h>

static long probe(struct bio *bio)
{
	return 0;
}

struct target_type probe_type = { .map = probe };
