# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a read that hangs since before the level was lowered has its true latency in the end, though other I/O goes on for longer than a start of 32 bits holds

requires() {
	need_module null_blk
}

# A read every 50 ms, on the second segment.
others() { # COUNT
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			print "r", (8192 + i % 100 * 8) * 512, 4096
			print "-", 50000
		} }' | pattern /dev/mapper/proxy
}

run() {
	local disk reader begun ms
	load_dmp
	disk=$(null_disk)
	dm_create below "0 8192 linear $disk 0"
	dm_create proxy "0 8192 dmp /dev/mapper/below 0
8192 8192 dmp $disk 8192"
	dm suspend --nolockfs --noflush below
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	reader=$!
	wait_for 30 below_has proxy 1
	begun=$(now_ms)
	dmsetup message proxy 0 slow_limit_us 10000000
	dmsetup message proxy 0 collect patterns
	# 2^32 ticks of up to 8 ns are 34 s
	others 760
	ms=$(($(now_ms) - begun))
	assert_ge "$ms" 38000 'ms that it has hung'
	dm resume below
	wait "$reader"
	bulk_take proxy
	assert_eq "$(bulk_value - read_requests)" 761 'reads'
	assert_eq "$(bulk_value - read_slow)" 1 'slow'
	assert_ge "$(bulk_value - read_slow_time_ns)" $(((ms - 10) * 1000000)) 'its latency'
}
