# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute of a dmp device over a loop device is that of a linear one

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk
	load_dmp
	disk=$(loop_disk 16M)
	queues_equal "$disk"
	assert_ne "$(attribute queue/discard_max_bytes)" 0 'largest discard'
}
