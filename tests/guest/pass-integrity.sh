# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: protection information goes through, and its errors come back, as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module scsi_debug
	need_kconfig CONFIG_BLK_DEV_INTEGRITY
}

driver=/sys/bus/pseudo/drivers/scsi_debug

# Reads and writes whose protection information is made, and checked, above.
protected() { # DEVICE
	mark_above "$1" integrity
	rw write /dev/mapper/above 8192 4096 3
	rw read /dev/mapper/above 8192 4096 3
	dm remove --retry above
}

# The disk says that the guard of what is read is wrong.
corrupted() { # DEVICE
	local status=0
	echo 1 >$driver/every_nth
	echo 32 >$driver/opts
	rw read "$1" 8192 4096 1 || status=$?
	echo 0 >$driver/opts
	echo 0 >$driver/every_nth
	return "$status"
}

run() {
	local disk
	load_dmp
	disk=$(scsi_disk dev_size_mb=8 delay=0 dif=1 dix=1)
	witness_over "$disk"
	pair /dev/mapper/witness

	same_below protected
	assert_eq "$exit_status" 0 'protected I/O'
	assert_seen integrity=6 write=3 read=3 errors=0

	same_below corrupted
	assert_eq "$exit_status" 1 'read of corrupted data'
	assert_seen read=1 errors=1
	assert_eq "$output" 'Invalid or incomplete multibyte or wide character' 'EILSEQ, in words'
}
