# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a CPU that comes online after the module was loaded and a volume created counts into each counter and histogram

cpu=/sys/devices/system/cpu/cpu1

requires() {
	[ -w $cpu/online ] || skip 'CPU 1 cannot be taken away'
}

put_back() {
	[ "$(cat $cpu/online)" = 1 ] || echo 1 >$cpu/online
}

# All that is counted of so many reads of 4 KiB.
counted() { # NAME READS
	bulk_take "$1"
	assert_eq "$(bulk_value - read_requests)" "$2" "$1: reads"
	assert_eq "$(bulk_value - read_timed)" "$2" "$1: timed"
	assert_eq "$(bulk_value - read_size_bytes)" "4096:4608=$2" "$1: sizes"
	assert_eq "$(bulk_sum - read_latency_ns)" "$2" "$1: latencies"
	assert_eq "$(volume_value "$1" in_flight)" 0 "$1: in flight"
}

run() {
	local disk size
	need_command taskset
	echo 0 >$cpu/online
	defer put_back
	load_dmp
	disk=$(null_disk)
	size=$(sectors "$disk")
	dm_create before "0 $size dmp $disk"
	taskset -c 0 ioerr /dev/mapper/before read 0 4096 53
	counted before 53

	echo 1 >$cpu/online
	dm_create after "0 $size dmp $disk"
	taskset -c 1 ioerr /dev/mapper/before read 4096 4096 101
	taskset -c 1 ioerr /dev/mapper/after read 4096 4096 103
	counted before 154
	counted after 103

	# What it counted stays when it goes, and a reset takes it off.
	echo 0 >$cpu/online
	counted before 154
	dm message after 0 reset
	counted_none
	taskset -c 0 ioerr /dev/mapper/after read 0 4096 7
	counted after 7

	# Again, with what it had before.
	echo 1 >$cpu/online
	taskset -c 1 ioerr /dev/mapper/before read 8192 4096 211
	taskset -c 1 ioerr /dev/mapper/after read 8192 4096 17
	counted before 365
	counted after 24
	assert_eq "$(volumes_value read.reqs)" $((365 + 103 + 24)) 'reads in the totals'
}

counted_none() {
	bulk_take after
	assert_eq "$(bulk_value - read_requests)" 0 'after a reset: reads'
	assert_eq "$(bulk_sum - read_latency_ns)" 0 'after a reset: latencies'
}
