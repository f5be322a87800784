/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams, sizes, seeks, alignment, heat, flags, depth: what needs no clock.
 * All of it is noted at submission. Streams and sizes are exact; the rest is
 * sampled, since noting it for each bio would take as many instructions again
 * as all that is done now.
 */
#ifndef DMP_PATTERNS_H
#define DMP_PATTERNS_H

#include "stats.h"

/* One bio in so many is sampled, on average; the distance varies. */
#define DMP_SAMPLE_MEAN	128

bool dmp_patterns_rare(struct dmp_stats *stats, unsigned int op,
		       const struct bio *bio);
unsigned int dmp_patterns_sample_mean(void);
unsigned int dmp_patterns_heat_shift(sector_t sectors);

/* The set of a sector: Knuth's multiplicative hash, by the golden ratio. */
static __always_inline unsigned long dmp_stream_set(u32 sector)
{
	return sector * 0x9e3779b1U >> (32 - DMP_STREAM_BITS);
}

/* Does a bio that begins at @sector continue one that ended there? */
static __always_inline bool
dmp_stream_continues(const struct dmp_arrivals *arrivals, u32 sector)
{
	const struct dmp_stream_set *set =
		&arrivals->streams[dmp_stream_set(sector)];

	return set->newer == sector || set->older == sector;
}

/* A bio ends at @end, and may be continued there. */
static __always_inline void dmp_stream_ends(struct dmp_arrivals *arrivals,
					    u32 end)
{
	struct dmp_stream_set *set = &arrivals->streams[dmp_stream_set(end)];

	WRITE_ONCE(set->older, set->newer);
	WRITE_ONCE(set->newer, end);
}

static __always_inline void dmp_size_count(struct dmp_op_hists __percpu *hists,
					   u32 sectors)
{
	unsigned long bucket = sectors;

	if (unlikely(sectors >= DMP_SIZE_EXACT))
		bucket = DMP_SIZE_EXACT + dmp_bucket(sectors, DMP_SIZE_FIRST,
						     DMP_SIZE_SUB);
	dmp_hist_inc(hists->size, bucket);
}

/**
 * dmp_patterns_place() - note where a bio is that continues nothing, as most
 * @arrivals: of this CPU
 * @sector: where it begins
 * @sectors: its size
 *
 * Context: process context, the caller may be preempted.
 * Return: false if nothing was noted, since the bio continues another one or is
 *	to be sampled: dmp_patterns_rare() has to do it.
 */
static __always_inline bool dmp_patterns_place(struct dmp_arrivals *arrivals,
					       u64 sector,
					       unsigned long sectors)
{
	if (unlikely(dmp_stream_continues(arrivals, sector)))
		return false;
	arrivals->until_sample--;
	if (unlikely((s32)arrivals->until_sample < 0))
		return false;

	sector += sectors;
	arrivals->last_end = sector;
	dmp_stream_ends(arrivals, sector);
	return true;
}

#endif /* DMP_PATTERNS_H */
