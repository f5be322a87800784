# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the files of a volume are those that docs/ABI promises, any user may read them, and they say what the bulk read says

requires() {
	need_module null_blk
	need_command setpriv
}

# The names of the files that the document promises, in order.
promised_files() {
	{
		printf '%s\n' stat reset
		promised_metrics 'Single values' | grep -vxE 'dmp_stats|volume'
		promised_metrics Histograms
		awk -F ' *[|] *' '
			/^## / { here = $0 == "## Histograms" }
			here && /^[|] `/ && NF >= 7 {
				gsub(/`/, "", $2)
				print $2 "_bounds"
				if ($4 ~ /,/) # a table: bytes, nanoseconds
					print $2 "_row_bounds"
			}' "${BASH_SOURCE[0]%/*}/stats-message.md"
	} | sort
}

# In order: the name and the text of every file that is one value.
values_of_files() {
	local name value
	for name in $single; do
		read -r value <"$dir/$name"
		echo "$name $value"
	done | sort
}

values_of_bulk() {
	dmsetup message proxy 0 stats | awk -v names="$single" '
		BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) wanted[name[i]] }
		$1 in wanted' | sort
}

as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# Peaks change until the volume is idle, two windows of 100 ms after the last
# request; a busy machine closes them later.
assert_same_values() {
	sleep 0.5
	assert_eq "$(values_of_files)" "$(values_of_bulk)" "values of the files, $1"
}

run() {
	local disk dir i single
	local -a readable
	load_dmp
	disk=$(null_disk size_mb=64)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)
	single=$(promised_metrics 'Single values' | grep -vxE 'dmp_stats|volume' | xargs)
	assert_eq "$(find "$dir" -mindepth 1 -printf '%P\n' | sort)" "$(promised_files)" \
		'files, as in docs/ABI'

	mapfile -t readable < <(find "$dir" -mindepth 1 ! -name reset)
	assert_eq "$(find "$dir" -mindepth 1 ! -perm 444 -printf '%m %P\n')" '200 reset' 'other modes than 444'
	as_nobody cat "${readable[@]}" >"$CASE_DIR/text" || fail 'not all files can be read by nobody'
	assert_eq "$(wc -l <"$CASE_DIR/text")" "${#readable[@]}" 'lines of all files, one each'
	assert_fails as_nobody dmsetup message proxy 0 stats

	assert_same_values 'nothing done'
	for ((i = 0; i < 499; i++)); do
		echo "r $((i * 7919 % 16000 * 4096)) 4096"
		echo "w $((i * 7907 % 16000 * 4096 + 512)) 8192"
	done | pattern /dev/mapper/proxy
	dmsetup message proxy 0 slow_limit_us 1
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=7 iflag=direct
	assert_same_values 'after some I/O'
	assert_eq "$(cat "$dir/read_requests" "$dir/write_bytes" | xargs)" \
		"506 $((499 * 8192))" 'reads, bytes written'
	assert_eq "$(cat "$dir/read_aligned_4k")" "$(bulk_sum proxy read_align_bytes)" \
		'reads aligned, all that were sampled'
	assert_eq "$(cat "$dir/write_aligned_4k")" 0 'writes aligned'

	dmsetup message proxy 0 latency_every 17
	dmsetup message proxy 0 collect patterns
	assert_eq "$(cat "$dir"/{collect,latency_every,slow_limit_us} | xargs)" 'patterns 17 1' 'settings'
	assert_same_values 'after other settings'
}
