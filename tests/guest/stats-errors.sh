# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: errors are counted by operation and status

run() {
	load_dmp
	dm_create below '0 10000 error' '10000 10000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	ioerr /dev/mapper/proxy read 0 4096 7
	ioerr /dev/mapper/proxy write 0 4096 11
	ioerr /dev/mapper/proxy read $((10000 * 512)) 4096 3
	assert_eq "$(bulk_value proxy read_errors)" 'io=7' 'reads'
	assert_eq "$(bulk_value proxy write_errors)" 'io=11' 'writes'
	assert_eq "$(bulk_value proxy flush_errors)" '' 'flushes'
	assert_eq "$(bulk_value proxy errors)" 18 'all'
	assert_eq "$(bulk_value proxy read_requests)" 10 'requests'
	assert_eq "$(bulk_sum proxy read_latency_ns)" 10 'those that failed are timed, too'
}
