# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: reads delayed by 1, 10, 50 and 100 ms: no bucket holds less than what the kernel itself times above the volume, nor more than what it times below; and fio says no less

requires() {
	need_command fio
	need_module null_blk
}

# Have device-mapper itself time each request of NAME, in the buckets of latency_ns.
# A bound belongs to the bucket above it there, too.
time_requests() { # NAME
	dmsetup message "$1" 0 @stats_create - /1 2 precise_timestamps \
		"histogram:$(tail -n +2 "$CASE_DIR/bounds" | paste -s -d ,)"
}

# below_bounds: of buckets' counts on standard input, one a line, how many are below
# each bound but the first, which is 0.
below_bounds() {
	awk '{ if (NR > 1) print sum; sum += $1 }'
}

timed_by_kernel() { # NAME
	dmsetup message "$1" 0 @stats_print 0 | awk '{ print $NF }' | tr : '\n' | below_bounds
}

# The times nest: what is timed above the volume begins before and ends after
# what the volume times, and that before and after what is timed below. So below any
# bound are at least as many here as there, to the last one. No tolerance is needed
# for a busy machine: whatever it adds is in the times where it was added. The
# percentiles follow: each is in a bucket between those of the two others.
assert_nested() {
	paste "$CASE_DIR/above" "$CASE_DIR/volume" "$CASE_DIR/below" \
		<(tail -n +2 "$CASE_DIR/bounds") >"$CASE_DIR/nested"
	assert_eq "$(wc -l <"$CASE_DIR/nested")" "$(($(wc -l <"$CASE_DIR/bounds") - 1))" 'bounds'
	awk '$1 > $2 || $2 > $3 {
			print "below " $4 " ns: " $1 " above, " $2 " here, " $3 " below"
			wrong++
		}
		END { exit wrong > 0 }' "$CASE_DIR/nested" >&2 ||
		fail 'the volume is not between what is above and below it'
}

# fio's time encloses all of these, and has its own wake-up in it: it says no less.
# It names the middle of a bucket of 64 an octave.
at_most_fio() { # PARTS PERCENTILE
	local least below fio
	read -r least below < <(bulk_percentile proxy read_latency_ns "$1")
	fio=$(fio_clat "$CASE_DIR/fio.json" "$2")
	log "percentile $2: $least to $below ns, fio says $fio"
	assert_ge "$fio" $((least - least / 64)) "percentile $2 of fio"
}

# delayed_disk MS: a disk that takes so long; its timers never end early.
delayed_disk() {
	null_disk size_mb=1 irqmode=2 completion_nsec="$1"000000
}

run() {
	local dir
	load_dmp
	dm_create below "0 320 linear $(delayed_disk 1) 0" "320 320 linear $(delayed_disk 10) 0" \
		"640 720 linear $(delayed_disk 50) 0" "1360 240 linear $(delayed_disk 100) 0"
	dm_create proxy '0 1600 dmp /dev/mapper/below'
	dm_create above '0 1600 linear /dev/mapper/proxy 0'
	dir=$(stat_dir)/$(dm_num proxy)
	tr ' ' '\n' <"$dir/latency_ns_bounds" >"$CASE_DIR/bounds"
	time_requests below
	time_requests above
	dmsetup message proxy 0 reset

	# 40 reads of 1 ms, 40 of 10, 90 of 50, 30 of 100
	fio --output="$CASE_DIR/fio.json" --output-format=json --name=reads \
		--filename=/dev/mapper/above --direct=1 --ioengine=psync --rw=read --bs=4k \
		--percentile_list=50:90:99
	assert_eq "$(bulk_value proxy read_requests)" 200 'reads'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 200 'latencies'

	timed_by_kernel above >"$CASE_DIR/above"
	timed_by_kernel below >"$CASE_DIR/below"
	tr ' ' '\n' <"$dir/read_latency_ns" | below_bounds >"$CASE_DIR/volume"
	assert_nested
	# none took less than it was delayed by, to the bound before that
	assert_eq "$(bulk_between proxy read_latency_ns 0 983040)" 0 'less than 1 ms'
	assert_le "$(bulk_between proxy read_latency_ns 0 9961472)" 40 'less than 10 ms'
	assert_le "$(bulk_between proxy read_latency_ns 0 48234496)" 80 'less than 50 ms'
	assert_le "$(bulk_between proxy read_latency_ns 0 96468992)" 170 'less than 100 ms'

	at_most_fio 5000 50.000000
	at_most_fio 9000 90.000000
	at_most_fio 9900 99.000000
	assert_ge "$(fio_clat "$CASE_DIR/fio.json" mean)" \
		$(($(bulk_value proxy read_time_ns) / 200)) 'mean of fio'
}
