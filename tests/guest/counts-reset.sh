# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: each of the three resets clears what it should and nothing else, and a bad value changes nothing

reads() { # COUNT OF
	dd if="/dev/mapper/$2" of=/dev/null bs=4096 count="$1" iflag=direct
}

# assert_counts ONE TWO ALL: reads of the two volumes and in volumes.
assert_counts() {
	assert_eq "$(volume_counts "$one")" "$1 $(($1 * 4096)) 0 0 0 0 0 0 0 0 0 0 0 0 0" 'one'
	assert_eq "$(volume_counts "$two")" "$2 $(($2 * 4096)) 0 0 0 0 0 0 0 0 0 0 0 0 0" 'two'
	assert_file_eq "$dir/volumes" "$(volumes_text dmp "$3" $(($3 * 4096)) 0 0)"
}

write_line() {
	echo "$1" >"$2"
}

# Refused, and seen in what it would have done.
bad_values() {
	local value file
	for value in 0 2 -1 x 10 1x 'yes please' ''; do
		for file in "$dir/reset" "$dir/$one/reset"; do
			assert_fails write_line "$value" "$file"
			assert_match "$(cat "$CASE_DIR/output")" 'Invalid argument' "'$value' to $file"
		done
	done
	assert_dmesg "device-mapper: dmp: reset: bad value '1x'$"
}

run() {
	local dir one two
	load_dmp
	dm_create below '0 20000 zero'
	dm_create one '0 20000 dmp /dev/mapper/below'
	dm_create two '0 20000 dmp /dev/mapper/below'
	dir=$(stat_dir) one=$(dm_num one) two=$(dm_num two)
	assert_eq "$(stat -c %a "$dir/reset" "$dir/$one/reset" | xargs)" '200 200' 'modes'
	assert_eq "$(stat -c %a "$dir/volumes" "$dir/$one/stat" | xargs)" '444 444' 'modes'

	reads 7 one
	reads 11 two
	assert_counts 7 11 18
	bad_values
	assert_counts 7 11 18

	dmsetup message one 0 reset
	assert_counts 0 11 18
	assert_eq "$(dmsetup status one | cut -d ' ' -f 1-9)" '0 20000 dmp 0 0 0 0 0 0' 'status'
	reads 3 one
	assert_counts 3 11 21
	echo 1 >"$dir/$two/reset"
	assert_counts 3 0 21
	reads 5 two
	echo 1 >"$dir/reset"
	assert_counts 0 0 0
	reads 2 one
	reads 13 two
	assert_counts 2 13 15
	# /sys/block is not ours to reset
	assert_eq "$(stat_field one 1)" 12 'reads in /sys/block'
}
