/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure integer arithmetic, compiled in the kernel and in the unit tests, which
 * bring a linux/math64.h of their own.
 */
#ifndef DMP_BUCKETS_H
#define DMP_BUCKETS_H

#include <linux/bitops.h>
#include <linux/math64.h>

/**
 * dmp_average_up() - a quotient rounded up
 * @sum: any amount
 * @count: how many it is shared by
 *
 * Right for every @sum up to 2^64 - 1, where (sum + count - 1) / count would
 * overflow.
 *
 * Context: any.
 * Return: @sum / @count rounded up, 0 if @count is 0.
 */
static inline u64 dmp_average_up(u64 sum, u64 count)
{
	u64 quotient, remainder;

	if (!count)
		return 0;

	quotient = div64_u64_rem(sum, count, &remainder);
	return quotient + !!remainder;
}

/*
 * Histograms have log-linear buckets: each octave, [2^e, 2^(e+1)), is divided
 * into 2^sub buckets of equal width, none of them wider than 1/2^sub of its
 * lower bound. The first octave of a histogram is 2^first.
 */

/**
 * dmp_octave() - the number of a value's highest bit
 * @value: not 0
 *
 * Context: any.
 * Return: from 0.
 */
static __always_inline unsigned long dmp_octave(u64 value)
{
	/* One instruction; fls64(), which knows 0, takes four. */
	if (sizeof(long) == 8)
		return __fls(value);
	return (unsigned long)fls64(value) - 1;
}

/**
 * dmp_power_bucket() - the bucket of 0, 1, 2 to 3, 4 to 7 and so on
 * @value: less than 2^63
 *
 * Context: any.
 * Return: the bucket's index, from 0.
 */
static __always_inline unsigned long dmp_power_bucket(u64 value)
{
	return dmp_octave(2 * value + 1);
}

/**
 * dmp_bucket() - which bucket a value falls into
 * @value: 2^@first or more
 * @first: the histogram's first octave, at least @sub
 * @sub: log2 of the buckets in an octave
 *
 * Context: any.
 * Return: the bucket's index, from 0.
 */
static __always_inline unsigned long
dmp_bucket(u64 value, unsigned int first, unsigned int sub)
{
	unsigned long octave = dmp_octave(value);

	/*
	 * The shift leaves a value in [2^sub, 2^(sub + 1)). Its count is always
	 * below 64; the mask spares the check of CONFIG_UBSAN_SHIFT.
	 */
	return (octave << sub) + (value >> ((octave - sub) & 63)) -
	       ((unsigned long)first << sub) - (1UL << sub);
}

/**
 * dmp_bucket_bound() - the least value of a bucket, the inverse of dmp_bucket()
 * @index: the bucket's
 * @first: as there
 * @sub: as there
 *
 * Context: any.
 * Return: the bound; values of the previous bucket are less.
 */
static inline u64 dmp_bucket_bound(unsigned int index, unsigned int first,
				   unsigned int sub)
{
	unsigned int octave = first + (index >> sub);
	u64 steps = (1ULL << sub) + (index & ((1U << sub) - 1));

	return steps << (octave - sub);
}

#endif /* DMP_BUCKETS_H */
