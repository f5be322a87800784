# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: what fio does, sequential, strided, random, zipf, in mixed sizes, misaligned, trims and syncs, is what the statistics say

requires() {
	need_command fio
	need_module null_blk
}

# fio_on NAME OPTION…: on CPU 0 of a volume that counts from here. What it did is
# in $CASE_DIR/list: operation, offset, bytes.
fio_on() {
	local name=$1
	shift
	rm -f "$CASE_DIR/iolog"
	dmsetup message "$name" 0 reset
	fio --output=/dev/null --name=job --filename="/dev/mapper/$name" --direct=1 \
		--ioengine=psync --cpus_allowed=0 --write_iolog="$CASE_DIR/iolog" "$@"
	# newer ones write the time in front
	sed -n -E 's/^.* (read|write|trim) ([0-9]+) ([0-9]+)$/\1 \2 \3/p' \
		"$CASE_DIR/iolog" >"$CASE_DIR/list"
}

# The list's shares of seeks, far and near, back and forth: LEAST BELOW SHARE each.
seek_shares() {
	awk -v far=32768 -v most=131072 '
		NR > 1 {
			seek = ($2 - last) / 512
			if (seek < -far) far_back++
			else if (seek < 0) back++
			else if (seek < far) forth++
			else far_forth++
		}
		{ last = $2 + $3 }
		END {
			print -most, -far, far_back / (NR - 1)
			print -far, 0, back / (NR - 1)
			print 0, far, forth / (NR - 1)
			print far, most, far_forth / (NR - 1)
		}' "$CASE_DIR/list"
}

# The sampled seeks are like those of the list.
assert_seeks() {
	local all shares least below share
	all=$(bulk_sum proxy read_seek_sectors)
	shares=$(seek_shares)
	while read -r least below share; do
		assert_share "$(bulk_between proxy read_seek_sectors "$least" "$below")" "$all" "$share" \
			"seeks of $least to $below sectors"
	done <<<"$shares"
}

# The samples of each cell are like the list's share of it.
# shellcheck disable=SC2154 # binomial: of lib.sh
assert_heat() {
	awk -v heat="$(bulk_value proxy read_heat)" -v n="$(bulk_sum proxy read_heat)" \
		-v cell="$(($(bulk_value proxy heat_cell_sectors) * 512))" "$binomial"'
		{ done[int($2 / cell)]++ }
		END {
			for (i = split(heat, cells, " "); i > 0; i--) {
				split(cells[i], words, /[:=]/)
				got[words[1]] = words[3]
			}
			for (i = 0; i < 64; i++) {
				p = done[i] / NR
				if (unlikely(got[i] + 0, n, p)) {
					print "cell " i ": " got[i] " of " n ", want a share of " p
					wrong++
				}
			}
			exit wrong > 0 || n == 0
		}' "$CASE_DIR/list" >&2 || fail 'heat: cells differ (above)'
}

# The share of the list that begins where one of the 128 before ended.
continued() {
	awk '$2 in end && NR - end[$2] <= 128 { n++ }
		{ end[$2 + $3] = NR }
		END { print n / NR }' "$CASE_DIR/list"
}

sequential() {
	fio_on proxy --rw=read --bs=4k --number_ios=2053
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '2048:4096=1' 'sequential: one run'
	assert_eq "$(bulk_value proxy read_depth)" "0:1=$(bulk_sum proxy read_depth)" 'one at a time'
	assert_one_in "$(bulk_value proxy sample_every)" 2053 "$(bulk_sum proxy read_depth)" 'sampled'
}

strided() {
	fio_on proxy --rw=read:60k --bs=4k --number_ios=1009 --offset=32k
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '1:2=1009' 'strided: no runs'
	# the first one is from where the list before ended
	assert_ge "$(bulk_between proxy read_seek_sectors 64 128)" \
		$(($(bulk_sum proxy read_seek_sectors) - 1)) 'strided: each seek is 120 sectors'
}

random_blocks() {
	local goes_on
	fio_on proxy --rw=randread --bs=4k
	assert_eq "$(bulk_value proxy read_size_bytes)" '4096:4608=16384' 'random: each block'
	assert_one_in "$(bulk_value proxy sample_every)" 16384 "$(bulk_sum proxy read_heat)" 'sampled'
	assert_heat
	assert_seeks
	goes_on=$((16384 - $(bulk_sum proxy read_cpu_run_requests)))
	assert_share "$goes_on" 16384 "$(continued)" 'random: those that go on where another one ended'
}

zipf() {
	fio_on proxy --rw=randread --bs=4k --random_distribution=zipf:1.2 --number_ios=8009
	assert_heat
}

mixed_sizes() {
	local operation
	fio_on proxy --rw=randrw --bssplit=512/20:4k/40:12k/20:64k/20 --norandommap --number_ios=2003
	assert_eq "$(wc -l <"$CASE_DIR/list")" 2003 'mixed sizes'
	for operation in read write; do
		awk -v which="$operation" '$1 == which { print $3 }' "$CASE_DIR/list" |
			sort -n >"$CASE_DIR/sizes"
		assert_histogram proxy "${operation}_size_bytes" "$CASE_DIR/sizes"
	done
}

misaligned() {
	local all
	fio_on proxy --rw=randread --bs=4k --blockalign=512 --norandommap --number_ios=8009
	all=$(bulk_sum proxy read_align_bytes)
	assert_share "$(bulk_between proxy read_align_bytes 512 1024)" "$all" 0.5 'every other one'
	assert_share "$(bulk_between proxy read_align_bytes 1024 2048)" "$all" 0.25 'one in four'
	assert_share "$(bulk_between proxy read_align_bytes 4096 8192)" "$all" 0.125 'aligned'
	assert_eq "$(bulk_between proxy read_align_bytes 512 8192)" "$all" 'no more than their length'
}

trims_and_syncs() {
	fio_on cached --rw=trim --bs=64k --number_ios=101
	assert_eq "$(bulk_value cached discard_requests)" 101 'trims'
	assert_eq "$(bulk_value cached discard_bytes)" $((101 * 65536)) 'bytes of trims'
	assert_eq "$(bulk_value cached discard_size_bytes)" '65536:98304=101' 'sizes of trims'

	fio_on cached --rw=randwrite --bs=4k --fsync=7 --number_ios=101
	assert_eq "$(bulk_value cached write_requests)" 101 'writes'
	assert_eq "$(bulk_value cached flush_requests)" 14 'a flush each 7 writes'
	assert_eq "$(bulk_sum cached flush_latency_ns)" 14 'latencies of flushes'
}

run() {
	local disk
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	sequential
	strided
	random_blocks
	zipf
	mixed_sizes
	misaligned
	disk=$(null_disk size_mb=16 memory_backed=1 discard=1 cache_size=4)
	dm_create cached "0 $(sectors "$disk") dmp $disk"
	trims_and_syncs
}
