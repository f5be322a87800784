/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock of the hot path.
 *
 * On x86 it is the time stamp counter, read without a barrier, as long as the kernel
 * trusts it: when check_tsc_unstable() becomes true (for counters that are not
 * synchronised between CPUs, among other reasons), the kernel's clock source leaves
 * the counter, and so does a volume: its tick checks ten times a second. A read
 * without a barrier may be reordered by tens of nanoseconds; the narrowest bucket is
 * 64 ns wide.
 *
 * Everywhere else it is ktime_get_ns().
 */
#ifndef DMP_CLOCK_H
#define DMP_CLOCK_H

#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/ktime.h>
#include <linux/types.h>

/* User-Mode Linux has the option, but not check_tsc_unstable(). */
#if defined(CONFIG_X86_TSC) && defined(CONFIG_64BIT) && !defined(CONFIG_UML)
#define DMP_HAVE_TSC
#include <asm/msr.h>
#include <asm/tsc.h>
#endif

/*
 * A tick is as many cycles, a power of two of them, as last at most 8 ns: fine
 * enough for buckets of 64 ns, and 32 bits of ticks last 17 s at the least.
 */
#define DMP_TICK_MAX_NS	8

/* Nanoseconds are ticks * mult >> DMP_TICK_FRACTION. */
#define DMP_TICK_FRACTION	24

/**
 * struct dmp_clock - how cycles become nanoseconds
 * @shift: cycles to ticks
 * @mult: ticks to nanoseconds
 */
struct dmp_clock {
	u32 shift;
	u32 mult;
};

#ifdef DMP_HAVE_TSC
static inline bool dmp_clock_usable(void)
{
	return tsc_khz && !check_tsc_unstable();
}

static inline void dmp_clock_init(struct dmp_clock *clock)
{
	u64 per_tick = (u64)DMP_TICK_MAX_NS * tsc_khz;

	clock->shift = 0;
	clock->mult = 0;
	if (!tsc_khz)
		return;
	/* per_tick cycles in 10^6 ticks: at least one, then a power of two. */
	per_tick = div_u64(per_tick, 1000000);
	clock->shift = per_tick ? ilog2(per_tick) : 0;
	clock->mult = div_u64((1000000ULL << clock->shift) <<
			      DMP_TICK_FRACTION, tsc_khz);
}

/* Ticks since an unspecified time, the same one on each CPU. */
static __always_inline u64 dmp_clock_ticks(const struct dmp_clock *clock)
{
	/* The mask spares the check of CONFIG_UBSAN_SHIFT. */
	return rdtsc() >> (clock->shift & 63);
}
#else
static inline bool dmp_clock_usable(void)
{
	return false;
}

static inline void dmp_clock_init(struct dmp_clock *clock)
{
	clock->shift = 0;
	clock->mult = 0;
}

static __always_inline u64 dmp_clock_ticks(const struct dmp_clock *clock)
{
	return 0;
}
#endif

/* For any number of ticks; mult is below 2^28. */
static inline u64 dmp_ticks_to_ns(const struct dmp_clock *clock, u64 ticks)
{
	return mul_u64_u32_shr(ticks, clock->mult, DMP_TICK_FRACTION);
}

/* The same without a product of 128 bits. */
static __always_inline u64 dmp_few_ticks_to_ns(const struct dmp_clock *clock,
					       u32 ticks)
{
	return (u64)ticks * clock->mult >> DMP_TICK_FRACTION;
}

#endif /* DMP_CLOCK_H */
