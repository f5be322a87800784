# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an I/O that hangs below is told as the oldest in flight, within a second of its age, before it ends; a late one is timed right

run() {
	local began age ms reader
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight'

	dm suspend --nolockfs --noflush below
	began=$(now_ms)
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	reader=$!
	for age in 2000 5000; do
		while [ $(($(now_ms) - began)) -lt "$age" ]; do
			sleep 0.2
		done
		ms=$(($(bulk_value proxy oldest_ns) / 1000000))
		age=$(($(now_ms) - began))
		# dd itself took some time to begin
		in_range "$ms" $((age - 1500)) $((age + 1000)) ||
			fail "after $age ms the oldest is said to be $ms ms old"
	done
	assert_eq "$(bulk_value proxy in_flight)" 1 'in flight'
	dm resume below
	wait "$reader"
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight again'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 1 'timed'
	assert_eq "$(bulk_between proxy read_latency_ns 3489660928 17179869184)" 1 'at its true length'
	assert_eq "$(bulk_value proxy read_slow)" 1 'slow'
}
