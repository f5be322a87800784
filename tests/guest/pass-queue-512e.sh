# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute over a SCSI disk with 512 byte sectors in blocks of 4 KiB is that through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

run() {
	local disk offset
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 physblk_exp=3)
	queues_equal "$disk"
	assert_eq "$(attribute queue/physical_block_size)" 4096 "physical block"
	# a beginning inside a physical block
	for offset in 1 7; do
		attributes_equal "0 1000 TARGET $disk $offset"
		assert_ne "$(attribute alignment_offset)" 0 "alignment at $offset"
	done
}
