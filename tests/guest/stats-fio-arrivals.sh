# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the time between arrivals is what fio's think time makes it, never less, and the depth is its queue's less one

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

# gaps MICROSECONDS LEAST BELOW REQUESTS: fio rests so long after each request, or
# longer on a busy machine: no gap is below LEAST, and three in four samples are
# below BELOW; the machine may be too busy twice. (With rate_iops fio makes up for
# rests that were too long.)
gaps() {
	local all these _
	for _ in 1 2 3; do
		fio_on proxy --ioengine=psync --thinktime="$1" --number_ios="$4"
		all=$(bulk_sum proxy read_interarrival_ns)
		assert_ge "$all" 1 "$1 us: samples"
		assert_eq "$(bulk_between proxy read_interarrival_ns "$2" 17179869184)" "$all" \
			"$1 us: gaps from $2 ns on"
		these=$(bulk_between proxy read_interarrival_ns "$2" "$3")
		[ $((these * 4)) -lt $((all * 3)) ] || return 0
		log "$1 us: $these of $all"
	done
	fail "$1 us: $these of $all gaps are from $2 to $3 ns"
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

# depth_is ENGINE QUEUE: three in four arrivals are in the bucket of all others
# of the queue; none finds more than these.
depth_is() {
	local all these
	fio_on serial --ioengine="$1" --iodepth="$2" --number_ios=601
	all=$(bulk_sum serial read_depth)
	these=$(bulk_between serial read_depth $(($2 / 2)) "$2")
	assert_ge "$all" 2 'samples of the depth'
	assert_eq "$(bulk_between serial read_depth 0 "$2")" "$all" "none finds $2 others"
	assert_ge $((these * 4)) $((all * 3)) "of $all arrivals at a queue of $2, four times"
}

run() {
	local disk queue
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	gaps 3000 2097152 8388608 601
	gaps 17000 16777216 67108864 301

	disk=$(serial_disk)
	dm_create serial "0 $(sectors "$disk") dmp $disk"
	for queue in 1 4 16 64; do
		depth_is libaio "$queue"
	done
	depth_is io_uring 16
}
