# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: whichever allocation fails while a table is loaded, no directory and no use is left, a live volume lives on, and the log names it

debug=/sys/kernel/debug

# That no memory is left is not shown: freed objects stay in KASAN's quarantine,
# so that no count of objects tells, and kmemleak does not work on this machine.

requires() {
	need_kconfig CONFIG_FAILSLAB
	need_command dm-fail-nth
}

# All allocations of a task may fail that asks for it, also those that could wait.
inject_settings() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo 0 >$debug/$kind/verbose
		echo N >$debug/$kind/ignore-gfp-wait
	done
	echo 0 >$debug/fail_page_alloc/min-order
}

use_count() {
	field /sys/module/dmp/refcnt 1
}

# Load a table into VOLUME, each allocation failing once, until none is left.
# Leaves how often the load failed in $failures.
each_allocation() { # VOLUME OFFSET CHECK
	local n result
	failures=0
	for ((n = 1; n < 2000; n++)); do
		result=$(dm-fail-nth "$n" "$1" "$size" dmp "$disk $2")
		case $result in
		'complete ok') dm clear "$1"; return ;;
		'injected ok') dm clear "$1"; "$3" ;;
		'injected '*)
			failures=$((failures + 1))
			assert_match "$result" 'ENOMEM$' "allocation $n"
			"$3"
			;;
		*) fail "allocation $n: $result" ;;
		esac
	done
	fail 'the load never got through'
}

nothing_left() {
	[ ! -e "$dir" ] || fail "allocation $n: the directory is left"
	assert_eq "$(use_count)" 0 "use count, allocation $n"
}

still_alive() {
	assert_eq "$(field "$dir/stat" 1)" 7 "reads, allocation $n"
	assert_eq "$(use_count)" 1 "use count, allocation $n"
}

run() {
	local disk size dir failures n='none'
	load_dmp
	inject_settings
	disk=$(null_disk size_mb=4)
	size=$(($(sectors "$disk") / 2))
	allow_dmesg 'kobject_add_internal failed'
	# linear first: device-mapper's own set-up of the device shall not fail
	dm_create vol "0 $size linear $disk 0"
	dir=$(stat_dir)/$(dm_num vol)
	{ set +x; } 2>/dev/null
	each_allocation vol 0 nothing_left
	set -x
	assert_gt "$failures" 10 'failed loads'
	assert_dmesg 'dmp: Failed to allocate memory for dmp_data'
	assert_dmesg 'dmp: Device lookup failed'
	assert_no_dmesg 'table: .*: dmp: (Invalid|Unknown)'

	dm_reload vol "0 $size dmp $disk 0"
	ioerr /dev/mapper/vol read 0 4096 7
	{ set +x; } 2>/dev/null
	each_allocation vol 8 still_alive
	set -x
	assert_gt "$failures" 10 'failed reloads'
	dm_remove vol
	nothing_left
	assert_eq "$(volumes_value read.reqs)" 7 'reads in the totals'
}
