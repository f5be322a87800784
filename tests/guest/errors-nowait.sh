# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a read that must not wait and would have to gets EAGAIN, as through linear, and is no error

# One I/O at a time, each so many seconds long: whoever comes second has to wait.
busy_disk() { # SECONDS
	null_disk size_mb=4 submit_queues=1 hw_queue_depth=1 irqmode=2 completion_nsec="$1"000000000
}

# Seven reads that must not wait, while another one has the disk. Whether it had it to
# the end, or they came too late for it on a busy machine, is in $late.
seven_in_between() { # DEVICE
	result=$(ioerr "$1" nowait 4096 4096 7 "$disk")
	[[ $result != *late ]] || late=1
}

# What comes of them on a disk that takes SECONDS, in $direct, $through_linear and
# $through_dmp.
try() { # SECONDS
	local size result
	late=''
	disk=$(busy_disk "$1")
	# A scheduler would take a read in that has to wait.
	echo none >"/sys/block/${disk##*/}/queue/scheduler"
	size=$(sectors "$disk")
	dm_create linear "0 $size linear $disk 0"
	dm_create dmp "0 $size dmp $disk 0"
	seven_in_between "$disk"
	direct=$result
	seven_in_between /dev/mapper/linear
	through_linear=$result
	seven_in_between /dev/mapper/dmp
	through_dmp=$result
}

run() {
	local disk late seconds direct through_linear through_dmp
	load_dmp
	# as long as this machine needs for seven of them
	for seconds in 1 4 16 64; do
		try "$seconds"
		[ -n "$late" ] || break
		dm_remove linear
		dm_remove dmp
	done
	[ -z "$late" ] || fail "the disk was not busy for long enough, $seconds s"
	[[ $direct == *EAGAIN* ]] || skip 'a direct read of a disk cannot be told not to wait'
	assert_eq "$through_dmp" "$through_linear" 'through dmp, through linear'
	assert_match "$through_dmp" 'EAGAIN' 'reads that would have had to wait'
	assert_eq "$(volume_value dmp errors)" 0 'errors'
	assert_eq "$(volume_value dmp in_flight)" 0 'in flight'
	assert_eq "$(volume_value dmp reads)" "$(stat_field dmp 1)" 'reads, in /sys/block'
}
