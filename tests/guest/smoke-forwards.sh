# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a volume over a disk forwards data unchanged and counts 7 reads and 11 writes

run() {
	local disk size
	load_dmp
	disk=$(null_disk size_mb=16 memory_backed=1)
	size=$(sectors "$disk")
	dm_create proxy "0 $size dmp $disk"
	head -c 45056 /dev/urandom >"$CASE_DIR/data"
	dd if="$CASE_DIR/data" of=/dev/mapper/proxy bs=4096 count=11 oflag=direct
	dd if=/dev/mapper/proxy of="$CASE_DIR/back" bs=4096 count=7 iflag=direct
	cmp -n 28672 "$CASE_DIR/data" "$CASE_DIR/back"
	cmp -n 45056 "$CASE_DIR/data" "$disk"
	assert_eq "$(volumes_value read.reqs)" 7 'read requests'
	assert_eq "$(volumes_value read.avg_size)" 4096 'average size of a read'
	assert_eq "$(volumes_value write.reqs)" 11 'write requests'
	assert_eq "$(stat_field proxy 1)" 7 'reads in /sys/block'
	assert_eq "$(stat_field proxy 5)" 11 'writes in /sys/block'
}
