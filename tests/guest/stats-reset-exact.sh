# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a reset under load cuts no I/O in two: requests, bytes, times and latencies are of the same I/Os afterwards

requires() {
	need_command fio
	need_module null_blk
}

busy() {
	[ "$(volume_value "$number" in_flight)" -gt 0 ]
}

# A reset, and what is told when all that was in flight has completed.
round() { # FILE
	local -a now latencies
	local sum=0 count
	echo 1 >"$1"
	dm suspend --nolockfs proxy
	read -r -a now <"$dir/$number/stat"
	read -r -a latencies <"$dir/$number/read_latency_ns"
	dm resume proxy
	for count in "${latencies[@]}"; do
		sum=$((sum + count))
	done
	assert_eq "${now[16]} timed, $sum latencies, ${now[1]} bytes" \
		"${now[0]} timed, ${now[0]} latencies, $((now[0] * 4096)) bytes" "round $rounds: of ${now[0]} reads"
	assert_eq "${now[14]}" 0 'in flight'
	seen=$((seen + now[0]))
	rounds=$((rounds + 1))
}

# More jobs than CPUs, so that they stop each other anywhere. As many rounds as fit
# into 8 seconds, or 60, and 40 at least.
run() {
	local disk dir number fio end seen=0 rounds=0 seconds=8
	[ -z "${THOROUGH:-}" ] || seconds=60
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir) number=$(dm_num proxy)
	fio --output=/dev/null --name=load --filename=/dev/mapper/proxy --direct=1 --ioengine=psync \
		--rw=randread --bs=4k --norandommap --numjobs=5 --time_based --runtime=280 &
	fio=$!
	wait_for 30 busy
	end=$((SECONDS + seconds))
	{ set +x; } 2>/dev/null
	while [ "$rounds" -lt 40 ] || [[ $rounds -lt 1000 && $SECONDS -lt $end ]]; do
		round "$dir/$number/reset"
		round "$dir/reset"
	done
	set -x
	kill -INT "$fio"
	wait "$fio" || true
	assert_gt "$seen" "$rounds" 'reads that were seen'
}
