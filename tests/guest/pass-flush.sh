# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every fsync through dmp reaches the volatile cache of the device below, no more and no less than through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

disk=''

# Flush requests that the driver has answered.
flushes() {
	stat_field "$disk" 16
}

# fsync(2) on the device itself, 7 times.
fsyncs() {
	sync "$1" "$1" "$1" "$1" "$1" "$1" "$1"
}

# Without a journal each fsync is a data write and one flush. Mounting and
# unmounting are not counted.
ext4_fsyncs() {
	local before i
	mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=0,nodiscard "$1"
	mount "$1" /mnt
	before=$(flushes)
	for i in 1 2 3; do
		echo "$i" >/mnt/file
		sync /mnt/file
	done
	echo "flushes: $(($(flushes) - before))"
	umount /mnt
}

run() {
	local before target
	load_dmp
	disk=$(null_disk memory_backed=1 cache_size=1)
	witness_over "$disk"
	pair /dev/mapper/witness

	before=$(flushes)
	same_below fsyncs
	assert_seen flush=7 write=0
	assert_eq "$(($(flushes) - before))" 14 'flushes at the disk, both times'

	# one write that asks for a flush before it, and one that asks for both
	witness_over /dev/mapper/dmp above
	dm message above 0 mark preflush
	before=$(flushes)
	watched dd if=/dev/zero of=/dev/mapper/above bs=4096 count=5 oflag=direct
	assert_seen flush=5 write=5 bytes=20480
	assert_eq "$(($(flushes) - before))" 5 'flushes at the disk'
	dm remove above

	before=$(field /sys/module/dmp/stat/"$(dm_num dmp)"/stat 7)
	for target in linear dmp; do
		watched ext4_fsyncs "/dev/mapper/$target"
		assert_eq "$exit_status $output" '0 flushes: 3' "$target"
	done
	[ "$(field /sys/module/dmp/stat/"$(dm_num dmp)"/stat 7)" -ge $((before + 3)) ] ||
		fail 'dmp has not counted the flushes'
}
