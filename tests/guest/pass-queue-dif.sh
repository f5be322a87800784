# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute over a SCSI disk with protection information is that through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 dif=1 dix=1)
	queues_equal "$disk"
	assert_eq "$(attribute integrity/format)" T10-DIF-TYPE1-CRC "format"
	assert_eq "$(attribute integrity/device_is_integrity_capable)" 1 "capable"
}
