// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offsets in a CPU's counters and in its block that a random 4 KiB read touches at
 * "collect all", for tests/lint.d/footprint; "random" somewhere in an array.
 */
#include <linux/kbuild.h>

#include "stats.h"

void footprint(void);

#define IN_CPU(name, member)						\
	DEFINE(cpu_##name, offsetof(struct dmp_cpu, member))
#define IN_BLOCK(name, member)						\
	DEFINE(block_##name, offsetof(struct dmp_block, member))
#define RANDOM(name, member)						\
	DEFINE(random_##name, offsetof(struct dmp_block, member))

void footprint(void)
{
	/* submission */
	IN_CPU(block, block);
	RANDOM(slots, submit.runs.slots);
	IN_BLOCK(until_sample, submit.until_sample);
	IN_BLOCK(last_end, submit.last_end);
	IN_BLOCK(size, rw[DMP_READ].each.size[8]);
	IN_CPU(entered, epoch[1].entered);
	IN_BLOCK(last_submit, submit.last_submit);
	/* completion */
	IN_CPU(requests, rw[DMP_READ].requests);
	IN_CPU(bytes, rw[DMP_READ].bytes);
	IN_CPU(ns, rw[DMP_READ].ns);
	IN_CPU(timed, rw[DMP_READ].timed);
	RANDOM(latency, rw[DMP_READ].each.latency);
	IN_CPU(left, epoch[1].left);

	DEFINE(bytes_cpu, sizeof(struct dmp_cpu));
	DEFINE(bytes_block, sizeof(struct dmp_block));
}
