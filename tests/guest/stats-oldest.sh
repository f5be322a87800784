# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an I/O that stalls below is told as the oldest in flight, at most 0.6 s older than it is, before it completes; a late one is timed right

# Between a bound of the age before it is asked for and one after; the ABI allows for
# 0.6 s more.
assert_oldest() {
	local ms least most
	least=$(stalled_at_least 1)
	ms=$(($(bulk_value proxy oldest_ns) / 1000000))
	most=$(($(stalled_at_most 1) + 600))
	in_range "$ms" "$least" "$most" ||
		fail "the oldest is said to be $ms ms old, not $least to $most"
}

run() {
	local age resumed
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight'

	dm suspend --nolockfs --noflush below
	stalled_read proxy
	for age in 0 2000 5000; do
		stalled_for 1 "$age"
		assert_oldest
	done
	assert_eq "$(bulk_value proxy in_flight)" 1 'in flight'
	resumed=$(now_ms)
	dm resume below
	stalled_end
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight again'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 1 'timed'
	assert_stalled "$(bulk_value proxy read_time_ns)" "$resumed" 'its true length'
	# the last bucket that ends before 5 s
	assert_eq "$(bulk_between proxy read_latency_ns 0 4831838208)" 0 'in a bucket before its length'
	assert_eq "$(bulk_value proxy read_slow)" 1 'slow'
}
