/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pure integer arithmetic, compiled in the kernel and in the unit tests, which
 * bring a linux/math64.h of their own.
 */
#ifndef DMP_BUCKETS_H
#define DMP_BUCKETS_H

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

#endif /* DMP_BUCKETS_H */
