# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute over a SCSI disk with thin provisioning is that through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 lbpu=1 lbpws=1 lbpws10=1 unmap_granularity=128 unmap_max_blocks=2048)
	queues_equal "$disk"
	assert_eq "$(attribute queue/discard_granularity)" 65536 "discard granularity"
	assert_eq "$(attribute queue/discard_max_bytes)" 1048576 "largest discard"
	assert_ne "$(attribute queue/write_zeroes_max_bytes)" 0 "largest write-zeroes"
	attributes_equal "0 1000 TARGET $disk 17"
}
