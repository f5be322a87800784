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

run() {
	local _ peak bytes
	load_dmp
	dm_create zero '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	dmsetup message proxy 0 reset

	# Until no window was late: then none was longer than 125 ms, and a burst counts for
	# at least 100/125 of its requests. A machine is not too busy for ever.
	for _ in {1..20}; do
		dmsetup message proxy 0 reset
		pattern /dev/mapper/proxy <<<'r 0 4096'
		sleep 0.5
		pattern /dev/mapper/proxy <<<'r 0 4096'
		burst 101 4096
		burst 31 65536
		sleep 0.5
		[ "$(bulk_value proxy windows_late)" -ne 0 ] || break
	done
	assert_eq "$(bulk_value proxy windows_late)" 0 'late windows'
	assert_eq "$(bulk_value proxy write_requests)" $((101 + 31)) 'writes'
	peak=$(bulk_value proxy write_peak_requests)
	in_range "$peak" $((101 * 100 / 125)) 101 || fail "peak of the first burst: $peak"
	bytes=$(bulk_value proxy write_peak_bytes)
	in_range "$bytes" $((31 * 65536 * 100 / 125 - 65536)) $((31 * 65536)) || fail "peak of the second: $bytes"
	assert_eq $((bytes % 65536)) 0 'requests keep all of their bytes'
	assert_eq "$(bulk_value proxy read_peak_requests)" 1 'quiet reads'
	assert_eq "$(bulk_value proxy read_peak_bytes)" 4096 'their bytes'
	assert_eq "$(bulk_value proxy discard_peak_requests)" 0 'what there was none of'
}
