# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: io_uring needs no worker threads on dmp, as it needs none on linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module dm_flakey
}

flagged() { # DEVICE
	mark_above "$1" nowait
	rw read /dev/mapper/above 4096 4096 3
	dm remove --retry above
}

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1)
	witness_over "$disk"
	pair /dev/mapper/witness

	same_below uring_reads 13
	assert_eq "$output" 0 'worker threads'
	assert_seen read=13 errors=0

	# some kernels do not hand it from a file to its bios: set it on the way
	same_below flagged
	assert_eq "$exit_status" 0 'reads that must not wait'
	assert_seen read=3 nowait=3 errors=0

	# where a target does not know REQ_NOWAIT, they are needed
	dm_create flaky "0 $(sectors "$disk") flakey /dev/mapper/witness 0 3600 0"
	watched uring /dev/mapper/flaky 13
	assert_gt "$output" 0 'worker threads that a target without it needs'
	assert_seen read=13 nowait=0
}

uring_reads() { # COUNT DEVICE
	uring "$2" "$1"
}
