# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmpstat tells of a volume what fio did to it and what the kernel counted, as root and as anybody, through a reset, a rename and a removal, and from a recording

requires() {
	need_command fio setpriv
	need_module null_blk
}

# As somebody without any right; the program has to be where everybody may run it.
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups /tmp/dmpstat "$@"
}

cell() { # COLUMN [VOLUME]
	dmpstat -H -p -O "$1" "${2:-proxy}"
}

# Rate times time, from one report: how many it were.
counted() { # COLUMN
	dmpstat -o JSON -O "$1" proxy | awk -v column="\"$1\":" '
		match($0, /"seconds":[0-9.]+/) {
			seconds = substr($0, RSTART + 10, RLENGTH - 10)
			at = index($0, column)
			if (at)
				printf "%.0f\n", seconds * (substr($0, at + length(column)) + 0)
		}'
}

# Upper bound of the bucket of a percentile, from the kernel's text, another way.
percentile() { # METRIC PERCENT
	bulk_value - "$1" | tr ' ' '\n' | awk -F '[:=]' -v percent="$2" '
		{ below[NR] = $2; count[NR] = $3; sum += $3 }
		END {
			for (i = 1; i <= NR; i++) {
				seen += count[i]
				if (seen * 100 >= sum * percent) {
					print below[i]
					exit
				}
			}
		}'
}

# 1009 reads of 4 KiB and 503 writes of 16 KiB, two at a time.
load() {
	fio --output=/dev/null --filename=/dev/mapper/proxy --direct=1 --ioengine=libaio \
		--name=reads --rw=randread --bs=4k --iodepth=2 --number_ios=1009 \
		--name=writes --stonewall --rw=write --bs=16k --iodepth=2 --number_ios=503
}

