/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows of 100 ms: requests and bytes completed in each, as peaks and distribution.
 *
 * The tick closes a window and opens the next one; the hot path is not involved. A tick
 * is never early and always late, by a jiffy at least and without limit on a busy
 * machine. So a window is weighted by its length: its amount is scaled to 100 ms, and
 * counted as many times as 100 ms fit into its length, remainders carried over. The sum
 * of a distribution is therefore the elapsed time in units of 100 ms.
 *
 * Pure arithmetic on the counts and times that the caller passes: also compiled in
 * the unit tests. The caller serialises.
 */
#ifndef DMP_WINDOWS_H
#define DMP_WINDOWS_H

#include <linux/types.h>

#include "hists.h"

#define DMP_WINDOW_NS	100000000ULL

/* A window that is longer than this is counted as late. */
#define DMP_WINDOW_LATE_NS	(DMP_WINDOW_NS + DMP_WINDOW_NS / 4)

/**
 * struct dmp_amount - completions of one operation
 * @requests: bios that were not refused
 * @bytes: of these bios
 */
struct dmp_amount {
	u64 requests;
	u64 bytes;
};

/**
 * struct dmp_windows - the open window, and totals of the closed ones
 * @start: begin of the open window, nanoseconds
 * @carry: remainder of the length of closed windows, nanoseconds
 * @busy_ns: length of all windows in which I/O was under way
 * @late: number of late windows
 * @base: completed until @start, by operation
 * @peaks: maximum of a window, by operation
 */
struct dmp_windows {
	u64 start;
	u64 carry;
	u64 busy_ns;
	u64 late;
	struct dmp_amount base[DMP_NR_OPS];
	struct dmp_amount peaks[DMP_NR_OPS];
};

void dmp_windows_open(struct dmp_windows *windows,
		      const struct dmp_amount *done, u64 now);
void dmp_windows_close(struct dmp_windows *windows,
		       struct dmp_window_hists *hists,
		       const struct dmp_amount *done, u64 now);
void dmp_windows_pass(struct dmp_windows *windows,
		      struct dmp_window_hists *hists, u64 now);
void dmp_windows_reset(struct dmp_windows *windows);

#endif /* DMP_WINDOWS_H */
