# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: devices that are missing, mounted, read-only or the volume itself are treated as linear treats them, errno included

requires() {
	need_module brd
	need_command mke2fs
}

# outcome TARGET DEVICE [OPTION…]: what comes of a table over DEVICE, and of a
# write through it. The name is the same for both targets, so are the messages.
outcome() {
	{ set +x; } 2>/dev/null
	local status=0 line number
	line="0 2048 $1 $2 0"
	shift 2
	dm create "$@" same --table "$line" 2>&1 || status=$?
	echo "create: $status"
	[ "$status" -eq 0 ] || return 0
	number=$(dm_num same)
	echo "ro: $(<"/sys/block/$number/ro")"
	dd if=/dev/zero of="/dev/$number" bs=4096 count=1 oflag=direct status=none 2>&1 || status=$?
	echo "write: $status"
	dm remove same
}

# same_as_linear WANT DEVICE [OPTION…]: equal, and what is expected of it.
same_as_linear() {
	local linear want=$1
	shift
	linear=$(outcome linear "$@")
	assert_match "$linear" "$want" "linear over $*"
	assert_eq "$(outcome dmp "$@")" "$linear" "dmp over $*"
}

# The reason in the log, the errno with it, for the lines of one target.
reasons() { # TARGET
	case_dmesg | sed -n "s/.*device-mapper: table: \\([0-9:]*\\) $1: /\\1 /p"
}

on_itself() { # TARGET
	{ set +x; } 2>/dev/null
	local status=0
	dm create self --table "0 2048 $1 $disk 0"
	dm reload self --table "0 2048 $1 /dev/$(dm_num self) 0" 2>&1 || status=$?
	echo "reload: $status"
	dm clear self
	dm remove self
}

unmount() {
	! mountpoint -q "$CASE_DIR/mounted" || umount "$CASE_DIR/mounted"
}

run() {
	local disk linear
	load_dmp
	disk=$(ram_disk 4)
	defer dm_remove same
	defer dm_remove self

	same_as_linear '^create: 0.ro: 0.write: 0$' "$disk"
	same_as_linear 'create: 1$' /dev/nothing
	same_as_linear 'create: 1$' /dev/null
	same_as_linear 'create: 1$' 250:250
	same_as_linear 'create: 1$' 99999999:0
	same_as_linear 'ro: 1' "$disk" --readonly

	blockdev --setro "$disk"
	same_as_linear create "$disk"
	same_as_linear 'ro: 1' "$disk" --readonly
	blockdev --setrw "$disk"

	mke2fs -q -t ext2 "$disk" 1024
	mkdir "$CASE_DIR/mounted"
	defer unmount
	mount -t ext4 "$disk" "$CASE_DIR/mounted"
	same_as_linear 'busy.*create: 1$' "$disk"
	unmount

	linear=$(on_itself linear)
	assert_eq "$(on_itself dmp)" "$linear" 'on itself'

	assert_match "$(reasons dmp)" 'Device lookup failed' 'log'
	assert_eq "$(reasons dmp)" "$(reasons linear)" 'reasons in the log'
}
