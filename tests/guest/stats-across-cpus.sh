# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: sequential I/O is told as such whichever CPU submits it, seeks and times between are the volume's, and nothing far away, nor of another operation, is taken for a continuation

requires() {
	need_command fio
	need_module null_blk
	[ -e /sys/devices/system/cpu/cpu1 ] || skip 'one CPU only'
}

# List: N reads of 4 KiB from FIRST on, STEP bytes from one to the next, round and
# round; each from another CPU than the one before, after so many microseconds.
alternating() { # N FIRST STEP [PAUSE]
	awk -v n="$1" -v first="$2" -v step="$3" -v pause="${4:-0}" 'BEGIN {
		for (i = 0; i < n; i++) {
			print "c", i % 2
			if (pause) print "-", pause
			printf "r %.0f 4096\n", (first + i * step) % 67108864
		} }'
}

again() { # NAME, LIST on standard input
	{ echo 'm reset'; cat; } | pattern "/dev/mapper/$1"
}

# So many blocks in order: all go on where another one ended, but the first. One in
# sample_every is sampled; of 1501, some are, since no more than 511 go by on a CPU.
sequential() { # LEVEL BLOCKS
	local sampled
	dmsetup message proxy 0 collect "$1"
	# the last block; the first one does not go on there
	pattern /dev/mapper/proxy <<<'r 67104768 4096'
	alternating "$2" 0 4096 | again proxy
	bulk_take proxy
	sampled=$(bulk_value - read_sampled)
	assert_one_in "$(bulk_value - sample_every)" "$2" "$sampled" "at $1: sampled"
	assert_ge "$sampled" 1 "at $1: sampled"
	assert_eq "$(bulk_sum - read_seek_sectors)" "$sampled" "at $1: seeks"
	in_range "$(bulk_between - read_seek_sectors 0 1)" $((sampled - 1)) "$sampled" ||
		fail "at $1: of $sampled seeks some are not 0: $(bulk_value - read_seek_sectors)"
	in_range "$(bulk_value - read_sequential)" $((sampled - 1)) "$sampled" ||
		fail "at $1: sequential: $(bulk_value - read_sequential) of $sampled"
	assert_eq "$(bulk_value - write_sampled) $(bulk_value - write_sequential)" '0 0' 'writes'
}

# Each begins 64 KiB after the end of the one before, and away from the last of those
# above: none goes on.
strided() {
	local sampled
	alternating 1501 33554432 69632 | again proxy
	bulk_take proxy
	sampled=$(bulk_value - read_sampled)
	assert_ge "$sampled" 1 'strided: sampled'
	assert_ge "$(bulk_between - read_seek_sectors 128 256)" $((sampled * 3 / 4)) 'strided: 128 sectors'
	assert_eq "$(bulk_value - read_cpu_run_requests)" '1:2=1501' 'strided: runs'
	assert_eq "$(bulk_value - read_sequential)" 0 'strided: sequential'
}

# The workers of io_uring are wherever the scheduler wants them.
by_workers() {
	local sampled
	dmsetup message proxy 0 reset
	fio --output=/dev/null --name=workers --filename=/dev/mapper/proxy --rw=read --bs=4k \
		--direct=1 --ioengine=io_uring --force_async=1 --iodepth=1 --number_ios=2003
	bulk_take proxy
	sampled=$(bulk_value - read_sampled)
	assert_ge "$sampled" 1 'by workers: sampled'
	assert_ge "$(bulk_value - read_sequential)" $((sampled - 1)) "by workers: sequential, of $sampled"
	assert_ge "$(bulk_between - read_seek_sectors 0 1)" $((sampled - 1)) 'by workers: seeks of 0'
}

# 9 ms from each to the next, 18 on each CPU; the machine may add to it.
times_between() {
	local _ all these=0
	for _ in 1 2 3; do
		alternating 1101 0 8192 9000 | again proxy
		bulk_take proxy
		all=$(bulk_sum - read_interarrival_ns)
		assert_ge "$all" 1 'times between'
		assert_eq "$(bulk_between - read_interarrival_ns 8388608 17179869184)" "$all" \
			'times between, from 9 ms on'
		these=$(bulk_between - read_interarrival_ns 8388608 16777216)
		[ $((these * 2)) -lt "$all" ] || return 0
		log "$these of $all"
	done
	fail "times between: $these of $all are below 16.8 ms, of 9 ms"
}

# A read goes on where a read ended, a write where a write did.
by_operation() {
	# a write after each read, where that ended
	awk 'BEGIN {
		for (i = 0; i < 200; i++) {
			print "r", i * 262144, 4096
			print "w", i * 262144 + 4096, 4096
		} }' | again proxy
	bulk_take proxy
	assert_eq "$(bulk_value - read_cpu_run_requests)" '1:2=200' 'reads, writes after them'
	assert_eq "$(bulk_value - write_cpu_run_requests)" '1:2=200' 'writes after reads'
	# two streams, one of each, block by block in turn; the writes lead
	awk 'BEGIN {
		for (i = 0; i < 200; i++) {
			print "w", 33685504 + (i + 1) * 4096, 4096
			print "r", 33685504 + i * 4096, 4096
		} }' | again proxy
	bulk_take proxy
	assert_eq "$(bulk_value - read_cpu_run_requests)" '128:256=1' 'a stream of reads'
	assert_eq "$(bulk_value - write_cpu_run_requests)" '128:256=1' 'a stream of writes'
	# all there are sampled, none goes on
	awk 'BEGIN {
		for (i = 0; i < 8000; i++)
			print i % 2 ? "w" : "r", i * 4096, 4096 }' | again proxy
	bulk_take proxy
	assert_ge "$(bulk_value - read_sampled)" 1 'sampled'
	assert_ge "$(bulk_value - write_sampled)" 1 'sampled'
	assert_eq "$(bulk_value - read_sequential) $(bulk_value - write_sequential)" '0 0' \
		'reads and writes in turn'
	assert_eq "$(bulk_value - read_cpu_run_requests)" '1:2=4000' 'reads and writes in turn'
}

# 2^40 sectors; 200 reads, 2^32 of them from the end of one to the next.
far_away() {
	dm_create zero '0 1099511627776 zero'
	dm_create large '0 1099511627776 dmp /dev/mapper/zero'
	awk 'BEGIN {
		for (i = 0; i < 200; i++)
			printf "r %.0f 4096\n", i * (4294967296 * 512 + 4096) }' | again large
	assert_eq "$(bulk_value large read_cpu_run_requests)" '1:2=200' '2 TiB from each to the next'
	awk 'BEGIN {
		for (i = 0; i < 4001; i++)
			printf "r %.0f 4096\n", (i * 97 % 200) * 4294967296 * 512 + i * 4096 }' | again large
	bulk_take large
	assert_ge "$(bulk_value - read_sampled)" 1 'sampled'
	assert_eq "$(bulk_value - read_sequential)" 0 'on the whole volume, by the lower 32 bits sequential'
}

run() {
	local disk
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	far_away
	by_operation
	sequential all 1501
	sequential patterns 1501
	dmsetup message proxy 0 collect all
	strided
	by_workers
	times_between
}
