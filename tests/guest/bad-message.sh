# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: an unknown or misshapen message gives EINVAL and a line that names it, and changes nothing

# refused SECTOR WORD…
refused() {
	local before
	before=$(volume_counts proxy; dmsetup table proxy)
	assert_fails dmsetup message proxy "$@"
	assert_match "$(cat "$CASE_DIR/output")" 'Invalid argument' "message $*"
	assert_eq "$(volume_counts proxy; dmsetup table proxy)" "$before" "after message $*"
}

run() {
	local dir
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	dir=$(stat_dir)/$(dm_num proxy)
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=3 iflag=direct
	assert_eq "$(field "$dir/stat" 1)" 3 'reads'

	refused 0 nonsense
	assert_dmesg "device-mapper: dmp: unknown message 'nonsense'"
	refused 0 nonsense with words
	assert_no_dmesg 'with words'
	refused 0 resets
	assert_dmesg "device-mapper: dmp: unknown message 'resets'"
	refused 0 reset now
	assert_dmesg "device-mapper: dmp: message 'reset': takes no value$"
	refused 0 stats all
	assert_dmesg "device-mapper: dmp: message 'stats': takes no value$"
	refused 0 collect
	assert_dmesg "dmp: message 'collect': value missing: must be counters, patterns or all$"
	refused 0 latency_every
	assert_dmesg "dmp: message 'latency_every': value missing: must be 1 to 1000000$"
	refused 0 SLOW_limit_us
	assert_dmesg "dmp: message 'SLOW_limit_us': value missing: must be 1 to 1000000000$"
	refused 0 collect all all
	assert_dmesg "dmp: message 'collect': more than one value: must be counters, patterns or all$"
	refused 0 latency_every two
	assert_dmesg "dmp: message 'latency_every two': Invalid latency_every: must be 1 to 1000000$"
	refused 0 'a%s%n%p'
	assert_dmesg "device-mapper: dmp: unknown message 'a%s%n%p'"
	# these two are device-mapper's to refuse
	refused 0 ''
	refused 20000 reset

	dmsetup message proxy 0 reset
	assert_eq "$(field "$dir/stat" 1)" 0 'reads after a good message'
}
