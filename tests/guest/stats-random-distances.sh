# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: which I/O is timed or sampled is drawn at random: a workload that alternates is timed on both sides, and the first is no more likely than others

requires() {
	need_module null_blk
}

# 5000 times a read and a write.
alternating() {
	awk 'BEGIN {
		for (i = 0; i < 5000; i++) {
			print "r", i * 7 % 1000 * 65536, 4096
			print "w", i * 7 % 1000 * 65536 + 32768, 4096
		} }'
}

timed_on_both_sides() { # EVERY
	{
		echo "m latency_every $1"
		echo 'm reset'
		alternating
	} | pattern /dev/mapper/proxy
	bulk_take proxy
	assert_one_in "$1" 5000 "$(bulk_value - read_timed)" "reads, every $1"
	assert_one_in "$1" 5000 "$(bulk_value - write_timed)" "writes, every $1"
}

# The first I/O of twelve volumes. Each is sampled with a probability of at most
# 1/256: of twelve none is in 95 of 100 runs, four are in one of 8,900,000. None
# follows another one, so none has a seek or a time since.
the_first_one() {
	local i sampled=0
	for ((i = 0; i < 12; i++)); do
		dm_create "new$i" "0 $size dmp $disk"
		pattern "/dev/mapper/new$i" <<<"r $((32 << 20)) 4096"
		bulk_take "new$i"
		sampled=$((sampled + $(bulk_sum - read_depth)))
		assert_eq "$(bulk_value - read_seek_sectors)" '' 'seek of the first'
		assert_eq "$(bulk_value - read_interarrival_ns)" '' 'time since the one before it'
	done
	assert_lt "$sampled" 4 'sampled, of the first ones of twelve volumes'
}

run() {
	local disk size every
	load_dmp
	disk=$(null_disk)
	size=$(sectors "$disk")
	dm_create proxy "0 $size dmp $disk"
	for every in 2 16 7; do
		timed_on_both_sides "$every"
	done
	the_first_one
}
