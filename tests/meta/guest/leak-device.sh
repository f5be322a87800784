# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a device-mapper device left behind fails

run() {
	dm create leaked --table '0 8 error'
}
