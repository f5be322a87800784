# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an assertion that fails inside $(…) fails the case

count() {
	assert_eq 5 7 'inner number'
	echo 7
}

run() {
	local number
	number=$(count) || true
	echo "$number"
}
