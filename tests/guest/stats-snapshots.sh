# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: bulk reads by several readers under full load lose and double nothing: every histogram holds what fio did

requires() {
	need_command fio
	need_module null_blk
}

run() {
	local disk reader readers=() writes reads
	load_dmp
	disk=$(null_disk size_mb=64)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dmsetup message proxy 0 reset

	for reader in 1 2; do
		bulk-read proxy 1009 >"$CASE_DIR/reader.$reader" &
		readers+=($!)
	done
	fio --output="$CASE_DIR/fio.json" --output-format=json --name=load \
		--filename=/dev/mapper/proxy --direct=1 --thread --norandommap --ioengine=libaio \
		--iodepth=8 --numjobs=2 --rw=randrw --bssplit=512/30:4k/50:16k/20 --number_ios=2999
	for reader in "${readers[@]}"; do
		wait "$reader"
	done
	cat "$CASE_DIR"/reader.* >&2
	assert_match "$(cat "$CASE_DIR/reader.1")" '^reads 1009 bytes [0-9]{4,5} ' 'a reader'

	reads=$(fio_value "$CASE_DIR/fio.json" read total_ios)
	writes=$(fio_value "$CASE_DIR/fio.json" write total_ios)
	assert_eq $((reads + writes)) 5998 'requests of fio'
	assert_eq "$(bulk_value proxy read_requests)" "$reads" 'reads'
	assert_eq "$(bulk_value proxy write_requests)" "$writes" 'writes'
	assert_eq "$(bulk_value proxy read_timed)" "$reads" 'timed'
	assert_eq "$(bulk_sum proxy read_latency_ns)" "$reads" 'latencies of reads'
	assert_eq "$(bulk_sum proxy write_latency_ns)" "$writes" 'latencies of writes'
	assert_eq "$(bulk_sum proxy read_size_bytes)" "$reads" 'sizes of reads'
	assert_eq "$(bulk_sum proxy write_size_bytes)" "$writes" 'sizes of writes'
	assert_eq "$(bulk_value proxy read_size_bytes | tr ' ' '\n' | cut -d : -f 1 | xargs)" \
		'512 4096 16384' 'the sizes'
	assert_eq "$(bulk_value proxy in_flight)" 0 'in flight'
}
