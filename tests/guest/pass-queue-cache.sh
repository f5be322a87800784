# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a volatile write cache below is announced above, as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 cache_size=1)
	queues_equal "$disk"
	assert_eq "$(attribute queue/write_cache)" 'write back' 'cache'
	disk=$(null_disk)
	attributes_equal "0 80 TARGET $disk 24"
	assert_eq "$(attribute queue/write_cache)" 'write through' 'no cache'
}
