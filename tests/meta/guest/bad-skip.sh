# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a skip that is not listed fails

requires() {
	need_module no_such_module
}

run() {
	true
}
