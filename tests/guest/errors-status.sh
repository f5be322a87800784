# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an error from below has the same errno through dmp as through linear, and each one is counted

# io OPERATION OFFSET LENGTH COUNT WANTED…: on both; WANTED as ioerr prints it,
# or "any" for whatever linear gives, but an error. All errors are counted.
io() {
	local before through_linear through_dmp
	before=$(volume_value dmp errors)
	through_linear=$(ioerr /dev/mapper/linear "$1" "$2" "$3" "$4")
	through_dmp=$(ioerr /dev/mapper/dmp "$1" "$2" "$3" "$4")
	assert_eq "$through_dmp" "$through_linear" "$1 through dmp, through linear"
	if [ "$5" = any ]; then
		assert_match "$through_dmp" "^$1 E[A-Z]+ $4\$" "$1"
	else
		assert_eq "$through_dmp" "$1 $5 $4" "$1"
	fi
	planted=0
	[ "$5" = ok ] || planted=$4
	assert_eq $(($(volume_value dmp errors) - before)) "$planted" "errors of $1"
}

both_over() { # DEVICE
	dm create linear --table "0 $(sectors "$1") linear $1 0"
	dm create dmp --table "0 $(sectors "$1") dmp $1 0"
}

# The last number of the status line but one is the errors, too.
remove_both() {
	local -a status
	read -r -a status < <(dmsetup status dmp)
	assert_eq "${status[7]}" "$(volume_value dmp errors)" 'errors in the status line'
	assert_eq "${status[7]}" "$1" 'errors in all'
	dm_remove dmp
	dm_remove linear
}

error_target() {
	dm_create below '0 8192 error'
	both_over /dev/mapper/below
	io read 0 4096 7 EIO
	io write 4096 4096 5 EIO
	remove_both 12
	dm_remove below
}

flakey() {
	dm_create below "0 $(sectors "$disk") flakey $disk 0 0 60"
	both_over /dev/mapper/below
	io read 0 4096 3 EIO
	io write 0 4096 5 EIO
	dm_reload below "0 $(sectors "$disk") flakey $disk 0 0 60 1 error_writes"
	io read 0 4096 11 ok
	io write 0 4096 13 EIO
	dm_reload below "0 $(sectors "$disk") flakey $disk 0 0 60 1 drop_writes"
	io write 0 4096 7 ok
	remove_both 21
	dm_remove below
}

# A discard that the device does not know: refused above, so no error counted.
no_discard() {
	both_over "$disk"
	assert_eq "$(cat "/sys/block/$(dm_num dmp)/queue/discard_max_bytes")" 0 'discard_max_bytes'
	assert_eq "$(ioerr /dev/mapper/dmp discard 0 4096 3)" 'discard EOPNOTSUPP 3' 'dmp'
	assert_eq "$(ioerr /dev/mapper/linear discard 0 4096 3)" 'discard EOPNOTSUPP 3' 'linear'
	assert_eq "$(volume_value dmp discards)" 0 'discards'
	remove_both 0
}

# A thin pool of 8 blocks of 64 KiB for a volume of 2 MiB: the ninth has no room.
thin() {
	dm_create meta "0 4096 linear $disk 0"
	dm_create data "0 1024 linear $disk 4096"
	dm_create pool '0 1024 thin-pool /dev/mapper/meta /dev/mapper/data 128 0 1 error_if_no_space'
	dm message pool 0 create_thin 0
	dm_create below '0 4096 thin /dev/mapper/pool 0'
	both_over /dev/mapper/below
	io write 0 524288 1 ok
	io write 524288 4096 5 ENOSPC
	io write 0 4096 2 ok
	io read 524288 4096 3 ok
	remove_both 5
	dm_remove below
}

# Sectors from 0x1234 on are bad (opts=2); a write-protected disk refuses.
medium() {
	both_over "$scsi"
	io read $((0x1234 * 512)) 512 5 ENODATA
	io read $((0x1230 * 512)) 4096 3 ENODATA
	io read 0 4096 11 ok
	if [ -w /sys/module/scsi_debug/parameters/wp ]; then
		echo 1 >/sys/module/scsi_debug/parameters/wp
		io write 0 4096 2 any
		remove_both 10
	else
		remove_both 8
	fi
}

run() {
	local disk scsi planted
	need_module dm_flakey dm_thin_pool scsi_debug
	load_dmp
	disk=$(null_disk size_mb=4 memory_backed=1)
	defer dm_remove linear
	defer dm_remove dmp
	error_target
	flakey
	no_discard
	thin
	scsi=$(scsi_disk opts=2 dev_size_mb=8 delay=0)
	medium
}
