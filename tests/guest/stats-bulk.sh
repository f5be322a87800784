# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the bulk read has a version, every metric that docs/ABI names and no other, and agrees with the files

requires() {
	need_module null_blk
}

# The names on a volume's bulk read, in order.
names() {
	dmsetup message proxy 0 stats | cut -d ' ' -f 1
}

# The values of a histogram's file that are not 0, as in the bulk read.
from_files() { # METRIC-WITH-OPERATION METRIC
	local -a values bounds
	local i text=''
	read -r -a values <"$dir/$1"
	read -r -a bounds <"$dir/$2_bounds"
	assert_eq "${#values[@]}" "${#bounds[@]}" "values and bounds of $1"
	for i in "${!values[@]}"; do
		[ "${values[i]}" -eq 0 ] ||
			text+="${text:+ }${bounds[i]}:${bounds[i + 1]:-inf}=${values[i]}"
	done
	echo "$text"
}

# What was done since anything was read last is in each file, whichever is read first:
# a read sums the counters of its own file and no others.
files_first() {
	local metric operation name
	local -A seen
	{
		for ((i = 0; i < 293; i++)); do
			echo "r $((i * 7919 % 16000 * 4096)) 8192"
			echo "w $((i * 4096)) 4096"
		done
	} | pattern /dev/mapper/proxy
	for ((i = 0; i < 7; i++)); do
		blkdiscard -o $((i << 20)) -l $((1 << 20)) /dev/mapper/proxy
	done
	for metric in cpu_run_requests size_bytes latency_ns seek_sectors interarrival_ns depth \
		align_bytes heat; do
		for operation in read write discard; do
			name=${operation}_$metric
			[ ! -e "$dir/$name" ] || seen[$name]=$(from_files "$name" "$metric")
		done
	done
	assert_eq "${seen[discard_size_bytes]}" '1048576:1572864=7' 'discards'
	for name in "${!seen[@]}"; do
		assert_eq "${seen[$name]}" "$(bulk_value proxy "$name")" "$name, before the bulk read"
	done
}

run() {
	local disk dir metric operation text i
	load_dmp
	disk=$(null_disk size_mb=64 memory_backed=1 discard=1)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)
	for ((i = 0; i < 499; i++)); do
		echo "r $((i * 7919 % 16000 * 4096)) 4096"
	done | pattern /dev/mapper/proxy

	text=$(dmsetup message proxy 0 stats)
	assert_match "$text" '^dmp_stats 1
volume dm-[0-9]+
collect all
latency_every 1
slow_limit_us 100000
' 'the first lines'
	assert_eq "$(bulk_value proxy read_requests)" 499 'requests'
	assert_eq "$(bulk_value proxy read_bytes)" $((499 * 4096)) 'bytes'
	assert_eq "$(bulk_value proxy read_timed)" 499 'timed'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 499 'latencies'
	assert_eq "$(bulk_value proxy read_size_bytes)" '4096:4608=499' 'sizes'

	for metric in latency_ns size_bytes seek_sectors cpu_run_requests interarrival_ns depth align_bytes heat; do
		for operation in read write; do
			assert_eq "$(from_files "${operation}_$metric" "$metric")" \
				"$(bulk_value proxy "${operation}_$metric")" "${operation}_$metric"
		done
	done

	files_first
	assert_eq "$(names | sort)" "$(promised_metrics | sort)" 'names, as in docs/ABI/stats-message.md'

	# No name twice, and none that a reader could not take for a word.
	assert_eq "$(names | sort | uniq -d)" '' 'names that come twice'
	assert_eq "$(names | grep -v '^[a-z][a-z0-9_]*$' || true)" '' 'odd names'
}
