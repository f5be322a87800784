# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: every command of README.md's sections on loading and use, and of docs/guide.md, works as written, and volumes has the text that README shows

# shellcheck disable=SC2034,SC2154 # size, event: for the commands; guest: of run-case

# The reader's user is not root; the guest's is.
sudo() {
	if [ "$1" = timeout ]; then
		"$@" || [ $? -eq 124 ]
	else
		"$@"
	fi
}

# There is no udev in the guest: dmsetup makes the nodes by itself.
export DM_DISABLE_UDEV=1

# The commands that load the module, without those that build and install it.
loading() {
	blocks "$guest/README.md" Install | sed -n '/^sudo modprobe /,$p'
}

# The text block that follows the commands for volumes.
promised() {
	awk '/^```txt$/ { on = 1; next } /^```$/ { if (on) exit } on' "$guest/README.md"
}

looked_at() { # COMMAND
	case $1 in
	'lsmod '*) grep -q '^dmp ' "$CASE_DIR/output" ;;
	'cat /sys/module/dmp/stat/volumes') diff <(promised) "$CASE_DIR/output" ;;
	*/stat/dm-1/stat) assert_eq "$(wc -w <"$CASE_DIR/output")" 45 'fields' ;;
	*/read_requests) assert_eq "$(cat "$CASE_DIR/output")" 2 'reads' ;;
	*_size_bytes) assert_eq "$(wc -l <"$CASE_DIR/output")" 5 'histograms of sizes' ;;
	# one error: the zero target fails read-ahead
	'dmsetup status '*) assert_eq "$(cat "$CASE_DIR/output")" '0 20000 dmp 2 20480 1 4096 1 0' 'status' ;;
	dmpstat) grep -q '^dmp1 ' "$CASE_DIR/output" ;;
	'dmpstat -x '*) assert_eq "$(grep -c '^dmp1 ' "$CASE_DIR/output")" 3 'rows' ;;
	# nothing happened while it was recorded
	'dmpstat hist latency -f '*) grep -q 'nothing was counted' "$CASE_DIR/output" ;;
	'dmpstat -f '*) grep -q '^dmp1 .* 0.00' "$CASE_DIR/output" ;;
	'dmpstat report '*) grep -q '"name":"dmp1"' /tmp/dmp1.html ;;
	'dmpstat hist '*) grep -q '4k to 4.5k *1 ' "$CASE_DIR/output" ;;
	'dmpstat heat '*) grep -q '^ read |' "$CASE_DIR/output" ;;
	'dmpstat explain') grep -q '2 reads and 1 writes' "$CASE_DIR/output" ;;
	'dmpstat export') grep -q '^dmp_writes_completed_total{device="dm-1"} 1$' "$CASE_DIR/output" ;;
	'dmpstat export | '*) grep -q '} 2$' "$CASE_DIR/output" ;;
	'dmpstat fio '*) grep -q '^rwmixread=67$' /tmp/job.fio ;;
	*' --textfile '*) grep -q '^dmp_reads_completed_total{device="dm-1"} 2$' /tmp/dmp.prom ;;
	*' 0 stats') grep -q '^write_bytes 4096$' "$CASE_DIR/output" ;;
	esac
}

type_in() { # reads commands
	local command
	while IFS= read -r command; do
		echo "typed: $command"
		eval "$command" >"$CASE_DIR/output" </dev/null
		cat "$CASE_DIR/output"
		looked_at "$command"
		typed=$((typed + 1))
	done
}

run() {
	local typed=0 size event
	defer remove_all
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	cd "$(module_dir)" || exit
	type_in < <(loading)
	assert_eq "$typed" 3 'commands that load the module'
	type_in < <(blocks "$guest/README.md" Use | sed '/^sudo dmsetup remove/,$d')
	# counting began again above
	type_in < <(blocks "$guest/README.md" Use | grep '^sudo dd ')
	type_in < <(blocks "$guest/guide.md")
	type_in < <(blocks "$guest/README.md" Use | sed -n '/^sudo dmsetup remove/,$p')
	assert_gt "$typed" 25 'commands'
	assert_missing /sys/module/dmp
}

remove_all() {
	! dmsetup info dmp1 >/dev/null 2>&1 || dmsetup remove dmp1
	! dmsetup info zero1 >/dev/null 2>&1 || dmsetup remove zero1
}
