# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute over a SCSI disk with sectors of 4 KiB is that through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 sector_size=4096)
	queues_equal "$disk"
	assert_eq "$(attribute queue/logical_block_size)" 4096 "logical block"
	# half a sector
	accepted_equally refused "0 4 TARGET $disk 0"
	# an offset of half a sector
	accepted_equally refused "0 8 TARGET $disk 4"
}
