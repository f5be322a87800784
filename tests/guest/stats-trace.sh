# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the tracepoints tell each I/O's device, sector, size, operation, status and latency

requires() {
	[ -d /sys/kernel/tracing ] || skip 'no tracefs'
}

traced() { # EVENT
	grep " $1: " "$trace/trace" || true
}

run() {
	local trace=/sys/kernel/tracing number
	load_dmp
	[ -e "$trace/trace" ] || mount -t tracefs tracefs "$trace"
	dm_create below '0 10000 zero' '10000 10000 error'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	number=$(lsblk -dno MAJ:MIN /dev/mapper/proxy | tr -d ' ')
	number=${number/:/,}
	[ -e "$trace/events/dmp/dmp_submit" ] || fail 'no dmp:dmp_submit'
	echo >"$trace/trace"
	echo 1 >"$trace/events/dmp/enable"
	pattern /dev/mapper/proxy <<-END
		r 4096 8192
		w 65536 512
	END
	ioerr /dev/mapper/proxy read $((10000 * 512)) 4096 1
	echo 0 >"$trace/events/dmp/enable"
	pattern /dev/mapper/proxy <<<'r 0 4096'

	assert_match "$(traced dmp_submit)" "$number read sector=8 bytes=8192 flags=" 'a read goes down'
	assert_match "$(traced dmp_submit)" "$number write sector=128 bytes=512 flags=sync" 'a write goes down'
	assert_match "$(traced dmp_complete)" \
		"$number read sector=8 bytes=8192 flags=.* status=0 latency_ns=[1-9]" 'a read comes back'
	assert_match "$(traced dmp_complete)" \
		"$number write sector=128 bytes=512 flags=.* status=0 latency_ns=[1-9]" 'a write comes back'
	assert_match "$(traced dmp_complete)" \
		"$number read sector=10000 bytes=4096 flags=.* status=10 latency_ns=[1-9]" 'an error comes back'
	assert_eq "$(traced dmp_submit | wc -l)" "$(traced dmp_complete | wc -l)" 'as many down as up'
	assert_eq "$(traced dmp_submit | grep -c 'sector=0 ' || true)" 0 'after it was turned off'
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$(bulk_value proxy read_requests)" 'all are timed'

	# the fields can be filtered by
	echo >"$trace/trace"
	echo 'latency_ns > 3600000000000' >"$trace/events/dmp/dmp_complete/filter"
	echo 1 >"$trace/events/dmp/enable"
	pattern /dev/mapper/proxy <<<'r 0 4096'
	echo 0 >"$trace/events/dmp/enable"
	echo 0 >"$trace/events/dmp/dmp_complete/filter"
	assert_match "$(traced dmp_submit)" "$number read sector=0 " 'a read goes down'
	assert_eq "$(traced dmp_complete)" '' 'what took more than an hour'
}
