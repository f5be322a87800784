# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: 50 volumes at once, each with its own prime number of reads: all directories, all counts, the total, all gone again

# The first 50 primes and their sum.
primes=(2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97 101 103 107
	109 113 127 131 137 139 149 151 157 163 167 173 179 181 191 193 197 199 211 223 227 229)
sum=5117

# All volumes in one dmsetup: each is a 4 KiB block of the disk.
create_all() { # DISK
	local prime concise=''
	for prime in "${primes[@]}"; do
		concise+="v$prime,,,rw,0 8 dmp $1 $((prime * 8));"
	done
	defer remove_all
	dm create --concise "${concise%;}"
}

remove_all() {
	local -a names
	mapfile -t names < <(dmsetup info -c --noheadings -o name | grep '^v[0-9]')
	[ "${#names[@]}" -eq 0 ] || dm remove --retry "${names[@]}"
}

directories() {
	compgen -G "$(stat_dir)/dm-*" | wc -l
}

run() {
	local disk scan prime dir name reads
	load_dmp
	disk=$(null_disk size_mb=4)
	scan=$(stat_field "$disk" 1) # for a partition table, by the kernel
	create_all "$disk"
	assert_eq "$(directories)" 50 'directories'
	for prime in "${primes[@]}"; do
		ioerr "/dev/mapper/v$prime" read 0 512 "$prime"
	done >"$CASE_DIR/io"
	assert_file_eq "$CASE_DIR/io" "$(printf 'read ok %s\n' "${primes[@]}")"
	for dir in /sys/block/dm-*; do
		read -r name <"$dir/dm/name"
		read -r reads _ <"$(stat_dir)/${dir##*/}/stat"
		assert_eq "$reads" "${name#v}" "reads of $name"
		read -r reads _ <"$dir/stat"
		assert_eq "$reads" "${name#v}" "reads of $name in /sys/block"
	done
	assert_eq "$(volumes_value read.reqs)" $sum 'reads of all'
	assert_eq "$(stat_field "$disk" 1)" $((scan + sum)) 'reads below'
	remove_all
	assert_eq "$(directories)" 0 'directories left'
	assert_eq "$(volumes_value read.reqs)" $sum 'reads of all, after the removal'
	assert_eq "$(volumes_value read.avg_size)" 512 'average size'
}
