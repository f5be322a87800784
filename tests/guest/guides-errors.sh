# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the guide's "Invalid number of arguments" is in the log word for word, under the prefix that it tells to search for

log_lines() { # TEXT
	dmesg | grep "dmp:" | grep -c "dmp: $1" || true
}

# There is no udev in the guest: dmsetup makes the nodes by itself.
export DM_DISABLE_UDEV=1

run() {
	local before
	load_dmp
	before=$(log_lines 'Invalid number of arguments')
	assert_fails dmsetup create bad --table '0 20000 dmp'
	assert_eq "$(log_lines 'Invalid number of arguments')" $((before + 1)) 'lines in the log'
	assert_dmesg '^.*device-mapper: table: [^ ]* dmp: Invalid number of arguments( \(-EINVAL\))?$'
	assert_fails dmsetup info bad
}
