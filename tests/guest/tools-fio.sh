# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the fio job that dmpstat writes of a workload reproduces its mix, sizes, depth, sequential share, heat map, bursts and flushes
#
# Shares are compared by what was sampled. `tests/run --thorough`
# has so many I/Os that heat maps can be held against a fixed bound.

requires() {
	need_plain_kernel
	need_command fio
	need_module null_blk
}

value() {
	bulk_value - "$1"
}

both() { # METRIC
	echo $(($(value "read_$1") + $(value "write_$1")))
}

# Least size of the bucket of the median.
median_size() { # OPERATION
	local range
	range=$(bulk_percentile - "$1_size_bytes" 5000)
	echo "${range% *}"
}

# Least value of the bucket of a percentile of what reads and writes found in flight.
depth_percentile() { # PERCENT
	{ value read_depth; value write_depth; } | tr ' ' '\n' | sort -n | awk -F '[:=]' -v percent="$1" '
		NF == 3 { sum += $3; least[++n] = $1; seen[n] = sum }
		END { for (i = 1; i <= n; i++) if (100 * seen[i] >= percent * sum) { print least[i]; exit } }'
}

# Windows of 100 ms in which something was completed, of all: two numbers.
active_windows() {
	value read_window_requests >"$CASE_DIR/windows"
	value write_window_requests >>"$CASE_DIR/windows"
	awk '{
		all = idle = 0
		for (i = 1; i <= NF; i++) {
			split($i, part, /[:=]/)
			all += part[3]
			if (part[1] == 0) idle += part[3]
		}
		if (all > most) most = all
		if (all - idle > active) active = all - idle
	}
	END { print active + 0, most + 0 }' "$CASE_DIR/windows"
}

declare -A was is

# Keep what is compared.
# shellcheck disable=SC2034,SC2154 # a reference
remember() { # ARRAY
	local -n to=$1
	bulk_take "$volume"
	to["mix"]=$((100 * $(value read_requests) / $(both requests)))
	to["size"]="$(median_size read) $(median_size write)"
	to["depth"]=$(depth_percentile 50)
	to["depth_from"]=$(depth_percentile 25)
	to["depth_to"]=$(depth_percentile 75)
	to["sampled"]=$(both sampled)
	to["sequential"]=$(both sequential)
	to["writes"]=$(value write_requests)
	to["flushes"]=$(value flush_requests)
	read -r "to[active]" "to[windows]" < <(active_windows)
	{ value read_heat; value write_heat; } >"$CASE_DIR/$1.heat"
}

# The job as it was written but for its rate and its time: as many I/Os as the original.
# Each process goes round its part of the volume as often as that takes.
shorten() { # REQUESTS
	local processes
	processes=$(grep -c '^\[[ws]' "$CASE_DIR/job")
	sed -e '/^rate_/d; /^time_based/d; /^runtime/d' \
		-e "s|^norandommap=1|&\nio_size=1T\nnumber_ios=$(($1 / processes))|" "$CASE_DIR/job" >"$CASE_DIR/short"
}

# Run a workload, have dmpstat write a job of it, run that, and compare. On a busy machine
# one of the two may be short of CPU, and the other not: then both are run again.
reproduce() { # WHAT REQUESTS FIO-OPTION…
	local what=$1 try
	shift
	for try in 1 2 3 4; do
		both_runs "$@"
		! same_depth || break
		log "$what: try $try: depth was $(declare -p was), is $(declare -p is)"
	done
	compare "$what"
}

both_runs() { # REQUESTS FIO-OPTION…
	local requests=$1
	shift
	dmsetup message "$volume" 0 reset
	fio --output=/dev/null --name=w --filename="/dev/mapper/$volume" --direct=1 --ioengine=libaio \
		--norandommap --io_size=1T --thread --randrepeat=0 "$@"
	sleep 0.3
	dmpstat fio "$volume" >"$CASE_DIR/job"
	remember was
	cat "$CASE_DIR/job"
	shorten "$requests"
	dmsetup message "$volume" 0 reset
	DMP_TARGET="/dev/mapper/$volume" fio --output=/dev/null --randrepeat=0 "$CASE_DIR/short"
	sleep 0.3
	remember is
}

compare() { # WHAT
	log "$1: was $(declare -p was), is $(declare -p is)"
	assert_le "$((is[mix] - was[mix]))" 2 "$1: mix, ${was[mix]} before, ${is[mix]} now"
	assert_le "$((was[mix] - is[mix]))" 2 "$1: mix, ${was[mix]} before, ${is[mix]} now"
	assert_eq "${is[size]}" "${was[size]}" "$1: median sizes"
	assert_gt "${is[sampled]}" 15 "$1: samples"
	assert_same_share "${was[sequential]}" "${was[sampled]}" "${is[sequential]}" "${is[sampled]}" "$1: sequential"
	same_depth || fail "$1: median depth ${is[depth]}, ${was[depth_from]} to ${was[depth_to]} before"
	assert_overlap "$1"
}

