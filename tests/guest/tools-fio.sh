# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the fio job that dmpstat writes of a workload reproduces its mix, sizes, depth and sequential share

requires() {
	need_command fio
	need_module null_blk
}

value() {
	bulk_value - "$1"
}

# Least size of the bucket of the median.
median_size() { # OPERATION
	bulk_value - "$1_size_bytes" | tr ' ' '\n' | awk -F '[:=]' '
		{ least[NR] = $1; count[NR] = $3; sum += $3 }
		END { for (i = 1; i <= NR && 2 * seen < sum; i++) { seen += count[i]; got = least[i] } print got }'
}

# Percent of reads, sizes, and how many of those sampled were sequential.
remember() { # PREFIX
	bulk_take proxy
	printf -v "$1_mix" %d $((100 * $(value read_requests) / ($(value read_requests) + $(value write_requests))))
	printf -v "$1_size" %s "$(median_size read) $(median_size write)"
	printf -v "$1_sampled" %d $(($(value read_sampled) + $(value write_sampled)))
	printf -v "$1_sequential" %d $(($(value read_sequential) + $(value write_sequential)))
}

# Run a workload, have dmpstat write a job of it, run that, and compare.
reproduce() { # WHAT FIO-OPTION…
	local what=$1 was_mix was_size was_sampled was_sequential is_mix is_size is_sampled is_sequential
	shift
	dmsetup message proxy 0 reset
	fio --output=/dev/null --name=w --filename=/dev/mapper/proxy --direct=1 --ioengine=libaio \
		--norandommap --number_ios=12007 "$@"
	sleep 0.3
	remember was
	dmpstat fio proxy >"$CASE_DIR/job"
	cat "$CASE_DIR/job"
	# as fast as it can, and as long as the original
	sed -i -e '/^rate_/d; /^thinktime/d; /^time_based/d; /^runtime/d' -e '$a number_ios=12007' "$CASE_DIR/job"
	dmsetup message proxy 0 reset
	DMP_TARGET=/dev/mapper/proxy fio --output=/dev/null "$CASE_DIR/job"
	sleep 0.3
	remember is
	assert_ge 2 $((is_mix - was_mix)) "$what: mix, $was_mix before, $is_mix now"
	assert_ge 2 $((was_mix - is_mix)) "$what: mix, $was_mix before, $is_mix now"
	assert_eq "$is_size" "$was_size" "$what: median sizes"
	assert_gt "$is_sampled" 30 "$what: samples"
	assert_same_share "$was_sequential" "$was_sampled" "$is_sequential" "$is_sampled" "$what: sequential"
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

run() {
	local disk
	load_dmp
	disk=$(null_disk size_mb=256)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	reproduce 'random mix' --rw=randrw --rwmixread=70 --bs=4k --iodepth=4
	assert_fails grep -q zoned "$CASE_DIR/job"
	reproduce 'sizes' --rw=randrw --rwmixread=30 --bssplit=512/60:64k/40,4k/30:16k/70
	reproduce 'in sequence' --rw=read --bs=16k
	reproduce 'hot spot' --rw=randread --bs=4k --random_distribution=zoned:90/10:10/90
	assert_eq "$(grep -c '^random_distribution=zoned_abs:[1-9]' "$CASE_DIR/job")" 1 'hot spot: zones'
}
