# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a short burst in a quiet time is in the peaks, each of its requests with all of its bytes

requires() {
	need_command fio
}

# burst REQUESTS SIZE: writes that are handed over in one system call, to an idle
# volume: its tick starts with the first one, and so does a window of 100 ms.
burst() {
	sleep 0.5
	fio --output=/dev/null --name=burst --filename=/dev/mapper/proxy --rw=write --bs="$2" \
		--direct=1 --ioengine=libaio --iodepth="$1" --iodepth_batch_submit="$1" \
		--number_ios="$1" --size=$(($1 * $2))
}

# Two bursts. Their peaks are never above what there was.
two_bursts() {
	dmsetup message proxy 0 reset
	pattern /dev/mapper/proxy <<<'r 0 4096'
	sleep 0.5
	pattern /dev/mapper/proxy <<<'r 0 4096'
	burst 101 4096
	burst 31 65536
	sleep 0.5
	bulk_take proxy
	peak=$(bulk_value - write_peak_requests)
	bytes=$(bulk_value - write_peak_bytes)
	assert_le "$peak" 101 'peak of the first burst'
	assert_le "$bytes" $((31 * 65536)) 'peak of the second burst'
	assert_eq $((bytes % 65536)) 0 'requests keep all of their bytes'
	assert_eq "$(bulk_value - write_requests)" $((101 + 31)) 'writes'
	assert_eq "$(bulk_value - read_peak_requests)" 1 'quiet reads'
	assert_eq "$(bulk_value - read_peak_bytes)" 4096 'their bytes'
	assert_eq "$(bulk_value - discard_peak_requests)" 0 'discards'
}

# A window that is not late is no longer than 125 ms, and a burst in it counts for at
# least 100/125 of its requests. A machine may be so busy that a window is late, or that
# a burst takes longer than a window; not for ever.
both_whole() {
	[ "$(bulk_value - windows_late)" -eq 0 ] && [ "$peak" -ge $((101 * 100 / 125)) ] &&
		[ "$bytes" -ge $((31 * 65536 * 100 / 125 - 65536)) ]
}

run() {
	local _ peak bytes
	load_dmp
	dm_create zero '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	for _ in {1..20}; do
		two_bursts
		! both_whole || return 0
	done
	fail "peaks of $peak requests and $bytes bytes, late windows: $(bulk_value - windows_late)"
}
