# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what is delayed by 1, 10, 50 and 100 ms is in those buckets, and p50, p90, p99 and the mean are fio's own

requires() {
	need_command fio
	need_module dm_delay
}

# delayed PARTS NS: the percentile is that delay. The delay's timer counts ticks:
# the first one has begun already, and it may wait for one or two more.
delayed() {
	local least below
	read -r least below < <(bulk_percentile proxy read_latency_ns "$1")
	assert_gt "$below" $(($2 - tick)) "a delay of $2 ns"
	assert_lt "$least" $(($2 + 4 * tick)) "a delay of $2 ns"
}

# earlier NS LEAST MOST: so many took less than that delay, a tick allowed for.
earlier() {
	local count
	count=$(bulk_between proxy read_latency_ns 0 $(($1 - tick)))
	in_range "$count" "$2" "$3" || fail "$count took less than $1 ns"
}

# like_fio PARTS PERCENTILE: fio takes a little longer than what is below it, and
# its own buckets are 64 an octave. One bucket of difference is allowed.
like_fio() {
	local least below fio
	read -r least below < <(bulk_percentile proxy read_latency_ns "$1")
	fio=$(fio_clat "$CASE_DIR/fio.json" "$2")
	in_range "$fio" $((least - least / 64)) $((below + below / 16)) ||
		fail "percentile $2: $least to $below ns, fio says $fio"
}

run() {
	local tick mean
	tick=$((1000000000 / $(kconfig | sed -n 's/^CONFIG_HZ=//p')))
	load_dmp
	modprobe dm-delay
	dm_create zero '0 1600 zero'
	dm_create below '0 320 delay /dev/mapper/zero 0 1' '320 320 delay /dev/mapper/zero 0 10' \
		'640 720 delay /dev/mapper/zero 0 50' '1360 240 delay /dev/mapper/zero 0 100'
	dm_create proxy '0 1600 dmp /dev/mapper/below'
	dmsetup message proxy 0 reset

	# 40 reads of 1 ms, 40 of 10, 90 of 50, 30 of 100
	fio --output="$CASE_DIR/fio.json" --output-format=json --name=reads \
		--filename=/dev/mapper/proxy --direct=1 --ioengine=psync --rw=read --bs=4k \
		--percentile_list=50:90:99
	assert_eq "$(bulk_value proxy read_requests)" 200 'reads'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 200 'latencies'

	# Ranks 20, 60, 100 and 180 are amid those of each kind. One after the other,
	# each begins as a tick does, so even a delay of one tick takes most of one.
	delayed 1000 1000000
	assert_gt "$(bulk_percentile proxy read_latency_ns 1000 | cut -d ' ' -f 2)" 500000 '1 ms'
	delayed 3000 10000000
	delayed 5000 50000000
	delayed 9000 100000000

	# All of each kind; but a busy machine may stop one for so long, and its ticks
	# may come late, and then several at once.
	earlier 10000000 0 44
	earlier 50000000 76 84
	earlier 100000000 166 174

	like_fio 5000 50.000000
	like_fio 9000 90.000000
	like_fio 9900 99.000000
	mean=$(($(bulk_value proxy read_time_ns) / 200))
	in_range "$(fio_clat "$CASE_DIR/fio.json" mean)" "$mean" $((mean + mean / 16)) ||
		fail "mean: $mean ns, fio says $(fio_clat "$CASE_DIR/fio.json" mean)"
}
