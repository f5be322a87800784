# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: reads, writes, discards, write-zeroes, flushes and FUA are each counted in a field of their own, and nowhere else

requires() {
	need_module scsi_debug
}

below() { # FIELD
	stat_field "$disk" "$1"
}

run() {
	local disk written reads bytes
	load_dmp
	disk=$(scsi_disk delay=0 dev_size_mb=16 lbpu=1 lbpws=1)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	dd if=/dev/urandom of=/dev/mapper/proxy bs=65536 count=19 oflag=direct
	assert_eq "$(below 5)" 19 'writes of the disk below'
	blkdiscard -f -p 65536 -l $((13 * 65536)) /dev/mapper/proxy
	assert_eq "$(below 12)" 13 'discards of the disk below'
	written=$(below 5)
	blkdiscard -f -z -p 4096 -o $((13 * 65536)) -l $((17 * 4096)) /dev/mapper/proxy
	assert_eq "$(($(below 5) - written))" 17 'write-zeroes of the disk below'
	# blkdiscard reads here and there, to see what is on the device: not known
	# beforehand, but no more than /sys/block says
	reads=$(stat_field proxy 1) bytes=$(($(stat_field proxy 3) * 512))
	dd if=/dev/urandom of=/dev/mapper/proxy bs=4096 count=5 seek=300 oflag=direct,dsync
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=23 iflag=direct
	reads=$((reads + 23)) bytes=$((bytes + 23 * 4096))

	assert_eq "$(volume_counts proxy)" \
		"$reads $bytes 24 $((19 * 65536 + 5 * 4096)) 13 $((13 * 65536)) 5 0 17 $((17 * 4096)) 0 0 0 5 0" \
		'stat'
	assert_file_eq "$(stat_dir)/volumes" \
		"$(volumes_text dmp "$reads" "$bytes" 24 $((19 * 65536 + 5 * 4096)))"
	assert_eq "$(stat_field proxy 1)" "$reads" 'reads in /sys/block'
	assert_eq "$(stat_field proxy 5)" $((24 + 5 + 17)) 'writes in /sys/block'
	assert_eq "$(stat_field proxy 12)" 13 'discards in /sys/block'
	# what was discarded and zeroed below reads as zeros
	cmp -n $((13 * 65536 + 17 * 4096)) "$disk" /dev/zero
}
