# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a case that does not end fails

run() {
	sleep 1000
}
