// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shares as whole numbers: fio takes whole percents only, and streams are whole, too.
 */
#include "shares.h"

/**
 * whole_shares() - share a total in proportion to counts
 * @counts: what to share by; not all are 0
 * @n: elements of @counts
 * @total: the sum of the shares
 * @shares: to fill; what is rounded to nothing is 0
 *
 * By largest remainder.
 */
void whole_shares(const uint64_t *counts, size_t n, int total, int *shares)
{
	double sum = 0, most, rest;
	int left = total;
	size_t i, which;

	for (i = 0; i < n; i++)
		sum += counts[i];
	for (i = 0; i < n; i++) {
		shares[i] = total * counts[i] / sum;
		left -= shares[i];
	}
	while (left-- > 0) {
		most = -1;
		which = 0;
		for (i = 0; i < n; i++) {
			rest = total * counts[i] / sum - shares[i];
			if (rest > most) {
				most = rest;
				which = i;
			}
		}
		shares[which]++;
	}
}
