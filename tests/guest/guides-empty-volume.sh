# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: volumes says zeros, in its frozen form, before any volume and with one that had no I/O

zeros() { # INDENTATION
	printf 'read:\n%sreqs: 0\n%savg size: 0\n' "$1" "$1"
	printf 'write:\n%sreqs: 0\n%savg size: 0\n' "$1" "$1"
	printf 'total:\n%sreqs: 0\n%savg size: 0\n' "$1" "$1"
}

one_name() { # MODULE INDENTATION
	local volumes=/sys/module/$1/stat/volumes
	load_dmp "$1"
	assert_file_eq "$volumes" "$(zeros "$2")" 'before any volume'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	assert_file_eq "$volumes" "$(zeros "$2")" 'with an empty volume'
	# reads only: one of the two divisors is still 0
	dd if=/dev/mapper/proxy of=/dev/null bs=512 count=1 iflag=direct
	assert_file_eq "$volumes" "$(volumes_text "$1" 1 512 0 0)" 'with reads only'
	dm_remove proxy
	assert_file_eq "$volumes" "$(volumes_text "$1" 1 512 0 0)" 'after the volume'
	assert_eq "$(stat -c %a "$volumes")" 444 'mode of volumes'
	unload_dmp "$1"
}

run() {
	dm_create below '0 20000 zero'
	one_name dmp '    '
	one_name device_mapper_proxy ' '
}
