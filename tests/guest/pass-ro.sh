# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a read-only table, and a read-only device below, are what they are with linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk size target
	load_dmp
	disk=$(null_disk size_mb=16 memory_backed=1)
	size=$(sectors "$disk")
	dm_create --readonly linear "0 $size linear $disk 0"
	dm_create --readonly dmp "0 $size dmp $disk 0"
	for target in linear dmp; do
		assert_eq "$(blockdev --getro "/dev/mapper/$target")" 1 "$target: read-only"
		dd if="/dev/mapper/$target" of=/dev/null bs=4096 count=3 iflag=direct
		assert_fails dd if=/dev/zero of="/dev/mapper/$target" bs=4096 count=1 oflag=direct
		dm remove "$target"
	done
	assert_eq "$(stat_field "$disk" 5)" 0 'writes that came through'

	blockdev --setro "$disk"
	accepted_equally alike "0 $size TARGET $disk 0"
	for target in linear dmp; do
		dm_create --readonly "$target" "0 $size $target $disk 0"
		assert_eq "$(blockdev --getro "/dev/mapper/$target")" 1 "$target: read-only"
		dd if="/dev/mapper/$target" of=/dev/null bs=4096 count=3 iflag=direct
	done
}
