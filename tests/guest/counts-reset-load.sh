# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: resets under load lose no request: intervals add up to fio's total, totals stay exact, in flight stays true

jobs=2 depth=8 per_job=1499

requires() {
	need_command fio
	need_module null_blk
}

# Starts fio on NAME; it takes about a second, 16 requests in flight all the time.
load_begin() { # NAME
	fio --output="$CASE_DIR/$1.json" --output-format=json --name="$1" \
		--filename="/dev/mapper/$1" --direct=1 --thread --norandommap \
		--ioengine=libaio --iodepth=$depth --numjobs=$jobs --rw=randrw \
		--bssplit=512/30:4k/50:16k/20 --number_ios=$per_job &
	fio=$!
	wait_for 30 busy "$(dm_num "$1")"
}

busy() { # DM-N
	[ "$(volume_value "$1" in_flight)" -gt 0 ]
}

# What fio says it did: reads, their bytes, writes, theirs.
fio_says() { # NAME
	local out=$CASE_DIR/$1.json
	assert_eq $(($(fio_value "$out" read total_ios) + $(fio_value "$out" write total_ios))) \
		$((jobs * per_job)) 'requests of fio' >&2
	echo "$(fio_value "$out" read total_ios) $(fio_value "$out" read io_bytes)" \
		"$(fio_value "$out" write total_ios) $(fio_value "$out" write io_bytes)"
}

# Read and reset NAME in turns until fio is done. What a volume says is never
# more than there was; in flight is never negative, and never more either (it
# has what completed while the CPUs were read: its exact value, another case).
reset_all_the_time() { # FILE DM-N
	local now
	while kill -0 "$fio" 2>/dev/null; do
		read -r -a now <"$dir/$2/stat"
		[ $((now[0] + now[2])) -le $((jobs * per_job)) ] || fail "requests: ${now[*]}"
		[[ ${now[14]} -ge 0 && ${now[14]} -le $((jobs * per_job)) ]] || fail "in flight: ${now[*]}"
		echo 1 >"$1"
		resets=$((resets + 1))
	done
	wait "$fio"
	assert_eq "$(volume_value "$2" in_flight)" 0 'in flight at the end'
}

# The volume's resets are not those of volumes.
volume_resets() {
	local -a says
	load_begin one
	{ set +x; } 2>/dev/null
	reset_all_the_time "$dir/$one/reset" "$one"
	set -x
	read -r -a says < <(fio_says one)
	assert_file_eq "$dir/volumes" "$(volumes_text dmp "${says[@]}")"
}

# While it is suspended nothing is in flight: the intervals have no gap between.
intervals_add_up() {
	local -a says now sum=(0 0 0 0)
	local i
	echo 1 >"$dir/reset"
	load_begin one
	while kill -0 "$fio" 2>/dev/null; do
		dm suspend --nolockfs one
		read -r -a now <"$dir/$one/stat"
		for i in 0 1 2 3; do sum[i]=$((sum[i] + now[i])); done
		dmsetup message one 0 reset
		dm resume one
		[ $((now[0] + now[2])) -eq 0 ] || intervals=$((intervals + 1))
	done
	wait "$fio"
	read -r -a now <"$dir/$one/stat"
	for i in 0 1 2 3; do sum[i]=$((sum[i] + now[i])); done
	read -r -a says < <(fio_says one)
	assert_eq "${sum[*]}" "${says[*]}" 'sum of the intervals'
	assert_file_eq "$dir/volumes" "$(volumes_text dmp "${says[@]}")"
}

# A reset of everything puts the same requests before it for volumes as for the
# volumes: afterwards volumes is their sum.
global_resets() {
	local -a a b
	load_begin two
	load_begin one
	{ set +x; } 2>/dev/null
	reset_all_the_time "$dir/reset" "$one"
	set -x
	wait
	read -r -a a <"$dir/$one/stat"
	read -r -a b <"$dir/$two/stat"
	assert_file_eq "$dir/volumes" "$(volumes_text dmp $((a[0] + b[0])) \
		$((a[1] + b[1])) $((a[2] + b[2])) $((a[3] + b[3])))"
	assert_eq "$((a[14] + b[14]))" 0 'in flight at the end'
	assert_lt "$((a[0] + a[2] + b[0] + b[2]))" $((2 * jobs * per_job)) 'requests after the last reset'
}

run() {
	local disk dir one two fio resets=0 intervals=0
	load_dmp
	# 5 ms a request, by a timer: there is always something in flight
	disk=$(null_disk irqmode=2 completion_nsec=5000000)
	dm_create one "0 $(sectors "$disk") dmp $disk"
	dm_create two "0 $(sectors "$disk") dmp $disk"
	dir=$(stat_dir) one=$(dm_num one) two=$(dm_num two)
	# Each load is of a fixed size, so that its totals are known. How many resets fall
	# into it depends on the machine: as many loads as it takes.
	until [ "$resets" -gt 20 ]; do
		echo 1 >"$dir/reset"
		volume_resets
	done
	until [ "$intervals" -gt 1 ]; do intervals_add_up; done
	resets=0
	until [ "$resets" -gt 20 ]; do global_resets; done
}
