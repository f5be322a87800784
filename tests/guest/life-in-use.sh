# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the module cannot be unloaded under a live table or a loaded one, and can after either, with a reader holding a file of it

assert_in_use() { # WHAT
	assert_fails rmmod dmp
	assert_match "$(cat "$CASE_DIR/output")" 'in use' "$1"
	assert_exists "$(stat_dir)/volumes"
}

use_count() {
	field /sys/module/dmp/refcnt 1
}

run() {
	local disk size
	load_dmp
	disk=$(null_disk size_mb=4)
	size=$(sectors "$disk")
	assert_eq "$(use_count)" 0 'use count, fresh'
	dm_create proxy "0 $size dmp $disk"
	assert_in_use 'a live table'
	dm_reload proxy "0 $size linear $disk 0"
	assert_eq "$(use_count)" 0 'use count, replaced by linear'
	dm load proxy --table "0 $size dmp $disk 0"
	assert_in_use 'a loaded table'
	dm clear proxy
	assert_eq "$(use_count)" 0 'use count, cleared'
	exec 8<"$(stat_dir)/volumes"
	head -n 1 <&8
	unload_dmp
	assert_missing /sys/module/dmp
	# the file is gone, though it is open
	assert_fails head -n 1 <&8
	assert_match "$(cat "$CASE_DIR/output")" 'No such device' 'reading on'
	exec 8<&-
	load_dmp
	assert_eq "$(volumes_value read.reqs)" 0 'reads of a module loaded again'
}
