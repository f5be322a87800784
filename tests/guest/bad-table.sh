# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: each kind of bad table line is refused with its line in the log, and leaves nothing behind

# row PARAMETERS ERRNO MESSAGE: refused, nothing changed; the log is looked at
# later, all at once. ERRNO is what newer kernels add to the line.
row() {
	rows=$((rows + 1))
	echo "bad-table: row $rows" >/dev/kmsg
	assert_fails dm create bad --table "0 20000 dmp $1"
	assert_match "$(cat "$CASE_DIR/output")" 'failed: |Command failed' 'dmsetup'
	assert_eq "$(echo /sys/block/dm-*) $(<"/sys/module/dmp/refcnt") $(echo "$dir"/*)" \
		"$before" "left by '$1'"
	messages[rows]="device-mapper: table: [0-9:]+:? dmp: $3( \\(-$2\\))?\$"
}

# more MESSAGE: one more line, of our own, that the last row has to leave.
more() {
	extra[rows]="device-mapper: dmp: $1\$"
}

wrong_count() {
	row '' EINVAL 'Invalid number of arguments'
	row "$below 0 1" EINVAL 'Invalid number of arguments'
	row "$below 0 0 more" EINVAL 'Invalid number of arguments'
	row "$below 0 many" EINVAL 'Invalid number of arguments'
	row "$below 0 -1" EINVAL 'Invalid number of arguments'
}

no_device() {
	row '/dev/nothing' 'E[A-Z]+' 'Device lookup failed'
	row '/dev/null 0' 'E[A-Z]+' 'Device lookup failed'
	row '99999999:0' EOVERFLOW 'Device lookup failed'
}

wrong_offset() {
	row "$below here" EINVAL 'Invalid device offset'
	row "$below -1" EINVAL 'Invalid device offset'
	row "$below 8k" EINVAL 'Invalid device offset'
	row "$below 20000" EINVAL 'Invalid device offset'
	row "$below 18446744073709551615" EINVAL 'Invalid device offset'
	row "$below 18446744073709551616" EINVAL 'Invalid device offset'
}

wrong_argument() {
	row "$below 0 1 nonsense" EINVAL 'Unknown argument'
	more "unknown argument 'nonsense'"
	row "$below 0 2 nonsense 7" EINVAL 'Unknown argument'
	more "unknown argument 'nonsense'"
}

# What the log says after the mark of row $1, up to the next mark.
log_of() {
	awk -v mark="bad-table: row $1" '
		index($0, "bad-table: row ") { here = (substr($0, length($0) - length(mark) + 1) == mark) }
		here' "$CASE_DIR/said"
}

check_log() {
	local i
	case_dmesg >"$CASE_DIR/said"
	for ((i = 1; i <= rows; i++)); do
		log_of "$i" >"$CASE_DIR/row"
		assert_eq "$(grep -E -c "${messages[i]}" "$CASE_DIR/row")" 1 "lines '${messages[i]}' of row $i"
		[ -z "${extra[i]:-}" ] ||
			assert_eq "$(grep -E -c "${extra[i]}" "$CASE_DIR/row")" 1 "lines '${extra[i]}' of row $i"
	done
}

run() {
	local below=/dev/mapper/below dir before rows=0
	local -a messages=() extra=()
	load_dmp
	dm_create below '0 20000 zero'
	dir=$(stat_dir)
	before="$(echo /sys/block/dm-*) 0 $dir/reset $dir/volumes"
	wrong_count
	no_device
	wrong_offset
	wrong_argument
	check_log
	assert_eq "$(dmsetup ls | cut -f 1)" below 'devices'
	# the very last sector of the device, and a line in full, are good ones
	dm_create good "0 1 dmp $below 19999 0"
	assert_eq "$(dmsetup table good | cut -d ' ' -f 3,5)" 'dmp 19999' 'table'
}
