# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: trace-cmd, perf and bpftrace see each I/O through the tracepoints, with its fields

requires() {
	need_command trace-cmd perf
}

# LIST of 211 reads of 8 KiB and 101 writes of 4 KiB.
list() {
	awk 'BEGIN {
		for (i = 0; i < 211; i++) print "r", i * 16384, 8192
		for (i = 0; i < 101; i++) print "w", i * 8192, 4096 }'
}

by_trace_cmd() {
	local report
	trace-cmd record -q -o "$CASE_DIR/trace.dat" -e dmp:dmp_complete \
		pattern /dev/mapper/proxy <"$CASE_DIR/list"
	report=$(trace-cmd report "$CASE_DIR/trace.dat")
	assert_eq "$(grep -c 'dmp_complete: .* read sector=[0-9]* bytes=8192 .*status=0' <<<"$report")" \
		211 'reads that trace-cmd tells'
	assert_eq "$(grep -c 'dmp_complete: .* write sector=[0-9]* bytes=4096 .*status=0' <<<"$report")" \
		101 'writes that trace-cmd tells'
}

by_perf() {
	local report
	perf record -q -a -o "$CASE_DIR/perf.data" -e dmp:dmp_submit \
		-- pattern /dev/mapper/proxy <"$CASE_DIR/list"
	report=$(perf script -i "$CASE_DIR/perf.data" -F event,trace 2>/dev/null)
	assert_eq "$(grep -c 'dmp:dmp_submit: .* read sector=[0-9]* bytes=8192 ' <<<"$report")" \
		211 'reads that perf tells'
	assert_eq "$(grep -c 'dmp:dmp_submit: .* write sector=[0-9]* bytes=4096 ' <<<"$report")" \
		101 'writes that perf tells'
}

by_bpftrace() {
	local report
	# shellcheck disable=SC2016 # no shell variables
	report=$(bpftrace -e 'tracepoint:dmp:dmp_complete {
			@bytes[args->op] = sum(args->bytes);
			@latency[args->op] = hist(args->latency_ns / 1000);
			@requests[args->op] = count(); }' \
		-c 'pattern /dev/mapper/proxy' <"$CASE_DIR/list")
	log "$report"
	assert_match "$report" '@requests\[0\]: 211' 'reads that bpftrace counts'
	assert_match "$report" '@requests\[1\]: 101' 'writes that bpftrace counts'
	assert_match "$report" "@bytes\[0\]: $((211 * 8192))" 'their bytes'
	assert_match "$report" '@latency\[1\]:' 'a histogram'
}

run() {
	load_dmp
	dm_create zero '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/zero'
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	list >"$CASE_DIR/list"
	by_trace_cmd
	# the two others need what User-Mode Linux lacks
	if kconfig | grep -q '^CONFIG_PERF_EVENTS=y'; then
		by_perf
		# there is no bpftrace for 32 bits
		[ "$(uname -m)" = i686 ] || by_bpftrace
	fi
	# where some of them look, which mounts it
	! mountpoint -q /sys/kernel/debug/tracing || umount /sys/kernel/debug/tracing
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$(bulk_value proxy read_requests)" 'all are timed'
}
