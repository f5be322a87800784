# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: forced unit access reaches the device below; so does each other flag

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

# Writes through a witness that adds flags, put above the device.
flagged() { # DEVICE
	mark_above "$1" fua meta prio background swap failfast_dev
	dd if=/dev/zero of=/dev/mapper/above bs=4096 count=3 oflag=direct status=none
	dm remove --retry above
}

write_dsync() {
	rw write "$1" 8192 4096 5 dsync
}

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 cache_size=1)
	witness_over "$disk"
	pair /dev/mapper/witness

	# a write with RWF_DSYNC is one, to a device with a cache
	same_below write_dsync
	assert_eq "$exit_status" 0 'write'
	assert_seen fua=5 write=5 bytes=20480
	same_below flagged
	assert_eq "$exit_status" 0 'writes with flags'
	assert_seen fua=3 meta=3 prio=3 background=3 swap=3 failfast_dev=3 write=3 bytes=12288
	assert_eq "$(field /sys/module/dmp/stat/"$(dm_num dmp)"/stat 14)" 8 'FUA that dmp counted'
}
