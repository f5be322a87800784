/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows of 100 ms: how much completed in each, as peaks and as a distribution.
 *
 * The tick closes a window and opens the next one, so nothing here is in a bio's
 * way. A tick is never early and always a little late, by a jiffy at the least
 * and by any amount on a busy machine. So a window counts for as long as it
 * lasted: what completed in it is scaled to 100 ms, and it stands for as many
 * windows of 100 ms as fit into its length, remainders carried over. The sum of
 * a distribution is therefore the elapsed time in windows, whatever the tick did.
 *
 * Pure arithmetic on the counts and times that the caller passes: also compiled in
 * the unit tests. The caller serialises.
 */
#ifndef DMP_WINDOWS_H
#define DMP_WINDOWS_H

#include <linux/types.h>

#include "hists.h"

#define DMP_WINDOW_NS	100000000ULL

/* A window that was closed later than this is late. */
#define DMP_WINDOW_LATE_NS	(DMP_WINDOW_NS + DMP_WINDOW_NS / 4)

/**
 * struct dmp_amount - what completed of one operation
 * @requests: bios, less those that were refused
 * @bytes: of these
 */
struct dmp_amount {
	u64 requests;
	u64 bytes;
};

/**
 * struct dmp_windows - the open window, and what the closed ones held
 * @start: when the open window was opened, nanoseconds
 * @carry: nanoseconds of closed windows that make no whole window yet
 * @busy_ns: length of all windows in which I/O was under way
 * @late: windows that were closed late
 * @base: what had completed of each operation when the window was opened
 * @peaks: the most of each operation in one window
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
