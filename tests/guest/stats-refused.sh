# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: I/O that was refused since it must not wait is told by operation and bytes, and is in no latency and no peak: requests less refused is what moved

requires() {
	need_command fio partx taskset
	need_module null_blk
}

# One I/O at a time, each two seconds long, which is longer than a busy machine takes
# for seven that are refused: whoever comes second has to wait.
busy_disk() { # [ATTRIBUTE=VALUE…]
	null_disk size_mb=4 submit_queues=1 hw_queue_depth=1 irqmode=2 completion_nsec=2000000000 "$@"
}

# So many that must not wait, while another one has the disk.
refuse() { # nowait|nowait-write COUNT
	assert_eq "$(ioerr /dev/mapper/proxy "$1" 4096 8192 "$2" "$disk")" "$1 EAGAIN $2" 'refused'
}

# Nothing but these counts is told of those that were refused.
refused_only() { # OPERATION COUNT
	local stat at
	stat=$(stat_dir)/$(dm_num proxy)/stat
	bulk_take proxy
	assert_eq "$(bulk_value - "$1_timed")" 0 "$1: timed"
	assert_eq "$(bulk_value - "$1_time_ns")" 0 "$1: their time"
	assert_eq "$(bulk_value - "$1_slow")" 0 "$1: slow"
	assert_eq "$(bulk_value - "$1_latency_ns")" '' "$1: latencies"
	assert_eq "$(bulk_value - "$1_size_latency")" '' "$1: latencies by size"
	assert_eq "$(bulk_value - "$1_size_bytes")" '' "$1: sizes"
	assert_eq "$(bulk_value - "$1_sampled")" 0 "$1: sampled"
	assert_eq "$(bulk_value - "$1_peak_requests")" 0 "$1: peak"
	assert_eq "$(bulk_value - "$1_peak_bytes")" 0 "$1: bytes of the peak"
	assert_eq "$(bulk_value - "$1_requests")" "$2" "$1: requests"
	assert_eq "$(bulk_value - "$1_bytes")" $(($2 * 8192)) "$1: bytes"
	assert_eq "$(bulk_value - "$1_refused")" "$2" "$1: refused"
	assert_eq "$(bulk_value - "$1_refused_bytes")" $(($2 * 8192)) "$1: bytes refused"
	assert_eq "$(bulk_value - "$1_errors")" "again=$2" "$1: by status"
	assert_eq "$(bulk_value - errors)" 0 'errors'
	assert_match "$(bulk_value - "$1_window_requests")" '^0:1=[0-9]+$' "$1: windows"
	assert_match "$(bulk_value - "$1_window_bytes")" '^0:[0-9]+=[0-9]+$' "$1: windows by bytes"
	at=34
	[ "$1" = read ] || at=36
	assert_eq "$(field "$stat" $at) $(field "$stat" $((at + 1)))" "$2 $(($2 * 8192))" "fields $at and $((at + 1))"
}

by_nowait() {
	disk=$(busy_disk)
	# A scheduler would take a read in that has to wait.
	echo none >"/sys/block/${disk##*/}/queue/scheduler"
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dmsetup message proxy 0 slow_limit_us 1
	refuse nowait 7
	sleep 0.5
	refused_only read 7
	refuse nowait-write 5
	sleep 0.5
	refused_only write 5
	refused_only read 7

	# one that is served is all that it is about
	assert_eq "$(ioerr /dev/mapper/proxy nowait 4096 8192 1)" 'nowait ok 1' 'served'
	bulk_take proxy
	assert_eq "$(bulk_value - read_requests) $(bulk_value - read_refused)" '8 7' 'served'
	assert_eq "$(bulk_value - read_timed) $(bulk_sum - read_latency_ns)" '1 1' 'timed'
	assert_ge "$(bulk_value - read_time_ns)" 2000000000 'its time'
	dmsetup message proxy 0 reset
	bulk_take proxy
	assert_eq "$(bulk_value - read_refused) $(bulk_value - write_refused_bytes)" '0 0' 'after a reset'
	dm_remove proxy
}

