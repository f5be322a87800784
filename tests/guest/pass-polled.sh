# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: polled reads are polled at the device below, as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

polled_reads() {
	uring "$1" 11 poll
}

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 submit_queues=1 poll_queues=1 irqmode=2)
	witness_over "$disk"
	pair /dev/mapper/witness
	same_below polled_reads
	assert_eq "$exit_status" 0 'polled reads'
	assert_seen read=11 polled=11 bytes=45056 errors=0
}
