# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the heat map of a volume that grows goes on: its cells are merged, none is lost; one that shrinks keeps them

requires() {
	need_module null_blk
}

# The 64 cells of reads, in one line.
heat() {
	cat "$dir/read_heat"
}

# What cells become when each is two.
merged() { # CELLS
	awk '{
		for (i = 1; i <= 64; i += 2) printf "%d ", $i + $(i + 1)
		for (i = 1; i <= 32; i++) printf "0%s", i < 32 ? " " : "\n"
	}' <<<"$1"
}

sum() { # CELLS
	awk '{ for (i = 1; i <= NF; i++) n += $i; print n + 0 }' <<<"$1"
}

resize() { # MEGABYTES
	dm_reload proxy "0 $(($1 * 2048)) dmp $disk"
}

assert_heat() { # CELLS SECTORS-OF-ONE WHAT
	bulk_take proxy
	assert_eq "$(heat)" "$1" "$3: cells"
	assert_eq "$(bulk_value - heat_cell_sectors)" "$2" "$3: size of a cell"
	assert_eq "$(bulk_sum - read_heat)" "$(sum "$1")" "$3: in the bulk read"
}

# All blocks from FIRST to BELOW MiB, in an order that goes on nowhere.
reads() { # FIRST BELOW
	awk -v first="$1" -v n=$((($2 - $1) * 256)) 'BEGIN {
		for (i = 0; i < n; i++)
			printf "r %.0f 4096\n", first * 1048576 + i * 97 % n * 4096 }' |
		pattern /dev/mapper/proxy
}

run() {
	local disk dir before after i
	load_dmp
	disk=$(null_disk size_mb=256)
	dm_create proxy "0 $((64 * 2048)) dmp $disk"
	dir=$(stat_dir)/$(dm_num proxy)

	# 64 MiB: a cell is 1 MiB. More in the first half, so that halves differ.
	reads 0 64
	reads 0 32
	before=$(heat)
	assert_ge "$(sum "$before")" 50 'samples'
	assert_heat "$before" 2048 'as it is'

	resize 64
	assert_heat "$before" 2048 'the same size'

	# by half: two cells are one
	resize 96
	before=$(merged "$before")
	assert_heat "$before" 4096 'grown by half'

	resize 128
	assert_heat "$before" 4096 'grown as far as the cells'

	# smaller: they stay
	resize 16
	assert_heat "$before" 4096 'shrunk'

	# by four at once
	resize 256
	before=$(merged "$before")
	assert_heat "$before" 8192 'twice as large'

	# What comes goes into the new cells: 4 MiB each, the last quarter is 48 to 63.
	reads 192 256
	after=$(heat)
	assert_gt "$(sum "$after")" "$(sum "$before")" 'more'
	assert_eq "$(cut -d ' ' -f 1-48 <<<"$after")" "$(cut -d ' ' -f 1-48 <<<"$before")" 'where nothing came'
	assert_eq "$(bulk_value proxy read_requests)" $((96 * 256 + 64 * 256)) 'requests'
	for ((i = 0; i < 2; i++)); do
		dmsetup message proxy 0 reset
		assert_eq "$(sum "$(heat)")" 0 'after a reset'
		resize $((64 + i * 64))
	done
}
