# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: volumes adds up 50 MB over volumes of one and two segments, each request once, and keeps them when volumes go

requires() {
	need_command fio
	need_module null_blk
}

reads() { # COUNT SKIP
	dd if=/dev/mapper/two of=/dev/null bs=4096 count="$1" skip="$2" iflag=direct
}

# Blocks of 4 KiB: 100 in the first segment, from sector 4 on.
two_segments() {
	local number dir
	dm_create two "0 804 dmp $disk 0" "804 1000 dmp $disk 4096"
	number=$(dm_num two) dir=$(stat_dir)
	assert_eq "$(cd "$dir" && echo dm-*)" "$(dm_num one) $number" 'directories'
	reads 7 0
	reads 11 101
	assert_eq "$(volume_value "$number" reads)" 18 'reads in two segments'
	assert_eq "$(stat_field "$number" 1)" 18 'the same in /sys/block'
	# both lines of the status are the volume's
	assert_eq "$(dmsetup status two | cut -d ' ' -f 1-9)" \
		"$(printf '0 804 dmp 18 73728 0 0 0 0\n804 1000 dmp 18 73728 0 0 0 0')" 'status'
	# block 100 is half in each: two requests arrive, and no byte twice
	reads 1 100
	assert_eq "$(volume_value "$number" reads)" 20 'with one across the border'
	assert_eq "$(volume_value "$number" read_bytes)" $((19 * 4096)) 'bytes'
	dm_remove two
}

fifty_megabytes() {
	local out=$CASE_DIR/fio.json
	fio --output="$out" --output-format=json --name=fifty \
		--filename=/dev/mapper/one --direct=1 --thread --norandommap \
		--ioengine=libaio --iodepth=8 --numjobs=2 --rw=randrw \
		--bssplit=4k/40:32k/30:128k/30 --number_ios=499
	reads=$(fio_value "$out" read total_ios) bytes=$(fio_value "$out" read io_bytes)
	writes=$(fio_value "$out" write total_ios) wbytes=$(fio_value "$out" write io_bytes)
	assert_eq $((reads + writes)) 998 'requests of fio'
	assert_gt $((bytes + wbytes)) 50000000 'bytes of fio'
}

# What volumes says in total, read while volumes come, work and go.
never_back() {
	local last now i
	last=$(volumes_value total.reqs)
	for i in 1 2 3; do
		dm_create "brief$i" "0 800 dmp $disk"
		dd if="/dev/mapper/brief$i" of=/dev/null bs=4096 count=5 iflag=direct
		now=$(volumes_value total.reqs)
		assert_eq "$now" $((last + 5)) 'after a volume worked'
		dm_remove "brief$i"
		assert_eq "$(volumes_value total.reqs)" "$now" 'after it went'
		last=$now
	done
}

run() {
	local disk reads bytes writes wbytes
	load_dmp
	disk=$(null_disk)
	dm_create one "0 $(sectors "$disk") dmp $disk"
	fifty_megabytes
	assert_agree one "$reads" "$bytes" "$writes" "$wbytes"
	two_segments
	reads=$((reads + 20)) bytes=$((bytes + 19 * 4096))
	assert_file_eq "$(stat_dir)/volumes" "$(volumes_text dmp "$reads" "$bytes" "$writes" "$wbytes")"
	dm_remove one
	never_back
	assert_file_eq "$(stat_dir)/volumes" "$(volumes_text dmp \
		$((reads + 15)) $((bytes + 15 * 4096)) "$writes" "$wbytes")"
	assert_eq "$(stat_entries)" 'reset volumes' 'directories at the end'
}
