# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what is written through dmp lies where the table says, over several segments, and the reverse

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

run() {
	local disk other
	load_dmp
	disk=$(null_disk size_mb=16 memory_backed=1)
	other=$(null_disk size_mb=16 memory_backed=1)
	# 7 MiB: 3 from here, 1 from there, 1 from here again, before it, 2 from there
	dm_create proxy \
		"0 6144 dmp $disk 8200" \
		"6144 2048 dmp $other 63" \
		"8192 2048 dmp $disk 11" \
		"10240 4096 dmp $other 20000"
	dd if=/dev/urandom of="$CASE_DIR/data" bs=1M count=7
	# 1 MiB at a time, some of it across a boundary
	dd if="$CASE_DIR/data" of=/dev/mapper/proxy bs=1536k oflag=direct
	cmp -n 3145728 -i 0:$((8200 * 512)) "$CASE_DIR/data" "$disk"
	cmp -n 1048576 -i 3145728:$((63 * 512)) "$CASE_DIR/data" "$other"
	cmp -n 1048576 -i 4194304:$((11 * 512)) "$CASE_DIR/data" "$disk"
	cmp -n 2097152 -i 5242880:$((20000 * 512)) "$CASE_DIR/data" "$other"
	# and nothing beside: the sector before, and the one behind
	cmp -n 512 -i $((8199 * 512)):0 "$disk" /dev/zero
	cmp -n 512 -i $((14344 * 512)):0 "$disk" /dev/zero
	cmp -n 512 -i $((62 * 512)):0 "$other" /dev/zero
	cmp -n 512 -i $((2111 * 512)):0 "$other" /dev/zero

	# written below, read above
	dd if=/dev/urandom of="$CASE_DIR/more" bs=512 count=4096
	dd if="$CASE_DIR/more" of="$other" bs=2M seek=$((20000 * 512)) oflag=seek_bytes,direct conv=notrunc
	dd if=/dev/mapper/proxy of="$CASE_DIR/back" bs=1M skip=5 iflag=direct
	cmp "$CASE_DIR/more" "$CASE_DIR/back"
}