# A boot record with one partition: sectors 2048 to 6143.
partition_table() {
	head -c 446 /dev/zero
	printf '\0\0\0\0\203\0\0\0\0\10\0\0\0\20\0\0'
	head -c 48 /dev/zero
	printf '\125\252'
}

# Over a partition: a refused read that would have continued a run is not in it. The
# block layer has by then moved the read by the start of the partition.
on_a_partition() {
	disk=$(busy_disk memory_backed=1)
	echo none >"/sys/block/${disk##*/}/queue/scheduler"
	partition_table | dd of="$disk" bs=512 count=1 oflag=direct iflag=fullblock
	partx --add "$disk"
	wait_for 10 test -b "${disk}p1"
	dm_create proxy "0 4096 dmp ${disk}p1"
	taskset -pc 0 $BASHPID >/dev/null
	dmsetup message proxy 0 reset
	assert_eq "$(ioerr /dev/mapper/proxy read 0 4096 1)" 'read ok 1' 'the read before'
	refuse nowait 1
	taskset -pc 0-1 $BASHPID >/dev/null
	bulk_take proxy
	assert_eq "$(bulk_value - read_refused)" 1 'refused'
	assert_eq "$(bulk_value - read_cpu_run_requests)" '1:2=1' 'the run before'
	dm_remove proxy
}

# 1009 polled reads, many more at a time than the disk takes.
polled_reads() { # NAME
	fio --output=/dev/null --name=polled --filename="/dev/mapper/$1" --rw=randread --bs=4k \
		--direct=1 --ioengine=io_uring --hipri --iodepth=64 --iodepth_batch_submit=16 \
		--norandommap --number_ios=1009
}

# Polled reads must not wait for one of the queue's few places; device-mapper sends
# those that are refused again, and fio never knows. Not on each kernel: on some fio is
# told that they were refused, over linear, too.
by_polling() {
	local disk refused
	disk=$(null_disk submit_queues=1 poll_queues=1 hw_queue_depth=4 irqmode=2 completion_nsec=100000)
	echo none >"/sys/block/${disk##*/}/queue/scheduler"
	dm_create linear "0 $(sectors "$disk") linear $disk 0"
	if ! polled_reads linear; then
		log 'this kernel does not send polled reads again'
		return
	fi
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dmsetup message proxy 0 reset
	polled_reads proxy
	sleep 0.5
	bulk_take proxy
	assert_eq "$(bulk_value - read_timed) $(bulk_sum - read_latency_ns)" '1009 1009' \
		'timed, of 1009 polled reads'
	assert_eq "$(bulk_value - read_size_bytes)" '4096:4608=1009' 'their sizes'
	refused=$(bulk_value - read_refused)
	assert_gt "$refused" 0 'refused'
	assert_eq $(($(bulk_value - read_requests) - refused)) 1009 'requests less refused'
	assert_eq $(($(bulk_value - read_bytes) - $(bulk_value - read_refused_bytes))) \
		$((1009 * 4096)) 'bytes less refused'
	assert_eq "$(bulk_value - read_errors)" "again=$refused" 'by status'
	assert_eq "$(bulk_value - read_requests)" "$(stat_field proxy 1)" 'requests, as the kernel counts'
}

run() {
	local disk
	load_dmp
	by_nowait
	on_a_partition
	# On emulated CPUs the device-mapper of 7.2 dereferences NULL within seconds, in
	# dm_poll_bio(), when it sends polled reads of linear again: not for a test of dmp.
	if [[ ${KERNEL:-} == 7.2* ]]; then
		log 'no polled reads on this kernel'
		return
	fi
	if [ -e /sys/kernel/config/nullb/features ] &&
		grep -q poll_queues /sys/kernel/config/nullb/features; then
		by_polling
	fi
}
