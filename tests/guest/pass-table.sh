# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmsetup table prints the line in full, and it parses back to the same

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

# The table printed, loaded again as it is, and printed again.
parses_back() { # WANTED-REGEX
	local line
	line=$(dmsetup table proxy)
	assert_match "$line" "$1" 'table'
	dm_reload proxy "$line"
	assert_eq "$(dmsetup table proxy)" "$line" 'the table, after it was loaded again'
}

run() {
	local disk number size
	load_dmp
	disk=$(null_disk size_mb=16)
	number=$(lsblk -dno MAJ:MIN "$disk")
	number=${number// /}
	size=$(sectors "$disk")

	dm_create proxy "0 $size dmp $disk"
	parses_back "^0 $size dmp $number 0( [0-9]+( |$)|$)"
	dm_reload proxy "0 1000 dmp $number 77"
	parses_back "^0 1000 dmp $number 77( [0-9]+( |$)|$)"
	dm_reload proxy "0 1000 dmp $disk 78 0"
	parses_back "^0 1000 dmp $number 78( [0-9]+( |$)|$)"
	dm_reload proxy "0 10 dmp $disk" "10 20 dmp $number 40 0"
	assert_eq "$(dmsetup table proxy | wc -l)" 2 'lines'
	assert_match "$(dmsetup table proxy)" "
10 20 dmp $number 40( |$)" 'the second line'
}
