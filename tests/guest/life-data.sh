# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a file system made and filled through dmp is found unharmed through linear, and every I/O of it was counted

sums() { # DIR
	(cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# Its own unmount, so that a failure is cleaned up in the right order.
attach() { # NAME
	mount -t ext4 "/dev/mapper/$1" "$CASE_DIR/mnt"
}

detach() {
	! mountpoint -q "$CASE_DIR/mnt" || umount "$CASE_DIR/mnt"
}

assert_counted() {
	local -a volume block
	read -r -a volume <"$(stat_dir)/$(dm_num dmp)/stat"
	read -r -a block <"/sys/block/$(dm_num dmp)/stat"
	assert_gt "${volume[2]}" 50 'writes'
	assert_eq "${volume[0]}" "${block[0]}" 'reads'
	assert_eq "${volume[1]}" $((block[2] * 512)) 'bytes read'
	# an empty flush is a write there; write-zeroes are too
	assert_eq $((volume[2] + volume[6] + volume[8])) "${block[4]}" 'writes'
	# the disk's, since some kernels count the data of a write with a flush twice
	assert_eq $((volume[3] + volume[9])) $(($(stat_field "$disk" 7) * 512)) 'bytes written'
	assert_gt "${volume[6]}" 0 'flushes'
	assert_eq "${volume[4]}" "${block[11]}" 'discards'
	assert_eq "${volume[12]}" 0 'errors'
	assert_eq "${volume[14]}" 0 'in flight'
}

run() {
	local disk size
	need_command mkfs.ext4
	load_dmp
	disk=$(null_disk size_mb=64 memory_backed=1 discard=1 cache_size=4)
	size=$(sectors "$disk")
	dm_create dmp "0 $((size - 2048)) dmp $disk 2048"
	mkdir "$CASE_DIR/mnt" "$CASE_DIR/files"
	defer detach
	tar -C /usr -cf - bin/bash share/common-licenses share/misc lib/udev/rules.d 2>/dev/null |
		tar -C "$CASE_DIR/files" -xf -
	head -c 5000011 /dev/urandom >"$CASE_DIR/files/random"
	sums "$CASE_DIR/files" >"$CASE_DIR/wanted"

	mkfs.ext4 -q /dev/mapper/dmp
	attach dmp
	cp -r "$CASE_DIR/files/." "$CASE_DIR/mnt/"
	rmdir "$CASE_DIR/mnt/lost+found"
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sums "$CASE_DIR/mnt" >"$CASE_DIR/through-dmp"
	cmp "$CASE_DIR/wanted" "$CASE_DIR/through-dmp"
	detach
	assert_counted

	dm_remove dmp
	dm_create linear "0 $((size - 2048)) linear $disk 2048"
	fsck.ext4 -fn /dev/mapper/linear
	attach linear
	sums "$CASE_DIR/mnt" >"$CASE_DIR/through-linear"
	cmp "$CASE_DIR/wanted" "$CASE_DIR/through-linear"
	detach
}
