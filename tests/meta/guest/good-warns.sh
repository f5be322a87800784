# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an announced warning passes

run() {
	expect_dmesg 'WARNING:.*splat_init'
	load_module splat how=warn
	assert_dmesg 'a planted warning'
}
