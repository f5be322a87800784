# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a file system left mounted fails

run() {
	mount -t tmpfs tmpfs /mnt
}
