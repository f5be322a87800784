// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Windows of 100 ms: see windows.h.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "windows.h"

/* @now - @base; 0 if negative, since a bio may be refused after it was counted. */
static u64 more_than(u64 now, u64 base)
{
	return (s64)(now - base) > 0 ? now - base : 0;
}

/*
 * Scale the amount of a window of @length nanoseconds to 100 ms. Requests are rounded
 * up: if any completed, some window of 100 ms had at least one. Bytes are scaled by the
 * same factor as requests, so that a single request keeps all of its bytes.
 */
static struct dmp_amount scale(struct dmp_amount amount, u64 length)
{
	struct dmp_amount scaled = amount;

	if (!amount.requests || length <= DMP_WINDOW_NS)
		return amount;

	scaled.requests = mul_u64_u64_div_u64(amount.requests, DMP_WINDOW_NS,
					      length);
	if (mul_u64_u64_div_u64(scaled.requests, length, DMP_WINDOW_NS) <
	    amount.requests)
		scaled.requests++;
	scaled.bytes = mul_u64_u64_div_u64(amount.bytes, scaled.requests,
					   amount.requests);
	return scaled;
}

/* Number of 100 ms windows in @length, with the remainder carried over. */
static u32 windows_in(struct dmp_windows *windows, u64 length)
{
	u64 rest;
	u32 count;

	count = div64_u64_rem(windows->carry + length, DMP_WINDOW_NS, &rest);
	windows->carry = rest;
	return count;
}

/**
 * dmp_windows_open() - open a window
 * @windows: serialised by the caller
 * @done: completed until now, by operation
 * @now: nanoseconds
 *
 * A bio that was refused between the reading of the two counters makes @done too low:
 * what an earlier window had is not counted once more.
 *
 * Context: any.
 */
void dmp_windows_open(struct dmp_windows *windows,
		      const struct dmp_amount *done, u64 now)
{
	struct dmp_amount *base = windows->base;
	unsigned int op;

	windows->start = now;
	for (op = 0; op < DMP_NR_OPS; op++) {
		base[op].requests += more_than(done[op].requests,
					       base[op].requests);
		base[op].bytes += more_than(done[op].bytes, base[op].bytes);
	}
}

static void close_one(struct dmp_windows *windows,
		      struct dmp_window_hists *hists, unsigned int op,
		      struct dmp_amount amount, u32 count)
{
	struct dmp_amount *peak = &windows->peaks[op];

	peak->requests = max(peak->requests, amount.requests);
	peak->bytes = max(peak->bytes, amount.bytes);
	hists[op].requests[dmp_window_requests_bucket(amount.requests)] += count;
	hists[op].bytes[dmp_window_bytes_bucket(amount.bytes)] += count;
}

/**
 * dmp_windows_close() - close a window in which I/O was under way, and open the next
 * @windows: serialised by the caller
 * @hists: the distributions, DMP_NR_OPS of them
 * @done: completed until now, by operation
 * @now: nanoseconds
 *
 * Context: any.
 */
void dmp_windows_close(struct dmp_windows *windows,
		       struct dmp_window_hists *hists,
		       const struct dmp_amount *done, u64 now)
{
	u64 length = more_than(now, windows->start);
	u32 count = windows_in(windows, length);
	struct dmp_amount amount;
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++) {
		amount.requests = more_than(done[op].requests,
					    windows->base[op].requests);
		amount.bytes = more_than(done[op].bytes,
					 windows->base[op].bytes);
		close_one(windows, hists, op, scale(amount, length), count);
	}
	windows->busy_ns += length;
	windows->late += length > DMP_WINDOW_LATE_NS;
	dmp_windows_open(windows, done, now);
}

/**
 * dmp_windows_pass() - count the windows that passed without I/O under way
 * @windows: serialised by the caller; no bio completed since the window was opened
 * @hists: the distributions, DMP_NR_OPS of them
 * @now: nanoseconds
 *
 * Context: any.
 */
void dmp_windows_pass(struct dmp_windows *windows,
		      struct dmp_window_hists *hists, u64 now)
{
	u32 count = windows_in(windows, more_than(now, windows->start));
	unsigned int op;

	for (op = 0; op < DMP_NR_OPS; op++) {
		hists[op].requests[0] += count;
		hists[op].bytes[0] += count;
	}
	windows->start = now;
}

/**
 * dmp_windows_reset() - reset peaks and busy time
 * @windows: serialised by the caller; the open window stays open
 *
 * Context: any.
 */
void dmp_windows_reset(struct dmp_windows *windows)
{
	windows->carry = 0;
	windows->busy_ns = 0;
	windows->late = 0;
	memset(windows->peaks, 0, sizeof(windows->peaks));
}
