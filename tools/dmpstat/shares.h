/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares as whole numbers. */
#ifndef DMP_SHARES_H
#define DMP_SHARES_H

#include <stddef.h>
#include <stdint.h>

void whole_shares(const uint64_t *counts, size_t n, int total, int *shares);

#endif /* DMP_SHARES_H */
