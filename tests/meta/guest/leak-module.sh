# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a module left behind, in use, fails

run() {
	modprobe null_blk nr_devices=0
	mkdir /sys/kernel/config/nullb/leaked
}
