# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the time between arrivals is what fio's rate and think time make it, and the depth is its queue's less one

requires() {
	need_command fio
	need_module null_blk
	need_kconfig CONFIG_MQ_IOSCHED_DEADLINE
}

# fio_on NAME OPTION…: reads on CPU 0 of a volume that counts from here.
fio_on() {
	local name=$1
	shift
	dmsetup message "$name" 0 reset
	fio --output=/dev/null --name=job --filename="/dev/mapper/$name" --direct=1 \
		--cpus_allowed=0 --rw=randread --bs=4k --norandommap "$@"
}

# gaps LEAST BELOW WHAT: three in four samples at the least.
gaps() {
	local all these
	all=$(bulk_sum proxy read_gap_ns)
	these=$(bulk_between proxy read_gap_ns "$1" "$2")
	assert_ge "$all" 5 "$3: samples"
	assert_ge $((these * 4)) $((all * 3)) "$3: of $all gaps from $1 to $2 ns"
}

# A disk that serves one request after the other, a millisecond each, and lets
# others wait: fio sees them come back one by one.
serial_disk() {
	local disk queue
	disk=$(null_disk irqmode=2 completion_nsec=1000000 hw_queue_depth=1)
	queue=/sys/block/${disk#/dev/}/queue
	echo mq-deadline >"$queue/scheduler"
	echo 128 >"$queue/nr_requests"
	echo "$disk"
}

# depth_is QUEUE: three in four arrivals are in the bucket of all others of the
# queue; none finds more than these.
depth_is() {
	local all these
	fio_on serial --ioengine=libaio --iodepth="$1" --number_ios=1301
	all=$(bulk_sum serial read_depth)
	these=$(bulk_between serial read_depth $(($1 / 2)) "$1")
	assert_ge "$all" 5 'samples of the depth'
	assert_eq "$(bulk_between serial read_depth 0 "$1")" "$all" "none finds $1 others"
	assert_ge $((these * 4)) $((all * 3)) "of $all arrivals at a queue of $1, four times"
}

run() {
	local disk queue
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	# 3 ms of rest after each; a rest is never shorter
	fio_on proxy --ioengine=psync --thinktime=3000 --number_ios=1301
	assert_eq "$(bulk_between proxy read_gap_ns 2097152 17179869184)" \
		"$(bulk_sum proxy read_gap_ns)" '3 ms: none is shorter'
	gaps 2097152 8388608 '3 ms'

	# one each 3 ms; after a late one the next comes early
	fio_on proxy --ioengine=psync --rate_iops=333 --number_ios=1301
	gaps 1048576 8388608 '333 a second'

	disk=$(serial_disk)
	dm_create serial "0 $(sectors "$disk") dmp $disk"
	for queue in 1 4 16 64; do
		depth_is "$queue"
	done
}
