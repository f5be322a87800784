# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a secure erase arrives below as one

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk
	load_dmp
	# no disk of ours can do it: the witness says that it can
	disk=$(null_disk memory_backed=1 discard=1)
	witness_over "$disk" witness secure-erase
	pair /dev/mapper/witness 2048
	same_below blkdiscard -f -s -o 1048576 -l 2097152
	assert_eq "$exit_status" 0 'blkdiscard -f -s'
	assert_seen secure_erase=1 discard=0 write=0 last_sector=4096 last_bytes=2097152

	# and where the device below cannot, it is refused
	dm remove linear
	dm remove dmp
	dm remove witness
	witness_over "$disk"
	pair /dev/mapper/witness
	same_below blkdiscard -f -s -o 1048576 -l 2097152
	assert_ne "$exit_status" 0 'blkdiscard -f -s on a device that cannot'
	assert_seen secure_erase=0
}
