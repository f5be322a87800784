# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: whatever hangs has an age, also what was submitted before ages were collected, and no age is ever much more than the truth, whatever else hangs

devices=7

# A read of the Nth device below. When it was begun and when it was seen in flight.
hang() { # N
	begun=$(now_ms)
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 skip=$(($1 * 2)) iflag=direct &
	readers[$1]=$!
	in_flight=$((in_flight + 1))
	wait_for 30 below_has proxy "$in_flight"
	hung=$(now_ms)
}

suspend_below() { # N
	dm suspend --nolockfs --noflush "below$1"
}

let_go() { # N
	dm resume "below$1"
	wait "${readers[$1]}"
	in_flight=$((in_flight - 1))
}

# The oldest began between BEGUN and HUNG. It is told as no younger, and at most
# 0.6 s older; where the machine was too busy to end an epoch in time, 1 s more.
oldest_began() { # BEGUN HUNG WHAT
	local before ms after most=600
	before=$(now_ms)
	bulk_take proxy
	after=$(now_ms)
	ms=$(($(bulk_value - oldest_ns) / 1000000))
	[ "$(bulk_value - windows_late)" -eq 0 ] || most=1600
	in_range "$ms" $((before - $2 - 10)) $((after - $1 + most + 10)) ||
		fail "$3: told as $ms ms old, is $((before - $2)) to $((after - $1))"
}

none_is_old() {
	bulk_take proxy
	assert_eq "$(bulk_value - oldest_ns)" 0 'nothing in flight'
	assert_eq "$(field "$stat" 28)" 0 'nothing in flight, field 28'
}

# Submitted while no ages were collected: the time since the switch, at least.
before_the_switch() { # LEVEL
	local switch switched
	dmsetup message proxy 0 collect "$1"
	dmsetup message proxy 0 reset
	suspend_below 0
	hang 0
	sleep 1
	switch=$(now_ms)
	dmsetup message proxy 0 collect all
	switched=$(now_ms)
	sleep 1
	oldest_began "$switch" "$switched" "submitted at $1"
	in_range $(($(field "$stat" 28) / 1000000)) $(($(now_ms) - switched - 700)) $(($(now_ms) - begun)) ||
		fail "field 28: $(field "$stat" 28), switched $(($(now_ms) - switched)) ms ago"

	# others come and go, and a reset
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 skip=2 count=2 iflag=direct
	dmsetup message proxy 0 reset
	sleep 1
	oldest_began "$switch" "$switched" "submitted at $1, after others and a reset"
	let_go 0
	none_is_old
	assert_eq "$(bulk_value - read_requests) $(bulk_value - read_timed)" '1 0' 'counted, not timed'
}

# Off and on again: it is not younger by that.
off_and_on() {
	local ms
	dmsetup message proxy 0 reset
	suspend_below 0
	hang 0
	sleep 2
	dmsetup message proxy 0 collect patterns
	dmsetup message proxy 0 collect all
	sleep 1
	ms=$(($(bulk_value proxy oldest_ns) / 1000000))
	in_range "$ms" 1000 $(($(now_ms) - begun + 1600)) || fail "off and on again: told as $ms ms old"
	let_go 0
	none_is_old
}

# So many hang, each begun in another half second, and three seconds later one more
# begins. When the others are gone its age is its own.
stragglers() { # COUNT
	local i first_begun first_hung
	dmsetup message proxy 0 reset
	for ((i = 0; i <= $1; i++)); do
		suspend_below "$i"
	done
	for ((i = 0; i < $1; i++)); do
		hang "$i"
		[ "$i" -gt 0 ] || first_begun=$begun first_hung=$hung
		sleep 1.2
	done
	sleep 3
	hang "$1"
	oldest_began "$first_begun" "$first_hung" "the oldest of $(($1 + 1))"
	for ((i = 0; i < $1; i++)); do
		let_go "$i"
	done
	oldest_began "$begun" "$hung" "the one after $1 stragglers"
	sleep 1
	oldest_began "$begun" "$hung" "the one after $1 stragglers, later"
	let_go "$1"
	none_is_old
	assert_eq "$(bulk_value - read_timed)" $(($1 + 1)) 'timed'
}

run() {
	local i stat begun hung in_flight=0
	local -a readers=() lines=()
	load_dmp
	for ((i = 0; i < devices; i++)); do
		dm_create "below$i" '0 16 zero'
		lines+=("$((i * 16)) 16 dmp /dev/mapper/below$i")
	done
	dm_create proxy "${lines[@]}"
	stat=$(stat_dir)/$(dm_num proxy)/stat
	before_the_switch counters
	before_the_switch patterns
	off_and_on
	stragglers 2
	stragglers 5
}
