# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: interleaved sequential streams are each one run of their length, wherever they are and whichever is ahead

requires() {
	need_command fio chrt
	need_module null_blk
}

# Jobs of one real-time priority leave the CPU only when they wait, so they take
# turns, and none stops another one amid the statistics. A read takes 1 ms, so that it
# does not complete before its job waits, however slow the machine.
streams() { # STREAMS BLOCKS RUNS
	dmsetup message timed 0 reset
	chrt -f 1 fio --output=/dev/null --name=streams --filename=/dev/mapper/timed --direct=1 \
		--ioengine=psync --cpus_allowed=0 --thread --rw=read --bs=4k --number_ios="$2" \
		--numjobs="$1" --offset_increment=4m --size=4m
	assert_eq "$(bulk_value timed read_requests)" $(($1 * $2)) "$1 streams"
	assert_eq "$(bulk_value timed read_cpu_run_requests)" "$3" "$1 streams"
	# they did take turns: few go on where the CPU was
	assert_le $(($(bulk_between timed read_seek_sectors 0 1) * 2)) \
		"$(bulk_sum timed read_seek_sectors)" "$1 streams: seeks"
}

# Three streams, 256 blocks each, so far apart; by turns, from the second block on.
lists() {
	local sectors
	for sectors in 2048 2584 5168; do
		dmsetup message proxy 0 reset
		awk -v apart="$sectors" 'BEGIN {
			for (turn = 0; turn < 260; turn++)
				for (stream = 0; stream < 3; stream++) {
					block = turn - 2 * stream
					if (block >= 0 && block < 256)
						printf "r %d 4096\n", (stream * apart + block * 8) * 512
				} }' |
			pattern /dev/mapper/proxy
		assert_eq "$(bulk_value proxy read_cpu_run_requests)" '256:512=3' "three, $sectors sectors apart"
	done
}

run() {
	local disk
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	disk=$(null_disk irqmode=2 completion_nsec=1000000)
	dm_create timed "0 $(sectors "$disk") dmp $disk"
	lists
	streams 4 512 '512:1024=4'
	streams 8 256 '256:512=8'
}
