# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a command that fails, without an assertion, fails the case

run() {
	true
	cat /no/such/file
	true
}
