# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a loop device left behind fails

run() {
	truncate -s 1M "$CASE_DIR/file"
	losetup -f "$CASE_DIR/file"
}
