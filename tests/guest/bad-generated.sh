# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: of 1,000 generated table lines the wrong ones are refused with a line in the log, the right ones are not, and no memory stays

# Objects in the caches that a table line can come by, and memory of all CPUs;
# without what was freed and is only kept for the next one to come.
objects() {
	local file
	for file in /sys/kernel/slab/{kmalloc,kernfs,:}*/shrink; do
		[ ! -e "$file" ] || echo 1 >"$file"
	done
	awk '/^(kmalloc|kernfs)/ { sum += $2 } END { print sum }' /proc/slabinfo
}

per_cpu_kilobytes() {
	awk '$1 == "Percpu:" { print $2 }' /proc/meminfo
}

lines() { # SEED COUNT
	table-words "$1" "$2" /dev/mapper/below 20000 >"$CASE_DIR/lines"
	table-try tried <"$CASE_DIR/lines" | tee "$CASE_DIR/tried" >&2 ||
		fail "$(head -n 1 "$CASE_DIR/tried")"
}

run() {
	local objects per_cpu
	load_dmp
	dm_create below '0 20000 zero'
	dm create --notable tried
	defer dm_remove tried
	# a serial console takes longer to tell of the lines than they take
	dmesg -n 1
	defer dmesg -n 7

	lines 11 150 # whatever is allocated once
	objects=$(objects) per_cpu=$(per_cpu_kilobytes)
	lines 7 1000
	# of what was logged, nothing is such that dmesg stops at it
	echo "dmp-case: after the lines" >/dev/kmsg
	assert_dmesg 'dmp-case: after the lines$'
	objects=$(($(objects) - objects)) per_cpu=$(($(per_cpu_kilobytes) - per_cpu))
	log "difference: $objects objects, $per_cpu kB of per-CPU memory"
	# 884 lines were refused: one object for each would be more
	assert_match "$(tail -n 1 "$CASE_DIR/tried")" '^accepted [0-9]+ refused [0-9]+$' 'table-try'
	assert_lt "$objects" 400 'objects left'
	# one block for each line would be 200 kB, or 400
	assert_lt "$per_cpu" 100 'per-CPU memory left (kB)'

	assert_eq "$(cat /sys/module/dmp/refcnt)" 0 'users of the module'
	assert_eq "$(stat_entries)" 'reset volumes' 'folders'
	assert_eq "$(dmsetup ls | cut -f 1 | sort | xargs)" 'below tried' 'devices'
}
