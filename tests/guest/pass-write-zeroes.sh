# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: zeroing arrives below as write-zeroes, with and without unmapping

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=16 delay=0 lbpu=1 lbpws=1 lbpws10=1)
	witness_over "$disk"
	pair /dev/mapper/witness 2048

	dd if=/dev/urandom of="$disk" bs=1M count=4 oflag=direct
	same_below blkdiscard -f -z -o 65536 -l 131072
	assert_eq "$exit_status" 0 'blkdiscard -f -z'
	assert_gt "$(seen write_zeroes)" 0 'write-zeroes'
	assert_seen write=0 last_sector=2176 last_bytes=131072
	cmp -n 131072 -i 1114112:0 "$disk" /dev/zero
	assert_fails cmp -n 512 -i 1113600:0 "$disk" /dev/zero
	assert_fails cmp -n 512 -i 1245184:0 "$disk" /dev/zero

	# a hole punched: write-zeroes that may unmap
	same_below fallocate -p -o 1048576 -l 65536
	assert_eq "$exit_status" 0 'fallocate -p'
	assert_seen nounmap=0 write=0 bytes=65536
	cmp -n 65536 -i 2097152:0 "$disk" /dev/zero
}
