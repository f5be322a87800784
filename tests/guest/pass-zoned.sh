# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: zones are reported, reset, opened, closed, finished and appended to as through linear, offset or not

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_kconfig CONFIG_BLK_DEV_ZONED
}

zone=8192

# The life of one zone of the device, and what the device says of it after.
life() { # DEVICE
	local start=$((3 * zone))
	zones open "$1" $start $zone
	zones report "$1" $start | head -n 1
	dd if=/dev/zero of="$1" bs=4096 count=5 seek=$((start / 8)) oflag=direct status=none
	zones close "$1" $start $zone
	zones report "$1" $start | head -n 1
	zones finish "$1" $start $zone
	zones report "$1" $start | head -n 1
	zones reset "$1" $start $zone
	zones report "$1" 0
}

# Three writes to the beginning of a zone, made appends on their way.
append() { # DEVICE
	local start=$((2 * zone))
	mark_above "$1" append
	rw write /dev/mapper/above $((start * 512)) 4096 1
	rw write /dev/mapper/above $((start * 512)) 4096 1
	rw write /dev/mapper/above $((start * 512)) 4096 1
	zones report "$1" $start | head -n 1
	dm remove --retry above
	zones reset "$1" 0 $((8 * zone))
}

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 zoned=1 zone_size=4)
	witness_over "$disk"
	# zones 5 to 12 of 16
	pair /dev/mapper/witness $((5 * zone)) $((8 * zone))

	same_below life
	assert_eq "$exit_status" 0 'life of a zone'
	assert_seen zone_open=1 zone_close=1 zone_finish=1 zone_reset=1 write=5 \
		last_sector=$((8 * zone)) errors=0
	assert_eq "$(wc -l <<<"$output")" 11 'lines of the reports'

	same_below append
	assert_eq "$exit_status" 0 'append'
	assert_seen zone_append=3 write=0 errors=0
	assert_match "$output" "^$((2 * zone)) 8192 8192 $((2 * zone + 24)) " 'the zone after 3 appends'
}
