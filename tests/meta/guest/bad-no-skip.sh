# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a listed skip that does not come fails

run() {
	true
}
