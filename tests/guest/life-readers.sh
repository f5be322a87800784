# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a volume goes at once while processes read its files, hold them open and reset it; they get ENODEV or ENOENT, and rmmod gets through

# Readers that open the file each time, that keep it open, and a writer of
# resets; each ends by itself when the file is gone.
start() {
	watch-stat -r "$dir/stat" >"$CASE_DIR/opens" &
	opens=$!
	watch-stat -r -k "$dir/stat" >"$CASE_DIR/keeps" &
	keeps=$!
	resets >"$CASE_DIR/resets" 2>&1 &
	writer=$!
}

resets() {
	while echo 1 >"$dir/reset"; do :; done
}

assert_gone() { # PID FILE REGEX
	local status=0
	wait "$1" || status=$?
	assert_eq "$status" 3 "exit status of the reader $2 ($(cat "$CASE_DIR/$2"))"
	assert_match "$(cat "$CASE_DIR/$2")" "$3" "$2"
}

remove_under_readers() {
	local dir opens keeps writer
	dm_create proxy "0 $size dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)
	exec 8<"$dir/stat"
	start
	ioerr /dev/mapper/proxy read 0 4096 13
	assert_fails rmmod dmp
	# One that waited for the readers to close the file would wait for ever: the limit
	# is only to have it told here, on whatever machine.
	timeout 60 dmsetup --noudevrules --noudevsync remove proxy
	assert_gone "$opens" opens '^gone (ENOENT|ENODEV)$'
	assert_gone "$keeps" keeps '^gone ENODEV$'
	wait "$writer"
	# denied: bash would create what is not there, which sysfs lets nobody do
	assert_match "$(cat "$CASE_DIR/resets")" 'No such (file|device)|Permission denied' 'the writer of resets'
	assert_fails cat <&8
	assert_match "$(cat "$CASE_DIR/output")" 'No such device' 'a file held open'
}

run() {
	local disk size round totals
	load_dmp
	watch-stat -r -k "$(stat_dir)/volumes" >"$CASE_DIR/totals" &
	totals=$!
	disk=$(null_disk size_mb=4)
	size=$(sectors "$disk")
	for round in 1 2 3; do
		remove_under_readers
		assert_eq "$(volumes_value read.reqs)" $((13 * round)) 'reads in the totals'
	done
	kill -0 "$totals"
	unload_dmp
	assert_gone "$totals" totals '^gone ENODEV$'
}
