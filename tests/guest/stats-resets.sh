# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: 10,007 snapshots and 1,001 resets under full load on two CPUs lose no request, and none is counted twice or negative

requires() {
	need_command fio
	need_module null_blk
}

how_many() {
	if [ -n "${THOROUGH:-}" ]; then echo 30011; else echo 10007; fi
}

busy() { # DM-N
	[ "$(volume_value "$1" in_flight)" -gt 0 ]
}

run() {
	local disk dir number fio count before says seen
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir) number=$(dm_num proxy) count=$(how_many)
	read -r -a before < <(below_counts "/dev/$number")
	echo 1 >"$dir/reset"

	fio --output="$CASE_DIR/fio.txt" --name=load --filename=/dev/mapper/proxy --direct=1 \
		--thread --norandommap --ioengine=libaio \
		--iodepth=8 --numjobs=2 --rw=randrw --bssplit=512/30:4k/50:16k/20 \
		--time_based --runtime=3600 &
	fio=$!
	wait_for 30 busy "$number"
	snapshots "$dir/$number" "$count" >"$CASE_DIR/snapshots"
	kill -INT "$fio"
	wait "$fio" || true
	cat "$CASE_DIR/snapshots" >&2

	read -r -a says < <(below_counts "/dev/$number" "${before[@]}")
	assert_gt "$((says[0] + says[2]))" 1000 'requests, as the kernel says'
	assert_file_eq "$dir/volumes" "$(volumes_text dmp "${says[@]}")"
	read -r -a seen <"$CASE_DIR/snapshots"
	assert_eq "${seen[*]:0:4}" "snapshots $count resets $(((count + 9) / 10))" 'what was done'
	# between a snapshot and its reset some go by, so this is less, and not by far
	assert_gt "${seen[5]}" $(((says[0] + says[2]) / 2)) 'requests that were seen'
	assert_le "${seen[5]}" $((says[0] + says[2])) 'requests that were seen'
	assert_eq "$(volume_value "$number" in_flight)" 0 'in flight at the end'
}
