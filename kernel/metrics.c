// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Metrics: see metrics.h and docs/ABI.
 */
#include <linux/blkdev.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/stddef.h>

#include "metrics.h"
#include "table-args.h"

const char * const dmp_op_names[DMP_NR_OPS] = {
	[DMP_READ] = "read",
	[DMP_WRITE] = "write",
	[DMP_DISCARD] = "discard",
	[DMP_FLUSH] = "flush",
	[DMP_WRITE_ZEROES] = "write_zeroes",
	[DMP_OTHER] = "other",
};

static s64 latency_bound(unsigned int index)
{
	return index ? dmp_bucket_bound(index - 1, DMP_LATENCY_FIRST,
					DMP_LATENCY_SUB) : 0;
}

static s64 size_bound(unsigned int index)
{
	u64 sectors = index;

	if (index >= DMP_SIZE_EXACT)
		sectors = dmp_bucket_bound(index - DMP_SIZE_EXACT,
					   DMP_SIZE_FIRST, DMP_SIZE_SUB);
	return sectors << SECTOR_SHIFT;
}

/* 0, 1, 2, 4, 8… */
static s64 power_bound(unsigned int index)
{
	return index ? 1LL << (index - 1) : 0;
}

static s64 interarrival_bound(unsigned int index)
{
	return index ? 1LL << (DMP_INTERARRIVAL_FIRST + index - 1) : 0;
}

static s64 run_bound(unsigned int index)
{
	return 1LL << index;
}

static s64 align_bound(unsigned int index)
{
	return 512LL << index;
}

/* See seek_bucket() of sample.c. */
static s64 seek_bound(unsigned int index)
{
	const unsigned int half = DMP_SEEK_BUCKETS / 2;

	return index < half ? -(1LL << (half - 1 - index)) :
			      power_bound(index - half);
}

/* Size and latency classes alike: 0, 1024, 4096… */
static s64 class_bound(unsigned int index)
{
	return index ? 1024LL << 2 * (index - 1) : 0;
}

static s64 window_requests_bound(unsigned int index)
{
	if (index < DMP_WINDOW_REQUESTS_EXACT)
		return index;
	return dmp_bucket_bound(index - DMP_WINDOW_REQUESTS_EXACT,
				DMP_WINDOW_REQUESTS_FIRST, DMP_WINDOW_SUB);
}

static s64 window_bytes_bound(unsigned int index)
{
	return index ? dmp_bucket_bound(index - 1, DMP_WINDOW_BYTES_FIRST,
					DMP_WINDOW_SUB) : 0;
}

/* Cell numbers; heat_cell_sectors has the size of a cell. */
static s64 cell_bound(unsigned int index)
{
	return index;
}

static const struct {
	blk_status_t status;
	const char *name;
} status_names[] = {
	{ BLK_STS_NOTSUPP, "notsupp" },
	{ BLK_STS_TIMEOUT, "timeout" },
	{ BLK_STS_NOSPC, "nospc" },
	{ BLK_STS_TRANSPORT, "transport" },
	{ BLK_STS_TARGET, "target" },
	{ BLK_STS_MEDIUM, "medium" },
	{ BLK_STS_PROTECTION, "protection" },
	{ BLK_STS_RESOURCE, "resource" },
	{ BLK_STS_IOERR, "io" },
	{ BLK_STS_DM_REQUEUE, "dm_requeue" },
	{ BLK_STS_AGAIN, "again" },
	{ BLK_STS_DEV_RESOURCE, "dev_resource" },
#ifdef BLK_STS_ZONE_RESOURCE
	{ BLK_STS_ZONE_RESOURCE, "zone_resource" },
#endif
	{ BLK_STS_ZONE_OPEN_RESOURCE, "zone_open_resource" },
	{ BLK_STS_ZONE_ACTIVE_RESOURCE, "zone_active_resource" },
#ifdef BLK_STS_NEXUS
	{ BLK_STS_NEXUS, "reservation" },
#endif
#ifdef BLK_STS_RESV_CONFLICT
	{ BLK_STS_RESV_CONFLICT, "reservation" },
#endif
#ifdef BLK_STS_OFFLINE
	{ BLK_STS_OFFLINE, "offline" },
#endif
#ifdef BLK_STS_DURATION_LIMIT
	{ BLK_STS_DURATION_LIMIT, "duration_limit" },
#endif
#ifdef BLK_STS_INVAL
	{ BLK_STS_INVAL, "inval" },
#endif
};

