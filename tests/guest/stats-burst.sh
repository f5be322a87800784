# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a short burst in a quiet time is in the peaks to the last request and byte

requires() {
	need_command fio
}

# burst REQUESTS SIZE: writes that are handed over in one system call, to an idle
# volume: its pulse begins with the first one, and so does a window of 100 ms.
burst() {
	sleep 0.5
	fio --output=/dev/null --name=burst --filename=/dev/mapper/proxy --rw=write --bs="$2" \
		--direct=1 --ioengine=libaio --iodepth="$1" --iodepth_batch_submit="$1" \
		--number_ios="$1" --size=$(($1 * $2))
}

run() {
	local _
	load_dmp
	dm_create zero '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	dmsetup message proxy 0 reset

	# A machine may be too busy for one of three, it is not for all of them.
	for _ in 1 2 3; do
		pattern /dev/mapper/proxy <<<'r 0 4096'
		sleep 0.5
		pattern /dev/mapper/proxy <<<'r 0 4096'
		burst 101 4096
		burst 31 65536
	done
	assert_eq "$(bulk_value proxy write_requests)" $((3 * (101 + 31))) 'writes'
	assert_eq "$(bulk_value proxy write_peak_requests)" 101 'requests of the first burst'
	assert_eq "$(bulk_value proxy write_peak_bytes)" $((31 * 65536)) 'bytes of the second'
	assert_eq "$(bulk_value proxy read_peak_requests)" 1 'quiet reads'
	assert_eq "$(bulk_value proxy read_peak_bytes)" 4096 'their bytes'
	assert_eq "$(bulk_value proxy discard_peak_requests)" 0 'what there was none of'
}
