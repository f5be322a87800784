# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what the device is to encrypt reaches it with a key and the same block numbers as through linear, and a file system uses that

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_kconfig CONFIG_BLK_INLINE_ENCRYPTION
	need_module null_blk
}

# With a key. Two segments meet at 32 KiB: the first long write is split there, and
# its second half has a number of its own.
encrypted() { # DEVICE
	mark_above "$1" crypt
	rw write /dev/mapper/above 8192 4096 3
	rw read /dev/mapper/above 8192 4096 5
	rw write /dev/mapper/above 0 65536 2
	dm remove --retry above
}

# A file of 101 blocks in a directory that is encrypted by the device.
file_system() {
	local mount=$CASE_DIR/mount key
	mkfs.ext4 -q -b 4096 -O encrypt /dev/mapper/dmp
	mkdir "$mount"
	mount -o inlinecrypt /dev/mapper/dmp "$mount"
	defer umount "$mount"
	head -c 64 /dev/urandom >"$CASE_DIR/key"
	key=$(xfs_io -c add_enckey "$mount" <"$CASE_DIR/key")
	mkdir "$mount/secret"
	xfs_io -c "set_encpolicy -v 2 ${key##* }" "$mount/secret"

	head -c $((101 * 4096)) /dev/urandom >"$CASE_DIR/data"
	watched dd if="$CASE_DIR/data" of="$mount/secret/file" bs=4096 oflag=direct status=none
	assert_eq "$exit_status" 0 "dd: $output"
	assert_seen crypt=101
	watched dd if="$mount/secret/file" of="$CASE_DIR/back" bs=4096 iflag=direct status=none
	assert_eq "$exit_status" 0 "dd: $output"
	assert_seen crypt=101
	cmp "$CASE_DIR/data" "$CASE_DIR/back"
}

run() {
	local disk target
	load_dmp
	disk=$(null_disk memory_backed=1)
	witness_over "$disk" witness crypto
	for target in linear dmp; do
		dm_create "$target" "0 64 $target /dev/mapper/witness 100000" \
			"64 80000 $target /dev/mapper/witness 8"
	done
	diff -r "/sys/block/$(dm_num linear)/queue/crypto" "/sys/block/$(dm_num dmp)/queue/crypto"

	same_below encrypted
	assert_eq "$exit_status" 0 'encrypted I/O'
	assert_seen crypt=11 write=6 read=5 errors=0

	file_system
}
