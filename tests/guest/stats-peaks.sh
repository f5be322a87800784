# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a burst inside a quiet time is in the peaks; an idle volume has no work to do

requires() {
	need_module null_blk
}

trace=/sys/kernel/tracing

# How often the module's periodic work ran while a command did.
ticks() {
	echo >"$trace/trace"
	echo 1 >"$trace/events/workqueue/workqueue_execute_start/enable"
	"$@"
	echo 0 >"$trace/events/workqueue/workqueue_execute_start/enable"
	grep -c 'function [a-z_]* \[dmp\]' "$trace/trace" || true
}

# Two windows after the last request it is; on a busy machine these may be long.
idle() {
	[ "$(ticks sleep 0.5)" -eq 0 ]
}

read_once() {
	pattern /dev/mapper/proxy <<<'r 0 4096'
	sleep 1
}

run() {
	local disk peak begin took
	load_dmp
	disk=$(null_disk size_mb=16)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	# a burst of 401 writes, then one each 50 ms
	begin=$(now_ms)
	awk 'BEGIN { for (i = 0; i < 401; i++) print "w", i * 4096, 4096 }' | pattern /dev/mapper/proxy
	took=$(($(now_ms) - begin))
	awk 'BEGIN { for (i = 0; i < 40; i++) { print "- 50000"; print "w 0 4096" } }' |
		pattern /dev/mapper/proxy
	wait_for 10 idle
	peak=$(bulk_value proxy write_peak_requests)
	# The busiest window has no less than the mean of those that the burst was in, which
	# begin before it and end after it: by a window at the most, unless one was late. The
	# quiet time has 2 in one.
	[ "$(bulk_value proxy windows_late)" -eq 0 ] || took=$(($(now_ms) - begin))
	in_range "$peak" $((401 * 100 / (took + 250))) 403 ||
		fail "a burst of 401 in $took ms has a peak of $peak"
	# of a window that was closed late both are scaled to 100 ms, and rounded
	in_range "$(bulk_value proxy write_peak_bytes)" $((peak * 4096)) $(((peak + 1) * 4096)) ||
		fail "bytes of a peak of $peak: $(bulk_value proxy write_peak_bytes)"

	dmsetup message proxy 0 reset
	assert_eq "$(bulk_value proxy write_peak_requests)" 0 'after a reset'

	assert_eq "$(ticks sleep 2)" 0 'ticks of an idle volume'
	# one with the read in it, and one to see that nothing came since
	peak=$(ticks read_once)
	in_range "$peak" 1 3 || fail "one read: $peak ticks"
	wait_for 10 idle
}
