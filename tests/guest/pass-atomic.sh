# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: atomic writes pass, are refused, and are announced, as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
	modinfo scsi_debug | grep -w atomic_wr >/dev/null ||
		skip 'scsi_debug has no atomic writes'
}

atomic() { # BYTES DEVICE
	rw write "$2" 65536 "$1" 3 atomic
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 atomic_wr=1)
	attributes_equal "0 $(sectors "$disk") TARGET $disk 0"
	assert_eq "$(rw write "$disk" 65536 4096 3 atomic)" '' 'atomic write to the disk itself'
	witness_over "$disk"
	pair /dev/mapper/witness
	same_below atomic 4096
	# what linear's device offers says which of the two it must be
	if [ "$(attribute queue/atomic_write_unit_max_bytes)" -gt 0 ]; then
		assert_eq "$exit_status" 0 'atomic write'
		assert_seen atomic=3 write=3 bytes=12288 errors=0
	else
		assert_ne "$exit_status" 0 'atomic write'
		assert_seen write=0
	fi
	same_below atomic 12288
	assert_ne "$exit_status" 0 'atomic write of no power of two'
	assert_seen write=0
}
