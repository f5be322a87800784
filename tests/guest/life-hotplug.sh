# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what a CPU counted is not lost when it goes, under load, and comes back

cpu=/sys/devices/system/cpu/cpu1

requires() {
	[ -w $cpu/online ] || skip 'CPU 1 cannot be taken away'
}

# Offline if that is what it is, or back online.
put_back() {
	[ "$(cat $cpu/online)" = 1 ] || echo 1 >$cpu/online
}

# More reads than that were counted.
moved() { # READS
	[ "$(field "$dir/stat" 1)" -gt "$1" ]
}

run() {
	local disk dir load round reads writes before
	need_command taskset
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)
	defer put_back
	taskset -c 1 ioerr /dev/mapper/proxy read 0 4096 101
	hammer /dev/mapper/proxy 0 3 >"$CASE_DIR/load" &
	load=$!
	for round in 1 2 3; do
		echo 0 >$cpu/online
		before=$(field "$dir/stat" 1)
		assert_ge "$before" 101 "reads, CPU 1 away ($round)"
		wait_for 10 moved "$before"
		echo 1 >$cpu/online
		before=$(field "$dir/stat" 1)
		assert_ge "$before" 101 "reads, CPU 1 back ($round)"
		wait_for 10 moved "$before"
	done
	kill "$load"
	wait "$load" || fail 'the load failed'
	echo 0 >$cpu/online # the final count is read with one CPU
	read -r reads writes <"$CASE_DIR/load"
	assert_eq "$(volume_value proxy reads)" $((reads + 101)) 'reads'
	assert_eq "$(volume_value proxy writes)" "$writes" 'writes'
	assert_eq "$(volume_value proxy in_flight)" 0 'in flight'
	assert_eq "$(stat_field proxy 1) $(stat_field proxy 5)" "$((reads + 101)) $writes" 'in /sys/block'
	dm_remove proxy
	assert_eq "$(volumes_value read.reqs)" $((reads + 101)) 'reads in the totals'
}
