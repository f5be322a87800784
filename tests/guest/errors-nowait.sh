# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a read that must not wait and would have to gets EAGAIN, as through linear, and is no error

# One I/O at a time, each four seconds long, which is longer than a busy machine
# takes to start a program: whoever comes second has to wait.
busy_disk() {
	null_disk size_mb=4 submit_queues=1 hw_queue_depth=1 irqmode=2 completion_nsec=4000000000
}

# Seven reads that must not wait, while another one has the disk.
seven_in_between() { # DEVICE
	local holder result
	ioerr "$disk" read 0 4096 1 >"$CASE_DIR/holder" &
	holder=$!
	wait_for 10 disk_is_taken
	result=$(ioerr "$1" nowait 4096 4096 7)
	wait "$holder"
	assert_file_eq "$CASE_DIR/holder" 'read ok 1'
	echo "$result"
}

disk_is_taken() {
	local -a in_flight
	read -r -a in_flight <"/sys/block/${disk##*/}/inflight"
	[ "${in_flight[0]}" -gt 0 ]
}

run() {
	local disk size through_linear through_dmp
	load_dmp
	disk=$(busy_disk)
	# A scheduler would take a read in that has to wait.
	echo none >"/sys/block/${disk##*/}/queue/scheduler"
	[[ $(seven_in_between "$disk") == *EAGAIN* ]] ||
		skip 'a direct read of a disk cannot be told not to wait'
	size=$(sectors "$disk")
	dm_create linear "0 $size linear $disk 0"
	dm_create dmp "0 $size dmp $disk 0"
	through_linear=$(seven_in_between /dev/mapper/linear)
	through_dmp=$(seven_in_between /dev/mapper/dmp)
	assert_eq "$through_dmp" "$through_linear" 'through dmp, through linear'
	assert_match "$through_dmp" 'EAGAIN' 'reads that would have had to wait'
	assert_eq "$(volume_value dmp errors)" 0 'errors'
	assert_eq "$(volume_value dmp in_flight)" 0 'in flight'
	assert_eq "$(volume_value dmp reads)" "$(stat_field dmp 1)" 'reads, in /sys/block'
}
