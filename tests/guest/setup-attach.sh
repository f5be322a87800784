# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: dmpsetup puts dmp under a live device and takes it away again while fio verifies what it writes, without an error or a pause, refuses what cannot be live twice, and goes on after a kill at any ioctl

requires() {
	need_command fio setpriv
	need_module null_blk
}

table() {
	dmsetup table --showkeys "$1"
}

# What must be as it was: number, UUID, table; and nothing that is left over.
assert_as_before() { # WHAT
	assert_eq "$(table live)" "$before" "$1: the table"
	assert_eq "$(dmsetup info -c --noheadings -o name,uuid,major,minor,open live)" "$info" "$1: the device"
	assert_fails dmsetup info live-dmp
	assert_eq "$(dmsetup info -c --noheadings -o tables_loaded live)" Live "$1: what is loaded"
}

assert_attached() { # WHAT
	assert_match "$(table live)" "^0 $size dmp [0-9]+:[0-9]+ 0" "$1: the table above"
	assert_eq "$(table live-dmp)" "$before" "$1: the table below"
	assert_eq "$(dmsetup info -c --noheadings -o name,uuid,major,minor live)" "${info%:*}" "$1: the device"
}

# Of data on both sides of the place where the extents meet.
checksum() {
	dd if=/dev/mapper/live bs=1M count=2 skip=31 iflag=direct status=none | sha256sum
}

# Attach and detach while fio writes, reads back and compares.
under_load() { # TIMES
	local fio i
	fio --output="$CASE_DIR/fio" --output-format=json --name=verify --filename=/dev/mapper/live \
		--rw=randwrite --bs=4k --size=32M --direct=1 --ioengine=libaio --iodepth=8 \
		--verify=crc32c --verify_backlog=64 --verify_fatal=1 --time_based --runtime=1000 &
	fio=$!
	wait_for 10 in_use
	for ((i = 0; i < $1; i++)); do
		dmpsetup attach -o collect=all live
		assert_attached "cycle $i"
		dmpsetup detach live
	done
	kill -INT $fio
	# what SIGINT ends with
	wait $fio || assert_eq $? 128 "fio"
	grep -q '"error" : 0' "$CASE_DIR/fio" || fail "fio: $(cat "$CASE_DIR/fio")"
	log "longest: $(grep -o '"max" : [0-9]*' "$CASE_DIR/fio" | sort -t: -k2 -n | tail -n 1) ns"
}

in_use() {
	[ "$(dmsetup info -c --noheadings -o open live)" -gt 0 ]
}

lower_is_left() {
	[ "$(dmsetup info -c --noheadings -o open live-dmp)" -eq 0 ]
}

# Killed after each ioctl in turn the device works, and the same command completes. With
# KASAN each kill takes many seconds, and each third ioctl has to do.
killed() { # COMMAND
	local n status step=1
	! is_instrumented || step=3
	for ((n = 1; n < 100; n += step)); do
		if [ "$1" = detach ]; then dmpsetup attach live; fi
		status=0
		kill-after-ioctl "$n" dmpsetup "$1" live || status=$?
		assert_eq "$(checksum)" "$sum" "$1, killed after ioctl $n: the data"
		[ "$status" -eq 0 ] || break
		if [ "$1" = detach ] && dmsetup info live-dmp >/dev/null 2>&1 && ! lower_is_left; then
			assert_fails dmpsetup attach live
			assert_attached "attach undoes detach, killed after ioctl $n"
			assert_eq "$(dmsetup info -c --noheadings -o tables_loaded live)" Live 'nothing waits'
		fi
		# It may have been done but for its last words.
		dmpsetup "$1" live || log "was done"
		if [ "$1" = attach ]; then
			assert_attached "attach after a kill at $n"
			dmpsetup detach live
		fi
		assert_as_before "$1 after a kill at $n"
	done
	assert_eq "$status" 3 "$1: the last kill comes too late"
	assert_gt "$n" 5 "$1: ioctls"
	if [ "$1" = attach ]; then dmpsetup detach live; fi
	assert_as_before "$1, not killed"
}

# Targets that may be live twice: attached and detached with data in them.
each_target() {
	local line name=kind was
	for line in "striped 2 16 $other 0 $other 65536" \
		"crypt aes-xts-plain64 $(printf '%064d' 7) 0 $other 0" "delay $other 0 1" zero error; do
		have_module "dm_${line%% *}" || [ "${line%% *}" != crypt ] || continue
		dmsetup create "$name" --table "0 65536 $line"
		was=$(table "$name")
		dmpsetup attach "$name"
		assert_match "$(table "$name")" '^0 65536 dmp ' "$line: above"
		assert_eq "$(table "$name-dmp")" "$was" "$line: below"
		dmpsetup detach "$name"
		assert_eq "$(table "$name")" "$was" "$line: the table"
		dm_remove "$name"
	done
}

# The commands that it prints do what it does.
dry_runs() {
	dmpsetup attach -n live >"$CASE_DIR/dry"
	assert_as_before 'attach, a dry run'
	DM_DISABLE_UDEV=1 bash -e "$CASE_DIR/dry"
	assert_attached 'attach, by dmsetup'
	dmpsetup detach -n live >"$CASE_DIR/dry"
	assert_attached 'detach, a dry run'
	DM_DISABLE_UDEV=1 bash -e "$CASE_DIR/dry"
	assert_as_before 'detach, by dmsetup'
}

# The lower device is found by the table, whatever the upper one is called now.
renamed() {
	dmpsetup attach live
	dmsetup rename live other
	dmpsetup detach other
	dmsetup rename other live
	assert_as_before 'renamed'
}

