# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: when counting started and its generation are told; creation and resets change them, nothing else does

# Fields 29 to 31: the start by the boot clock, by the wall clock, the generation.
start_of() { # DM-N
	local -a words
	read -r -a words <"$dir/$1/stat"
	echo "${words[*]:28:3}"
}

generation_of() {
	local -a words
	read -r -a words < <(start_of "$1")
	echo "${words[2]}"
}

# assert_started DM-N WHAT COMMAND…: the command makes the volume count from now.
# /proc/uptime is the boot clock, in steps of 10 ms.
assert_started() {
	local number=$1 what=$2 before before_real after after_real
	local -a words
	shift 2
	before=$(now_ms) before_real=$(date +%s%N)
	"$@"
	after=$(($(now_ms) + 10)) after_real=$(date +%s%N)
	read -r -a words < <(start_of "$number")
	in_range "${words[0]}" "${before}000000" "${after}000000" ||
		fail "$what: started at ${words[0]}, want $before to $after ms"
	in_range "${words[1]}" "$before_real" "$after_real" ||
		fail "$what: started at ${words[1]}, want $before_real to $after_real"
	assert_gt "${words[2]}" "$latest" "$what: generation"
	latest=${words[2]}
	assert_eq "$(cat "$dir/$number"/{start_boot_ns,start_real_ns,generation} | xargs)" \
		"${words[*]}" "$what: files"
	assert_eq "$(dmsetup message "$name" 0 stats |
		awk '/^(start_boot_ns|start_real_ns|generation) / { print $2 }' | xargs)" \
		"${words[*]}" "$what: bulk read"
}

write_1() {
	echo 1 >"$1"
}

create_proxy() {
	dm_create proxy '0 20000 dmp /dev/mapper/below'
}

# Neither of these begins counting anew.
assert_kept() { # COMMAND…
	local before
	before=$(start_of "$number")
	"$@"
	assert_eq "$(start_of "$number")" "$before" "start after: $*"
}

# A bulk read while the volume is reset is of one generation: three reads are in
# all of it, or in none.
bulk_reads() {
	local i
	for ((i = 0; i < 8; i++)); do
		dmsetup message proxy 0 stats | awk '
			/^read_requests / { requests = $2 }
			/^generation / { generation = $2 }
			/^read_size_bytes/ { split($2, part, "="); sizes = part[2] + 0 }
			END { print generation, requests, sizes }'
	done
}

assert_one_generation() {
	local old reader line
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=3 iflag=direct
	old=$(generation_of "$number")
	bulk_reads >"$CASE_DIR/readings" &
	reader=$!
	sleep 0.02
	write_1 "$dir/$number/reset"
	wait "$reader"
	while read -r line; do
		case $line in
		"$old 3 3") ;;
		"$old "*) fail "old generation: '$line', want 3 and 3" ;;
		*' 0 0') ;;
		*) fail "new generation: '$line', want 0 and 0" ;;
		esac
	done <"$CASE_DIR/readings"
}

run() {
	local dir number name=proxy latest=0 round other
	load_dmp
	dir=$(stat_dir)
	dm_create below '0 20000 zero'
	dm_create other '0 20000 dmp /dev/mapper/below'
	other=$(dm_num other)
	# the number that the volume is going to have is the next one
	number=dm-$((${other#dm-} + 1))
	assert_started "$number" 'creation' create_proxy
	assert_eq "$(dm_num proxy)" "$number" 'number'
	assert_gt "$latest" "$(generation_of "$other")" 'generation, later than that of the other'

	assert_kept dm_reload proxy '0 20000 dmp /dev/mapper/below 0 2 collect patterns'
	assert_kept dm suspend proxy
	assert_kept dm resume proxy
	assert_kept dmsetup message proxy 0 collect all
	assert_kept dmsetup message proxy 0 slow_limit_us 7
	assert_kept dmsetup message other 0 reset
	latest=$(generation_of "$other")

	assert_started "$number" 'reset by message' dmsetup message proxy 0 reset
	assert_started "$number" 'reset by file' write_1 "$dir/$number/reset"
	assert_started "$number" 'reset of all' write_1 "$dir/reset"
	assert_ne "$(generation_of "$other")" "$latest" 'generation of the other after a reset of all'
	for ((round = 0; round < 3; round++)); do
		assert_one_generation
	done
	latest=$(generation_of "$number")

	dm_remove proxy
	assert_started "$number" 'creation under the same number' create_proxy
	dm_remove proxy
	dm_remove other
	unload_dmp
	load_dmp
	number=$other
	assert_started "$number" 'creation after the module was loaded again' create_proxy

	# where to find the volume's name and UUID
	assert_eq "$(cat "/sys/block/$number/dm/name")" proxy 'name'
	assert_eq "$(cat "/sys/block/$number/dm/uuid")" '' 'UUID'
	dm_create --uuid=UUID-of-it named '0 20000 dmp /dev/mapper/below'
	assert_eq "$(cat "/sys/block/$(dm_num named)/dm/uuid")" UUID-of-it 'UUID'
}
