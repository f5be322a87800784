# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the module says what it costs itself: more with each level of collect, in between if not each bio is timed

levels='counters patterns every all'

# What is said of each level by a module that is loaded for it, into $now.
measure() {
	load_dmp
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	now[all]=$(bulk_value proxy overhead_ns)
	dmsetup message proxy 0 latency_every 2
	now[every]=$(bulk_value proxy overhead_ns)
	dmsetup message proxy 0 collect patterns
	now[patterns]=$(bulk_value proxy overhead_ns)
	dmsetup message proxy 0 collect counters
	now[counters]=$(bulk_value proxy overhead_ns)
	dm_remove proxy
	unload_dmp
}

in_order() {
	[ "${least[patterns]}" -gt "${least[counters]}" ] && [ "${least[all]}" -gt "${least[patterns]}" ]
}

run() {
	local level tries
	local -A now least=()
	dm_create zero '0 20000 zero'
	# It is measured when the module is loaded, and a busy machine can only add to it:
	# the least of some times is the nearest to the truth.
	for ((tries = 1; tries <= 20; tries++)); do
		measure
		for level in $levels; do
			assert_gt "${now[$level]}" 0 "$level"
			[ "${least[$level]:-1000000000}" -le "${now[$level]}" ] || least[$level]=${now[$level]}
			log "$level: ${now[$level]} ns, at least ${least[$level]}"
		done
		# these two are of one measurement
		assert_le "${now[every]}" "${now[all]}" 'every second one timed'
		assert_ge "${now[every]}" "$((now[all] / 2))" 'every second one timed'
		! in_order || break
	done
	in_order || fail "the least of 20 times: ${least[*]@K}"
	# an emulated, instrumented kernel takes some microseconds
	assert_lt "${least[all]}" 100000 'all'
}
