# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: no latency is taken with a clock that stopped or began anew while the machine slept: what is in flight when it is about to sleep is counted and not timed, what comes then is timed right
#
# No emulated machine has to sleep for that. A program that hangs in I/O cannot be
# frozen, so that an attempt to suspend fails, after all have been told that it
# comes; and whoever has /dev/snapshot open is about to hibernate.

requires() {
	if [ ! -e /sys/power/state ] || [ ! -e /dev/snapshot ]; then skip 'no suspend'; fi
	grep -q freeze /sys/power/state || skip 'no suspend to idle'
}

# A read that hangs below.
hang() { # NUMBER-IN-FLIGHT
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	readers+=($!)
	wait_for 30 below_has proxy "$1"
}

suspend_below() {
	dm suspend --nolockfs --noflush below
	readers=()
}

let_go() {
	dm resume below
	wait "${readers[@]}"
}

# With the bulk read's numbers since the last reset.
counted() { # REQUESTS TIMED WHAT
	bulk_take proxy
	assert_eq "$(bulk_value - read_requests) $(bulk_value - read_bytes)" "$1 $(($1 * 4096))" "$3: counted"
	assert_eq "$(bulk_value - read_timed) $(bulk_sum - read_latency_ns)" "$2 $2" "$3: timed"
	[ "$2" -gt 0 ] || assert_eq "$(bulk_value - read_time_ns)" 0 "$3: time"
	assert_eq "$(bulk_value - in_flight) $(bulk_value - oldest_ns)" '0 0' "$3: in flight"
}

ten_reads() {
	dmsetup message proxy 0 reset
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=10 iflag=direct
	counted 10 10 "$1"
	# from zero; a second is what a busy machine may take for ten
	assert_lt "$(bulk_value - read_time_ns)" 10000000000 "$1: time"
}

set_freeze_timeout() {
	echo "$1" >/sys/power/pm_freeze_timeout
}

try_to_suspend() {
	echo freeze >/sys/power/state
}

# Two hang; the level is set while they do.
failed_suspend() { # LEVEL
	defer set_freeze_timeout "$(cat /sys/power/pm_freeze_timeout)"
	set_freeze_timeout 300
	dmsetup message proxy 0 reset
	suspend_below
	hang 1
	hang 2
	dmsetup message proxy 0 collect "$1"
	assert_fails try_to_suspend
	assert_dmesg '[Ff]reezing .*failed'
	sleep 1
	let_go
	counted 2 0 "in flight at an attempt to suspend, at $1"
	dmsetup message proxy 0 collect all
	ten_reads "after the attempt, at $1"
}

# Two hang from before, three begin meanwhile and hang until after.
about_to_hibernate() { # read|write
	local ms begun=0
	dmsetup message proxy 0 reset
	suspend_below
	hang 1
	hang 2
	# reading is to save an image, writing to restore one
	if [ "$1" = read ]; then
		exec 9</dev/snapshot
	else
		exec 9>/dev/snapshot
	fi
	for ((i = 3; i <= 5; i++)); do
		begun=$((begun + $(now_ms)))
		hang "$i"
	done
	sleep 1
	assert_ge "$(bulk_value proxy oldest_ns)" 1000000000 'the oldest'
	exec 9>&-
	sleep 1
	let_go
	counted 5 3 "in flight, about to hibernate ($1)"
	ms=$((3 * $(now_ms) - begun))
	in_range $(($(bulk_value - read_time_ns) / 1000000)) 6000 "$ms" ||
		fail "three reads of more than 2 s, $ms ms in all: $(bulk_value - read_time_ns) ns"
	ten_reads 'after it was given up'
}

# Whole ones in between are timed, and others have no part in it.
while_about_to() {
	exec 9</dev/snapshot
	ten_reads 'about to hibernate'
	dm_create late '0 20000 dmp /dev/mapper/below'
	dd if=/dev/mapper/late of=/dev/null bs=4096 count=7 iflag=direct
	assert_eq "$(bulk_value late read_timed)" 7 'a volume that is made meanwhile'
	exec 9>&-
	dd if=/dev/mapper/late of=/dev/null bs=4096 count=7 iflag=direct
	bulk_take late
	assert_eq "$(bulk_value - read_timed)" 14 'the same one afterwards'
	assert_lt "$(bulk_value - read_time_ns)" 14000000000 'its time'
}

run() {
	local i
	local -a readers
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	failed_suspend all
	failed_suspend counters
	about_to_hibernate read
	about_to_hibernate write
	while_about_to
}
