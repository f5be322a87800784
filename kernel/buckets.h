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
	 * The shift leaves what is in [2^sub, 2^(sub + 1)). That it is below 64
	 * the machine knows; the mask is for compilers that check shifts.
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
 * Return: the bound; it is also what all values of the bucket before are less
 *	than.
 */
static inline u64 dmp_bucket_bound(unsigned int index, unsigned int first,
				   unsigned int sub)
{
	unsigned int octave = first + (index >> sub);
	u64 steps = (1ULL << sub) + (index & ((1U << sub) - 1));

	return steps << (octave - sub);
}

/**
 * struct dmp_divisor - a number to be divided by without a division
 * @inverse: of its odd part, modulo 2^64
 * @limit: the quotient of 2^64 - 1 and the number, 0 for the number 0
 * @zeros: how many low bits of the number are 0
 */
struct dmp_divisor {
	u64 inverse;
	u64 limit;
	unsigned int zeros;
};

/**
 * dmp_divisor_init() - prepare for dmp_is_multiple()
 * @divisor: to be set up
 * @number: that is to be divided by; 0 has no multiples
 *
 * Newton's iteration for an inverse modulo a power of two doubles the bits that
 * are right with each step; an odd number is its own inverse in three of them.
 *
 * Context: any.
 */
static inline void dmp_divisor_init(struct dmp_divisor *divisor, u64 number)
{
	unsigned int bits;
	u64 odd;

	divisor->limit = 0;
	if (!number)
		return;

	divisor->zeros = dmp_octave(number & -number);
	odd = number >> divisor->zeros;
	divisor->inverse = odd;
	for (bits = 3; bits < 64; bits *= 2)
		divisor->inverse *= 2 - odd * divisor->inverse;
	divisor->limit = div64_u64(~0ULL, number);
}

/**
 * dmp_is_multiple() - is a value a multiple of a number?
 * @divisor: the number
 * @value: any
 *
 * Multiples of an odd number, and no other values, are mapped by its inverse to
 * the quotients; what even numbers have in front is rotated to the top, where it
 * exceeds all quotients. (Granlund and Montgomery, Division by Invariant
 * Integers using Multiplication, 1994, section 9.)
 *
 * Context: any.
 * Return: whether it is; never, for the number 0.
 */
static inline bool dmp_is_multiple(const struct dmp_divisor *divisor, u64 value)
{
	return divisor->limit &&
	       ror64(value * divisor->inverse, divisor->zeros) <=
	       divisor->limit;
}

#endif /* DMP_BUCKETS_H */