# Two shares, by samples, differ by no more than 5 points and chance, 5 sigma of it.
assert_same_share() { # COUNT OF COUNT OF WHAT
	awk -v a="$1" -v n="$2" -v b="$3" -v m="$4" 'BEGIN {
		p = (a + b) / (n + m)
		off = a / n - b / m
		if (off < 0) off = -off
		exit off > 0.05 + 5 * sqrt(p * (1 - p) * (1 / n + 1 / m)) + 1 / n + 1 / m
	}' || fail "$5: $1 of $2 before, $3 of $4 now"
}

# The median depth lies in the middle half of the original's. That is one bucket, and so
# the same median, unless the machine is too busy for the disk: then completions come in
# bunches, and what a request finds in flight is anything up to the depth that fio keeps.
same_depth() {
	[ "${is[depth]}" -ge "${was[depth_from]}" ] && [ "${is[depth]}" -le "${was[depth_to]}" ]
}

# The heat maps' overlap: the sum of the lesser share of each cell. Two samples of the
# same distribution p differ in a cell by sqrt(p (1/n + 1/m)) (one sigma), of which the
# mean of the absolute value is sqrt(2/pi), half of the sum of which they do not overlap.
assert_overlap() { # WHAT
	local text
	text=$(awk -F '[:=]' -v RS='[ \n]+' -v thorough="${THOROUGH:-}" '
		FNR == 1 { file++ }
		NF == 3 { count[file, $1] += $3; sum[file] += $3; cells[$1] }
		END {
			for (cell in cells) {
				p = count[1, cell] / sum[1]
				q = count[2, cell] / sum[2]
				overlap += p < q ? p : q
				chance += sqrt((p + q) / 2 * (1 / sum[1] + 1 / sum[2]) * 2 / 3.14159) / 2
			}
			least = thorough ? 0.9 : 0.9 - 1.5 * chance
			printf "%.3f, at least %.3f, by %d and %d samples", overlap, least, sum[1], sum[2]
			exit overlap < least
		}' "$CASE_DIR/was.heat" "$CASE_DIR/is.heat") || fail "$1: overlap of heat maps $text"
	log "$1: overlap of heat maps $text"
}

# 33 cells of 8 MiB, with the latency of a disk.
make_volume() { # NAME MICROSECONDS [ATTRIBUTE=VALUE…]
	local disk ns=$(($2 * 1000))
	volume=$1
	shift 2
	disk=$(null_disk size_mb=264 irqmode=2 completion_nsec=$ns "$@")
	dm_create "$volume" "0 $(sectors "$disk") dmp $disk"
}

run() {
	local n=8009 whole=8009 burst=401 volume us=10000
	# A bound of 0.9 wants 2,000 samples if all cells have some, a third if a few have most.
	[ -z "${THOROUGH:-}" ] || n=200003 whole=600011 us=2000
	load_dmp
	# At a depth of 12 the median is not at the bound of a bucket, whether completions
	# come one by one (11) or all at once (0 to 11).
	make_volume proxy $us
	reproduce 'random mix' $whole --rw=randrw --rwmixread=70 --bs=4k --iodepth=12 --number_ios=$whole
	assert_fails grep -q zoned "$CASE_DIR/job"
	reproduce 'eight streams' $n --rw=read --bs=16k --numjobs=8 --size=8M --offset_increment=8M \
		--number_ios=$((n / 8))
	reproduce 'sizes' $n --rw=randrw --rwmixread=30 --iodepth=12 --number_ios=$n --size=64M \
		--bssplit=512/30:4k/10:64k/40:1M/20,4k/30:16k/70
	reproduce 'hot spot' $n --rw=randread --bs=4k --iodepth=12 --number_ios=$n \
		--random_distribution=zoned:90/10:10/90
	assert_eq "$(grep -c '^random_distribution=zoned_abs:[1-9]' "$CASE_DIR/job")" 1 'hot spot: zones'
	make_volume bursty 2000
	reproduce 'bursts' $((burst * 20)) --rw=randwrite --bs=4k --iodepth=12 --number_ios=$((burst * 20)) \
		--thinktime=500000 --thinktime_blocks=$burst --size=24M
	assert_same_share "${was[active]}" "${was[windows]}" "${is[active]}" "${is[windows]}" 'bursts: active windows'
	make_volume flushed 1000 memory_backed=1 cache_size=1
	reproduce 'flushes' $n --rw=randwrite --bs=4k --number_ios=$n --fsync=3 --size=64M
	assert_eq "$((is[writes] / is[flushes]))" 3 'writes a flush'
}
