# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a line of the kernel log that says BUG fails

run() {
	echo 'BUG: planted' >/dev/kmsg
}
