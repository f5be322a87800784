# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a burst inside a quiet time is in the peaks; an idle volume has no work to do

requires() {
	need_module null_blk
}

# How often the volume ticked while a command ran.
ticks() {
	local trace=/sys/kernel/tracing
	[ -e "$trace/trace" ] || mount -t tracefs tracefs "$trace"
	echo >"$trace/trace"
	echo 1 >"$trace/events/workqueue/workqueue_execute_start/enable"
	"$@"
	echo 0 >"$trace/events/workqueue/workqueue_execute_start/enable"
	grep -c 'function tick_work' "$trace/trace" || true
}

read_once() {
	pattern /dev/mapper/proxy <<<'r 0 4096'
	sleep 1
}

run() {
	local disk peak
	load_dmp
	disk=$(null_disk size_mb=16)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	# a burst of 401 writes, then one each 50 ms
	{
		awk 'BEGIN { for (i = 0; i < 401; i++) print "w", i * 4096, 4096
			for (i = 0; i < 40; i++) { print "- 50000"; print "w 0 4096" } }'
	} | pattern /dev/mapper/proxy
	sleep 0.5
	peak=$(bulk_value proxy write_peak_requests)
	# A slow guest needs several windows for the burst; the quiet time has 2 in one.
	in_range "$peak" 20 403 || fail "a burst of 401 has a peak of $peak"
	assert_eq "$(bulk_value proxy write_peak_bytes)" $((peak * 4096)) 'bytes of the peak'

	dmsetup message proxy 0 reset
	assert_eq "$(bulk_value proxy write_peak_requests)" 0 'after a reset'

	sleep 1
	assert_eq "$(ticks sleep 2)" 0 'ticks of an idle volume'
	# one with the read in it, and one to see that nothing came since
	peak=$(ticks read_once)
	in_range "$peak" 1 3 || fail "one read: $peak ticks"
}
