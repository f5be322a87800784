# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: forced unit access reaches the device below; so does each other flag

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

# Writes through a witness that adds the flag, put above the device.
flagged() { # FLAG DEVICE
	printf '0 %s witness %s\n' "$(sectors "$2")" "$2" | dm create above
	dm message above 0 mark "$1"
	dd if=/dev/zero of=/dev/mapper/above bs=4096 count=3 oflag=direct status=none
	dm remove --retry above
}

write_dsync() {
	rw write "$1" 8192 4096 5 dsync
}

run() {
	local disk flag
	load_dmp
	disk=$(null_disk memory_backed=1 cache_size=1)
	witness_over "$disk"
	pair /dev/mapper/witness

	# a write with RWF_DSYNC is one, to a device with a cache
	same_below write_dsync
	assert_eq "$exit_status" 0 'write'
	assert_seen fua=5 write=5 bytes=20480
	for flag in fua meta prio background swap failfast_dev; do
		same_below flagged "$flag"
		assert_eq "$exit_status" 0 "$flag"
		assert_seen "$flag=3" write=3 bytes=12288
	done
	assert_eq "$(field /sys/module/dmp/stat/"$(dm_num dmp)"/stat 14)" 8 'FUA that dmp counted'
}
