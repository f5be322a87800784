/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The single values of a volume, one a line: name, operations that have it, value.
 * The bulk read, the files and docs/ABI follow this list. metrics.c includes it
 * twice, with other meanings of the macros, hence no include guard.
 *
 * A value is an expression of the snapshot s and of the operation op. NO_OP: one
 * value for the volume, whose name stands alone; else there is one for each
 * operation, "read_" and so on before the name. HIST_SCALAR: the value is made of
 * s->hists, which are added up for it. WORD: the value is a word.
 */

WORD(collect, dmp_collect_name(s->config.collect))
SCALAR(latency_every, NO_OP, s->config.latency_every)
SCALAR(slow_limit_us, NO_OP, div_u64(s->config.slow_ns, NSEC_PER_USEC))
SCALAR(sample_every, NO_OP, dmp_patterns_sample_mean())
SCALAR(heat_cell_sectors, NO_OP, s->heat_cell_sectors)
SCALAR(physical_block_bytes, NO_OP, s->physical_block_bytes)
SCALAR(optimal_io_bytes, NO_OP, s->optimal_io_bytes)
SCALAR(overhead_ns, NO_OP, s->overhead_ns)
SCALAR(start_boot_ns, NO_OP, s->start.boot_ns)
SCALAR(start_real_ns, NO_OP, s->start.real_ns)
SCALAR(generation, NO_OP, s->start.generation)
SCALAR(requests, ALL_OPS, dmp_counts_requests(&s->counts, op))
SCALAR(bytes, ALL_OPS, dmp_counts_bytes(&s->counts, op))
SCALAR(time_ns, ALL_OPS, s->counts.ns[op])
SCALAR(timed, ALL_OPS, s->counts.timed[op])
SCALAR(slow, ALL_OPS, s->counts.slow[op])
SCALAR(slow_time_ns, ALL_OPS, s->counts.slow_ns[op])
SCALAR(peak_requests, ALL_OPS, s->peaks[op].requests)
SCALAR(peak_bytes, ALL_OPS, s->peaks[op].bytes)
HIST_SCALAR(aligned_4k, SIZED_OPS, aligned(s->hists, op, SZ_4K))
HIST_SCALAR(aligned_physical, SIZED_OPS, aligned(s->hists, op, s->physical_block_bytes))
HIST_SCALAR(aligned_optimal, SIZED_OPS, aligned_optimal(s->hists, op))
SCALAR(errors, NO_OP, s->counts.errors)
SCALAR(fua, NO_OP, dmp_counts_fua(&s->counts))
SCALAR(in_flight, NO_OP, dmp_counts_in_flight(&s->counts))
SCALAR(oldest_ns, NO_OP, s->oldest_ns)

#undef SCALAR
#undef HIST_SCALAR
#undef WORD
