# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a volume renamed under load keeps its directory, dm-N and numbers

run() {
	local disk dir inode load name=first next before reads writes
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1)
	dm_create first "0 $(sectors "$disk") dmp $disk"
	for next in second third; do defer dm_remove $next; done
	dir=$(stat_dir)/$(dm_num first)
	inode=$(stat -c %i "$dir")
	hammer /dev/mapper/first 0 >"$CASE_DIR/load" &
	load=$!
	wait_for 10 moved "$dir" 0
	for next in second third first third; do
		before=$(field "$dir/stat" 1)
		dm rename "$name" "$next"
		name=$next
		assert_eq "$(stat_dir)/$(dm_num "$name")" "$dir" "directory of $name"
		assert_eq "$(stat -c %i "$dir")" "$inode" 'inode of the directory'
		wait_for 10 moved "$dir" "$before"
	done
	kill "$load"
	wait "$load" || fail 'the load failed'
	read -r reads writes <"$CASE_DIR/load"
	assert_eq "$(volume_value third reads)" "$reads" 'reads'
	assert_eq "$(volume_value third writes)" "$writes" 'writes'
	assert_eq "$(stat_field third 1) $(stat_field third 5)" "$reads $writes" 'in /sys/block'
	assert_eq "$(compgen -G "$(stat_dir)/dm-*")" "$dir" 'directories'
}

# More reads than that were counted.
moved() { # DIRECTORY READS
	[ "$(field "$1/stat" 1)" -gt "$2" ]
}
