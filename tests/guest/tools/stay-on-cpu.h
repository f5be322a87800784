/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keep the calling thread on a CPU. Needs _GNU_SOURCE. */
#ifndef STAY_ON_CPU_H
#define STAY_ON_CPU_H

#include <err.h>
#include <sched.h>

static inline void stay_on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "sched_setaffinity: CPU %d", cpu);
}

#endif /* STAY_ON_CPU_H */
