# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the second of the two modules fails to load with a clear line in the log, and the first one goes on

clear_line="device-mapper: dmp: target 'dmp' is already there: dmp or device_mapper_proxy is loaded"

second_fails() { # FIRST SECOND LINES
	load_dmp "$1"
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=3 iflag=direct

	assert_fails insmod "$(module_dir)/$2.ko"
	assert_missing "/sys/module/$2"
	case_dmesg | grep -F "$clear_line" >"$CASE_DIR/lines"
	assert_eq "$(wc -l <"$CASE_DIR/lines")" "$3" 'clear lines in the log'

	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=5 iflag=direct
	assert_file_eq "/sys/module/$1/stat/volumes" "$(volumes_text "$1" 8 32768 0 0)"
	dm_remove proxy
	unload_dmp "$1"
}

run() {
	dm_create below '0 20000 zero'
	second_fails dmp device_mapper_proxy 1
	second_fails device_mapper_proxy dmp 2
}
