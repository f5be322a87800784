# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: of segments that ask for different settings an explicit one beats a default, the first explicit one wins, and the log names the others

# segments ARGUMENTS…: the table of so many segments of 1000 sectors each, with the
# arguments of each ('' for none), in order; the first of a device that is no dmp.
segments() {
	local words at=1000
	echo '0 1000 zero'
	for words; do
		echo "$at 1000 dmp /dev/mapper/below 0${words:+ $(wc -w <<<"$words") $words}"
		at=$((at + 1000))
	done
}

# assert_settings COLLECT LATENCY_EVERY: what holds for the volume, and what the line
# of each segment shows.
assert_settings() {
	local dir line
	dir=$(stat_dir)/$(dm_num proxy)
	assert_eq "$(cat "$dir"/{collect,latency_every} | xargs)" "$1 $2" "$what: settings"
	while read -r line; do
		assert_match "$line" " 0 4 collect $1 latency_every $2$" "$what: table"
	done < <(dmsetup table --target dmp proxy)
}

# Lines of the log that name an argument, since the last call of load.
not_taken() {
	case_dmesg | grep 'not taken' | tail -n "+$((logged + 1))" | sed 's/.*device-mapper: //'
}

load() { # ARGUMENTS OF EACH SEGMENT…
	local -a lines
	what="segments $(printf "'%s' " "$@")"
	logged=$(case_dmesg | grep -c 'not taken' || true)
	mapfile -t lines < <(segments "$@")
	dm_reload proxy "${lines[@]}"
}

refuses() { # NUMBER OF THE SEGMENT, ARGUMENT, THE ONE THAT IS TAKEN
	echo "dmp: $(dm_num proxy): segment at sector $(($1 * 1000)): '$2' not taken: an earlier segment says '$3'"
}

run() {
	local logged=0 what='' both
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 4000 zero'

	load '' ''
	assert_settings all 1
	load 'collect counters' '' ''
	assert_settings counters 1
	load '' 'collect patterns' ''
	assert_settings patterns 1
	load 'latency_every 5' 'collect patterns'
	assert_settings patterns 5
	load 'collect counters latency_every 7' 'latency_every 7' 'collect counters'
	assert_settings counters 7
	# a default, said in words, is an argument like any other
	load '' 'collect all latency_every 1' ''
	assert_settings all 1
	assert_no_dmesg 'not taken'

	load 'collect all' 'collect counters' 'collect all'
	assert_settings all 1
	assert_eq "$(not_taken)" "$(refuses 2 'collect counters' 'collect all')" "$what: log"

	load '' 'collect patterns latency_every 9' 'latency_every 16 collect all'
	assert_settings patterns 9
	both=$(refuses 3 'collect all' 'collect patterns'; refuses 3 'latency_every 16' 'latency_every 9')
	assert_eq "$(not_taken)" "$both" "$what: log"

	# The same table goes on with what messages have set, and says nothing again.
	dmsetup message proxy 2000 collect counters
	dm suspend proxy
	dm resume proxy
	assert_settings counters 9
	assert_eq "$(not_taken)" "$both" "$what: log after another resume"

	# A table that is not live shows what each of its segments asks for.
	segments 'collect all' 'latency_every 3' | dm reload proxy
	assert_eq "$(dmsetup table --inactive --target dmp proxy | sed 's/.* 4 //')" \
		"$(printf '%s\n' 'collect all latency_every 1' 'collect all latency_every 3')" 'loaded table'
	assert_settings counters 9
	dm clear proxy
	dm suspend proxy
	dm resume proxy
	assert_settings counters 9
}
