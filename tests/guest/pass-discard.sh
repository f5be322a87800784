# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: discards arrive at the right place below, as many and as large as through linear

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk
	load_dmp
	disk=$(null_disk memory_backed=1 discard=1)
	witness_over "$disk"
	pair /dev/mapper/witness 2048

	dd if=/dev/urandom of="$disk" bs=64k count=48 oflag=direct
	same_below blkdiscard -f -o 65536 -l 131072
	# blkdiscard may look at the device first, by reading
	assert_seen discard=1 write=0 errors=0 last_sector=2176 last_bytes=131072
	# 1 MiB of offset, then 64 KiB: emptied below, and nothing beside it
	cmp -n 131072 -i 1114112:0 "$disk" /dev/zero
	assert_fails cmp -n 512 -i 1113600:0 "$disk" /dev/zero
	assert_fails cmp -n 512 -i 1245184:0 "$disk" /dev/zero
}
