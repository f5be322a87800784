# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every command of the guide to device_mapper_proxy.ko works as written, and its numbers are those of /sys/block

zeros() {
	printf '%s:\n reqs: 0\n avg size: 0\n' read write total
}

load_as_in_guide() {
	cd "$(module_dir)" || exit
	insmod device_mapper_proxy.ko
	lsmod | grep "device_mapper_proxy"
	assert_missing /sys/module/dmp
	zeros >"$CASE_DIR/zeros"
	cmp "$CASE_DIR/zeros" /sys/module/device_mapper_proxy/stat/volumes
}

create_as_in_guide() {
	defer dm_remove zero1
	dmsetup create zero1 --table "0 $size zero"
	defer dm_remove dmp1
	dmsetup create dmp1 --table "0 $size dmp /dev/mapper/zero1"
	ls -al /dev/mapper
	assert_match "$(ls -al /dev/mapper)" 'dmp1.*zero1' 'ls'
	cmp "$CASE_DIR/zeros" /sys/module/device_mapper_proxy/stat/volumes
}

io_as_in_guide() {
	dd if=/dev/random of=/dev/mapper/dmp1 bs=4k count=1
	dd of=/dev/null if=/dev/mapper/dmp1 bs=4k count=1
	cat /sys/module/device_mapper_proxy/stat/volumes
	cat /sys/block/dm-1/stat
}

# "write and read request number should be equal"
same_as_block() {
	local block=/sys/block/dm-1/stat
	assert_gt "$(field $block 1)" 0 'reads in /sys/block'
	assert_eq "$(field $block 5)" 1 'writes in /sys/block'
	assert_eq "$(volumes_value read.reqs)" "$(field $block 1)" 'reads'
	assert_eq "$(volumes_value write.reqs)" "$(field $block 5)" 'writes'
	assert_file_eq /sys/module/device_mapper_proxy/stat/volumes \
		"$(volumes_text device_mapper_proxy \
			"$(field $block 1)" $(($(field $block 3) * 512)) \
			"$(field $block 5)" $(($(field $block 7) * 512)))"
}

known_io() {
	echo 1 >/sys/module/device_mapper_proxy/stat/reset
	dd if=/dev/mapper/dmp1 of=/dev/null bs=4096 count=7 iflag=direct
	dd if=/dev/mapper/dmp1 of=/dev/null bs=512 count=3 iflag=direct
	dd if=/dev/urandom of=/dev/mapper/dmp1 bs=8192 count=5 oflag=direct
	dd if=/dev/urandom of=/dev/mapper/dmp1 bs=512 count=2 oflag=direct
	printf '%s:\n reqs: %s\n avg size: %s\n' \
		read 10 3021 write 7 5998 total 17 4247 >"$CASE_DIR/known"
	cmp "$CASE_DIR/known" /sys/module/device_mapper_proxy/stat/volumes
}

# There is no udev in the guest: dmsetup makes the nodes by itself.
export DM_DISABLE_UDEV=1

run() {
	local size=20000
	load_as_in_guide
	create_as_in_guide
	io_as_in_guide
	same_as_block
	known_io
	dmsetup remove dmp1
	rmmod device_mapper_proxy
	assert_eq "$(lsmod | grep device_mapper_proxy)" '' 'lsmod after rmmod'
}
