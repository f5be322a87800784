# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: attributes of a zoned device are those through linear, and so is which tables are refused

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_kconfig CONFIG_BLK_DEV_ZONED
}

run() {
	local disk size zone
	load_dmp
	disk=$(null_disk memory_backed=1 zoned=1 zone_size=4 zone_nr_conv=2)
	size=$(sectors "$disk")
	zone=8192
	queues_equal "$disk" "$zone"
	assert_eq "$(attribute queue/zoned)" host-managed 'model'
	assert_eq "$(attribute queue/chunk_sectors)" "$zone" 'zone size'
	assert_eq "$(attribute queue/nr_zones)" 16 'zones'
	# inside a zone
	accepted_equally refused "0 $zone TARGET $disk 8"
	# a part of a zone
	accepted_equally refused "0 $((zone + 8)) TARGET $disk 0"
	# zones that are no neighbours
	accepted_equally made "0 $zone TARGET $disk 0" "$zone $zone TARGET $disk $((3 * zone))"
}
