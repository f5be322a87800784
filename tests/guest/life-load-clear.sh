# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a table that is only loaded has a directory, cleared it has none; replaced by linear the directory goes and the totals stay; and back

io() { # NAME READS
	assert_eq "$(ioerr "/dev/mapper/$1" read 0 4096 "$2")" "read ok $2" "reads of $1"
}

load() { # NAME TARGET
	dm load "$1" --table "0 $size $2 $disk 0"
}

never_live() {
	dm create --notable fresh
	defer dm_remove fresh
	assert_missing "$(stat_dir)/$(dm_num fresh)"
	load fresh dmp
	assert_eq "$(field "$(stat_dir)/$(dm_num fresh)/stat" 1)" 0 'reads of a loaded table'
	dm clear fresh
	assert_missing "$(stat_dir)/$(dm_num fresh)"
	load fresh dmp
	load fresh dmp # takes the place of the first one
	assert_exists "$(stat_dir)/$(dm_num fresh)/stat"
	dm_remove fresh # loaded, never resumed
	assert_eq "$(compgen -G "$(stat_dir)/dm-*" || true)" '' 'directories'
}

behind_linear() {
	dm_create vol "0 $size linear $disk 0"
	dir=$(stat_dir)/$(dm_num vol)
	assert_missing "$dir"
	load vol dmp
	assert_exists "$dir/stat"
	io vol 3
	assert_eq "$(field "$dir/stat" 1)" 0 'reads that linear did'
	dm clear vol
	assert_missing "$dir"
}

to_linear_and_back() {
	dm_reload vol "0 $size dmp $disk 0"
	io vol 7
	load vol linear
	dm clear vol
	assert_eq "$(field "$dir/stat" 1)" 7 'reads, linear cleared'
	load vol dmp
	dm clear vol
	assert_eq "$(field "$dir/stat" 1)" 7 'reads, a second dmp table cleared'
	dm_reload vol "0 $size linear $disk 0"
	assert_missing "$dir"
	io vol 5
	assert_eq "$(volumes_value read.reqs)" 7 'reads in the totals'
	dm_reload vol "0 $size dmp $disk 0"
	assert_eq "$(field "$dir/stat" 1)" 0 'reads of the new volume'
	io vol 11
	assert_eq "$(field "$dir/stat" 1)" 11 'reads of the new volume'
	assert_eq "$(volumes_value read.reqs)" 18 'reads in the totals'
	assert_eq "$(stat_field vol 1)" $((3 + 7 + 5 + 11)) 'reads in /sys/block'
}

run() {
	local disk size dir
	load_dmp
	disk=$(null_disk size_mb=4)
	size=$(sectors "$disk")
	never_live
	behind_linear
	to_linear_and_back
}
