# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the last case still runs after all those

run() {
	true
}
