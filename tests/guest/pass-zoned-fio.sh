# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: fio, which fills and resets zones at random and reads back what it wrote, does the same through dmp as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_command fio
	need_module null_blk
	need_kconfig CONFIG_BLK_DEV_ZONED
}

zone=8192

# Twice 11 zones of 32 blocks, in random order; full zones are reset first.
fill() { # DEVICE
	fio --output="$CASE_DIR/fio.json" --output-format=json --name=fill --filename="$1" \
		--direct=1 --zonemode=zbd --rw=randwrite --bs=128k --loops=2 --verify=crc32c
	zones reset "$1" 0 $((11 * zone))
}

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 zoned=1 zone_size=4)
	witness_over "$disk"
	# zones 3 to 13 of 16
	pair /dev/mapper/witness $((3 * zone)) $((11 * zone))

	same_below fill
	assert_eq "$exit_status" 0 "fio: $output"
	assert_seen read=704 write=704 zone_reset=22 errors=0
	assert_eq "$(volume_value dmp reads) $(volume_value dmp writes)" '704 704' 'counted'
	assert_eq "$(volume_value dmp errors)" 0 'errors'
}
