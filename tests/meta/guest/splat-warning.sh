# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a real warning of the kernel fails

run() {
	load_module splat how=warn
}
