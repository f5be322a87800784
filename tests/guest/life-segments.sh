# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: two segments over one disk and over two put data at the right place, share one directory, and keep it when one goes

# 97 blocks of 4 KiB; the second segment begins with the 48th. In sectors:
first=$((47 * 8)) second=$((50 * 8)) offset_first=$((16 * 1024)) offset_second=1024

segments() { # DISK OF THE FIRST, OF THE SECOND
	printf '%s\n' "0 $first dmp $1 $offset_first" "$first $second dmp $2 $offset_second"
}

# Sectors of a file or a disk, past the page cache.
sum_of() { # FILE FIRST COUNT
	dd if="$1" bs=512 skip="$2" count="$3" iflag=direct | sha256sum
}

# Write 97 new blocks to the volume and find them below.
write_and_check() { # DISK OF THE FIRST, OF THE SECOND
	local before
	before=$(volume_value two writes)
	head -c $((97 * 4096)) /dev/urandom >"$CASE_DIR/data"
	dd if="$CASE_DIR/data" of=/dev/mapper/two bs=4096 oflag=direct
	assert_eq $(($(volume_value two writes) - before)) 97 'writes'
	assert_eq "$(sum_of "$1" $offset_first $first)" \
		"$(dd if="$CASE_DIR/data" bs=512 count=$first | sha256sum)" 'first segment below'
	assert_eq "$(sum_of "$2" $offset_second $second)" \
		"$(dd if="$CASE_DIR/data" bs=512 skip=$first | sha256sum)" 'second segment below'
}

assert_same_directory() {
	assert_eq "$(compgen -G "$(stat_dir)/dm-*")" "$(stat_dir)/$(dm_num two)" 'directories'
	assert_eq "$(stat -c %i "$(stat_dir)/$(dm_num two)")" "$inode" 'inode of the directory'
}

run() {
	local disk other inode
	local -a lines
	load_dmp
	disk=$(null_disk size_mb=16 memory_backed=1)
	other=$(null_disk size_mb=16 memory_backed=1)

	mapfile -t lines < <(segments "$disk" "$disk")
	dm_create two "${lines[@]}"
	inode=$(stat -c %i "$(stat_dir)/$(dm_num two)")
	assert_same_directory
	write_and_check "$disk" "$disk"
	assert_eq "$(stat_field "$disk" 5)" 97 'writes below'

	# one request with a block of each segment: device-mapper splits it
	assert_eq "$(ioerr /dev/mapper/two read $((46 * 4096)) 8192)" 'read ok 1' 'across'
	assert_eq "$(volume_value two reads)" 2 'reads, one split in two'
	assert_eq "$(volume_value two read_bytes)" 8192 'bytes read'

	mapfile -t lines < <(segments "$disk" "$other")
	dm_reload two "${lines[@]}"
	assert_same_directory
	write_and_check "$disk" "$other"
	assert_eq "$(stat_field "$other" 5)" 50 'writes below, to the second disk'

	dm_reload two "${lines[0]}"
	assert_same_directory
	assert_eq "$(ioerr /dev/mapper/two write 0 4096 13)" 'write ok 13' 'one segment left'
	assert_eq "$(volume_value two writes)" $((97 + 97 + 13)) 'writes of all tables'
	assert_eq "$(stat_field two 5)" $((97 + 97 + 13)) 'writes in /sys/block'
	dm_remove two
	assert_eq "$(compgen -G "$(stat_dir)/dm-*" || true)" '' 'directories after the removal'
	assert_eq "$(volumes_value write.reqs)" $((97 + 97 + 13)) 'writes in the totals'
}
