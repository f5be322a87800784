/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints dmp:dmp_submit and dmp:dmp_complete. While both are disabled they cost a
 * bio nothing: only the slow path has them, and the mode sends bios there.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dmp

#if !defined(DMP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define DMP_TRACE_H

#include <linux/blk_types.h>
#include <linux/kdev_t.h>
#include <linux/tracepoint.h>

#include "bio-state.h"

/* Called when a tracepoint is enabled or disabled; defined in volume.c. */
int dmp_volumes_trace(void);
void dmp_volumes_untrace(void);

#define dmp_show_op(op)							\
	__print_symbolic(op,						\
			 { DMP_READ, "read" },				\
			 { DMP_WRITE, "write" },			\
			 { DMP_DISCARD, "discard" },			\
			 { DMP_FLUSH, "flush" },			\
			 { DMP_WRITE_ZEROES, "write_zeroes" },		\
			 { DMP_OTHER, "other" })

/*
 * Programs that print events (trace-cmd, perf) know only the event's format file: so
 * enumerators are exported with their values, and flags are bits of our own, since
 * the kernel's REQ_* bits move between versions.
 */
TRACE_DEFINE_ENUM(DMP_READ);
TRACE_DEFINE_ENUM(DMP_WRITE);
TRACE_DEFINE_ENUM(DMP_DISCARD);
TRACE_DEFINE_ENUM(DMP_FLUSH);
TRACE_DEFINE_ENUM(DMP_WRITE_ZEROES);
TRACE_DEFINE_ENUM(DMP_OTHER);

#ifndef DMP_TRACE_SYNC /* this header is read more than once */
#define DMP_TRACE_SYNC		0x01
#define DMP_TRACE_META		0x02
#define DMP_TRACE_READAHEAD	0x04
#define DMP_TRACE_FUA		0x08
#define DMP_TRACE_NOWAIT	0x10

#define dmp_show_flags(flags)						\
	__print_flags(flags, "|",					\
		      { DMP_TRACE_SYNC, "sync" },			\
		      { DMP_TRACE_META, "meta" },			\
		      { DMP_TRACE_READAHEAD, "readahead" },		\
		      { DMP_TRACE_FUA, "fua" },				\
		      { DMP_TRACE_NOWAIT, "nowait" })

static inline u32 dmp_trace_flags(u32 opf)
{
	return (opf & (__force u32)REQ_SYNC ? DMP_TRACE_SYNC : 0) |
	       (opf & (__force u32)REQ_META ? DMP_TRACE_META : 0) |
	       (opf & (__force u32)REQ_RAHEAD ? DMP_TRACE_READAHEAD : 0) |
	       (opf & (__force u32)REQ_FUA ? DMP_TRACE_FUA : 0) |
	       (opf & (__force u32)REQ_NOWAIT ? DMP_TRACE_NOWAIT : 0);
}
#endif

/* A bio is submitted. Sectors are those of the volume. */
TRACE_EVENT_FN(dmp_submit,
	TP_PROTO(dev_t dev, unsigned int op, const struct bio *bio),
	TP_ARGS(dev, op, bio),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, sector)
		__field(u32, bytes)
		__field(u32, op)
		__field(u32, flags)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->sector = bio->bi_iter.bi_sector;
		__entry->bytes = bio->bi_iter.bi_size;
		__entry->op = op;
		__entry->flags = dmp_trace_flags((__force u32)bio->bi_opf);
	),
	TP_printk("%d,%d %s sector=%llu bytes=%u flags=%s",
		  MAJOR(__entry->dev), MINOR(__entry->dev),
		  dmp_show_op(__entry->op), __entry->sector, __entry->bytes,
		  dmp_show_flags(__entry->flags)),
	dmp_volumes_trace, dmp_volumes_untrace
);

/*
 * A bio completed. The latency is 0 if the bio was not timed. A bio that was submitted
 * before the tracepoint was enabled emits no event.
 */
TRACE_EVENT_FN(dmp_complete,
	TP_PROTO(dev_t dev, const struct dmp_io *io, u64 latency_ns,
		 blk_status_t status),
	TP_ARGS(dev, io, latency_ns, status),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, sector)
		__field(u32, bytes)
		__field(u32, op)
		__field(u32, flags)
		__field(u32, status)
		__field(u64, latency_ns)
	),
	TP_fast_assign(
		__entry->dev = dev;
		__entry->sector = io->sector;
		__entry->bytes = io->state & DMP_BIO_BYTES;
		__entry->op = io->state & DMP_BIO_OP;
		__entry->flags = dmp_trace_flags(io->opf);
		__entry->status = (__force u32)status;
		__entry->latency_ns = latency_ns;
	),
	TP_printk("%d,%d %s sector=%llu bytes=%u flags=%s status=%u latency_ns=%llu",
		  MAJOR(__entry->dev), MINOR(__entry->dev),
		  dmp_show_op(__entry->op), __entry->sector, __entry->bytes,
		  dmp_show_flags(__entry->flags), __entry->status,
		  __entry->latency_ns),
	dmp_volumes_trace, dmp_volumes_untrace
);

#endif /* DMP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