# Somebody without the right is told so, in a line, and changes nothing.
no_right() {
	local message command
	cp "$(command -v dmpsetup)" /tmp/dmpsetup
	defer rm -f /tmp/dmpsetup
	chmod 755 /tmp/dmpsetup
	for command in 'attach live' 'detach live' 'list' "create made $other" 'remove live'; do
		# shellcheck disable=SC2086 # words
		message=$(setpriv --reuid=65534 --regid=65534 --clear-groups /tmp/dmpsetup $command 2>&1) && fail "$command: as nobody"
		assert_eq "$message" 'dmpsetup: no right to use device-mapper: run it as root' "$command"
	done
	assert_as_before 'nobody'
}

refused() { # NAME MESSAGE
	local message
	message=$(dmpsetup attach "$1" 2>&1) && fail "attach $1 was not refused"
	assert_match "$message" "$2" "attach $1"
	assert_eq "$(wc -l <<<"$message")" 1 "attach $1: lines"
}

# A table that LVM has made for a while, and will replace when it has moved the extents.
refused_by_pvmove() {
	DM_DISABLE_UDEV=1 dmsetup create vg-pvmove0 --uuid LVM-moved --table "0 $size linear $disk 0"
	defer dm_remove vg-pvmove0
	dm_create moved "0 65536 linear /dev/mapper/vg-pvmove0 0"
	refused moved '^dmpsetup: moved cannot be attached, linear: pvmove is moving it'
	dm_remove moved
	dm_remove vg-pvmove0
}

refused_by_kernel() {
	local message
	message=$(dmpsetup attach -o collect=nonsense live 2>&1) && fail 'nonsense was taken'
	assert_eq "$message" "dmpsetup: cannot load a table into live: Invalid argument; the kernel's log says why" 'nonsense'
}

refusals() {
	local names
	names=$(dmsetup ls)
	refused nosuch '^dmpsetup: there is no device nosuch$'
	dm_create origin "0 $size snapshot-origin $disk"
	refused origin '^dmpsetup: origin cannot be attached, snapshot-origin: '
	dm_remove origin
	dmsetup suspend live
	refused live '^dmpsetup: live is suspended: dmsetup resume live$'
	dmsetup resume live
	assert_fails dmpsetup detach live
	refused_by_pvmove
	refused_by_kernel
	assert_fails dmpsetup attach -o offset=8 live
	dmsetup load live --table "0 $size linear $other 0"
	refused live '^dmpsetup: a table waits in live: dmsetup resume live, or dmsetup clear live$'
	assert_eq "$(dmsetup table --inactive live | sed 's/ [^ ]*:.*//')" "0 $size linear" 'the table that waits'
	dmsetup clear live
	dmsetup create bare --notable
	assert_fails dmpsetup remove bare
	dm_remove bare
	assert_eq "$(dmsetup ls)" "$names" 'devices after refusals'
	assert_as_before 'refusals'
}

# create, list, remove.
created() {
	local message
	dmpsetup create -o collect=patterns,offset=16 -n made "$other" >"$CASE_DIR/dry"
	assert_eq "$(cat "$CASE_DIR/dry")" \
		"dmsetup create made --uuid DMP-VOLUME-made --table '0 $(($(sectors "$other") - 16)) dmp $other 16 2 collect patterns'" 'dry run'
	assert_fails dmsetup info made
	dmpsetup create -o collect=patterns,offset=16 made "$other"
	defer dm_remove made
	assert_match "$(table made)" ' 16 4 collect patterns latency_every 1$' 'made'
	dmpsetup list >"$CASE_DIR/list"
	cat "$CASE_DIR/list"
	grep -q "^made  *$(dm_num made)  *20[0-9-]*T.* create  *" "$CASE_DIR/list"
	dm_create joined '0 16 zero' "16 16 dmp $disk 0"
	assert_match "$(dmpsetup list | grep '^joined ')" " create +$(cat "/sys/block/${disk#/dev/}/dev")$" 'a second segment'
	dm_remove joined
	message=$(dmpsetup create second "$other" 2>&1) && fail 'a device in use was taken'
	assert_match "$message" "^dmpsetup: $other is in use" 'in use'
	message=$(dmpsetup create made "$disk" 2>&1) && fail 'a name in use was taken'
	assert_eq "$message" 'dmpsetup: there is a device made already' 'name in use'
	assert_fails dmpsetup remove live
	dm_create over "0 8 linear /dev/mapper/made 0"
	message=$(dmpsetup remove made 2>&1) && fail 'what is below another device was removed'
	assert_eq "$message" 'dmpsetup: made is in use: lsblk tells by what' 'in use'
	dm_remove over
	# as udev does, which does not claim it
	exec {udev}</dev/mapper/made
	sleep 1 &
	exec {udev}<&-
	dmpsetup remove made
	assert_fails dmsetup info made
}

run() {
	local disk other size before info sum cycles=7
	[ -z "${THOROUGH:-}" ] || cycles=200
	load_dmp
	disk=$(null_disk memory_backed=1)
	other=$(null_disk)
	size=$(sectors "$disk")
	# two extents, as a logical volume that was extended has them
	dm_create live "0 65536 linear $disk 65536
65536 65536 linear $disk 0"
	defer dm_remove live-dmp
	before=$(table live)
	info=$(dmsetup info -c --noheadings -o name,uuid,major,minor,open live)
	refusals
	created
	each_target
	dry_runs
	renamed
	no_right
	dd if=/dev/urandom of=/dev/mapper/live bs=1M count=2 seek=31 oflag=direct status=none
	sum=$(checksum)
	killed attach
	killed detach
	under_load "$cycles"
	assert_as_before 'after cycles under load'
}
