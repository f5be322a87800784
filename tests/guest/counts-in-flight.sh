# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: in flight is the exact number of requests that are below, survives a reset, and returns to 0

start() { # READS WRITES
	local i
	for ((i = 0; i < $1; i++)); do
		dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 skip="$i" iflag=direct &
	done
	for ((i = 0; i < $2; i++)); do
		dd if=/dev/zero of=/dev/mapper/proxy bs=8192 count=1 seek="$i" oflag=direct &
	done
}

run() {
	local number dir
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	number=$(dm_num proxy) dir=$(stat_dir)/$(dm_num proxy)

	# What is suspended keeps every request that comes.
	dm suspend --nolockfs --noflush below
	start 7 4
	wait_for 30 below_has "$number" 11
	assert_eq "$(volume_counts "$number")" '0 0 0 0 0 0 0 0 0 0 0 0 0 0 11' 'all below'
	assert_eq "$(dmsetup status proxy | cut -d ' ' -f 1-9)" '0 20000 dmp 0 0 0 0 0 11' 'status'
	assert_eq "$(stat_field "$number" 9)" 11 'in flight in /sys/block'
	assert_eq "$(volumes_value total.reqs)" 0 'none has completed'

	# A request counts where it completes: after the reset.
	echo 1 >"$dir/reset"
	echo 1 >"$(stat_dir)/reset"
	assert_eq "$(volume_counts "$number")" '0 0 0 0 0 0 0 0 0 0 0 0 0 0 11' 'after a reset'
	start 2 0
	wait_for 30 below_has "$number" 13
	dm resume below
	wait
	assert_agree proxy 9 $((9 * 4096)) 4 $((4 * 8192))
}
