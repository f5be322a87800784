# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the busiest 100 ms is never above what a disk can do nor below what was done: after a switch, while a queue drains, in windows that are closed late

requires() {
	need_command fio
	need_module null_blk
	need_kconfig CONFIG_MQ_IOSCHED_DEADLINE
}

# A disk that serves one request after the other, so many nanoseconds each, and lets
# others wait. Its timer never ends early, and the next one begins after the one
# before has completed: two completions are at least so far apart.
serial_disk() { # NANOSECONDS
	local disk queue
	disk=$(null_disk irqmode=2 completion_nsec="$1" hw_queue_depth=1)
	queue=/sys/block/${disk#/dev/}/queue
	echo mq-deadline >"$queue/scheduler"
	echo 256 >"$queue/nr_requests"
	echo "$disk"
}

# The bulk read is taken.
peak_is() { # LEAST MOST WHAT
	local peak
	bulk_take proxy
	peak=$(bulk_value - read_peak_requests)
	in_range "$peak" "$1" "$2" || fail "$3: a peak of $peak, want $1 to $2"
	# all are of one size
	assert_eq "$(bulk_value - read_peak_bytes)" $((peak * 4096)) "$3: bytes of the peak"
}

# What was done while nothing was collected is in no window.
after_a_switch() {
	local level
	for level in all patterns; do
		awk -v level="$level" 'BEGIN {
			print "m collect counters"
			print "m reset"
			for (i = 0; i < 3001; i++) print "r", i % 1000 * 65536, 4096
			print "m collect", level
			print "r 0 4096" }' | pattern /dev/mapper/proxy
		sleep 0.5
		peak_is 1 1 "one read at $level, 3001 before"
		assert_eq "$(bulk_value - read_requests)" 3002 'reads'
	done
}

# 40 reads at once, 50 ms each, and one more when they are done: L ms hold L/50 + 1
# completions at most, that is 2 + 100/L in 100 ms, and no window is shorter.
while_it_drains() { # LEVEL
	dmsetup message proxy 0 collect "$1"
	dmsetup message proxy 0 reset
	fio --output=/dev/null --name=burst --filename=/dev/mapper/proxy --rw=randread --bs=4k \
		--direct=1 --ioengine=libaio --iodepth=40 --iodepth_batch_submit=40 --number_ios=40
	pattern /dev/mapper/proxy <<<'r 0 4096'
	sleep 0.5
	peak_is 1 3 "a queue that drains, at $1"
	assert_eq "$(bulk_value - read_requests)" 41 'reads'
}

# As many as one after the other can be, for five seconds: in the same way 21 at the
# most, and no less than on average, over all of the time.
at_its_rate() {
	local begin
	dmsetup message proxy 0 reset
	begin=$(now_ms)
	fio --output=/dev/null --name=steady --filename=/dev/mapper/proxy --rw=randread --bs=4k \
		--direct=1 --ioengine=libaio --iodepth=32 --norandommap --number_ios=1009
	peak_is $((1009 * 100 / ($(now_ms) - begin))) 21 'reads of 5 ms'
	sleep 0.5
	peak_is 1 21 'reads of 5 ms, the last window too'
}

# One read, and no CPU has time to close its window: it is four times as long. On a
# busy machine the CPUs may be taken too late for that.
closed_late() {
	local attempt late=0
	for attempt in {1..20}; do
		[ "$attempt" -le 3 ] || [ "$late" -eq 0 ] || break
		printf '%s\n' 'm reset' 'r 0 4096' 'h 400000' | pattern /dev/mapper/proxy
		sleep 0.5
		peak_is 1 1 'one read in a long window'
		late=$((late + $(bulk_value - windows_late)))
	done
	assert_ge "$late" 1 'windows that were closed late'
}

run() {
	local quick disk
	load_dmp
	quick=$(null_disk)
	dm_create proxy "0 $(sectors "$quick") dmp $quick"
	after_a_switch
	closed_late

	disk=$(serial_disk 50000000)
	dm_reload proxy "0 $(sectors "$disk") dmp $disk"
	while_it_drains all
	while_it_drains patterns

	disk=$(serial_disk 5000000)
	dm_reload proxy "0 $(sectors "$disk") dmp $disk"
	at_its_rate
}
