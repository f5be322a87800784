# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: persistent reservations made through dmp hold at the device below

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

requires() {
	need_module tcm_loop
}

core=/sys/kernel/config/target/core/rd_mcp_0
loopback=/sys/kernel/config/target/loopback

# A disk of the kernel's own SCSI target, which knows reservations.
target_disk() {
	local port=$loopback/naa.5001405000000001/tpgt_1 dir vendor
	modprobe -a target_core_mod sd_mod sg
	# where it keeps the keys that are to survive a loss of power
	mkdir -p "$CASE_DIR/target/pr"
	echo "$CASE_DIR/target" >/sys/kernel/config/target/dbroot
	modprobe tcm_loop
	mkdir -p "$core/dmp" "$loopback"
	defer rmdir "$core/dmp" "$core"
	echo dmp >"$core/dmp/wwn/vpd_unit_serial"
	echo rd_pages=2048 >"$core/dmp/control"
	echo 1 >"$core/dmp/enable"
	mkdir -p "$port/lun/lun_0"
	defer target_off "$port"
	echo naa.5001405000000002 >"$port/nexus"
	ln -s "$core/dmp" "$port/lun/lun_0/disk"
	wait_for 20 compgen -G '/sys/bus/scsi/drivers/sd/*/block/sd*' >/dev/null
	for dir in /sys/bus/scsi/drivers/sd/*; do
		[ -e "$dir/vendor" ] || continue
		read -r vendor <"$dir/vendor"
		[ "$vendor" != LIO-ORG ] || basename "$dir"/block/*
	done
}

target_off() {
	rm -f "$1/lun/lun_0/disk"
	rmdir "$1/lun/lun_0" "$1" "${1%/*}" "$loopback"
}

# What the device itself says.
keys_and_holder() {
	sg_persist -n -i -k "$1" | grep -o '0x[0-9a-f]*$' || true
	sg_persist -n -i -r "$1" | grep -o 'Key=.*\|type:.*' || true
}

ioctls() { # DEVICE
	reservations register "$1" abcd
	reservations reserve "$1" abcd
	keys_and_holder "$disk"
	reservations reserve "$1" 1234
	reservations release "$1" abcd
	reservations clear "$1" abcd
	keys_and_holder "$disk"
}

commands() { # DEVICE
	sg_persist -n -o -G -S 0xbeef "$1"
	sg_persist -n -o -R -K 0xbeef -T 5 "$1"
	keys_and_holder "$1"
	keys_and_holder "$disk"
	sg_persist -n -o -C -K 0xbeef "$1"
}

run() {
	load_dmp
	disk=/dev/$(target_disk)
	wait_for 10 test -b "$disk"
	witness_over "$disk"
	pair "$disk"
	same_below ioctls
	assert_match "$output" '^ok
ok
.*0xabcd' 'register and reserve'
	same_below commands
	assert_eq "$exit_status" 0 'sg_persist'
	assert_match "$output" '0xbeef.*0xbeef' 'the key, seen above and below'
}
