# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every attribute of a dmp device over null_blk is that of a linear one

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 discard=1)
	queues_equal "$disk"
	assert_eq "$(attribute queue/logical_block_size)" 512 'logical block'
	assert_ne "$(attribute queue/discard_max_bytes)" 0 'largest discard'

	disk=$(null_disk blocksize=4096 queue_mode=0)
	attributes_equal "0 80 TARGET $disk 24"
	assert_eq "$(attribute queue/logical_block_size)" 4096 'logical block'
	assert_eq "$(attribute queue/discard_max_bytes)" 0 'largest discard'
	# half a block
	accepted_equally refused "0 9 TARGET $disk 0"
	# an offset of half a block
	accepted_equally refused "0 8 TARGET $disk 1"
	# beyond its end
	accepted_equally refused "0 99999999 TARGET $disk 0"
}
