# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a listed skip is a skip

requires() {
	need_command no-such-command
}

run() {
	fail 'requires() let it run'
}
