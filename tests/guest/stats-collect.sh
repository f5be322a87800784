# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what is collected can be changed while I/O runs, and no request is lost by it

requires() {
	need_command fio
	need_module null_blk
}

toggle() {
	local level
	for level in counters patterns all patterns counters all; do
		dmsetup message proxy 0 collect "$level"
		dmsetup message proxy 0 latency_every 7
		dmsetup message proxy 0 latency_every 1
	done
}

loaded() {
	[ "$(volume_value proxy reads)" -gt 100 ]
}

refused() { # WORD…
	local table
	table=$(dmsetup table proxy)
	assert_fails dmsetup message proxy 0 "$@"
	assert_eq "$(dmsetup table proxy)" "$table" "table after $*"
}

run() {
	local disk size fio reads writes
	load_dmp
	disk=$(null_disk size_mb=64)
	size=$(sectors "$disk")
	dm_create proxy "0 $size dmp $disk 0 4 latency_every 5 collect patterns"
	assert_match "$(dmsetup table proxy)" ' 0 4 collect patterns latency_every 5$' 'table'
	dm_reload proxy "0 $size dmp $disk"
	assert_match "$(dmsetup table proxy)" ' 0 4 collect all latency_every 1$' 'table, after a reload'

	refused collect everything
	assert_dmesg "dmp: message 'collect everything': Invalid collect: must be counters, patterns or all"
	refused latency_every 0
	assert_dmesg 'Invalid latency_every: must be 1 to 1000000'
	refused slow_limit_us 0
	assert_dmesg 'Invalid slow_limit_us'

	fio --name=load --filename=/dev/mapper/proxy --rw=randrw --bs=4k --direct=1 --ioengine=libaio \
		--iodepth=8 --numjobs=2 --time_based --runtime=3600 --group_reporting \
		--output-format=json --output="$CASE_DIR/fio.json" &
	fio=$!
	wait_for 30 loaded
	toggle
	toggle
	kill -0 "$fio"
	# told to end, it waits for what is in flight
	kill -INT "$fio"
	wait "$fio" || true
	reads=$(fio_value "$CASE_DIR/fio.json" read total_ios)
	writes=$(fio_value "$CASE_DIR/fio.json" write total_ios)
	# the partition scan of the new device reads, too: /sys/block says how much
	assert_eq "$(bulk_value proxy read_requests)" "$(stat_field proxy 1)" 'reads, in /sys/block'
	assert_eq "$(bulk_value proxy write_requests)" "$writes" 'writes'
	[ "$(bulk_value proxy read_requests)" -ge "$reads" ] || fail 'reads were lost'
	assert_eq "$(bulk_value proxy in_flight)" 0 'in flight'
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'oldest'
}
