# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an announced line of the kernel log that does not come fails

run() {
	expect_dmesg 'WARNING: never said'
}
