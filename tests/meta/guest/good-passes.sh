# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a case that does everything right passes

run() {
	local disk
	disk=$(null_disk size_mb=4)
	dm_create fine "0 $(sectors "$disk") linear $disk 0"
	assert_eq "$(sectors /dev/mapper/fine)" 8192 sectors
	load_module splat how=fine
}
