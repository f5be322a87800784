// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rate of the hot path's clock, and whether the kernel trusts it: see clock.h.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/log2.h>

#include "clock.h"
#include "compat/compat.h"

#if defined(DMP_HAVE_COUNTER) && defined(CONFIG_X86)
#include <asm/tsc.h>

static unsigned int counter_khz(void)
{
	return tsc_khz;
}

static bool is_trusted(void)
{
	return !check_tsc_unstable();
}

static void check_counter(void)
{
}

#elif defined(DMP_HAVE_COUNTER) && defined(DMP_HAVE_SNAPSHOT_CS_ID)
#include <linux/clocksource_ids.h>
#include <linux/percpu.h>

#include <asm/arch_timer.h>

/* The kernel's clock source counts at the rate that the counter is said to have. */
static bool rate_agrees __ro_after_init;

static unsigned int counter_khz(void)
{
	return arch_timer_get_cntfrq() / 1000;
}

static bool has_erratum(void)
{
#if IS_ENABLED(CONFIG_ARM_ARCH_TIMER_OOL_WORKAROUND)
	const struct arch_timer_erratum_workaround *workaround;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		workaround = per_cpu(timer_unstable_counter_workaround, cpu);
		if (workaround && workaround->read_cntvct_el0)
			return true;
	}
#endif
	return false;
}

static bool is_trusted(void)
{
	struct system_time_snapshot snapshot;

	ktime_get_snapshot(&snapshot);
	return rate_agrees && snapshot.cs_id == CSID_ARM_ARCH_COUNTER &&
	       !has_erratum();
}

/*
 * Firmware may tell a wrong rate, which a device tree may correct for the kernel's clock
 * source only: compare them.
 */
static void check_counter(void)
{
	struct system_time_snapshot begin, end;
	u64 cycles, ns, expected;

	if (!counter_khz())
		return;
	ktime_get_snapshot(&begin);
	usleep_range(USEC_PER_MSEC, 2 * USEC_PER_MSEC);
	cycles = dmp_read_counter() - begin.cycles;
	ktime_get_snapshot(&end);
	ns = ktime_to_ns(ktime_sub(end.raw, begin.raw));
	expected = div_u64((end.cycles - begin.cycles) * USEC_PER_SEC,
			   counter_khz());
	/* The counter that is read here is the one that the clock source reads. */
	rate_agrees = cycles <= end.cycles - begin.cycles &&
		      max(ns, expected) - min(ns, expected) <= ns >> 7;
}

#else
static unsigned int counter_khz(void)
{
	return 0;
}

static bool is_trusted(void)
{
	return false;
}

static void check_counter(void)
{
}
#endif

/**
 * dmp_clock_global_init() - check the counter
 *
 * Context: may sleep; called before the first volume.
 */
void dmp_clock_global_init(void)
{
	check_counter();
}

/**
 * dmp_clock_usable() - check that the kernel trusts the counter now
 *
 * Context: any.
 * Return: true if so; otherwise ktime_get_ns() has to be read.
 */
bool dmp_clock_usable(void)
{
	return counter_khz() >= DMP_COUNTER_MIN_KHZ && is_trusted();
}

/**
 * dmp_clock_init() - set up the conversion of cycles
 * @clock: set up, also if the counter is not usable now
 *
 * Context: any.
 */
void dmp_clock_init(struct dmp_clock *clock)
{
	unsigned int khz = counter_khz();
	u64 per_tick;

	clock->shift = 0;
	clock->mult = 0;
	if (khz < DMP_COUNTER_MIN_KHZ)
		return;
	/* At least one cycle, then a power of two. */
	per_tick = div_u64((u64)DMP_TICK_MAX_NS * khz, USEC_PER_SEC);
	clock->shift = per_tick ? ilog2(per_tick) : 0;
	clock->mult = div_u64(((u64)USEC_PER_SEC << clock->shift) <<
			      DMP_TICK_FRACTION, khz);
}
