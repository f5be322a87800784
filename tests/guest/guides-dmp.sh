# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every command of the guide to dmp.ko works as written, and volumes has its text byte for byte

# The guide's user is not root; the guest's is.
sudo() {
	"$@"
}

zeros() {
	printf '%s:\n    reqs: 0\n    avg size: 0\n' read write total
}

load_as_in_guide() {
	cd "$(module_dir)" || exit
	sudo insmod dmp.ko
	lsmod | grep dmp
	assert_match "$(lsmod | grep '^dmp ')" '^dmp +[0-9]+ +0$' 'lsmod'
	# nothing is divided by the number of requests yet
	zeros >"$CASE_DIR/zeros"
	cmp "$CASE_DIR/zeros" /sys/module/dmp/stat/volumes
}

create_as_in_guide() {
	defer dm_remove zero1
	sudo dmsetup create zero1 --table "0 $size zero"
	defer dm_remove dmp1
	sudo dmsetup create dmp1 --table "0 $size dmp /dev/mapper/zero1"
	sudo ls -al /dev/mapper/*
	assert_match "$(sudo ls -al /dev/mapper/*)" '/dev/mapper/dmp1.*/dev/mapper/zero1' 'ls'
	cmp "$CASE_DIR/zeros" /sys/module/dmp/stat/volumes
}

# Sizes whose averages have a remainder, and whose mean is not the total's.
known_io() {
	dd if=/dev/mapper/dmp1 of=/dev/null bs=4096 count=7 iflag=direct
	dd if=/dev/mapper/dmp1 of=/dev/null bs=512 count=3 iflag=direct
	assert_file_eq /sys/module/dmp/stat/volumes "$(volumes_text dmp 10 30208 0 0)"
	dd if=/dev/urandom of=/dev/mapper/dmp1 bs=8192 count=5 oflag=direct
	dd if=/dev/urandom of=/dev/mapper/dmp1 bs=512 count=2 oflag=direct
	printf '%s:\n    reqs: %s\n    avg size: %s\n' \
		read 10 3021 write 7 5998 total 17 4247 >"$CASE_DIR/known"
	sudo cat /sys/module/dmp/stat/volumes
	cmp "$CASE_DIR/known" /sys/module/dmp/stat/volumes
}

# Through the page cache the kernel decides how many requests it takes.
cached_io() {
	local block=/sys/block/dm-1/stat
	dd if=/dev/random of=/dev/mapper/dmp1 bs=4k count=1
	dd of=/dev/null if=/dev/mapper/dmp1 bs=4k count=1
	sudo cat /sys/module/dmp/stat/volumes
	assert_gt "$(field $block 1)" 10 'reads in /sys/block'
	assert_eq "$(field $block 5)" 8 'writes in /sys/block'
	assert_file_eq /sys/module/dmp/stat/volumes "$(volumes_text dmp \
		"$(field $block 1)" $(($(field $block 3) * 512)) \
		"$(field $block 5)" $(($(field $block 7) * 512)))"
}

unload_as_in_guide() {
	sudo dmsetup remove dmp1
	assert_fails dmsetup info dmp1
	sudo rmmod dmp
	assert_eq "$(lsmod | grep dmp)" '' 'lsmod after rmmod'
	assert_missing /sys/module/dmp
}

# There is no udev in the guest: dmsetup makes the nodes by itself.
export DM_DISABLE_UDEV=1

run() {
	local size=20000
	load_as_in_guide
	create_as_in_guide
	known_io
	cached_io
	unload_as_in_guide
}