/* NULL for a status that this kernel does not have. */
static const char *status_label(unsigned int index)
{
	size_t i;

	if (index == DMP_STATUSES - 1)
		return "unknown";
	for (i = 0; i < ARRAY_SIZE(status_names); i++)
		if ((__force unsigned int)status_names[i].status == index)
			return status_names[i].name;
	return NULL;
}

static const char *flags_label(unsigned int index)
{
	static const char * const names[DMP_FLAGS] = {
		"none", "sync", "meta", "sync+meta", "readahead",
		"sync+readahead", "meta+readahead", "sync+meta+readahead",
	};

	return names[index];
}

#define ALL_OPS		(BIT(DMP_NR_OPS) - 1)
#define RW_OPS		(BIT(DMP_READ) | BIT(DMP_WRITE))
#define SIZED_OPS	(ALL_OPS & ~BIT(DMP_FLUSH))

#define IN_COUNTERS(bytes)	((bytes) / sizeof(u32))

/* Offset of a counter in struct dmp_rw_hists, or in struct dmp_window_hists. */
#define AT(member)	.offset = DMP_RW_HIST(member)
#define WINDOW_AT(member)						\
	.windows = true,						\
	.offset = IN_COUNTERS(offsetof(struct dmp_window_hists, member))

const struct dmp_metric dmp_metrics[] = {
	{
		.name = "latency_ns", .ops = ALL_OPS,
		AT(each.latency),
		.buckets = DMP_LATENCY_BUCKETS, .bound = latency_bound,
	}, {
		.name = "size_bytes", .ops = SIZED_OPS,
		AT(each.size),
		.buckets = DMP_SIZE_BUCKETS, .bound = size_bound,
	}, {
		.name = "size_latency", .ops = RW_OPS,
		AT(size_latency),
		.buckets = DMP_SL_SIZES * DMP_SL_LATENCIES,
		.columns = DMP_SL_LATENCIES,
		.bound = class_bound, .row_bound = class_bound,
	}, {
		.name = "seek_sectors", .ops = RW_OPS,
		AT(seek),
		.buckets = DMP_SEEK_BUCKETS, .bound = seek_bound,
	}, {
		.name = "cpu_run_requests", .ops = RW_OPS,
		AT(run),
		.buckets = DMP_RUN_BUCKETS, .bound = run_bound,
	}, {
		.name = "interarrival_ns", .ops = ALL_OPS,
		AT(each.interarrival),
		.buckets = DMP_INTERARRIVAL_BUCKETS,
		.bound = interarrival_bound,
	}, {
		.name = "depth", .ops = ALL_OPS,
		AT(each.depth),
		.buckets = DMP_DEPTH_BUCKETS, .bound = power_bound,
	}, {
		.name = "align_bytes", .ops = SIZED_OPS,
		AT(each.align),
		.buckets = DMP_ALIGN_BUCKETS, .bound = align_bound,
	}, {
		.name = "heat", .ops = RW_OPS,
		AT(heat),
		.buckets = DMP_HEAT_CELLS, .bound = cell_bound,
	}, {
		.name = "window_requests", .ops = ALL_OPS,
		WINDOW_AT(requests),
		.buckets = DMP_WINDOW_REQUESTS_BUCKETS,
		.bound = window_requests_bound,
	}, {
		.name = "window_bytes", .ops = SIZED_OPS,
		WINDOW_AT(bytes),
		.buckets = DMP_WINDOW_BYTES_BUCKETS,
		.bound = window_bytes_bound,
	}, {
		.name = "errors", .ops = ALL_OPS,
		AT(each.errors),
		.buckets = DMP_STATUSES, .label = status_label,
	}, {
		.name = "flags", .ops = ALL_OPS,
		AT(each.flags),
		.buckets = DMP_FLAGS, .label = flags_label,
	},
};

const unsigned int dmp_nr_metrics = ARRAY_SIZE(dmp_metrics);

static u64 value_of(const struct dmp_metric *metric,
		    const struct dmp_snapshot *snapshot, unsigned int op,
		    unsigned int index)
{
	const u32 *windows = (const u32 *)&snapshot->window_hists[op];

	if (metric->windows)
		return READ_ONCE(windows[metric->offset + index]);
	return dmp_total(snapshot->totals, op, metric->offset + index);
}

