# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every command of docs/guide.md's console blocks, but for those that need systemd or mdadm, and of EXAMPLES in the man pages works as written, and prints the line that the guide shows

# shellcheck disable=SC2154 # guest: of run-case

requires() {
	need_command fio
	need_module null_blk
}

# There is no udev in the guest: dmsetup makes the nodes by itself.
export DM_DISABLE_UDEV=1

# The reader's user is not root; the guest's is.
sudo() {
	while [[ $1 == *=* ]]; do
		export "${1?}"
		shift
	done
	"$@"
}

# An interval without a count goes on until it is interrupted; so does a fio job.
dmpstat() {
	timeout -s INT 8 dmpstat "$@" || [ $? -eq 124 ]
}

fio() {
	timeout -s INT 2 fio --output=/dev/null "$@" || [ $? -eq 124 ]
}

# The guest's files are in memory, which older kernels do not read around their cache.
losetup() {
	command losetup "${@/--direct-io=on/--direct-io=off}"
}

of_guide() { # HEADING
	blocks --console "$guest/guide.md" "$1"
}

# The commands of a man page, as blocks prints them; a file is printed like commands.
of_page() { # FILE
	awk '
		/^[.]Sh / { below = $2 == "EXAMPLES" }
		!below { next }
		/^[.]Bd / { on = 1; next }
		/^[.]Ed/ { on = 0 }
		/^[.]Dl / { print substr($0, 5) "\t" }
		on { print $0 "\t" }' "$guest/$1"
}

# Type commands in, and compare the first line of each one's output where it is known.
type_in() { # reads commands
	local command first
	while IFS=$'\t' read -r command first; do
		echo "typed: $command"
		eval "$command" >"$CASE_DIR/output" </dev/null
		cat "$CASE_DIR/output"
		[ -z "$first" ] || assert_eq "$(head -n 1 "$CASE_DIR/output" | xargs)" "$(xargs <<<"$first")" "$command"
		typed=$((typed + 1))
	done
}

# Three volumes under load, called as in the guide.
busy_volumes() {
	local name
	for name in db home log; do
		dm_create "vg0-$name" "0 $(sectors "$disk") dmp $disk"
	done
	command fio --output=/dev/null --direct=1 --ioengine=libaio --time_based --runtime=250 \
		--name=db --filename=/dev/mapper/vg0-db --rw=randrw --rwmixread=80 --bs=8k --thinktime=2000 \
		--name=home --filename=/dev/mapper/vg0-home --rw=write --bs=64k --iodepth=24 \
		--name=log --filename=/dev/mapper/vg0-log --rw=write --bs=4k --thinktime=3000 &
	load=$!
	defer stop_if_there "$load"
	wait_for 30 below_has_any vg0-home
	# The heat map of the guide is of a volume that has been used for some time.
	sleep 3
}

stop_if_there() { # PID
	! kill -INT "$1" 2>/dev/null || sleep 1
}

below_has_any() { # NAME
	[ "$(volume_value "$1" in_flight)" -gt 0 ]
}

# Over volumes under load, then over devices that are attached.
recipes() {
	local name load
	busy_volumes
	for name in 'Find the noisy volume' 'Prove that a disk is slow' 'Size a cache' 'Compare before and after'; do
		type_in < <(of_guide "$name")
	done
	dmpstat fio vg0-db >/tmp/job.fio
	kill -INT "$load"
	wait "$load" || true
	for name in db home log; do
		dm_remove "vg0-$name"
	done

	dm_create test "0 $(sectors "$disk") zero"
	type_in < <(of_guide 'Reproduce a workload')
	dm_create vg0-data "0 $(sectors "$disk") linear $disk 0"
	type_in < <(of_guide 'Watch a device that is in use')
	dm_remove vg0-data
	dm_remove test
	dm_create secret "0 $(sectors "$third") crypt aes-xts-plain64 $(printf '%064d' 7) 0 $third 0"
	defer dm_remove disk1
	defer dm_remove disk2
	type_in < <(of_guide 'Watch LUKS, the disks of a RAID, the disk of a virtual machine' | grep -v mdadm)
	assert_eq "$(dmpstat -H -O name disk1 disk2 vm1 | xargs)" 'disk1 disk2 vm1' 'volumes of the guide'
	for name in disk1 disk2 vm1 secret; do
		dm_remove "$name"
	done
	losetup -d /dev/loop0
	rm -f /tmp/vm1.img
}

# Each page finds the same devices.
pages() {
	local page name
	for page in dmpsetup.8 dmpstat.8 dmp.4; do
		dm_create vg0-data "0 $(sectors "$third") linear $third 0"
		type_in < <(of_page "$page")
		dm_remove vg0-data
		# what dmpsetup(8) has made, dmpstat(8) looks at
		[ "$page" = dmpsetup.8 ] || for name in data dmp1; do dm_remove "$name"; done
	done
	dm_create vg0-home "0 $(sectors "$third") linear $third 0"
	of_page dmptab.5 | tr -d '\t' >/tmp/dmptab
	export DMPTAB=/tmp/dmptab
	for name in data vg0-home; do dmpsetup start "$name"; done
	assert_eq "$(dmpsetup list | awk 'NR > 1 { print $1 }' | sort | xargs)" 'data vg0-home' 'volumes of dmptab(5)'
	for name in data vg0-home; do dmpsetup stop "$name"; done
	rm -f /tmp/dmptab
}

run() {
	local disk other third typed=0
	load_dmp
	disk=$(null_disk irqmode=2 completion_nsec=500000)
	other=$(null_disk)
	third=$(null_disk)
	ln -s "$disk" /dev/sdb
	defer rm -f /dev/sdb
	ln -s "$other" /dev/sdc
	defer rm -f /dev/sdc
	recipes
	pages
	assert_gt "$typed" 30 'commands'
}
