# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a wrong count fails

run() {
	assert_eq "$(printf '1\n2\n' | wc -l)" 3 'lines of two'
}
