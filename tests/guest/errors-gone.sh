# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a disk that goes under load: its users get the errno that linear gives afterwards, every error is counted, nothing stays in flight

# Let the disk below both volumes go, while a load runs on dmp.
vanish_under_load() { # DISK COMMAND…
	local disk=$1 load dir errors
	shift
	dm create linear --table "0 $(sectors "$disk") linear $disk 0"
	dm create dmp --table "0 $(sectors "$disk") dmp $disk 0"
	dir=$(stat_dir)/$(dm_num dmp)
	hammer /dev/mapper/dmp 0 2 >"$CASE_DIR/load" 2>"$CASE_DIR/load.err" &
	load=$!
	wait_for 20 running "$dir"
	assert_eq "$(field "$dir/stat" 13)" 0 'errors before'
	"$@"
	! wait "$load" || fail 'the load did not notice'

	# Each worker of the load ends at its first error; one may be told to end
	# before it sees any.
	errors=$(field "$dir/stat" 13)
	assert_eq "$errors" "$(grep -c '^hammer: ' "$CASE_DIR/load.err")" 'errors of the load'
	# which one depends on how far the disk has gone
	assert_match "$(cut -d : -f 3 "$CASE_DIR/load.err" | sort -u | xargs)" \
		'^(EIO|ENODEV|ENXIO)( (EIO|ENODEV|ENXIO))*$' 'errno of the load'
	assert_eq "$(ioerr /dev/mapper/dmp read 0 4096 13)" \
		"$(ioerr /dev/mapper/linear read 0 4096 13)" 'reads afterwards'
	assert_eq "$(ioerr /dev/mapper/dmp write 0 4096 7)" \
		"$(ioerr /dev/mapper/linear write 0 4096 7)" 'writes afterwards'
	assert_eq $(($(field "$dir/stat" 13) - errors)) $((13 + 7)) 'errors afterwards'
	assert_eq "$(field "$dir/stat" 15)" 0 'in flight'
	dm_remove dmp
	dm_remove linear
}

running() { # DIRECTORY
	[ "$(field "$1/stat" 1)" -gt 20 ]
}

delete_scsi() {
	echo 1 >"/sys/block/${scsi##*/}/device/delete"
}

run() {
	local disk scsi
	need_module scsi_debug
	load_dmp
	defer dm_remove linear
	defer dm_remove dmp
	disk=$(null_disk size_mb=4 memory_backed=1)
	vanish_under_load "$disk" null_disk_off /sys/kernel/config/nullb/nullb0
	scsi=$(scsi_disk dev_size_mb=8 delay=0)
	vanish_under_load "$scsi" delete_scsi
}
