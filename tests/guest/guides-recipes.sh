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

# Reports that nothing ends: an interval without a count, and not of a recording.
is_endless() { # DMPSTAT-ARGUMENT…
	[[ ${*: -1} =~ ^[0-9]+$ && ! ${*: -2:1} =~ ^[0-9]+$ && " $*" != *' -f '* ]]
}

# Ended by its reader, when there is a report.
# shellcheck disable=SC2317 # typed
dmpstat() {
	if ! is_endless "$@"; then
		command dmpstat "$@"
		return
	fi
	command dmpstat "$@" &
	wait_for 30 [ -s "$CASE_DIR/output" ]
	kill $!
	wait $! || assert_eq $? 143 "dmpstat $*"
}

# A job has no end of its own.
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

# Words, with N for each number: columns are aligned to what is in them.
shape() {
	sed -E 's/[0-9]+([.][0-9]+)?/N/g' | xargs
}

# Type commands in, and compare the first line of each one's output where it is known.
# dmpstat, if its output goes nowhere else, has to print something.
type_in() { # reads commands
	local command first
	while IFS=$'\t' read -r command first; do
		echo "typed: $command"
		eval "$command" >"$CASE_DIR/output" </dev/null
		cat "$CASE_DIR/output"
		[ -z "$first" ] || assert_eq "$(head -n 1 "$CASE_DIR/output" | shape)" "$(shape <<<"$first")" "$command"
		[[ $command != dmpstat* || $command == *' -o '* || $command == *'>'* ]] || [ -s "$CASE_DIR/output" ] ||
			fail "$command: no output"
		typed=$((typed + 1))
	done
}

# busy NAME FIO-ARGUMENT…: a volume under load until `idle`.
busy() {
	local name=$1
	shift
	dm_create "$name" "0 $(sectors "$disk") dmp $disk"
	command fio --output=/dev/null --name="$name" --filename="/dev/mapper/$name" --direct=1 \
		--ioengine=libaio --time_based --runtime=280 "$@" &
	load+=($!)
	defer stop_if_there "$!"
}

stop_if_there() { # PID
	! kill -INT "$1" 2>/dev/null || sleep 1
}

idle() { # NAME…
	local name
	kill -INT "${load[@]}"
	wait "${load[@]}" || true
	load=()
	for name; do dm_remove "$name"; done
}

completed() { # NAME REQUESTS
	[ $(($(volume_value "$1" reads) + $(volume_value "$1" writes))) -ge "$2" ]
}

# Over volumes under load, called as in the guide.
recipes_under_load() {
	local -a load=()
	busy vg0-db --rw=randrw --rwmixread=80 --bs=8k --iodepth=2 --thinktime=1500 \
		--random_distribution=zoned:80/10:20/90
	busy vg0-home --rw=write --bs=64k --iodepth=24 --rate_iops=3000
	busy vg0-log --rw=write --bs=4k --thinktime=3000
	wait_for 60 completed vg0-db 1500 # so that some are sampled
	type_in < <(of_guide 'Find the noisy volume')
	type_in < <(of_guide 'Size a cache')
	type_in < <(of_guide 'Compare before and after')
	dmpstat fio vg0-db >/tmp/job.fio
	idle vg0-db vg0-home vg0-log
	busy disk1 --rw=randread --bs=4k --iodepth=4
	type_in < <(of_guide 'Prove that a disk is slow')
	idle disk1
}

# Over a volume that may be overwritten, and over devices that are attached.
recipes() {
	dm_create test "0 $(sectors "$disk") zero"
	type_in < <(of_guide 'Reproduce a workload')
	dm_remove test
	dm_create vg0-data "0 $(sectors "$disk") linear $disk 0"
	type_in < <(of_guide 'Watch a device that is in use')
	dm_remove vg0-data
	dm_create secret "0 $(sectors "$third") crypt aes-xts-plain64 $(printf '%064d' 7) 0 $third 0"
	defer dm_remove disk1
	defer dm_remove disk2
	mount -t tmpfs tmpfs /srv
	defer umount /srv
	truncate -s 32M /srv/vm1.img
	type_in < <(of_guide 'Watch LUKS, the disks of a RAID, the disk of a virtual machine' |
		grep -v -e mdadm -e cryptsetup)
	assert_eq "$(dmpstat -H -O name disk1 disk2 | xargs)" 'disk1 disk2' 'volumes of the guide'
	for name in disk1 disk2 secret; do dm_remove "$name"; done
}

# Each page finds the same devices.
pages() {
	local page
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
	local disk other third name typed=0
	load_dmp
	disk=$(null_disk size_mb=1024 irqmode=2 completion_nsec=500000)
	other=$(null_disk)
	third=$(null_disk)
	ln -s "$disk" /dev/sdb
	defer rm -f /dev/sdb
	ln -s "$other" /dev/sdc
	defer rm -f /dev/sdc
	recipes_under_load
	recipes
	pages
	assert_gt "$typed" 35 'commands'
}
