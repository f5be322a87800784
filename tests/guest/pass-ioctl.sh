# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: ioctls and SCSI commands go through a whole-device segment, and are held back by a partial one, as with linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
}

# SG_IO by somebody who may not do raw I/O.
unprivileged_inquiry() {
	setpriv --bounding-set=-sys_rawio --inh-caps=-sys_rawio sg_inq "$1"
}

run() {
	local disk direct
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 sector_size=4096)
	witness_over "$disk"
	pair "$disk"

	same_below blockdev --getsize64 --getsz --getss --getpbsz --getiomin --getioopt \
		--getalignoff --getmaxsect --getro --getra
	assert_match "$output" "^8388608
16384
4096
" 'sizes'
	direct=$(sg_inq "$disk" 2>&1)
	same_below sg_inq
	assert_eq "$output" "$direct" 'inquiry'
	assert_match "$output" 'Product identification: scsi_debug' 'inquiry'
	same_below unprivileged_inquiry
	assert_eq "$output" "$direct" 'inquiry, unprivileged'
	same_below sg_readcap
	assert_match "$output" 'Last LBA=2047' 'capacity'

	dm remove linear
	dm remove dmp
	pair "$disk" 8
	same_below unprivileged_inquiry
	assert_ne "$exit_status" 0 'inquiry, unprivileged, of a part'
}
