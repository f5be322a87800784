# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: of many I/Os that hang for 40 s, begun at many times, each is timed at its true length

# hang AFTER: a read that begins so many milliseconds after the device hung.
begun=0 readers=()

hang() {
	while [ $(($(now_ms) - hung)) -lt "$1" ]; do
		sleep 0.1
	done
	begun=$((begun + $(now_ms)))
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	readers+=($!)
	wait_for 30 below_has proxy ${#readers[@]}
}

run() {
	local hung ms
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'

	dm suspend --nolockfs --noflush below
	hung=$(now_ms)
	# more times than the module keeps accounts of
	hang 0
	hang 800
	hang 1600
	hang 2400
	hang 3200
	hang 12000
	dmsetup message proxy 0 collect counters
	dmsetup message proxy 0 collect all
	hang 20000
	while [ $(($(now_ms) - hung)) -lt 40000 ]; do
		sleep 0.2
	done
	below_has proxy ${#readers[@]} || fail 'not all are in flight'
	dm resume below
	wait "${readers[@]}"

	# the readers took some time to begin
	ms=$((${#readers[@]} * $(now_ms) - begun))
	in_range "$(($(bulk_value proxy read_time_ns) / 1000000))" $((ms - ${#readers[@]} * 1500)) "$ms" ||
		fail "not about $ms ms: $(bulk_value proxy read_time_ns) ns"
	assert_eq "$(bulk_value proxy read_slow)" ${#readers[@]} 'slow'
	assert_eq "$(bulk_value proxy read_slow_time_ns)" "$(bulk_value proxy read_time_ns)" 'time of the slow ones'
	assert_eq "$(bulk_sum proxy read_latency_ns)" ${#readers[@]} 'timed'
	assert_eq "$(bulk_between proxy read_latency_ns 0 17179869184)" 0 'before the last bucket'
	assert_eq "$(bulk_value proxy oldest_ns)" 0 'nothing in flight'

	# from now on as ever
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=101 iflag=direct
	sleep 1
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=103 iflag=direct
	assert_eq "$(bulk_between proxy read_latency_ns 0 4294967296)" 204 'quick again'
}
