# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: each 100 ms of a volume's life is in the histograms of windows, idle ones too, bursts by their size; and the busy time is that with I/O under way

requires() {
	need_command fio
}

# The first bucket: idle windows. Its lower bound is 0.
idle_windows() { # METRIC
	local first
	read -r first _ < <(bulk_value - "$1")
	assert_match "$first" '^0:[0-9]+=[0-9]+$' "first bucket of $1"
	echo "${first#*=}"
}

busy_windows() { # METRIC
	echo $(($(bulk_sum - "$1") - $(idle_windows "$1")))
}

# Counting began between these two moments.
begin() {
	began_after=$(now_ms)
	dmsetup message proxy 0 reset
	began_before=$(now_ms)
}

# As many as 100 ms have gone by, for all six operations, of which five have bytes; the
# last one may be open, one may be begun. The bulk read is taken.
windows_add_up() {
	local op least most
	least=$((($(now_ms) - began_before) / 100 - 2))
	bulk_take proxy
	most=$((($(now_ms) - began_after) / 100 + 1))
	for op in read write discard flush write_zeroes other; do
		in_range "$(bulk_sum - "${op}_window_requests")" "$least" "$most" || return
		[ "$op" = flush ] ||
			in_range "$(bulk_sum - "${op}_window_bytes")" "$least" "$most" || return
	done
}

# On a busy machine a window may be open for long.
all_add_up() {
	wait_for 10 windows_add_up
}

idle_time() {
	local idle
	begin
	sleep 0.5
	all_add_up
	idle=$(idle_windows read_window_requests)
	sleep 2
	all_add_up
	assert_ge $(($(idle_windows read_window_requests) - idle)) 18 'idle windows in 2 s'
	assert_eq "$(busy_windows read_window_requests)" 0 'windows with reads'
	assert_eq "$(bulk_value - busy_ns)" 0 'busy'
}

# One read is in one window. If that is closed late, it is said.
one_read() {
	begin
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct
	sleep 0.5
	all_add_up
	assert_ge "$(busy_windows read_window_requests)" 1 'windows with a read'
	assert_eq "$(busy_windows write_window_requests)" 0 'windows with a write'
	[ "$(bulk_value - windows_late)" -gt 0 ] ||
		assert_le "$(busy_windows read_window_requests)" 2 'windows with a read'
	assert_eq "$(bulk_between - read_window_requests 0 2)" \
		"$(bulk_sum - read_window_requests)" 'windows of one read or none'
	assert_gt "$(bulk_value - busy_ns)" 0 'busy'
}

# Handed over in one system call, to a device that completes at once. It is one
# window's, of 125 ms at the most, or that is said: 81 to 101 requests of 100 ms.
burst() { # REQUESTS BYTES
	sleep 0.3
	fio --output=/dev/null --name=burst --filename=/dev/mapper/proxy --rw=write --bs="$2" \
		--direct=1 --ioengine=libaio --iodepth="$1" --iodepth_batch_submit="$1" \
		--number_ios="$1" --size=$(($1 * $2))
	sleep 0.5
}

bursts() {
	local _ seen=0
	for _ in 1 2 3 4 5 6; do
		begin
		burst 101 4096
		burst 31 65536
		all_add_up
		# never more than there was
		assert_eq "$(bulk_between - write_window_requests 0 128)" \
			"$(bulk_sum - write_window_requests)" 'windows of less than 128 writes'
		assert_eq "$(bulk_between - write_window_bytes 0 2097152)" \
			"$(bulk_sum - write_window_bytes)" 'windows of less than 2 MiB'
		[ "$(bulk_between - write_window_requests 64 128)" -eq 0 ] ||
			[ "$(bulk_between - write_window_bytes 1048576 2097152)" -eq 0 ] ||
			seen=$((seen + 1))
		[ "$seen" -lt 2 ] || return 0
	done
	fail "bursts in the windows: $seen of 6"
}

# A read that hangs: no window is idle meanwhile, whatever completes or does not.
busy_time() { # LEVEL
	local from until busy
	dmsetup message proxy 0 collect "$1"
	begin
	dm suspend --nolockfs --noflush below
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	wait_for 30 below_has proxy 1
	from=$(now_ms)
	sleep 3
	until=$(now_ms)
	dm resume below
	wait
	# windows are closed, the volume is idle
	sleep 0.5
	wait_for 10 busy_stands_still
	busy=$(($(bulk_value proxy busy_ns) / 1000000))
	in_range "$busy" $((until - from - 100)) $(($(now_ms) - began_after)) ||
		fail "$1: busy for $busy ms, want $((until - from)) and what is around that"
	assert_eq "$(field "$(stat_dir)/$(dm_num proxy)/stat" 33)" "$(bulk_value proxy busy_ns)" 'field 33'
	all_add_up
	# it completed in one of them
	assert_ge "$(busy_windows read_window_requests)" 1 "$1: windows with the read"
	assert_eq "$(bulk_value - read_peak_requests)" 1 "$1: peak"
}

busy_stands_still() {
	local busy
	busy=$(bulk_value proxy busy_ns)
	sleep 0.3
	[ "$busy" = "$(bulk_value proxy busy_ns)" ]
}

# A read that hangs since before windows were collected, and completes before the next
# one is submitted: it is in a window, and the volume is busy until then.
busy_since_before() { # LEVEL
	local on until
	dmsetup message proxy 0 collect counters
	begin
	dm suspend --nolockfs --noflush below
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	wait_for 30 below_has proxy 1
	dmsetup message proxy 0 collect "$1"
	on=$(now_ms)
	sleep 1
	until=$(now_ms)
	dm resume below
	wait
	sleep 0.5
	wait_for 10 busy_stands_still
	bulk_take proxy
	assert_eq "$(bulk_value - read_requests)" 1 "$1, from counters: reads"
	assert_ge "$(busy_windows read_window_requests)" 1 "$1, from counters: windows with the read"
	assert_eq "$(bulk_value - read_peak_requests)" 1 "$1, from counters: peak"
	assert_ge $(($(bulk_value - busy_ns) / 1000000)) $((until - on)) "$1, from counters: busy"
}

# Only time in which they are collected is in windows.
not_at_counters() {
	local off on most
	begin
	dmsetup message proxy 0 collect counters
	off=$(now_ms)
	sleep 3
	on=$(now_ms)
	dmsetup message proxy 0 collect all
	sleep 1
	bulk_take proxy
	most=$((($(now_ms) - on + off - began_after) / 100 + 2))
	in_range "$(bulk_sum - read_window_requests)" 8 "$most" ||
		fail "3 s of counters: $(bulk_sum - read_window_requests) windows, want 8 to $most"
}

run() {
	local began_after began_before
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	idle_time
	one_read
	bursts
	busy_time all
	busy_time patterns
	busy_since_before patterns
	busy_since_before all
	not_at_counters
}
