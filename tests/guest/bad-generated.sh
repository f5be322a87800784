# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: of 1,950 generated table lines the wrong ones are refused with a line in the log, the right ones are not, and no memory stays

# Objects in the caches that a table line can come by, by cache into a file and in all;
# without what was freed and is only kept for the next one to come.
objects() { # FILE
	local file
	sleep 0.3 # what is freed after a grace period is, by then
	for file in /sys/kernel/slab/{kmalloc,kernfs,:}*/shrink; do
		[ ! -e "$file" ] || echo 1 >"$file"
	done
	awk -v file="$1" '/^(kmalloc|kernfs)/ { sum += $2; print $1, $2 >file } END { print sum }' \
		/proc/slabinfo
}

# By cache, how many more there are after a round than before.
grown() {
	awk 'NR == FNR { before[$1] = $2; next }
	     $2 != before[$1] { printf "%s %+d ", $1, $2 - before[$1] }' "$CASE_DIR"/{before,after}
}

per_cpu_kilobytes() {
	awk '$1 == "Percpu:" { print $2 }' /proc/meminfo
}

lines() { # SEED COUNT
	table-words "$1" "$2" /dev/mapper/below 20000 >"$CASE_DIR/lines"
	table-try tried <"$CASE_DIR/lines" | tee "$CASE_DIR/tried" >&2 ||
		fail "$(head -n 1 "$CASE_DIR/tried")"
}

# round SEED: what is left by 600 lines, in $objects and $per_cpu, if that is
# less than what earlier rounds left. What others do meanwhile comes and goes;
# what every line leaves is left by each round.
round() {
	local objects_before per_cpu_before left
	objects_before=$(objects "$CASE_DIR/before") per_cpu_before=$(per_cpu_kilobytes)
	lines "$1" 600
	assert_match "$(tail -n 1 "$CASE_DIR/tried")" '^accepted [0-9]{2,3} refused [0-9]{3}$' 'table-try'
	left=$(($(objects "$CASE_DIR/after") - objects_before))
	log "$left objects: $(grown)"
	[ "$left" -ge "$objects" ] || objects=$left
	left=$(($(per_cpu_kilobytes) - per_cpu_before))
	[ "$left" -ge "$per_cpu" ] || per_cpu=$left
}

run() {
	local objects=1000000 per_cpu=1000000 seed
	load_dmp
	dm_create below '0 20000 zero'
	dm create --notable tried
	defer dm_remove tried
	# a serial console takes longer to tell of the lines than they take
	dmesg -n 1
	defer dmesg -n 7

	lines 11 150 # whatever is allocated once
	for seed in 7 8 9 10 11 12; do
		round "$seed"
		[ "$objects" -ge 120 ] || [ "$per_cpu" -ge 60 ] || break
	done
	# of what was logged, nothing is such that dmesg stops at it
	echo "dmp-case: after the lines" >/dev/kmsg
	assert_dmesg 'dmp-case: after the lines$'
	# an object that is lost where a device is refused, the commonest way, would
	# be 270 times here; a block for each line 120 kB
	assert_lt "$objects" 120 'objects left by each round'
	assert_lt "$per_cpu" 60 'per-CPU memory left by each round (kB)'

	assert_eq "$(cat /sys/module/dmp/refcnt)" 0 'users of the module'
	assert_eq "$(stat_entries)" 'reset volumes' 'directories'
	assert_eq "$(dmsetup ls | cut -f 1 | sort | xargs)" 'below tried' 'devices'
}