columns_right() {
	local seconds at mean
	dmsetup message proxy 0 reset
	load
	sleep 0.3
	bulk_take proxy
	assert_eq "$(counted r/s) $(counted w/s) $(counted d/s)" '1009 503 0' 'requests'
	assert_eq "$(counted rMB/s) $(counted wMB/s)" "$((1009 * 4096)) $((503 * 16384))" 'bytes'
	assert_eq "$(cell rareq-sz,wareq-sz)" $'4096\t16384' 'mean sizes'
	for at in 50 90 99 99.9; do
		assert_eq "$(cell "r_p$at,w_p$at")" \
			"$(percentile read_latency_ns "$at")"$'\t'"$(percentile write_latency_ns "$at")" \
			"percentile $at"
	done
	# the disk takes 2 ms for each, and no less
	assert_ge "$(cell r_p50)" 2000000 'median'
	mean=$(($(bulk_value - read_time_ns) / $(bulk_value - read_timed)))
	assert_ge "$(cell r_await)" "$mean" 'mean latency'
	assert_ge $((mean + 1)) "$(cell r_await)" 'mean latency'
	assert_eq "$(cell in_flight,err,fua,r_refused)" $'0\t0\t0\t0' 'nothing else'
	assert_eq "$(cell name,suspended)" $'proxy\tno' 'names'
	# mean depth: all latencies over the time
	seconds=$(dmpstat -o JSON proxy | sed -n 's/.*"seconds":\([0-9.]*\).*/\1/p')
	mean=$(awk -v s="$seconds" -v t="$(($(bulk_value - read_time_ns) + $(bulk_value - write_time_ns)))" \
		'BEGIN { printf "%.0f", t / s / 1e9 * 1000 }')
	at=$(cell aqu-sz | tr -d .)
	# which is a little later, so a little less
	assert_ge "$mean" $((10#$at)) 'mean depth'
	assert_ge $((10#$at * 2)) "$mean" 'mean depth'
}

# By files and by the bulk read the same; the volume is quiet.
anybody_sees() {
	local columns=name,device,r_p50,w_p99,r_max,r_slow,w_peak,w_peakMB,rareq-sz,r_seq,w_4k
	assert_eq "$(as_nobody -H -p -O "$columns" proxy)" "$(cell "$columns")" 'a table, as anybody'
	assert_eq "$(as_nobody hist latency proxy | grep -v since)" \
		"$(dmpstat hist latency proxy | grep -v since)" 'a histogram, as anybody'
	# windows go on while nothing is counted
	assert_eq "$(as_nobody export | grep -v -e '^dmp_busy' -e _window)" \
		"$(dmpstat export | grep -v -e '^dmp_busy' -e _window)" 'metrics, as anybody'
	assert_eq "$(dmpstat export | awk '/^dmp_reads_completed_total/ { print $2 }')" 1009 'exported reads'
	assert_eq "$(dmpstat export | awk '/^dmp_read_latency_seconds_bucket.*Inf/ { print $2 }')" 1009 \
		'exported latencies'
	as_nobody heat proxy
	as_nobody explain proxy
}

each_name() {
	local name
	for name in proxy "$(dm_num proxy)" /dev/mapper/proxy "$(cat "/sys/block/$(dm_num proxy)/dev")"; do
		assert_eq "$(cell name "$name")" proxy "called $name"
	done
	assert_fails dmpstat nosuch
}

# As many as were counted, from a recording: over all its reports.
recorded() { # COLUMN [INTERVAL]
	dmpstat -f /tmp/recording -o JSON -O "$1" ${2:+"$2"} | awk -v column="\"$1\":" '
		match($0, /"seconds":[0-9.]+/) {
			seconds = substr($0, RSTART + 10, RLENGTH - 10)
			at = index($0, column)
			if (at)
				sum += seconds * (substr($0, at + length(column)) + 0)
		}
		END { printf "%.0f\n", sum }'
}

# What happens while it is recorded, by anybody, is in the recording: each request, and
# the percentiles, which are of these requests alone.
recording_right() {
	local columns=r_p50,r_p99,w_p50,w_p99 recorder
	dmsetup message proxy 0 reset
	rm -f /tmp/recording /tmp/report.html
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		/tmp/dmpstat record -o /tmp/recording proxy 1 &
	recorder=$!
	wait_for 30 test -s /tmp/recording
	load
	kill -INT "$recorder"
	wait "$recorder"
	assert_eq "$(recorded r/s) $(recorded w/s)" '1009 503' 'recorded requests'
	assert_eq "$(recorded rMB/s)" $((1009 * 4096)) 'recorded bytes'
	assert_eq "$(dmpstat -f /tmp/recording -H -p -O "$columns")" "$(cell "$columns")" \
		'percentiles of a recording'
	assert_eq "$(dmpstat hist size -f /tmp/recording | tail -n +2)" "$(dmpstat hist size proxy | tail -n +2)" \
		'sizes of a recording'
	as_nobody report /tmp/recording -o /tmp/report.html
	assert_ge "$(wc -c </tmp/report.html)" 60000 'the page'
	# Another load is appended, and 11 s later, when it has been written, comes a kill.
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		/tmp/dmpstat record -o /tmp/recording proxy 1 &
	recorder=$!
	load
	sleep 11
	kill -KILL "$recorder"
	wait "$recorder" || true
	assert_eq "$(recorded r/s 1) $(recorded w/s 1)" '2018 1006' 'second by second, after a kill'
}

# Reports of intervals in which the volume is reset, renamed, and removed.
through_changes() {
	dmpstat -t 1 >/tmp/report &
	defer kill $!
	sleep 1.5
	dmsetup message proxy 0 reset
	wait_for 30 grep -q 'proxy .*: reset' /tmp/report
	dmsetup rename proxy other
	wait_for 30 grep -q 'other .*: was called proxy' /tmp/report
	dmsetup remove other
	wait_for 30 grep -q 'other .*: removed' /tmp/report
	# no negative and no huge number
	assert_eq "$(grep -c -e ' -[0-9]' -e '[0-9]\{9\}' /tmp/report)" 0 'negative or huge'
}

run() {
	local disk
	load_dmp
	disk=$(null_disk irqmode=2 completion_nsec=2000000 size_mb=64)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	cp "$(command -v dmpstat)" /tmp/dmpstat
	chmod 755 /tmp/dmpstat
	columns_right
	anybody_sees
	each_name
	recording_right
	through_changes
}
