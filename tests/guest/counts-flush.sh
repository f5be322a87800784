# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an empty flush is counted apart, and writes and flushes together are the writes of /sys/block

requires() {
	need_module null_blk
}

run() {
	local disk number
	load_dmp
	disk=$(null_disk cache_size=4 memory_backed=1)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	number=$(dm_num proxy)

	# 11 writes, then one flush: fsync sends an empty one
	dd if=/dev/zero of=/dev/mapper/proxy bs=4096 count=11 oflag=direct conv=fsync
	assert_eq "$(volume_value "$number" writes)" 11 'writes'
	assert_eq "$(volume_value "$number" flushes)" 1 'flushes'
	assert_eq "$(volume_value "$number" fua)" 0 'FUA'

	# 7 writes, each with FUA and followed by an empty flush
	dd if=/dev/zero of=/dev/mapper/proxy bs=8192 count=7 oflag=direct,dsync
	assert_eq "$(volume_value "$number" writes)" 18 'writes'
	assert_eq "$(volume_value "$number" flushes)" 8 'flushes'
	assert_eq "$(volume_value "$number" flush_bytes)" 0 'bytes flushed'
	assert_eq "$(volume_value "$number" fua)" 7 'FUA'

	assert_file_eq "$(stat_dir)/volumes" "$(volumes_text dmp 0 0 18 $((11 * 4096 + 7 * 8192)))"
	assert_eq "$(stat_field "$number" 5)" $((18 + 8)) 'writes in /sys/block'
	# below: they reached the disk's cache, those of FUA writes included
	assert_eq "$(stat_field "$disk" 16)" 8 'flushes of the disk below'
}
