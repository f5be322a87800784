# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: each setting holds from the next I/O on, on every CPU, and what is told after a change has nothing of before it

requires() {
	need_module null_blk
}

# Lists of N reads, apart from each other: half of them on each of two CPUs.
reads() { # N
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			if (i == int(n / 2)) print "c 1"
			print "r", i * 7 % 1000 * 65536, 4096
		}
		print "c 0" }'
}

# After a message, or an empty one, N reads.
then_reads() { # MESSAGE N
	{
		[ -z "$1" ] || echo "m $1"
		reads "$2"
	} | pattern /dev/mapper/proxy
}

# So many are timed, and each of them has a latency. The bulk read is taken.
timed_exactly() { # WANT WHAT
	bulk_take proxy
	assert_eq "$(bulk_value - read_timed)" "$1" "$2: timed"
	assert_eq "$(bulk_sum - read_latency_ns)" "$1" "$2: latencies"
}

timed_one_in() { # EVERY OF WHAT
	local timed
	bulk_take proxy
	timed=$(bulk_value - read_timed)
	assert_one_in "$1" "$2" "$timed" "$3: timed"
	assert_eq "$(bulk_sum - read_latency_ns)" "$timed" "$3: latencies"
}

# Whatever the CPUs had in mind when it was one in a million.
latency_every_holds() {
	then_reads '' 1000
	then_reads 'latency_every 16' 20000
	timed_one_in 16 20000 'every 16 after 1000000'
	then_reads 'latency_every 1000000' 1000
	then_reads 'latency_every 1' 1000
	timed_exactly 1000 'every 1 after 1000000'
	then_reads 'latency_every 1000000' 1000
	then_reads 'latency_every 2' 20000
	timed_one_in 2 20000 'every 2 after 1000000'
	then_reads 'latency_every 1000000' 1000
	dm_reload proxy "0 $size dmp /dev/mapper/below 0 2 latency_every 4"
	then_reads '' 20000
	timed_one_in 4 20000 'a new table with 4'
	assert_eq "$(bulk_value - read_requests)" 65000 'requests'
}

# Set to what it is: nothing begins anew.
the_same_again() {
	local since
	then_reads 'latency_every 1' 500
	bulk_take proxy
	since=$(bulk_value - latency_start_boot_ns)
	then_reads 'latency_every 1' 500
	timed_exactly 1000 'the same again'
	slow_before=$(bulk_value - read_slow)
	dm_reload proxy "0 $size dmp /dev/mapper/below"
	then_reads 'slow_limit_us 1' 500
	timed_exactly 1500 'the same again, by a table'
	assert_eq "$(bulk_value - latency_start_boot_ns)" "$since" 'since'
}

# The limit was 100 ms, which a read takes now and then while another guest has the CPU.
slow_limit_holds() {
	assert_eq "$(bulk_value - read_slow)" $((slow_before + 500)) 'slow from 1 us on'
	then_reads 'slow_limit_us 1000000000' 100
	assert_eq "$(bulk_value proxy read_slow)" $((slow_before + 500)) 'slow from 1000 s on'
	then_reads 'slow_limit_us 1' 100
	assert_eq "$(bulk_value proxy read_slow)" $((slow_before + 600)) 'slow from 1 us on, again'
}

# Quick ones, each timed, then slow ones, one in five: no latency is left of those
# with another weight.
of_one_weight() {
	local before slow timed
	then_reads '' 600
	before=$(now_ms)
	dmsetup message proxy 0 latency_every 5
	timed_exactly 0 'after a change'
	assert_ge "$(bulk_value - latency_start_boot_ns)" $((before * 1000000)) 'since'
	assert_eq "$(bulk_value - read_time_ns) $(bulk_value - read_slow_time_ns)" '0 0' 'their sums'
	assert_eq "$(bulk_sum - read_size_latency)" 0 'by size'

	slow=$(null_disk irqmode=2 completion_nsec=10000000)
	dm_reload below "0 $size linear $slow 0"
	then_reads '' 300
	timed_one_in 5 300 'those of 10 ms'
	timed=$(bulk_value - read_timed)
	# the bucket that 10 ms are in begins there
	assert_eq "$(bulk_between - read_latency_ns 0 9961472)" 0 'less than 10 ms'
	assert_ge "$(bulk_value - read_time_ns)" $((timed * 10000000)) 'their time'
	assert_eq "$(bulk_value - read_slow)" "$timed" 'slow from 1 us on, of those'
	assert_eq "$(bulk_value - read_slow_time_ns)" "$(bulk_value - read_time_ns)" 'their time'
	dm_reload below "0 $size linear $disk 0"
}

# What was submitted before is of another weight too.
not_those_in_flight() {
	dmsetup message proxy 0 latency_every 1
	dm suspend --nolockfs --noflush below
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	wait_for 30 below_has proxy 1
	dmsetup message proxy 0 latency_every 7
	dmsetup message proxy 0 latency_every 1
	dm resume below
	wait
	timed_exactly 0 'in flight at the change'
	then_reads '' 10
	timed_exactly 10 'after it'
}

# The one before the switch is not what the one after it follows: not by its end,
# not in time. A bio is sampled at the latest after twice the mean.
nothing_of_before() { # BELOW-ALL-LEVEL METRIC…
	local level=$1 turns metric
	shift
	turns=$(($(bulk_value proxy sample_every) * 5))
	dmsetup message proxy 0 reset
	awk -v n="$turns" -v level="$level" 'BEGIN {
		for (i = 0; i < n; i++) {
			print "m collect", level
			print "r", i * 7 % 1000 * 65536, 4096
			print "m collect all"
			print "r", i * 11 % 1000 * 65536, 4096
		} }' | pattern /dev/mapper/proxy
	bulk_take proxy
	assert_ge "$(bulk_sum - read_depth)" 1 'sampled'
	for metric; do
		assert_eq "$(bulk_value - "read_$metric")" '' "$metric after $level"
	done
}

# Off for a while: what goes on where another one ended before is a run of its own.
runs_of_before() {
	printf '%s\n' 'm collect all' 'm reset' 'r 33554432 4096' 'm collect counters' 'r 0 4096' \
		'm collect all' 'r 33558528 4096' | pattern /dev/mapper/proxy
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '1:2=2' 'runs'
}

run() {
	local disk size slow_before
	load_dmp
	disk=$(null_disk)
	size=$(sectors "$disk")
	dm_create below "0 $size linear $disk 0"
	dm_create proxy "0 $size dmp /dev/mapper/below 0 2 latency_every 1000000"
	latency_every_holds
	the_same_again
	slow_limit_holds
	of_one_weight
	not_those_in_flight
	nothing_of_before counters seek_sectors interarrival_ns
	nothing_of_before patterns interarrival_ns
	runs_of_before
}
