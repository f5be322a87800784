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

# The share of the volume's traced arrivals, but for the first, that came from LEAST to
# BELOW nanoseconds after the one before, at most so far apart as a bucket can tell.
traced_gaps() { # LEAST BELOW
	awk -v least="$1" -v below="$2" '
		{
			for (i = 1; i <= NF; i++)
				if ($i == "dmp_submit:")
					now = $(i - 1) * 1000000000 # "TIME:"
			gap = now - last
			last = now
		}
		NR > 1 && gap >= least + 0 && gap < below + 0 { n++ }
		END { print n / (NR - 1) }' "$CASE_DIR/trace"
}

# gaps MICROSECONDS LEAST BELOW REQUESTS: fio rests so long after each request, or
# longer on a busy machine: no gap is below LEAST. Of all gaps, as the tracepoint tells
# of them, some are below BELOW; so is the same share of the samples.
gaps() {
	local all
	trace_on dmp_submit
	fio_on proxy --ioengine=psync --thinktime="$1" --number_ios="$4"
	trace_off >"$CASE_DIR/trace"
	assert_eq "$(wc -l <"$CASE_DIR/trace")" "$4" "$1 us: traced"
	all=$(bulk_sum proxy read_interarrival_ns)
	assert_ge "$all" 1 "$1 us: samples"
	assert_eq "$(bulk_between proxy read_interarrival_ns "$2" 17179869184)" "$all" \
		"$1 us: gaps from $2 ns on"
	assert_share "$(bulk_between proxy read_interarrival_ns "$2" "$3")" "$all" \
		"$(traced_gaps "$2" "$3")" "$1 us: gaps from $2 to $3 ns"
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

# The share of the volume's traced arrivals that found LEAST others in flight or more.
traced_depth() { # LEAST
	awk -v least="$1" '
		/ dmp_submit: / { arrivals++; if (depth >= least) n++; depth++ }
		/ dmp_complete: / { depth-- }
		END { print n / arrivals }' "$CASE_DIR/trace"
}

# depth_is ENGINE QUEUE: no arrival finds as many others as the queue holds. The share
# of those that find at least half as many is what the tracepoints tell: most of all
# arrivals, unless a busy machine let the disk do all that there was meanwhile.
depth_is() {
	local all share
	trace_on dmp_submit dmp_complete
	fio_on serial --ioengine="$1" --iodepth="$2" --number_ios=1201
	trace_off >"$CASE_DIR/trace"
	assert_eq "$(wc -l <"$CASE_DIR/trace")" 2402 'traced'
	share=$(traced_depth $(($2 / 2)))
	all=$(bulk_sum serial read_depth)
	log "$1, $2: $all samples, a share of $share finds $(($2 / 2)) others"
	assert_ge "$all" 2 'samples of the depth'
	assert_eq "$(bulk_between serial read_depth 0 "$2")" "$all" "none finds $2 others"
	assert_share "$(bulk_between serial read_depth $(($2 / 2)) "$2")" "$all" "$share" \
		"arrivals at a queue of $2 that find half of it"
}

run() {
	local disk queue
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"

	gaps 3000 2097152 8388608 601
	gaps 17000 16777216 67108864 521

	disk=$(serial_disk)
	dm_create serial "0 $(sectors "$disk") dmp $disk"
	for queue in 1 4 16 64; do
		depth_is libaio "$queue"
	done
	depth_is io_uring 16
}
