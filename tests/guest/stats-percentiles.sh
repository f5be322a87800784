# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: each bucket of latency_ns holds what the tracepoint told of the same I/O, and p50 to p99.99 are within 6.25 % of the exact ones

requires() {
	need_command fio
	need_module null_blk
	[ -d /sys/kernel/tracing ] || skip 'no tracefs'
}

# The latencies of all reads, in order.
traced_latencies() {
	trace_off | sed -n 's/.* dmp_complete: [^ ]* read .*latency_ns=//p' | sort -n
}

# Whichever end of its bucket is taken, it is not farther than 6.25 % from the exact.
percentile_is_right() { # PARTS
	local exact least below
	exact=$(sed -n "$(((blocks * $1 + 9999) / 10000))p" "$CASE_DIR/latencies")
	read -r least below < <(bulk_percentile proxy read_latency_ns "$1")
	log "$1 of 10000: exactly $exact, $least to $below"
	in_range "$exact" "$least" $((below - 1)) || fail "$1 of 10000: $exact, not $least to $below"
	assert_le $(((exact - least) * 16)) "$exact" "$1 of 10000, lower end"
	assert_le $(((below - exact) * 16)) "$exact" "$1 of 10000, upper end"
}

run() {
	local fast timed slow blocks=20068 parts
	load_dmp
	fast=$(null_disk size_mb=48)
	timed=$(null_disk size_mb=30 irqmode=2 completion_nsec=1000000)
	slow=$(null_disk size_mb=1 irqmode=2 completion_nsec=30000000)
	# 12288 blocks at once, 7680 after 1 ms, 100 after 30 ms
	dm_create proxy "0 98304 dmp $fast" "98304 61440 dmp $timed" "159744 800 dmp $slow"

	trace_on dmp_complete
	dmsetup message proxy 0 reset
	fio --output=/dev/null --name=reads --filename=/dev/mapper/proxy --direct=1 --ioengine=libaio \
		--iodepth=32 --rw=randread --bs=4k
	traced_latencies >"$CASE_DIR/latencies"
	assert_eq "$(wc -l <"$CASE_DIR/latencies")" "$blocks" 'reads traced, each block once'
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$blocks" 'latencies'

	assert_histogram proxy read_latency_ns "$CASE_DIR/latencies"
	assert_eq "$(bulk_value proxy read_time_ns)" \
		"$(awk '{ sum += $1 } END { printf "%.0f\n", sum }' "$CASE_DIR/latencies")" 'their sum'

	for parts in 5000 9000 9900 9990 9999; do
		percentile_is_right "$parts"
	done
	# those that have to wait, and those that wait long
	assert_ge "$(sed -n 12289p "$CASE_DIR/latencies")" 1000000 'those of 1 ms'
	assert_ge "$(sed -n 19969p "$CASE_DIR/latencies")" 30000000 'those of 30 ms'
}
