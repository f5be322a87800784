# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a guest that does nothing any more fails the case, and the rest still runs

run() {
	load_module splat how=spin
}
