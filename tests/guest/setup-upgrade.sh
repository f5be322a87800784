# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmpsetup upgrade changes the module under volumes that fio verifies, goes on after a kill, leaves alone what its owner has changed, and refuses before anything is touched

requires() {
	need_command fio
	need_module null_blk
}

# The guest's own modules cannot be written to: these stand for them.
shims() {
	mkdir "$CASE_DIR/bin"
	cat >"$CASE_DIR/bin/modprobe" <<-END
		#!/bin/sh
		[ ! -e "$CASE_DIR/no-module" ] || exit 1
		case "\$*" in
		'-r dmp') exec rmmod dmp ;;
		dmp) exec insmod "$(module_dir)/dmp.ko" ;;
		esac
		exit 1
	END
	cat >"$CASE_DIR/bin/modinfo" <<-END
		#!/bin/sh
		case "\$2" in
		vermagic) echo "\$(cat "$CASE_DIR/vermagic") SMP" ;;
		srcversion) echo ABCDEF ;;
		esac
	END
	chmod 755 "$CASE_DIR"/bin/*
	PATH=$CASE_DIR/bin:$PATH
	uname -r >"$CASE_DIR/vermagic"
	mount -t tmpfs tmpfs /var/lib
	defer umount /var/lib
	defer rm -f /run/dmp/upgrade /run/dmp/upgrade.lock
}

table() {
	dmsetup table "$1"
}

generations() {
	cat "$(stat_dir)/$(dm_num one)/generation" "$(stat_dir)/$(dm_num two)/generation"
}

assert_watched() { # WHAT
	assert_eq "$(table one)" "$table_one" "$1: the table of one"
	assert_eq "$(table two)" "$table_two" "$1: the table of two"
	assert_missing /run/dmp/upgrade
}

upgraded() { # WHAT
	local before
	before=$(generations)
	dmpsetup upgrade >"$CASE_DIR/output"
	assert_watched "$1"
	assert_ne "$(generations)" "$before" "$1: what is counted"
	assert_match "$(cat "$CASE_DIR/output")" '^what was counted until now is in /var/lib/dmp/.*\.dmp$' "$1"
}

# Over two segments, one of which is not dmp's, and with arguments.
make_volumes() {
	disk=$(null_disk memory_backed=1)
	dm_create one "0 65536 dmp $disk 0 2 collect patterns
65536 8 zero"
	dm_create two "0 32768 dmp $disk 65536"
	table_one=$(table one) table_two=$(table two)
}

# Each ioctl in `tests/run --thorough`; an upgrade takes seconds, with KASAN many.
killed() {
	local n status step=2
	! is_instrumented || step=5
	[ -z "${THOROUGH:-}" ] || step=1
	for ((n = 1; n < 100; n += step)); do
		status=0
		kill-after-ioctl "$n" dmpsetup upgrade >/dev/null || status=$?
		# It works, whichever table it has.
		assert_eq "$(dd if=/dev/mapper/one bs=4k count=5 iflag=direct status=none | wc -c)" 20480 "killed after ioctl $n"
		[ "$status" -eq 0 ] || break
		dmpsetup upgrade >/dev/null
		assert_watched "after a kill at $n"
	done
	assert_eq "$status" 3 'the last kill comes too late'
	assert_gt "$n" 12 'ioctls'
}

refused() { # WHAT MESSAGE
	local message before
	before=$(generations)
	message=$(dmpsetup upgrade 2>&1) && fail "$1: done"
	assert_eq "$message" "$2" "$1"
	assert_watched "$1"
	assert_eq "$(generations)" "$before" "$1: what is counted"
}

refusals() {
	echo 1.2.3 >"$CASE_DIR/vermagic"
	refused 'another kernel' 'dmpsetup: the module that is installed is for 1.2.3'
	uname -r >"$CASE_DIR/vermagic"
	dmsetup suspend two
	refused 'suspended' 'dmpsetup: two is suspended: dmsetup resume two'
	dmsetup resume two
}

# The commands that it prints do what it does.
dry_run() {
	local before
	before=$(generations)
	rm -f /run/dmp/upgrade.lock
	dmpsetup upgrade -n >"$CASE_DIR/dry"
	assert_missing /run/dmp/upgrade.lock
	assert_watched 'a dry run'
	assert_eq "$(generations)" "$before" 'a dry run: what is counted'
	defer rm -f /run/one.table /run/two.table
	DM_DISABLE_UDEV=1 bash -e "$CASE_DIR/dry"
	assert_watched 'by dmsetup'
	assert_ne "$(generations)" "$before" 'by dmsetup: what is counted'
}

# Without any module volumes go on as linear, and get their tables when there is one.
no_module() {
	local message
	printf '#!/bin/sh\ncase "$*" in "-r dmp") exec rmmod dmp ;; esac\nexit 1\n' >"$CASE_DIR/bin/modprobe.new"
	mv "$CASE_DIR/bin/modprobe" "$CASE_DIR/bin/modprobe.good"
	mv "$CASE_DIR/bin/modprobe.new" "$CASE_DIR/bin/modprobe"
	chmod 755 "$CASE_DIR/bin/modprobe"
	message=$(dmpsetup upgrade 2>&1) && fail 'done without a module'
	assert_match "$message" 'dmpsetup: the module cannot be loaded' 'no module'
	assert_match "$message" 'dmpsetup: one is linear now, and not watched' 'no module'
	assert_match "$(table one)" '^0 65536 linear ' 'no module: the table'
	allow_dmesg 'dmp'
	# Its owner does something else with it meanwhile.
	dmsetup suspend two
	dmsetup load two --table "0 32768 linear $disk 0"
	dmsetup resume two
	mv "$CASE_DIR/bin/modprobe.good" "$CASE_DIR/bin/modprobe"
	message=$(dmpsetup upgrade 2>&1)
	assert_eq "$message" 'dmpsetup: two was changed by somebody else meanwhile: left as it is' 'changed meanwhile'
	assert_eq "$(table one)" "$table_one" 'a module again'
	assert_match "$(table two)" "^0 32768 linear [0-9:]* 0" 'changed meanwhile: the table'
}

run() {
	local disk table_one table_two fio
	load_dmp
	make_volumes
	shims
	fio --output="$CASE_DIR/fio" --output-format=json --name=verify --filename=/dev/mapper/one \
		--rw=randwrite --bs=4k --size=16M --direct=1 --ioengine=libaio --iodepth=8 \
		--verify=crc32c --verify_backlog=64 --verify_fatal=1 --time_based --runtime=1000 &
	fio=$!
	wait_for 10 grep -q . "/sys/block/dm-$(dmsetup info -c --noheadings -o minor one)/stat"
	upgraded 'under load'
	upgraded 'once more'
	kill -INT $fio
	wait $fio || assert_eq $? 128 'fio'
	grep -q '"error" : 0' "$CASE_DIR/fio" || fail "fio: $(cat "$CASE_DIR/fio")"
	refusals
	dry_run
	killed
	no_module
}
