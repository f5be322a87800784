# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a volume renamed under load keeps its folder, dm-N and numbers

run() {
	local disk folder inode load name=first next before reads writes
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1)
	dm_create first "0 $(sectors "$disk") dmp $disk"
	for next in second third; do defer dm_remove $next; done
	folder=$(stat_dir)/$(dm_num first)
	inode=$(stat -c %i "$folder")
	hammer /dev/mapper/first 0 >"$CASE_DIR/load" &
	load=$!
	wait_for 10 moved "$folder" 0
	for next in second third first third; do
		before=$(field "$folder/stat" 1)
		dm rename "$name" "$next"
		name=$next
		assert_eq "$(stat_dir)/$(dm_num "$name")" "$folder" "folder of $name"
		assert_eq "$(stat -c %i "$folder")" "$inode" 'inode of the folder'
		wait_for 10 moved "$folder" "$before"
	done
	kill "$load"
	wait "$load" || fail 'the load failed'
	read -r reads writes <"$CASE_DIR/load"
	assert_eq "$(volume_value third reads)" "$reads" 'reads'
	assert_eq "$(volume_value third writes)" "$writes" 'writes'
	assert_eq "$(stat_field third 1) $(stat_field third 5)" "$reads $writes" 'in /sys/block'
	assert_eq "$(compgen -G "$(stat_dir)/dm-*")" "$folder" 'folders'
}

# More reads than that were counted.
moved() { # FOLDER READS
	[ "$(field "$1/stat" 1)" -gt "$2" ]
}
