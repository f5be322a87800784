# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: processes that create, remove, reload, read and reset, the same volumes and others, leave nothing and lose no I/O

seconds=4

# Workers go round until the time is up, and three times on a slow machine.
go_on() { # ROUNDS DONE
	[ "$SECONDS" -lt "$end" ] || [ "$1" -lt 3 ]
}

# A volume that comes and goes: 3 reads each time. Prints how many came through.
worker_own() { # NUMBER
	local rounds=0
	while go_on "$rounds"; do
		dm create "own$1" --table "0 $size dmp $disk 0" || return
		[ "$(ioerr "/dev/mapper/own$1" read 0 4096 3)" = 'read ok 3' ] || return
		dm remove --retry "own$1" || return
		rounds=$((rounds + 1))
	done
	echo "$rounds"
}

# Several of these meet on the same names: most commands must fail, and may.
worker_shared() {
	local rounds=0
	while go_on "$rounds"; do
		dm create shared --table "0 $size dmp $disk 0" || true
		dm load shared --table "0 $size dmp $disk 8" || true
		dm resume shared || true
		dm remove shared || true
		rounds=$((rounds + 1))
	done
	echo "$rounds"
}

# New tables for the volume that the load runs on.
worker_reload() {
	local rounds=0
	while go_on "$rounds"; do
		dm load steady --table "0 $size dmp $disk 0" || true
		if [ $((rounds % 3)) -eq 2 ]; then dm clear steady || true; fi
		dm resume steady || return
		rounds=$((rounds + 1))
	done
	echo "$rounds"
}

# Whatever is there now is read and reset, one volume after the other.
worker_files() {
	local rounds=0 file
	while go_on "$rounds"; do
		for file in "$stat"/dm-*/stat; do
			{ read -r _ <"$file"; } || true
			{ echo 1 >"${file%stat}reset"; } || true
		done
		cat "$stat/volumes" >"$CASE_DIR/volumes" || return
		dmsetup message steady 0 reset || return
		dmsetup status || true
		rounds=$((rounds + 1))
	done
	echo "$rounds"
}

start() { # NAME COMMAND…
	local name=$1
	shift
	"$@" >"$CASE_DIR/$name" 2>"$CASE_DIR/$name.err" &
	workers+=("$!:$name")
}

# What the worker printed last: its rounds.
rounds_of() { # NAME
	tail -n 1 "$CASE_DIR/$1"
}

run() {
	local disk size stat end worker reads writes own
	local -a workers=()
	load_dmp
	stat=$(stat_dir)
	disk=$(null_disk size_mb=8 memory_backed=1)
	size=$(($(sectors "$disk") / 2))
	dm_create steady "0 $size dmp $disk 0"
	defer dm_remove shared
	for worker in 1 2; do defer dm_remove "own$worker"; done
	{ set +x; } 2>/dev/null
	hammer /dev/mapper/steady "$seconds" 2 >"$CASE_DIR/load" &
	workers+=("$!:load")
	end=$((SECONDS + seconds))
	start own1 worker_own 1
	start own2 worker_own 2
	start shared1 worker_shared
	start shared2 worker_shared
	start reload worker_reload
	start files worker_files
	for worker in "${workers[@]}"; do
		wait "${worker%:*}" || fail "${worker#*:}: $(tail -n 3 "$CASE_DIR/${worker#*:}.err")"
	done
	set -x
	dm_remove shared
	read -r reads writes <"$CASE_DIR/load"
	own=$(($(rounds_of own1) + $(rounds_of own2)))
	assert_ge "$own" 6 'rounds of the own volumes'
	assert_eq "$(compgen -G "$stat/dm-*")" "$stat/$(dm_num steady)" 'directories left'
	assert_eq "$(stat_field steady 1) $(stat_field steady 5)" "$reads $writes" 'in /sys/block'
	assert_eq "$(volumes_value read.reqs)" $((reads + 3 * own)) 'reads in the totals'
	assert_eq "$(volumes_value write.reqs)" "$writes" 'writes in the totals'
	assert_eq "$(volumes_value write.avg_size)" 4096 'average size of a write'
	assert_eq "$(field /sys/module/dmp/refcnt 1)" 1 'use count'
	dm_remove steady
	assert_eq "$(field /sys/module/dmp/refcnt 1)" 0 'use count'
}
