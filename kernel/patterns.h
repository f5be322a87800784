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

void dmp_patterns_stream(struct dmp_arrivals *arrivals, u32 __percpu *run_hist,
			 u32 sector, u32 end);
bool dmp_patterns_rare(struct dmp_stats *stats, unsigned int op,
		       const struct bio *bio);
unsigned int dmp_patterns_sample_mean(void);
unsigned int dmp_patterns_heat_shift(sector_t sectors);

/* The set of a sector: Knuth's multiplicative hash, by the golden ratio. */
static __always_inline unsigned long dmp_stream_set(u32 sector)
{
	return sector * 0x9e3779b1U >> (32 - DMP_STREAM_BITS);
}

/* May a bio that begins at @sector continue one that ended there? */
static __always_inline bool
dmp_stream_may_continue(const struct dmp_arrivals *arrivals, u32 sector)
{
	unsigned long number = dmp_stream_set(sector);
	const struct dmp_stream_set *set = &arrivals->streams[number];

	return set->newer == sector || set->older == sector ||
	       arrivals->run_sets >> number & 1;
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
					   unsigned long sectors)
{
	unsigned long bucket = sectors;

	if (unlikely(sectors >= DMP_SIZE_EXACT))
		bucket = DMP_SIZE_EXACT + dmp_bucket(sectors, DMP_SIZE_FIRST,
						     DMP_SIZE_SUB);
	dmp_hist_inc(hists->size, bucket);
}

/**
 * dmp_patterns_sample_due() - is this bio to be sampled?
 * @arrivals: of this CPU
 *
 * Context: process context, the caller may be preempted.
 * Return: true for dmp_patterns_rare().
 */
static __always_inline bool
dmp_patterns_sample_due(struct dmp_arrivals *arrivals)
{
	arrivals->until_sample--;
	return unlikely((s32)arrivals->until_sample < 0);
}

#endif /* DMP_PATTERNS_H */
