# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a deferred command that fails, fails the case

run() {
	defer ls /no/such/directory
}
