# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every request and byte of fio's psync engine is counted, of one to four jobs on all CPUs, in fixed and mixed sizes

requires() {
	need_command fio
	need_module null_blk
}

run() {
	fio_counts psync
}