/* Runs that began: all reads or writes less those that continued a run (run[0]). */
static u64 runs_begun(const struct dmp_snapshot *snapshot, unsigned int op,
		      u64 continued)
{
	u64 submitted = 0;
	unsigned int i;

	for (i = 0; i < DMP_SIZE_BUCKETS; i++)
		submitted += dmp_total(snapshot->totals, op,
				       DMP_RW_HIST(each.size) + i);
	return submitted > continued ? submitted - continued : 0;
}

/*
 * The counters have the runs that reached a length; the histogram, those that ended
 * there or are there now. The difference is clamped: a run that is under way at a
 * reset grows without having begun.
 */
static u64 runs_of_length(const struct dmp_metric *metric,
			  const struct dmp_snapshot *snapshot, unsigned int op,
			  unsigned int index)
{
	u64 reached = value_of(metric, snapshot, op, index);
	u64 went_on = 0;

	if (!index)
		reached = runs_begun(snapshot, op, reached);
	if (index + 1 < DMP_RUN_BUCKETS)
		went_on = value_of(metric, snapshot, op, index + 1);
	return reached > went_on ? reached - went_on : 0;
}

/**
 * dmp_metric_range() - counters that a histogram is computed from
 * @metric: any
 * @op: one of the metric's operations
 *
 * Context: any.
 * Return: the counters.
 */
struct dmp_hist_range dmp_metric_range(const struct dmp_metric *metric,
				       unsigned int op)
{
	/* Runs that began are computed from sizes, too. */
	if (metric->bound == run_bound)
		return (struct dmp_hist_range) {
			.ops = BIT(op), .count = SIZE_MAX,
		};
	if (metric->windows)
		return DMP_NO_HISTS;
	return (struct dmp_hist_range) {
		.ops = BIT(op), .first = metric->offset,
		.count = metric->buckets,
	};
}

/**
 * dmp_metric_value() - the count in a bucket
 * @metric: any
 * @snapshot: of the volume, with this histogram
 * @op: one of the metric's operations
 * @index: of the bucket
 *
 * Context: any.
 * Return: the count.
 */
u64 dmp_metric_value(const struct dmp_metric *metric,
		     const struct dmp_snapshot *snapshot, unsigned int op,
		     unsigned int index)
{
	if (metric->bound == run_bound)
		return runs_of_length(metric, snapshot, op, index);
	return value_of(metric, snapshot, op, index);
}

/* Counters that scalars are computed from. */
static const struct dmp_metric align_counters = {
	AT(each.align), .buckets = DMP_ALIGN_BUCKETS,
};

static const struct dmp_metric physical_counter = {
	AT(each.aligned_physical), .buckets = 1,
};

static const struct dmp_metric optimal_counter = {
	AT(each.aligned_optimal), .buckets = 1,
};

static const struct dmp_metric sequential_counter = {
	AT(sequential), .buckets = 1,
};

static const struct dmp_metric flags_counters = {
	AT(each.flags), .buckets = DMP_FLAGS,
};

/* Each sampled bio is in one bucket of the histogram of flags. */
static u64 sampled(const struct dmp_snapshot *snapshot, unsigned int op)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < DMP_FLAGS; i++)
		sum += value_of(&flags_counters, snapshot, op, i);
	return sum;
}

static u64 sequential(const struct dmp_snapshot *snapshot, unsigned int op)
{
	return value_of(&sequential_counter, snapshot, op, 0);
}

/* Sampled bios that begin at a multiple of 4 KiB and are one in length. */
static u64 aligned_4k(const struct dmp_snapshot *snapshot, unsigned int op)
{
	u64 sum = 0;
	int i;

	for (i = DMP_ALIGN_BUCKETS - 1; i >= 0 && align_bound(i) >= SZ_4K; i--)
		sum += value_of(&align_counters, snapshot, op, i);
	return sum;
}

static u64 aligned_physical(const struct dmp_snapshot *snapshot,
			    unsigned int op)
{
	return value_of(&physical_counter, snapshot, op, 0);
}

static u64 aligned_optimal(const struct dmp_snapshot *snapshot,
			   unsigned int op)
{
	return value_of(&optimal_counter, snapshot, op, 0);
}

