# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a short burst in a quiet time is in the peaks to the last request and byte

requires() {
	need_module null_blk
}

# A quiet time, two reads a second; then 101 writes of 4 KiB at once, and 31 of 64
# KiB, with half a second of nothing before each. An idle volume's pulse begins
# with the first request, and so does a window: a burst of less than 100 ms is in
# one. What makes a machine too busy for that does not do so to each of six.
bursts() {
	awk 'BEGIN {
		for (round = 0; round < 6; round++) {
			for (i = 0; i < 2; i++)
				print "r 0 4096\n- 500000"
			for (i = 0; i < 101; i++)
				print "w", i * 4096, 4096
			print "- 500000"
			for (i = 0; i < 31; i++)
				print "w", i * 65536, 65536
			print "- 500000"
		}
	}'
}

run() {
	local disk
	load_dmp
	disk=$(null_disk size_mb=16)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dmsetup message proxy 0 reset

	bursts | pattern /dev/mapper/proxy
	assert_eq "$(bulk_value proxy write_requests)" $((6 * (101 + 31))) 'writes'
	assert_eq "$(bulk_value proxy write_peak_requests)" 101 'requests of the first burst'
	assert_eq "$(bulk_value proxy write_peak_bytes)" $((31 * 65536)) 'bytes of the second'
	assert_eq "$(bulk_value proxy read_peak_requests)" 1 'quiet reads'
	assert_eq "$(bulk_value proxy read_peak_bytes)" 4096 'their bytes'
	assert_eq "$(bulk_value proxy discard_peak_requests)" 0 'what there was none of'
}
