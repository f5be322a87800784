// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of metrics: see metrics.h and docs/ABI.
 */
#include <linux/blk_types.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/time64.h>

#include "metrics.h"
#include "patterns.h"
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

static s64 gap_bound(unsigned int index)
{
	return index ? 1LL << (DMP_GAP_FIRST + index - 1) : 0;
}

static s64 run_bound(unsigned int index)
{
	return 1LL << index;
}

static s64 align_bound(unsigned int index)
{
	return 512LL << index;
}

/* See seek_bucket() of patterns. */
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

/* Numbers of cells: how large one is, heat_cell_sectors tells. */
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

/* Where a metric's counters lie: those of reads, and those of discards. */
#define OFFSET(member)	IN_COUNTERS(offsetof(struct dmp_hists, rw[0].member))
#define OTHER(member)	IN_COUNTERS(offsetof(struct dmp_hists, other[0].member))

#define BUCKETS(member)	IN_COUNTERS(sizeof_field(struct dmp_rw_hists, member))

const struct dmp_metric dmp_metrics[] = {
	{
		.name = "latency_ns", .ops = ALL_OPS,
		.offset = OFFSET(each.latency), .other = OTHER(latency),
		.buckets = BUCKETS(each.latency),
		.bound = latency_bound,
	}, {
		.name = "size_bytes", .ops = SIZED_OPS,
		.offset = OFFSET(each.size), .other = OTHER(size),
		.buckets = BUCKETS(each.size),
		.bound = size_bound,
	}, {
		.name = "size_latency", .ops = RW_OPS,
		.offset = OFFSET(size_latency), .buckets = BUCKETS(size_latency),
		.columns = DMP_SL_LATENCIES,
		.bound = class_bound, .row_bound = class_bound,
	}, {
		.name = "seek_sectors", .ops = RW_OPS,
		.offset = OFFSET(seek), .buckets = BUCKETS(seek),
		.bound = seek_bound,
	}, {
		.name = "cpu_run_requests", .ops = RW_OPS,
		.offset = OFFSET(run), .buckets = BUCKETS(run),
		.bound = run_bound,
	}, {
		.name = "interarrival_ns", .ops = ALL_OPS,
		.offset = OFFSET(each.gap), .other = OTHER(gap),
		.buckets = BUCKETS(each.gap),
		.bound = gap_bound,
	}, {
		.name = "depth", .ops = ALL_OPS,
		.offset = OFFSET(each.depth), .other = OTHER(depth),
		.buckets = BUCKETS(each.depth),
		.bound = power_bound,
	}, {
		.name = "align_bytes", .ops = SIZED_OPS,
		.offset = OFFSET(each.align), .other = OTHER(align),
		.buckets = BUCKETS(each.align),
		.bound = align_bound,
	}, {
		.name = "heat", .ops = RW_OPS,
		.offset = OFFSET(heat), .buckets = BUCKETS(heat),
		.bound = cell_bound,
	}, {
		.name = "errors", .ops = ALL_OPS,
		.offset = OFFSET(each.errors), .other = OTHER(errors),
		.buckets = BUCKETS(each.errors),
		.label = status_label,
	}, {
		.name = "flags", .ops = ALL_OPS,
		.offset = OFFSET(each.flags), .other = OTHER(flags),
		.buckets = BUCKETS(each.flags),
		.label = flags_label,
	},
};

const unsigned int dmp_nr_metrics = ARRAY_SIZE(dmp_metrics);

/* What of an operation lies at an offset, from reads or from discards. */
static const u64 *of_op(const u64 *hists, unsigned int op, size_t offset,
			size_t other)
{
	if (op < DMP_RW_OPS)
		return hists + offset +
		       op * IN_COUNTERS(sizeof(struct dmp_rw_hists));
	return hists + other + (op - DMP_RW_OPS) *
			       IN_COUNTERS(sizeof(struct dmp_op_hists));
}

/* Those that continued nothing: all that there were less run[0], those that did. */
static u64 runs_begun(const u64 *hists, unsigned int op, u64 continued)
{
	const u64 *size = hists + IN_COUNTERS(offsetof(struct dmp_hists,
						       rw[op].each.size));
	u64 arrived = 0;
	unsigned int i;

	for (i = 0; i < DMP_SIZE_BUCKETS; i++)
		arrived += size[i];
	return arrived > continued ? arrived - continued : 0;
}

/*
 * Counted are the runs that reached a length; shown, those of that length so
 * far. A run that was under way at a reset went on without having begun.
 */
static u64 runs_of_length(const u64 *run, unsigned int index, u64 begun)
{
	u64 reached = index ? run[index] : begun;
	u64 went_on = index + 1 < DMP_RUN_BUCKETS ? run[index + 1] : 0;

	return reached > went_on ? reached - went_on : 0;
}

/**
 * dmp_metric_value() - what a bucket holds
 * @metric: any
 * @hists: of dmp_stats_hists()
 * @op: that the metric has
 * @index: of the bucket
 *
 * Context: any.
 * Return: the count.
 */
u64 dmp_metric_value(const struct dmp_metric *metric, const u64 *hists,
		     unsigned int op, unsigned int index)
{
	const u64 *values = of_op(hists, op, metric->offset, metric->other);

	if (metric->bound == run_bound)
		return runs_of_length(values, index,
				      index ? 0 : runs_begun(hists, op,
							     values[0]));
	return values[index];
}

/*
 * Of the bios that were sampled, those that began at a multiple of a power of two
 * and were one in length; of no more than align_bytes tells apart.
 */
static u64 aligned(const u64 *hists, unsigned int op, unsigned int bytes)
{
	const u64 *align = of_op(hists, op, OFFSET(each.align), OTHER(align));
	u64 sum = 0;
	int i;

	for (i = DMP_ALIGN_BUCKETS - 1; i >= 0; i--) {
		sum += align[i];
		if (align_bound(i) <= bytes)
			break;
	}
	return sum;
}

/* The same for the optimal I/O size; 0 if the device names none. */
static u64 aligned_optimal(const u64 *hists, unsigned int op)
{
	return *of_op(hists, op, OFFSET(each.optimal), OTHER(optimal));
}

#define NO_OP 0

/* First pass over the list: a function for each value. */
#define SCALAR(name, ops, value)					\
static_assert(!((ops) & ~ALL_OPS));					\
static u64 get_##name(const struct dmp_snapshot *s, unsigned int op)	\
{									\
	return value;							\
}

#define HIST_SCALAR(name, ops, value) SCALAR(name, ops, value)

#define WORD(name, value)						\
static const char *get_##name(const struct dmp_snapshot *s)		\
{									\
	return value;							\
}

#include "scalars.h"

/* Second pass: the table. */
#define SCALAR(name_, ops_, ...)					\
	{ .name = #name_, .ops = ops_, .get = get_##name_ },
#define HIST_SCALAR(name_, ops_, ...)					\
	{ .name = #name_, .ops = ops_, .get = get_##name_, .hists = true },
#define WORD(name_, ...)						\
	{ .name = #name_, .word = get_##name_ },

const struct dmp_scalar dmp_scalars[] = {
#include "scalars.h"
};

const unsigned int dmp_nr_scalars = ARRAY_SIZE(dmp_scalars);
