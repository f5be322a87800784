/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time: from submission to completion, and between two arrivals.
 */
#ifndef DMP_LATENCY_H
#define DMP_LATENCY_H

#include "stats.h"

/* In a moment of arrival: it is by ktime_get_ns(). */
#define DMP_ARRIVAL_PLAIN	BIT_ULL(63)

void dmp_latency_rare(struct dmp_stats *stats, unsigned long tag);
void dmp_latency_note(struct dmp_stats *stats, const struct dmp_note *note,
		      u64 now);
void dmp_latency_gap(struct dmp_cpu __percpu *cpu,
		     const struct dmp_clock *clock, unsigned int op, u64 units);
u32 dmp_latency_limit(const struct dmp_stats *stats, u64 slow_ns);

/* Is it this bio's turn to be timed? */
static __always_inline bool dmp_latency_turn(const struct dmp_stats *stats,
					     struct dmp_arrivals *arrivals,
					     u32 shape)
{
	if (!(shape & DMP_SHAPE_EVERY))
		return true;
	arrivals->until_timed--;
	if ((s32)arrivals->until_timed >= 0)
		return false;
	arrivals->until_timed = READ_ONCE(stats->config.latency_every) - 1;
	return true;
}

/* Count a latency of at most DMP_LATENCY_MAX. */
static __always_inline void dmp_latency_count(struct dmp_cpu __percpu *cpu,
					      unsigned int op, u64 ns)
{
	unsigned long flags = dmp_update_begin(cpu);

	this_cpu_add(cpu->counts.ns[op], ns);
	this_cpu_inc(cpu->counts.timed[op]);
	dmp_update_end(cpu, flags);

	/* What is too short for a bucket of its own goes into bucket 0. */
	ns = max_t(u64, ns, DMP_LATENCY_MIN - 1);
	dmp_hist_inc(dmp_op_hists(cpu, op)->latency,
		     dmp_bucket(ns, DMP_LATENCY_FIRST, DMP_LATENCY_SUB) + 1);
}

#endif /* DMP_LATENCY_H */
