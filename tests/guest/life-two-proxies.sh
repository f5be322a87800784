# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: two proxies over one disk and a proxy over a proxy each count their own, and the totals are the sum

run() {
	local disk half scan dir
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1)
	scan=$(stat_field "$disk" 1) # for a partition table, by the kernel
	half=$(($(sectors "$disk") / 2))
	dm_create low "0 $half dmp $disk 0"
	dm_create high "0 $half dmp $disk $half"
	dm_create upon "0 $half dmp /dev/mapper/low 0"
	ioerr /dev/mapper/low read 0 4096 7
	ioerr /dev/mapper/high read 0 4096 11
	ioerr /dev/mapper/upon read 0 4096 13
	ioerr /dev/mapper/upon write 4096 8192 5
	ioerr /dev/mapper/high write 8192 4096 3
	assert_eq "$(volume_value low reads)" $((7 + 13)) 'reads of low: its own and those of upon'
	assert_eq "$(volume_value high reads)" 11 'reads of high'
	assert_eq "$(volume_value upon reads)" 13 'reads of upon'
	assert_eq "$(volume_value low writes)" 5 'writes of low'
	assert_eq "$(volume_value low write_bytes)" $((5 * 8192)) 'bytes written to low'
	assert_eq "$(volume_value high writes)" 3 'writes of high'
	assert_eq "$(volume_value upon writes)" 5 'writes of upon'
	assert_eq "$(volumes_value read.reqs)" $((7 + 13 + 11 + 13)) 'reads in the totals'
	assert_eq "$(volumes_value write.reqs)" $((5 + 5 + 3)) 'writes in the totals'
	assert_eq "$(stat_field "$disk" 1)" $((scan + 7 + 11 + 13)) 'reads below'
	assert_eq "$(stat_field "$disk" 5)" $((5 + 3)) 'writes below'

	# what upon wrote is where low's offset says, and high's where its own does
	assert_eq "$(byte_at "$disk" 4096)" 5a 'what upon wrote, on the disk'
	assert_eq "$(byte_at "$disk" $((half * 512 + 8192)))" 5a 'what high wrote, on the disk'
	assert_eq "$(byte_at "$disk" 0)" 00 'where nobody wrote'
	dir=$(stat_dir)/$(dm_num upon)
	assert_exists "$dir/stat"
	dm_remove upon
	assert_missing "$dir"
	assert_eq "$(volumes_value read.reqs)" $((7 + 13 + 11 + 13)) 'reads in the totals, one gone'
}

# The byte there; ioerr writes 5a.
byte_at() { # DEVICE OFFSET
	dd if="$1" bs=512 skip=$(($2 / 512)) count=1 iflag=direct | od -An -tx1 -N1 | tr -d ' '
}
