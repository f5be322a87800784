# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: on a disk whose physical blocks begin at sector 7, aligned is what begins with one, whatever sector a segment begins at

requires() {
	need_module scsi_debug
}

# 523 reads of 4 KiB, each 8 KiB after the one before, from SECTOR of the volume on;
# by one CPU, of whose bios no more than 511 go by between two samples. All begin
# with a physical block, or none.
all_or_none() { # all|none SECTOR WHAT
	local sampled want=0
	awk -v first="$2" 'BEGIN { print "m reset"; for (i = 0; i < 523; i++) print "r", (first + i * 16) * 512, 4096 }' |
		pattern /dev/mapper/proxy
	bulk_take proxy
	sampled=$(bulk_sum - read_align_bytes)
	assert_gt "$sampled" 0 "$3: sampled"
	[ "$1" = none ] || want=$sampled
	assert_eq "$(bulk_value - read_aligned_physical)" "$want" "$3: aligned to the physical block, of $sampled"
}

# One segment from SECTOR of the disk on; its first aligned sector is FIRST.
segment() { # SECTOR FIRST
	local other=0
	dm_reload proxy "0 16384 dmp $disk $1"
	[ "$2" -ne 0 ] || other=1
	all_or_none all "$2" "from sector $1, at $2"
	all_or_none none "$other" "from sector $1, at $other"
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk delay=0 dev_size_mb=32 physblk_exp=3 lowest_aligned=7)
	assert_eq "$(field "/sys/block/${disk##*/}/alignment_offset" 1)" 3584 'alignment offset of the disk'
	dm_create proxy "0 16384 dmp $disk"
	assert_eq "$(bulk_value proxy physical_block_bytes)" 4096 'physical block'
	segment 0 7
	segment 7 0
	segment 63 0
	segment 66 5

	# Two in one volume: the second begins where a block does, the first does not.
	dm_reload proxy "0 16384 dmp $disk 64" "16384 16384 dmp $disk 16447"
	all_or_none all 7 'first of two'
	all_or_none none 0 'first of two, at its beginning'
	all_or_none all 16384 'second of two'
	all_or_none none 16391 'second of two, at its seventh sector'
}
