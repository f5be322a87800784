# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: suspend and resume under load, with and without flush: nothing in flight and nothing counted meanwhile, counts exact

# All fields of stat but busy_ns, which still counts the window in which the last I/O
# completed.
counted() {
	cut -d ' ' -f 1-32,34- "$dir/stat"
}

# Suspended, and resumed three times; the numbers stand still meanwhile.
suspend_and_resume() { # OPTION…
	local round before
	for round in 1 2 3; do
		wait_for 10 busy
		dm suspend "$@" proxy
		assert_eq "$(volume_value proxy in_flight)" 0 "in flight, suspended ($round)"
		before=$(counted)
		sleep 0.3
		assert_eq "$(counted)" "$before" "counted while suspended ($round)"
		dm resume proxy
		assert_eq "$(stat -c %i "$dir")" "$inode" 'inode of the directory'
	done
}

# The disk takes 5 ms for each I/O, so most glances see some in flight.
busy() {
	[ "$(volume_value proxy in_flight)" -gt 0 ]
}

run() {
	local disk scan dir inode load reads writes
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1 irqmode=2 completion_nsec=5000000)
	scan=$(stat_field "$disk" 1) # for a partition table, by the kernel
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)
	inode=$(stat -c %i "$dir")
	hammer /dev/mapper/proxy 0 4 >"$CASE_DIR/load" &
	load=$!
	suspend_and_resume
	suspend_and_resume --noflush
	suspend_and_resume --nolockfs
	kill "$load"
	wait "$load" || fail 'the load failed'
	read -r reads writes <"$CASE_DIR/load"
	assert_gt "$reads" 0 'reads'
	assert_eq "$(volume_value proxy reads)" "$reads" 'reads'
	assert_eq "$(volume_value proxy writes)" "$writes" 'writes'
	assert_eq "$(stat_field proxy 1) $(stat_field proxy 5)" "$reads $writes" 'in /sys/block'
	assert_eq "$(stat_field "$disk" 1)" $((scan + reads)) 'reads below'
	assert_eq "$(stat_field "$disk" 5)" "$writes" 'writes below'
}
