# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmpsetup settle, which udev may call at any time, takes nothing away from an attach or a detach that stands still after any of its ioctls

requires() {
	need_command dmpsetup
	need_module null_blk
}

table() {
	dmsetup table --showkeys live
}

has_ended() { # PID
	! kill -0 "$1" 2>/dev/null
}

# It waits for the other's lock, or was done at once.
waits_or_has_ended() { # PID
	has_ended "$1" || grep -q -e "-> FLOCK .* $1 " /proc/locks
}

# Run COMMAND to its end, with a settle in between after ioctl N; 3 if it has no such.
with_settle_after() { # N COMMAND
	local pid settle
	kill-after-ioctl -s "$CASE_DIR/pid" "$1" dmpsetup "$2" live || return
	pid=$(cat "$CASE_DIR/pid")
	dmpsetup settle live &
	settle=$!
	wait_for 30 waits_or_has_ended "$settle"
	kill -CONT "$pid"
	wait_for 30 has_ended "$pid"
	wait "$settle"
}

run() {
	local disk size before n status step=1
	load_dmp
	disk=$(null_disk)
	size=$(sectors "$disk")
	dm_create live "0 $size linear $disk 0"
	defer dm_remove live-dmp
	before=$(table)
	! is_instrumented || step=3
	for ((n = step; n < 100; n += step)); do
		status=0
		with_settle_after "$n" attach || status=$?
		assert_match "$(table)" "^0 $size dmp [0-9]+:[0-9]+ 0 " "attach, settle after ioctl $n: the table above"
		assert_eq "$(dmsetup table live-dmp)" "$before" "attach, settle after ioctl $n: the table below"
		with_settle_after "$n" detach || assert_eq $? 3 "detach, settle after ioctl $n"
		assert_eq "$(table)" "$before" "detach, settle after ioctl $n: the table"
		assert_fails dmsetup info live-dmp
		[ "$status" -eq 0 ] || break
	done
	assert_eq "$status" 3 'the last one had ended before'
	assert_gt "$n" 5 'ioctls'
}
