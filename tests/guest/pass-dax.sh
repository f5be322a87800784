# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a file mapped through dmp is the memory below itself, at an offset too

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module nd_pmem nd_e820
	need_kconfig CONFIG_FS_DAX
}

# An ext4 with a mapped file, and the file found on the disk itself.
file_below() { # TARGET DISK OFFSET
	local at
	dm_create tested "0 65536 $1 $2 $3"
	mkfs.ext4 -q -F -b 4096 -O ^has_journal /dev/mapper/tested
	mount -o dax /dev/mapper/tested /mnt
	assert_eq "$(mmap-write /mnt/file 65536 "through $1")" dax "$1: the file's memory"
	at=$(filefrag -v /mnt/file | awk '$1 == "0:" { sub(/\.\..*/, "", $4); print $4 }')
	cp /mnt/file "$CASE_DIR/file"
	umount /mnt
	dm remove --retry tested
	dd if="$2" bs=4096 skip=$((at + $3 / 8)) count=16 iflag=direct of="$CASE_DIR/below"
	cmp "$CASE_DIR/file" "$CASE_DIR/below"
	grep -c "^through $1 " "$CASE_DIR/below"
}

run() {
	local disk target
	load_dmp
	disk=$(pmem_disk)
	attributes_equal "0 65536 TARGET $disk 0"
	assert_eq "$(attribute queue/dax)" 1 'direct access'
	attributes_equal "0 65536 TARGET $disk 1"
	assert_eq "$(file_below dmp "$disk" 0)" 1024 'lines'
	for target in linear dmp; do
		assert_eq "$(file_below "$target" "$disk" 40960)" 1024 "$target: lines, at an offset"
	done
}