static const char *collect(const struct dmp_snapshot *snapshot)
{
	return dmp_collect_name(snapshot->config.collect);
}

#define VALUE(member)	.offset = offsetof(struct dmp_snapshot, member)
#define DONE		.ops = ALL_OPS, .stride = sizeof(struct dmp_done)
#define UNCOMMON	.ops = ALL_OPS, .stride = sizeof(struct dmp_uncommon)
#define PEAK		.ops = ALL_OPS, .stride = sizeof(struct dmp_amount)

const struct dmp_scalar dmp_scalars[] = {
	{ "collect", .word = collect },
	{ "latency_every", VALUE(latency_every) },
	{ "slow_limit_us", VALUE(slow_limit_us) },
	{ "sample_every", VALUE(sample_every) },
	{ "heat_cell_sectors", VALUE(heat_cell_sectors) },
	{ "physical_block_bytes", VALUE(physical_block_bytes) },
	{ "optimal_io_bytes", VALUE(optimal_io_bytes) },
	{ "overhead_ns", VALUE(overhead_ns) },
	{ "start_boot_ns", VALUE(start.boot_ns) },
	{ "start_real_ns", VALUE(start.real_ns) },
	{ "generation", VALUE(start.generation) },
	{ "latency_start_boot_ns", VALUE(start.latency_boot_ns) },
	{ "busy_ns", VALUE(windows.busy_ns) },
	{ "windows_late", VALUE(windows.late) },
	{ "requests", DONE, VALUE(counts.done[0].requests) },
	{ "bytes", DONE, VALUE(counts.done[0].bytes) },
	{ "refused", UNCOMMON, VALUE(counts.uncommon[0].refused) },
	{ "refused_bytes", UNCOMMON, VALUE(counts.uncommon[0].refused_bytes) },
	{ "time_ns", DONE, VALUE(counts.done[0].ns) },
	{ "timed", DONE, VALUE(counts.done[0].timed) },
	{ "slow", UNCOMMON, VALUE(counts.uncommon[0].slow) },
	{ "slow_time_ns", UNCOMMON, VALUE(counts.uncommon[0].slow_ns) },
	{ "peak_requests", PEAK, VALUE(windows.peaks[0].requests) },
	{ "peak_bytes", PEAK, VALUE(windows.peaks[0].bytes) },
	{ "sampled", ALL_OPS, .hists = sampled,
	  .counters = &flags_counters },
	{ "sequential", RW_OPS, .hists = sequential,
	  .counters = &sequential_counter },
	{ "aligned_4k", SIZED_OPS, .hists = aligned_4k,
	  .counters = &align_counters },
	{ "aligned_physical", SIZED_OPS, .hists = aligned_physical,
	  .counters = &physical_counter },
	{ "aligned_optimal", SIZED_OPS, .hists = aligned_optimal,
	  .counters = &optimal_counter },
	{ "errors", VALUE(counts.errors) },
	{ "fua", VALUE(counts.fua) },
	{ "in_flight", VALUE(in_flight) },
	{ "oldest_ns", VALUE(oldest_ns) },
};

const unsigned int dmp_nr_scalars = ARRAY_SIZE(dmp_scalars);

/**
 * dmp_scalar_range() - counters of histograms that a single value is computed from
 * @scalar: any
 * @op: operation; 0 for a value of the volume
 *
 * Context: any.
 * Return: the counters; none, if it is not.
 */
struct dmp_hist_range dmp_scalar_range(const struct dmp_scalar *scalar,
				       unsigned int op)
{
	return scalar->counters ? dmp_metric_range(scalar->counters, op) :
				  DMP_NO_HISTS;
}

/**
 * dmp_scalar_value() - a single value
 * @scalar: any without @word
 * @snapshot: of the volume, with histograms if @scalar needs them
 * @op: operation; 0 for a value of the volume
 *
 * Context: any.
 * Return: the value.
 */
u64 dmp_scalar_value(const struct dmp_scalar *scalar,
		     const struct dmp_snapshot *snapshot, unsigned int op)
{
	if (scalar->hists)
		return scalar->hists(snapshot, op);
	return *(const u64 *)((const char *)snapshot + scalar->offset +
			      op * scalar->stride);
}
