# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: sizes, sequential runs of one and of eight interleaved streams, seeks, alignment and heat are what the list of I/O says

requires() {
	need_module null_blk
}

again() { # LIST on standard input
	dmsetup message proxy 0 reset
	pattern /dev/mapper/proxy
}

# Each of $1 streams, 4 MiB apart, reads $2 blocks, one after the other in turn.
interleaved() {
	awk -v streams="$1" -v blocks="$2" 'BEGIN {
		for (b = 0; b < blocks; b++)
			for (s = 0; s < streams; s++)
				print "r", s * 4 * 1048576 + b * 4096, 4096 }'
}

# seeks_are LEAST BELOW WHAT: all that were sampled, and of 999 some are. The first
# one is from where the list before ended, and may have been sampled too.
seeks_are() {
	local all these
	all=$(bulk_sum proxy read_seek_sectors)
	these=$(bulk_between proxy read_seek_sectors "$1" "$2")
	in_range "$these" $((all > 1 ? all - 1 : 1)) "$all" || fail "$3: $these of $all"
}

run() {
	local disk
	load_dmp
	disk=$(null_disk size_mb=64)
	dm_create proxy "0 $(sectors "$disk") dmp $disk 0 2 collect patterns"

	# one stream of 256 blocks is one run of that length
	interleaved 1 256 | again
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '256:512=1' 'one stream'

	# eight at once are eight runs
	interleaved 8 128 | again
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '128:256=8' 'eight streams'

	# An end of an earlier list may still be continued: each list keeps off them.

	# strided: nothing continues anything; from block to block 15 blocks are skipped
	awk 'BEGIN { for (i = 0; i < 1000; i++) print "r", i * 65536 + 32768, 4096 }' | again
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '1:2=1000' 'strided'
	seeks_are 64 128 'strided: each seek is 120 sectors'

	# backwards, block by block: each begins two blocks before the end of the last
	awk 'BEGIN { for (i = 1000; i > 0; i--) print "r", 40 * 1048576 + i * 4096, 4096 }' | again
	assert_eq "$(bulk_value proxy read_cpu_run_requests)" '1:2=1000' 'backwards'
	seeks_are -16 -8 'backwards: each seek is -16 sectors'

	# sizes, reads and writes apart
	awk 'BEGIN {
		for (i = 0; i < 7; i++) print "r", i * 65536, 512
		for (i = 0; i < 11; i++) print "r", i * 65536, 4096
		for (i = 0; i < 13; i++) print "r", i * 65536, 24576
		for (i = 0; i < 17; i++) print "w", i * 65536, 8192
		for (i = 0; i < 19; i++) print "w", i * 65536, 3072 }' | again
	assert_eq "$(bulk_value proxy read_size_bytes)" \
		'512:1024=7 4096:4608=11 24576:32768=13' 'sizes of reads'
	assert_eq "$(bulk_value proxy write_size_bytes)" '3072:3584=19 8192:12288=17' 'sizes of writes'

	# all of them at 512 bytes past a 4 KiB boundary, in the volume's second quarter
	awk 'BEGIN { for (i = 0; i < 1009; i++)
		print "r", 16 * 1048576 + 512 + i * 7 % 1000 * 8192, 4096 }' | again
	assert_eq "$(bulk_between proxy read_align_bytes 512 1024)" \
		"$(bulk_sum proxy read_align_bytes)" 'misaligned'
	assert_eq "$(bulk_sum proxy read_heat)" "$(bulk_between proxy read_heat 16 32)" 'heat'
	[ "$(bulk_sum proxy read_heat)" -gt 0 ] || fail 'nothing was sampled'
}
