# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: I/O aligned to 4 KiB, to the physical block and to an optimal size that is no power of two is told apart, also where a segment begins amid a physical block

requires() {
	need_module scsi_debug
}

# again STEP FIRST LENGTH: 523 reads, each a multiple of STEP after FIRST; by one
# CPU, of whose bios no more than 511 go by between two samples. Then the bulk read.
again() {
	dmsetup message proxy 0 reset
	awk -v step="$1" -v first="$2" -v length_="$3" -v size="$size" 'BEGIN {
		places = int((size - first - length_) / step)
		for (i = 0; i < 523; i++)
			print "r", first + i * 7 % places * step, length_ }' |
		taskset -c 0 pattern /dev/mapper/proxy
	bulk_take proxy
	sampled=$(bulk_sum - read_align_bytes)
	assert_gt "$sampled" 0 'sampled'
}

aligned() { # 4K PHYSICAL OPTIMAL WHAT
	assert_eq "$(bulk_value - read_aligned_4k)" "$1" "$4: to 4 KiB"
	assert_eq "$(bulk_value - read_aligned_physical)" "$2" "$4: to the physical block"
	assert_eq "$(bulk_value - read_aligned_optimal)" "$3" "$4: to the optimal size"
}

physical() { # WANT WHAT
	assert_eq "$(bulk_value - read_aligned_physical)" "$1" "$2: to the physical block, of $sampled"
}

run() {
	local disk size sampled stripe=$((3 * 65536))
	load_dmp
	disk=$(scsi_disk delay=0 dev_size_mb=64 physblk_exp=4 opt_blks=$((stripe / 512)))
	size=$(blockdev --getsize64 "$disk")
	dm_create proxy "0 $(sectors "$disk") dmp $disk 0 2 collect patterns"
	assert_eq "$(bulk_value proxy physical_block_bytes)" 8192 'physical block'
	assert_eq "$(bulk_value proxy optimal_io_bytes)" "$stripe" 'optimal size'

	again "$stripe" 0 "$stripe"
	aligned "$sampled" "$sampled" "$sampled" 'whole stripes'
	again "$stripe" 65536 "$stripe"
	aligned "$sampled" "$sampled" 0 'a stripe long, begun in the middle'
	again "$stripe" 0 65536
	aligned "$sampled" "$sampled" 0 'begun with a stripe, a third of it long'
	again 8192 4096 4096
	aligned "$sampled" 0 0 '4 KiB at odd multiples of 4 KiB'
	again 4096 512 4096
	aligned 0 0 0 '512 bytes off'

	# The first segment begins at sector 63 of the disk, so that the blocks begin at
	# sector 1 of the volume; in the second one they begin where it does.
	dm_reload proxy "0 65535 dmp $disk 63 2 collect patterns" "65535 32768 dmp $disk 0"
	size=$((65535 * 512))
	again 8192 0 8192
	physical 0 'from sector 63, at 0'
	again 8192 512 8192
	physical "$sampled" 'from sector 63, at 1'
	size=$((98303 * 512))
	again 16384 $((65535 * 512)) 8192
	physical "$sampled" 'second segment, at its first sector'
	again 16384 $((65536 * 512)) 8192
	physical 0 'second segment, at its second sector'

	# a table over a device without an optimal size
	dm_create zero '0 20000 zero'
	dm_create other '0 20000 dmp /dev/mapper/zero'
	assert_eq "$(bulk_value other optimal_io_bytes)" 0 'no optimal size'
	awk 'BEGIN { for (i = 0; i < 523; i++) print "r", i * 8192, 4096 }' |
		taskset -c 0 pattern /dev/mapper/other
	assert_gt "$(bulk_value other read_aligned_4k)" 0 'aligned to 4 KiB'
	assert_eq "$(bulk_value other read_aligned_optimal)" 0 'multiples of no size'
}
