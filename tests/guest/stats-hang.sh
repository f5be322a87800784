# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: of many I/Os that stall for up to 35 s, submitted at many times, each is timed at its true length

# A read that is submitted so many milliseconds after the device stalled, or later.
stall() { # AFTER
	wait_since "$began" "$1"
	stalled_read proxy
}

run() {
	local began count=7 resumed
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'

	dm suspend --nolockfs --noflush below
	began=$(now_ms)
	# more times than the module has epochs for
	stall 0
	stall 800
	stall 1600
	stall 2400
	stall 3200
	stall 12000
	dmsetup message proxy 0 collect counters
	dmsetup message proxy 0 collect all
	stall 16800
	# 32 bits of clock ticks of at most 8 ns come round within 34.4 s, and the
	# last bucket is from 17.2 s on
	stalled_for 1 34400
	stalled_for 7 17200
	below_has proxy "$count" || fail 'not all are in flight'
	resumed=$(now_ms)
	dm resume below
	stalled_end

	assert_stalled "$(bulk_value proxy read_time_ns)" "$resumed" 'time of all'
	assert_eq "$(bulk_value proxy read_slow)" "$count" 'slow'
	assert_eq "$(bulk_value proxy read_slow_time_ns)" "$(bulk_value proxy read_time_ns)" 'time of the slow ones'
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$count" 'timed'
	assert_eq "$(bulk_between proxy read_latency_ns 0 17179869184)" 0 'before the last bucket'
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight'

	# from now on as ever
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=101 iflag=direct
	sleep 1
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=103 iflag=direct
	assert_eq "$(bulk_between proxy read_latency_ns 0 4294967296)" 204 'quick again'
}
