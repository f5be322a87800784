/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock of the hot path: a counter of the CPU, where the kernel trusts it.
 *
 * On x86 the time stamp counter: when check_tsc_unstable() becomes true (for counters
 * that are not synchronised between CPUs, among other reasons), the kernel's clock
 * source leaves the counter, and so does a volume: its tick checks ten times a second.
 * On arm64 the virtual counter of the generic timer, as long as it is the kernel's clock
 * source and no erratum forbids a plain read.
 *
 * A read without a barrier may be reordered by tens of nanoseconds; the narrowest bucket
 * is 64 ns wide. Everywhere else it is ktime_get_ns().
 */
#ifndef DMP_CLOCK_H
#define DMP_CLOCK_H

#include <linux/math64.h>
#include <linux/types.h>

/* User-Mode Linux has the option, but not check_tsc_unstable(). */
#if defined(CONFIG_X86_TSC) && defined(CONFIG_64BIT) && !defined(CONFIG_UML)
#define DMP_HAVE_COUNTER
#include <asm/msr.h>
#include <asm/tsc.h>
#define dmp_read_counter()	rdtsc()
#elif defined(CONFIG_ARM64)
#define DMP_HAVE_COUNTER
#include <asm/sysreg.h>
#define dmp_read_counter()	read_sysreg(cntvct_el0)
#endif

/*
 * A tick is one cycle, or as many, a power of two of them, as last at most 8 ns: fine
 * enough for buckets of 64 ns, and 32 bits of ticks last 17 s at the least. Generic
 * timers may be coarser: at 24 MHz a latency is a multiple of 41.7 ns.
 */
#define DMP_TICK_MAX_NS	8

/* A slower counter is not used: mult has 32 bits. */
#define DMP_COUNTER_MIN_KHZ	4000

/* Nanoseconds are ticks * mult >> DMP_TICK_FRACTION. */
#define DMP_TICK_FRACTION	24

/**
 * struct dmp_clock - how cycles become nanoseconds
 * @shift: cycles to ticks
 * @mult: ticks to nanoseconds; 0 if there is no counter
 */
struct dmp_clock {
	u32 shift;
	u32 mult;
};

void dmp_clock_global_init(void);
void dmp_clock_init(struct dmp_clock *clock);
bool dmp_clock_usable(void);

/* Ticks since an unspecified time, the same one on each CPU. */
static __always_inline u64 dmp_clock_ticks(const struct dmp_clock *clock)
{
#ifdef DMP_HAVE_COUNTER
	/* The mask spares the check of CONFIG_UBSAN_SHIFT. */
	return dmp_read_counter() >> (clock->shift & 63);
#else
	return 0;
#endif
}

/* The low half of dmp_clock_ticks(); on x86 by two instructions less. */
static __always_inline u32 dmp_clock_ticks_low(const struct dmp_clock *clock)
{
#if defined(DMP_HAVE_COUNTER) && defined(CONFIG_X86)
	u32 low;

	asm volatile("rdtsc; shrdl %%cl, %%edx, %%eax"
		     : "=a" (low) : "c" (clock->shift) : "edx", "cc");
	return low;
#else
	return dmp_clock_ticks(clock);
#endif
}

/* For any number of ticks. */
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
