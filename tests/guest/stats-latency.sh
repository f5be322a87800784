# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what takes 40 and 100 ms below is in the buckets from there on, and what is slow is counted so

requires() {
	need_module null_blk
}

# LIST of N reads.
reads() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "r", i * 8192, 4096 }'
}

run() {
	local ns slow slower
	load_dmp
	# Not dm-delay, which counts ticks: where a busy machine stops the CPU that
	# counts them, a delay that begins then ends early. These disks' timers never
	# do; a busy machine may add to the time, not take away.
	slow=$(null_disk size_mb=10 irqmode=2 completion_nsec=40000000)
	slower=$(null_disk size_mb=10 irqmode=2 completion_nsec=100000000)
	dm_create below "0 20000 linear $slow 0"
	dm_create proxy '0 20000 dmp /dev/mapper/below'

	# the buckets from the one that 40 ms are in
	reads 13 | pattern /dev/mapper/proxy
	assert_eq "$(bulk_sum proxy read_latency_ns)" 13 'timed'
	assert_eq "$(bulk_between proxy read_latency_ns 39845888 17179869184)" 13 '40 ms and more'
	# the sum, too
	ns=$(bulk_value proxy read_time_ns)
	assert_ge "$ns" 520000000 '13 times 40 ms'
	[ "$(bulk_value proxy read_slow)" -le "$(bulk_between proxy read_latency_ns 96468992 17179869184)" ] ||
		fail 'slow are none but those over 100 ms'

	dmsetup message proxy 0 reset
	dmsetup message proxy 0 slow_limit_us 5000
	reads 7 | pattern /dev/mapper/proxy
	assert_eq "$(bulk_value proxy slow_limit_us)" 5000 'the limit'
	assert_eq "$(bulk_value proxy read_slow)" 7 'slow over 5 ms'
	assert_eq "$(bulk_value proxy read_slow_time_ns)" "$(bulk_value proxy read_time_ns)" 'all of the time'

	dm_reload below "0 20000 linear $slower 0"
	dmsetup message proxy 0 reset
	reads 5 | pattern /dev/mapper/proxy
	assert_eq "$(bulk_between proxy read_latency_ns 96468992 17179869184)" 5 '100 ms and more'

	# one in three, at random
	dmsetup message proxy 0 reset
	dmsetup message proxy 0 latency_every 3
	dm_reload below '0 20000 zero'
	reads 300 | pattern /dev/mapper/proxy
	assert_eq "$(bulk_value proxy read_requests)" 300 'requests'
	assert_one_in 3 300 "$(bulk_value proxy read_timed)" 'timed'
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$(bulk_value proxy read_timed)" 'latencies'
	assert_match "$(dmsetup table proxy)" 'collect all latency_every 3$' 'table'
}
