# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmpstat and iostat agree on an interval, wherever both have the column

requires() {
	need_command fio iostat
	need_module null_blk
}

SECONDS_WATCHED=15

# 1009 reads of 4 KiB and 503 writes of 16 KiB, of 5 ms each, two at a time.
load() {
	fio --output=/dev/null --filename=/dev/mapper/proxy --direct=1 --ioengine=libaio \
		--name=reads --rw=randread --bs=4k --iodepth=2 --number_ios=1009 \
		--name=writes --stonewall --rw=randwrite --bs=16k --iodepth=2 --number_ios=503
}

iostat_says() { # COLUMN
	sed -n "s|.*\"$1\": *\\([0-9.]*\\).*|\\1|p" /tmp/iostat
}

dmpstat_says() { # COLUMN
	# units have the same names, in a line before
	awk -v column="\"$1\":" '/"seconds"/ { at = index($0, column) }
		at { print substr($0, at + length(column)) + 0; exit }' /tmp/dmpstat
}

# agree IOSTAT-COLUMN DMPSTAT-COLUMN FACTOR LEEWAY: FACTOR is from iostat's unit to
# dmpstat's. Both see the same I/Os; their intervals differ by how long they take to
# start, and iostat's times are in milliseconds, a request each.
agree() {
	awk -v a="$(iostat_says "$1")" -v b="$(dmpstat_says "$2")" -v factor="$3" -v leeway="$4" 'BEGIN {
		distance = a * factor - b
		if (distance < 0)
			distance = -distance
		exit !(a != "" && b != "" && distance <= leeway + 0.03 * b) }' ||
		fail "$1: iostat says $(iostat_says "$1"), dmpstat $2: $(dmpstat_says "$2")"
}

# Whether all of it was in both intervals.
watched() {
	local began
	iostat -d -x -k -y -o JSON "$(dm_num proxy)" "$SECONDS_WATCHED" 1 >/tmp/iostat &
	dmpstat -y -o JSON -O r/s,w/s,rMB/s,wMB/s,rareq-sz,wareq-sz,r_await,w_await,aqu-sz \
		proxy "$SECONDS_WATCHED" 1 >/tmp/dmpstat &
	began=$(now_ms)
	sleep 1
	load
	[ $(($(now_ms) - began)) -lt $((SECONDS_WATCHED * 1000 - 1000)) ] || return 1
	wait
}

run() {
	local disk attempt
	load_dmp
	disk=$(null_disk irqmode=2 completion_nsec=5000000 size_mb=64)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	for attempt in 1 2 3; do
		! watched || break
		[ "$attempt" -lt 3 ] || fail 'this machine is too slow for the load'
		wait
		SECONDS_WATCHED=$((SECONDS_WATCHED * 3))
	done
	agree r/s r/s 1 0.1
	agree w/s w/s 1 0.1
	agree rkB/s rMB/s 1024 5000
	agree wkB/s wMB/s 1024 5000
	agree rareq-sz rareq-sz 1024 10
	agree wareq-sz wareq-sz 1024 10
	agree r_await r_await 1000000 1000000
	agree w_await w_await 1000000 1000000
	agree aqu-sz aqu-sz 1 0.1
}
