# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: 20 times load, create, I/O, remove and unload, under both names in turn: each begins at zero and leaves nothing

cycle() { # MODULE
	load_dmp "$1"
	dm create proxy --table '0 20000 dmp /dev/mapper/below'
	dd if="/dev/$(dm_num proxy)" of=/dev/null bs=4096 count=3 iflag=direct status=none
	[ "$(<"/sys/module/$1/stat/volumes")" = "$(volumes_text "$1" 3 12288 0 0)" ] ||
		fail "cycle $i: $(<"/sys/module/$1/stat/volumes")"
	dm remove proxy
	unload_dmp "$1"
	assert_missing "/sys/module/$1"
}

run() {
	local i
	dm_create below '0 20000 zero'
	defer dm_remove proxy
	for ((i = 0; i < 10; i++)); do
		cycle dmp
		cycle device_mapper_proxy
	done
	# but for the signature that it has not, the module gives no cause for a line
	assert_no_dmesg 'dmp: |device_mapper_proxy: (.*[Ee]rr|.*[Ww]arn)'
}
