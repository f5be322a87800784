// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offsets in a CPU's block that a random 4 KiB read touches at "collect all", for
 * tests/lint.d/footprint. "place" at a known offset, "random" somewhere in an array.
 */
#include <linux/kbuild.h>

#include "stats.h"

void footprint(void);

#define PLACE(name, member)						\
	DEFINE(place_##name, offsetof(struct dmp_cpu, member))
#define RANDOM(name, member)						\
	DEFINE(random_##name, offsetof(struct dmp_cpu, member))

void footprint(void)
{
	/* submission */
	RANDOM(slots, submit.runs.slots);
	PLACE(until_sample, submit.until_sample);
	PLACE(last_end, submit.last_end);
	PLACE(size, rw[DMP_READ].each.size[8]);
	PLACE(entered, counts.epoch[1].entered);
	PLACE(last_submit, submit.last_submit);
	/* completion */
	PLACE(requests, counts.done[DMP_READ].requests);
	PLACE(bytes, counts.done[DMP_READ].bytes);
	PLACE(ns, counts.done[DMP_READ].ns);
	PLACE(timed, counts.done[DMP_READ].timed);
	RANDOM(latency, rw[DMP_READ].each.latency);
	PLACE(left, counts.epoch[1].left);

	DEFINE(block, sizeof(struct dmp_cpu));
}
