# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: 7 reloads under fio's verified load: data right, counts exact, the directory never gone, no number going back

sectors=16384

# By turns a table with another offset, where the layer below has the same data,
# and the same table once more.
reload_again_and_again() {
	local round
	for round in 1 2 3 4 5 6 7; do
		dm_reload proxy "0 $sectors dmp /dev/mapper/twice $(((round / 2 % 2) * sectors))"
		assert_eq "$(stat -c %i "$dir")" "$inode" 'inode of the directory'
	done
}

loaded() {
	[ "$(volume_value proxy reads)" -gt 100 ]
}

check_counts() {
	local reads writes
	reads=$(fio_value "$CASE_DIR/fio" read total_ios)
	writes=$(fio_value "$CASE_DIR/fio" write total_ios)
	assert_gt "$reads" 100 "fio's reads"
	assert_gt "$writes" 100 "fio's writes"
	assert_eq "$(volume_value proxy reads)" "$reads" 'reads'
	assert_eq "$(volume_value proxy writes)" "$writes" 'writes'
	assert_eq "$(volume_value proxy write_bytes)" $((writes * 4096)) 'bytes written'
	assert_eq "$(volumes_value read.reqs)" "$reads" 'reads in the totals'
	assert_eq "$(stat_field proxy 1)" "$reads" 'reads in /sys/block'
	assert_eq "$(stat_field proxy 5)" "$writes" 'writes in /sys/block'
	assert_eq "$(stat_field "$disk" 5)" "$writes" 'writes below'
	assert_eq "$(volume_value proxy in_flight)" 0 'in flight'
}

run() {
	local disk dir inode fio watch status=0
	need_command fio
	load_dmp
	disk=$(null_disk size_mb=8 memory_backed=1)
	dm_create twice "0 $sectors linear $disk 0" "$sectors $sectors linear $disk 0"
	dm_create proxy "0 $sectors dmp /dev/mapper/twice 0"
	dir=$(stat_dir)/$(dm_num proxy)
	inode=$(stat -c %i "$dir")

	watch-stat "$dir/stat" >"$CASE_DIR/watch" &
	watch=$!
	# psync: nothing is in flight and uncounted when it is told to end, which it is
	# long before its hour is over
	fio --name=load --filename=/dev/mapper/proxy --rw=randwrite --bs=4k --direct=1 \
		--ioengine=psync --numjobs=2 --size=4M --offset_increment=4M --verify=crc32c \
		--verify_backlog=64 --verify_fatal=1 --time_based --runtime=3600 --thinktime=300 \
		--group_reporting --output-format=json --output="$CASE_DIR/fio" &
	fio=$!
	wait_for 20 loaded
	reload_again_and_again
	kill -INT "$fio"
	wait "$fio" || status=$?
	assert_eq "$status" 128 "fio's exit status when it is told to end"
	assert_match "$(cat "$CASE_DIR/fio")" '"error" : 0,' "fio's verdict"
	kill "$watch"
	wait "$watch" || fail "the reader: $(cat "$CASE_DIR/watch")"
	check_counts
}
