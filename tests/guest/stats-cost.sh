# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the module says what it costs itself: more with each level of collect, in between if not each bio is timed

run() {
	local counters patterns every all
	load_dmp
	dm_create zero '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	all=$(bulk_value proxy own_cost_ns)
	dmsetup message proxy 0 latency_every 2
	every=$(bulk_value proxy own_cost_ns)
	dmsetup message proxy 0 collect patterns
	patterns=$(bulk_value proxy own_cost_ns)
	dmsetup message proxy 0 collect counters
	counters=$(bulk_value proxy own_cost_ns)
	log "counters $counters, patterns $patterns, every second $every, all $all ns"

	assert_gt "$counters" 0 'counters'
	assert_gt "$patterns" "$counters" 'patterns'
	assert_gt "$all" "$patterns" 'all'
	assert_le "$every" "$all" 'every second one timed'
	assert_ge "$every" "$((all / 2))" 'every second one timed'
	# an emulated, instrumented kernel takes some microseconds
	assert_lt "$all" 100000 'all'
}
