# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What a guest case may call. Sourced by run-case, before the case, in a fresh
# bash with `set -euo pipefail`. tests/new writes a case that shows how.
#
# Functions that print something (null_disk, scsi_disk, …) may be called in
# $(…): what they defer, fail or skip with is kept in files, not in variables.
# Write `local disk` and `disk=$(null_disk)` on two lines: bash forgets the
# exit status of a command in `local disk=$(…)`.

payload=${DMP_PAYLOAD:-/run/dmp}

# --- flow --------------------------------------------------------------------

log() {
	printf '%s\n' "$*" >&2
}

# End the case: it failed, for this reason.
fail() {
	{ set +x; } 2>/dev/null
	printf '%s\n' "$*" >>"$CASE_DIR/failed"
	log "FAILED: $*"
	exit 1
}

# End the case: it cannot run here, for this reason. It needs a line in
# tests/skips, or the run fails.
skip() {
	printf '%s\n' "$*" >"$CASE_DIR/skip"
	exit 77
}

# defer COMMAND…: run it when the case is over, however it ends; last one first.
# The command must succeed.
defer() {
	printf '%q ' "$@" >>"$CASE_DIR/defer"
	echo >>"$CASE_DIR/defer"
}

# wait_for SECONDS COMMAND…: until COMMAND (no assertion) succeeds. SECONDS are what
# is enough in a guest that has the machine to itself; the wait is four times as
# long, since `make check` runs two guests at a time, and beside four busy loops on
# two CPUs each of their four virtual CPUs gets a quarter of a CPU. No case asserts
# the limit: without it the case's own one would end the wait, with a worse message.
wait_for() {
	local seconds=$(($1 * 4)) end
	end=$((SECONDS + seconds + 1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "waited $seconds s in vain for: $*"
		sleep 0.1
	done
}

# --- requirements ------------------------------------------------------------

have_module() {
	[ -e "/sys/module/$1" ] || [ -e "$payload/ko/$1.ko" ] || modinfo "$1" >/dev/null 2>&1
}

need_module() {
	local module
	for module; do
		have_module "$module" || skip "no module $module"
	done
}

need_command() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "no command $command"
	done
}

kconfig() {
	local file
	for file in "/boot/config-$(uname -r)" "/lib/modules/$(uname -r)/config"; do
		[ ! -e "$file" ] || { cat "$file"; return; }
	done
	zcat /proc/config.gz
}

# For cases that are about dmpstat and fio, and take minutes on a kernel with KASAN.
need_plain_kernel() {
	! is_instrumented || skip 'an instrumented kernel'
}

is_instrumented() {
	kconfig | grep '^CONFIG_KASAN=y' >/dev/null
}

need_kconfig() {
	local option
	for option; do
		kconfig | grep -E "^$option=[ym]$" >/dev/null || skip "no $option"
	done
}

# --- assertions --------------------------------------------------------------

assert_eq() { # GOT WANT WHAT
	[ "$1" = "$2" ] || fail "${3:-value}: got '$1', want '$2'"
}

assert_ne() { # GOT UNWANTED WHAT
	[ "$1" != "$2" ] || fail "${3:-value}: got '$1', want anything else"
}

assert_lt() { # GOT LIMIT WHAT
	[ "$1" -lt "$2" ] || fail "${3:-value}: got $1, want less than $2"
}

assert_le() {
	[ "$1" -le "$2" ] || fail "${3:-value}: got $1, want at most $2"
}

assert_gt() {
	[ "$1" -gt "$2" ] || fail "${3:-value}: got $1, want more than $2"
}

assert_ge() {
	[ "$1" -ge "$2" ] || fail "${3:-value}: got $1, want at least $2"
}

# assert_match GOT REGEX WHAT: extended, anywhere in GOT.
assert_match() {
	[[ $1 =~ $2 ]] || fail "${3:-value}: got '$1', want a match of '$2'"
}

# assert_file_eq FILE TEXT [WHAT]: byte for byte; TEXT is given without the
# newline that ends the file.
assert_file_eq() {
	printf '%s\n' "$2" >"$CASE_DIR/want"
	cat "$1" >"$CASE_DIR/got" || fail "${3:-$1}: cannot be read"
	diff -u --label want --label got "$CASE_DIR/want" "$CASE_DIR/got" >&2 ||
		fail "${3:-$1}: not the text that was wanted (difference above)"
}

# Its output is left in $CASE_DIR/output.
assert_fails() { # COMMAND…
	if "$@" >"$CASE_DIR/output" 2>&1; then
		fail "succeeded, but should fail: $*"
	fi
	cat "$CASE_DIR/output" >&2
}

assert_exists() { # PATH
	[ -e "$1" ] || fail "$1: is not there"
}

assert_missing() { # PATH
	[ ! -e "$1" ] || fail "$1: is there, and should not be"
}

# --- the kernel's log --------------------------------------------------------

# The kernel's log since the case began: run-case cleared it then.
case_dmesg() {
	dmesg
}

assert_dmesg() { # REGEX
	case_dmesg | grep -E -- "$1" >/dev/null ||
		fail "kernel log since the case began: nothing matches '$1'"
}

assert_no_dmesg() { # REGEX
	! case_dmesg | grep -E -- "$1" >&2 ||
		fail "kernel log since the case began: a line matches '$1'"
}

# Lines of the kernel's log that would fail the case (see dmesg-bad) but are
# what it is about. The expected ones must come; the allowed ones may.
expect_dmesg() { # REGEX
	printf '%s\n' "$1" >>"$CASE_DIR/expect-dmesg"
}

allow_dmesg() { # REGEX
	printf '%s\n' "$1" >>"$CASE_DIR/allow-dmesg"
}

# --- modules -----------------------------------------------------------------

# load_module NAME [PARAMETER=VALUE…]: one of the payload's, or of the kernel's.
# Everything that a case loads is unloaded after it.
load_module() {
	local name=$1
	shift
	if [ -e "$payload/ko/$name.ko" ]; then
		insmod "$payload/ko/$name.ko" "$@"
	else
		modprobe "$name" "$@"
	fi
}

# load_dmp [NAME [PARAMETER=VALUE…]]: NAME is dmp or device_mapper_proxy.
load_dmp() {
	[ $# -gt 0 ] || set -- dmp
	[ -e /sys/module/dm_mod ] || modprobe dm_mod
	load_module "$@"
}

# Where dmp.ko and device_mapper_proxy.ko are.
module_dir() {
	echo "$payload/ko"
}

unload_dmp() { # [NAME]
	rmmod "${1:-dmp}"
}

# The statistics directory of whichever of the two modules is loaded.
stat_dir() {
	local name
	for name in dmp device_mapper_proxy; do
		[ ! -d "/sys/module/$name/stat" ] || { echo "/sys/module/$name/stat"; return; }
	done
	fail 'no statistics directory: neither dmp nor device_mapper_proxy is loaded'
}

# volumes_value SECTION.LABEL: read.reqs, "write.avg size" (or write.avg_size)…
volumes_value() {
	local dir value
	dir=$(stat_dir)
	value=$(awk -v section="${1%%.*}:" -v label="${1#*.}" '
		BEGIN { gsub("_", " ", label) }
		/^[^ ]/ { here = ($0 == section) }
		here && sub("^ +" label ": ", "") { print }' "$dir/volumes")
	[ -n "$value" ] || fail "$dir/volumes: no $1"
	echo "$value"
}

# --- device-mapper -----------------------------------------------------------

# There is no udev in the guest: dmsetup makes the nodes by itself.
dm() {
	DM_DISABLE_UDEV=1 dmsetup "$@"
}

# dm_create [--OPTION…] NAME TABLE-LINE…: removed when the case is over.
dm_create() {
	local -a options=()
	while [[ $1 == --* ]]; do
		options+=("$1")
		shift
	done
	local name=$1
	shift
	printf '%s\n' "$@" | dm create "${options[@]}" "$name"
	defer dm_remove "$name"
	[ -e "/dev/$(dm_num "$name")" ] || fail "/dev/$(dm_num "$name"): no node"
}

# dm_reload NAME TABLE-LINE…: replace the live table.
dm_reload() {
	local name=$1
	shift
	printf '%s\n' "$@" | dm reload "$name"
	dm resume "$name"
}

# Remove NAME if it is still there.
dm_remove() {
	! dm_is_there "$1" || dm remove --retry "$1"
}

dm_is_there() { # NAME
	dm_in_sysfs "$1" >/dev/null || dmsetup info "$1" >/dev/null 2>&1
}

# dm-N of NAME, if it ever had a table. Starts no program: cases ask often, and guests
# are slow.
dm_in_sysfs() {
	local file name
	for file in /sys/block/dm-*/dm/name; do
		{ read -r name <"$file"; } 2>/dev/null || continue
		[ "$name" = "$1" ] || continue
		file=${file#/sys/block/}
		echo "${file%%/*}"
		return
	done
	return 1
}

# dm-N of NAME, with or without a table.
dm_num() {
	local minor
	! dm_in_sysfs "$1" || return 0
	minor=$(dmsetup info -c --noheadings -o minor "$1") || fail "dm_num: no volume $1"
	echo "dm-${minor// /}"
}

# --- disks -------------------------------------------------------------------

# Sectors of a block device.
sectors() {
	blockdev --getsz "$1"
}

# null_disk [ATTRIBUTE=VALUE…]: a null_blk disk with these attributes of its
# configfs directory (size_mb is its `size`), 64 MiB unless told; prints /dev/NAME.
null_disk() {
	local dir number=0 pair key
	[ -e /sys/module/null_blk ] || modprobe null_blk nr_devices=0
	while ! mkdir "/sys/kernel/config/nullb/nullb$number" 2>/dev/null; do
		number=$((number + 1))
		[ "$number" -lt 64 ] || fail 'null_disk: cannot make a configfs directory'
	done
	dir=/sys/kernel/config/nullb/nullb$number
	defer rmdir "$dir"
	echo 64 >"$dir/size"
	for pair; do
		key=${pair%%=*}
		[ "$key" != size_mb ] || key=size
		[ -e "$dir/$key" ] || skip "null_blk has no $key"
		echo "${pair#*=}" >"$dir/$key"
	done
	echo 1 >"$dir/power"
	defer null_disk_off "$dir"
	# named after the directory by newer kernels, after its index by older ones
	if [ -b "/dev/nullb$number" ]; then
		echo "/dev/nullb$number"
	else
		echo "/dev/nullb$(cat "$dir/index")"
	fi
}

null_disk_off() {
	[ ! -e "$1/power" ] || echo 0 >"$1/power"
}

# scsi_disk [OPTION=VALUE…]: load scsi_debug with these; prints /dev/sdX.
scsi_disk() {
	local glob='/sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*'
	[ ! -e /sys/module/scsi_debug ] || fail 'scsi_disk: scsi_debug is loaded already'
	modprobe -a sd_mod sg
	modprobe scsi_debug "$@"
	wait_for 20 compgen -G "$glob" >/dev/null
	glob=/dev/$(basename "$(compgen -G "$glob" | head -n 1)")
	wait_for 20 test -b "$glob"
	echo "$glob"
}

# ram_disk [MEGABYTES]: prints /dev/ram0.
ram_disk() {
	need_module brd
	modprobe brd rd_nr=1 "rd_size=$((${1:-16} * 1024))"
	wait_for 10 test -b /dev/ram0
	echo /dev/ram0
}

# pmem_disk: 128 MiB of emulated persistent memory; prints /dev/pmemN.
pmem_disk() {
	need_module nd_pmem nd_e820
	modprobe -a nd_e820 nd_pmem
	defer pmem_off
	wait_for 10 compgen -G '/dev/pmem*' >/dev/null
	compgen -G '/dev/pmem*' | head -n 1
}

# A region that is in use pins the modules that it comes from.
pmem_off() {
	local region
	for region in /sys/bus/*/drivers/nd_region/region*; do
		[ ! -e "$region" ] || echo "${region##*/}" >"${region%/*}/unbind"
	done
}

# loop_disk SIZE: a file in memory (16M, …) behind a loop device; prints it.
loop_disk() {
	local file device
	file=$(mktemp "$CASE_DIR/loop.XXXXXX")
	truncate -s "$1" "$file"
	device=$(losetup -f --show "$file")
	defer loop_off "$device"
	echo "$device"
}

loop_off() {
	! losetup "$1" >/dev/null 2>&1 || losetup -d "$1"
}

# --- numbers -----------------------------------------------------------------

# field FILE N: the Nth word of it, from 1.
field() {
	local -a words
	[ -r "$1" ] || fail "$1: cannot be read"
	read -r -d '' -a words <"$1" || [ "${#words[@]}" -gt 0 ] || fail "$1: is empty"
	echo "${words[$2 - 1]:-}"
}

# stat_field DEVICE N: field N of /sys/block/…/stat; DEVICE is a node, a
# device-mapper name or a kernel name.
stat_field() {
	local name=${1#/dev/}
	name=${name#mapper/}
	[ -e "/sys/block/$name" ] || name=$(dm_num "$name")
	field "/sys/block/$name/stat" "$2"
}

# volume_value NAME LABEL: a field of the volume's `stat` file; NAME is a
# device-mapper name or dm-N.
volume_value() {
	local -a labels=(reads read_bytes writes write_bytes discards discard_bytes
		flushes flush_bytes zeroes zeroes_bytes others others_bytes
		errors fua in_flight)
	local name=$1 i
	[[ $name == dm-* ]] || name=$(dm_num "$name")
	for i in "${!labels[@]}"; do
		[ "${labels[i]}" = "$2" ] || continue
		field "$(stat_dir)/$name/stat" $((i + 1))
		return
	done
	fail "volume_value: no field called $2"
}

# volume_counts NAME: the fields of its `stat` file that volume_value has names
# for, in one line; more may come after them.
volume_counts() {
	local -a words
	local name=$1
	[[ $name == dm-* ]] || name=$(dm_num "$name")
	read -r -a words <"$(stat_dir)/$name/stat"
	echo "${words[*]:0:15}"
}

# below_has NAME REQUESTS: so many are in flight; NAME as for volume_value.
below_has() {
	[ "$(volume_value "$1" in_flight)" -eq "$2" ]
}

# What the statistics directory holds, in one line.
stat_entries() {
	local -a entries
	entries=("$(stat_dir)"/*)
	echo "${entries[*]##*/}"
}

# A quotient rounded up, 0 if it is shared by none: what "avg size" promises.
average_up() { # BYTES REQUESTS
	[ "$2" -eq 0 ] && echo 0 || echo $((($1 + $2 - 1) / $2))
}

# volumes_text MODULE READS READ-BYTES WRITES WRITE-BYTES: what stat/volumes has
# to say then, with the indentation that the guide of MODULE shows.
volumes_text() {
	local indent='    '
	[ "$1" = dmp ] || indent=' '
	printf 'read:\n%sreqs: %s\n%savg size: %s\n' \
		"$indent" "$2" "$indent" "$(average_up "$3" "$2")"
	printf 'write:\n%sreqs: %s\n%savg size: %s\n' \
		"$indent" "$4" "$indent" "$(average_up "$5" "$4")"
	printf 'total:\n%sreqs: %s\n%savg size: %s\n' \
		"$indent" $(($2 + $4)) "$indent" "$(average_up $(($3 + $5)) $(($2 + $4)))"
}

# fio_value FILE OPERATION KEY: the sum over all jobs in fio's JSON output;
# OPERATION is read or write, KEY total_ios or io_bytes.
fio_value() {
	awk -v operation="\"$2\"" -v key="\"$3\"" '
		$2 == ":" && $3 == "{" { here = ($1 == operation) }
		here && $1 == key { sum += $3; here = 0; seen = 1 }
		END { if (!seen) exit 1; printf "%.0f\n", sum }' "$1" ||
		fail "$1: fio wrote no $2 $3"
}

# fio_clat FILE KEY: of reads in the JSON output of one job, in nanoseconds; KEY
# is mean, or a percentile as fio writes it: 50.000000.
fio_clat() {
	awk -v key="\"$2\"" '
		$2 == ":" && $3 == "{" && $1 ~ /"(read|write|clat_ns|lat_ns)"/ {
			reads = $1 == "\"read\"" || reads && $1 != "\"write\""
			here = reads && $1 == "\"clat_ns\""
		}
		here && $1 == key { printf "%.0f\n", $3; seen = 1; exit }
		END { if (!seen) exit 1 }' "$1" || fail "$1: fio wrote no clat $2"
}

# assert_agree NAME READS READ-BYTES WRITES WRITE-BYTES: what is said of the
# volume's I/O by its own file, by `dmsetup status`, by volumes (it is the only
# one, nothing was reset) and by /sys/block; nothing else passed, nothing is left.
assert_agree() {
	local number
	number=$(dm_num "$1")
	assert_eq "$(volume_counts "$number")" \
		"$2 $3 $4 $5 0 0 0 0 0 0 0 0 0 0 0" "stat of $1"
	assert_eq "$(dmsetup status "$1" | cut -d ' ' -f 3-9)" \
		"dmp $2 $3 $4 $5 0 0" "status of $1"
	assert_file_eq "$(stat_dir)/volumes" \
		"$(volumes_text "$(basename "$(dirname "$(stat_dir)")")" "$2" "$3" "$4" "$5")"
	assert_eq "$(awk '{ print $1, $3 * 512, $5, $7 * 512, $9 }' "/sys/block/$number/stat")" \
		"$2 $3 $4 $5 0" "/sys/block of $1"
}

# fio_counts ENGINE: a prime number of requests from 1 to 4 jobs, in fixed and in
# mixed sizes; fio, dm-stats, /sys/block and the volume have to agree.
fio_counts() {
	local out=$CASE_DIR/fio.json disk below reads read_bytes writes write_bytes
	load_dmp
	disk=$(null_disk)
	dm_create proxy "0 $(sectors "$disk") dmp $disk"
	dmsetup message proxy 0 @stats_create - /1
	below=$(below_counts "$disk")
	fio --output="$out" --output-format=json --ioengine="$1" --iodepth=7 \
		--filename=/dev/mapper/proxy --direct=1 --thread --norandommap \
		--name=reads --rw=randread --bs=4k --number_ios=1009 \
		--name=writes --stonewall --rw=randwrite --bs=4k --number_ios=503 \
		--name=two --stonewall --numjobs=2 --rw=randrw --number_ios=211 \
		--bssplit=512/20:4k/50:12k/20:64k/10 \
		--name=three --stonewall --numjobs=3 --rw=rw --bs=8k --number_ios=101 \
		--name=four --stonewall --numjobs=4 --rw=randrw --number_ios=53 \
		--bssplit=1k/30:4k/30:64k/40
	reads=$(fio_value "$out" read total_ios)
	read_bytes=$(fio_value "$out" read io_bytes)
	writes=$(fio_value "$out" write total_ios)
	write_bytes=$(fio_value "$out" write io_bytes)
	assert_eq $((reads + writes)) $((1009 + 503 + 2 * 211 + 3 * 101 + 4 * 53)) 'requests of fio'
	assert_gt "$reads" 1009 'reads of fio'
	assert_gt "$writes" 503 'writes of fio'
	assert_agree proxy "$reads" "$read_bytes" "$writes" "$write_bytes"
	assert_eq "$(dmsetup message proxy 0 @stats_print 0 |
		awk '{ print $2, $4 * 512, $6, $8 * 512 }')" \
		"$reads $read_bytes $writes $write_bytes" 'dm-stats'
	# shellcheck disable=SC2086 # words
	assert_eq "$(below_counts "$disk" $below)" \
		"$reads $read_bytes $writes $write_bytes" 'the disk below'
}

# below_counts DISK [COUNTS BEFORE…]: reads, bytes, writes, bytes that reached a
# disk, those that its queue merged included.
below_counts() {
	awk -v r="${2:-0}" -v rb="${3:-0}" -v w="${4:-0}" -v wb="${5:-0}" \
		'{ printf "%.0f %.0f %.0f %.0f\n", $1 + $2 - r, $3 * 512 - rb, $5 + $6 - w, $7 * 512 - wb }' \
		"/sys/block/${1#/dev/}/stat"
}

# Milliseconds since the guest booted.
now_ms() {
	local up
	read -r up _ </proc/uptime
	echo $((10#${up/./} * 10))
}

# in_range NUMBER LEAST MOST
in_range() {
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# For awk: unlikely(got, n, p) says whether got of n samples, of a population of which a
# share p has a property, is so few, or so many, that it happens with a probability below
# 10^-6 (exact tails of the binomial distribution: n is often below 10, where 4 sigma mean
# nothing). Of samples at distances that vary less than geometric ones the tails are
# lighter still.
binomial='function unlikely(got, n, p,  k, term, few, many) {
		if (p <= 0 || p >= 1) return got != n * p
		term = n * log(1 - p)
		few = many = 0
		for (k = 0; k <= n; k++) {
			if (k) term += log(n - k + 1) - log(k) + log(p / (1 - p))
			if (k <= got) few += exp(term)
			if (k >= got) many += exp(term)
		}
		return few < 1e-6 || many < 1e-6
	}
'

# assert_share GOT N P WHAT: GOT of N samples have a property that a share P of the
# population has.
assert_share() {
	awk -v got="$1" -v n="$2" -v p="$3" "$binomial"'BEGIN {
		exit n < 1 || unlikely(got, n, p)
	}' || fail "$4: $1 of $2, want a share of $3"
}

# assert_one_in EVERY OF GOT WHAT: the same of those that were chosen at random, one in
# EVERY of so many.
assert_one_in() {
	assert_share "$3" "$2" "$(awk -v every="$1" 'BEGIN { print 1 / every }')" "$4"
}

# --- I/O that stalls -----------------------------------------------------------

# stalled_read NAME: begin a read of volume NAME, whose device below is suspended,
# and wait until it is in flight. Whatever the machine does meanwhile, it was
# submitted after stalled_after, which is taken before its process starts, and before
# stalled_before.
stalled=() stalled_after=() stalled_before=()

stalled_read() {
	stalled_after+=("$(now_ms)")
	dd if="/dev/mapper/$1" of=/dev/null bs=4096 count=1 iflag=direct status=none &
	stalled+=($!)
	wait_for 30 below_has "$1" "${#stalled[@]}"
	# now_ms rounds down
	stalled_before+=($(($(now_ms) + 10)))
}

# The age in ms of the Nth of them, from 1: not less, and not more.
stalled_at_least() {
	echo $(($(now_ms) - stalled_before[$1 - 1]))
}

stalled_at_most() {
	echo $(($(now_ms) + 10 - stalled_after[$1 - 1]))
}

# stalled_for N MS: wait until the Nth is so old.
stalled_for() {
	wait_since "${stalled_before[$1 - 1]}" "$2"
}

# Wait until all have ended; the device below is no longer suspended.
stalled_end() {
	wait "${stalled[@]}"
}

# wait_since MS LENGTH: until LENGTH ms have passed since MS.
wait_since() {
	local left
	while left=$(($1 + $2 - $(now_ms))); [ "$left" -gt 0 ]; do
		sleep "$((left / 1000)).$(printf %03d $((left % 1000)))"
	done
}

# assert_stalled NS RESUMED WHAT [PERCENT]: NS is the sum of the latencies of all
# stalled reads. They completed between RESUMED, in ms, taken before the device below
# was resumed, and now, after they were waited for. PERCENT: by so much the clock of
# now_ms and the one that they were timed by may differ in rate, 0 if it is the same.
assert_stalled() {
	local now i least=0 most=0 percent=${4:-0}
	now=$(($(now_ms) + 10))
	for i in "${!stalled[@]}"; do
		least=$((least + $2 - stalled_before[i]))
		most=$((most + now - stalled_after[i]))
	done
	in_range "$1" $((least * (100 - percent) * 10000)) $((most * (100 + percent) * 10000)) ||
		fail "$3: $1 ns, not $least to $most ms"
}

# --- the tracepoints -------------------------------------------------------------

trace=/sys/kernel/tracing

# trace_on EVENT…: record these tracepoints of dmp, with times of the monotonic
# clock; 4 MiB on each CPU hold over 30,000 of them.
trace_on() {
	local event
	if ! grep -q '\[mono\]' $trace/trace_clock; then
		# before its first use: "7 (expanded: 1408)", and 1408 is what it gets
		defer trace_clear "$(sed 's/.*expanded: \([0-9]*\).*/\1/' $trace/buffer_size_kb)"
		echo mono >$trace/trace_clock
		echo 4096 >$trace/buffer_size_kb
	fi
	# names of tasks would switch tracepoints of the scheduler on, for nothing
	echo 0 >$trace/options/record-cmd
	echo >$trace/trace
	for event; do
		echo 1 >"$trace/events/dmp/$event/enable"
	done
}

# End what trace_on began. Prints what was recorded, of which nothing may be lost.
trace_off() {
	echo 0 >$trace/events/dmp/enable
	assert_eq "$(awk '/overrun|dropped/ { sum += $NF } END { print sum }' \
		$trace/per_cpu/cpu*/stats)" 0 'lost by the trace' >&2
	grep ' dmp_[a-z]*: ' $trace/trace
}

trace_clear() { # KILOBYTES
	echo 1 >$trace/options/record-cmd
	[ ! -e $trace/events/dmp ] || echo 0 >$trace/events/dmp/enable
	echo >$trace/trace
	echo local >$trace/trace_clock
	echo "$1" >$trace/buffer_size_kb
}

# --- the bulk read -------------------------------------------------------------

# bulk_take NAME: read it once, for the functions below, which take "-" as a NAME
# then: starting a program takes long in a guest on a busy machine.
bulk_take() {
	dmsetup message "$1" 0 stats >"$CASE_DIR/bulk"
}

# bulk_value NAME METRIC: what is behind METRIC in the bulk read of a volume. Without
# a trace, which is longer than all else in a log, and without `read`, which asks a
# pipe for one byte at a time: both take long in a guest.
bulk_value() {
	local - text
	{ set +x; } 2>/dev/null
	if [ "$1" = - ]; then
		text=$(<"$CASE_DIR/bulk")
	else
		text=$(dmsetup message "$1" 0 stats)
	fi
	text=$'\n'$text$'\n'
	case $text in
	*$'\n'"$2 "*) text=${text#*$'\n'"$2 "} ;;
	*$'\n'"$2"$'\n'*) text='' ;;
	*) fail "bulk_value: $1 has no $2" ;;
	esac
	echo "${text%%$'\n'*}"
}

# promised_metrics [SECTION]: the names that the tables of docs/ABI/stats-message.md
# promise, in any order; only those under a heading: `Single values`, `Histograms`.
promised_metrics() {
	awk -F ' *[|] *' -v section="${1:-}" '
		function each(list, name,    words, n, i) {
			n = split(list, words, " ")
			for (i = 1; i <= n; i++)
				print words[i] "_" name
		}
		/^## / { here = section == "" || $0 == "## " section }
		!here || !/^[|] `/ || NF < 7 { next }
		{ gsub(/`/, "", $2) }
		$3 == "-" { print $2 }
		$3 == "all" { each("read write discard flush write_zeroes other", $2) }
		$3 == "sized" { each("read write discard write_zeroes other", $2) }
		$3 == "rw" { each("read write", $2) }' "${BASH_SOURCE[0]%/*}/stats-message.md"
}

# bulk_sum NAME METRIC: how many a histogram holds in all.
bulk_sum() {
	local value word sum=0
	{ local -; set +x; } 2>/dev/null
	value=$(bulk_value "$1" "$2")
	for word in $value; do
		[[ $word != *=* ]] || sum=$((sum + ${word##*=}))
	done
	echo "$sum"
}

# bulk_between NAME METRIC LEAST BELOW: how many a histogram holds in the buckets
# that lie in that range.
bulk_between() {
	local value word least below sum=0
	{ local -; set +x; } 2>/dev/null
	value=$(bulk_value "$1" "$2")
	for word in $value; do
		[[ $word == *:*=* ]] || continue
		least=${word%%:*} below=${word#*:} below=${below%=*}
		[ "$below" != inf ] || continue
		[ "$least" -lt "$3" ] || [ "$below" -gt "$4" ] || sum=$((sum + ${word##*=}))
	done
	echo "$sum"
}

# bulk_percentile NAME METRIC PARTS: LEAST and BELOW of the bucket in which a
# histogram has this percentile, by the nearest rank; PARTS are of 10000.
bulk_percentile() {
	bulk_value "$1" "$2" | tr ' ' '\n' | awk -F '[:=]' -v parts="$3" '
		NF == 3 { sum += $3; least[++n] = $1; below[n] = $2; until[n] = sum }
		END {
			rank = int((sum * parts + 9999) / 10000)
			for (i = 1; i <= n; i++)
				if (until[i] >= rank) { print least[i], below[i]; exit }
		}'
}

# into_buckets BUCKETS LATENCIES: files, in order, one a line. What the buckets
# have to hold; all that is in none of them is told too.
into_buckets() {
	awk -F '[:=]' '
		NR == FNR { least[++n] = $1; below[n] = $2; next }
		{
			while (!(below[i] == "inf" || $1 < below[i] + 0) && i < n)
				i++
			if (i && $1 >= least[i] + 0 && (below[i] == "inf" || $1 < below[i] + 0))
				count[i]++
			else
				print "no bucket for " $1
		}
		END {
			for (i = 1; i <= n; i++)
				print least[i] ":" below[i] "=" count[i]
		}' "$1" "$2"
}

# assert_histogram NAME METRIC FILE: it holds the values that are in the file, one a
# line and in order.
assert_histogram() {
	bulk_value "$1" "$2" | tr ' ' '\n' >"$CASE_DIR/buckets"
	assert_file_eq "$CASE_DIR/buckets" "$(into_buckets "$CASE_DIR/buckets" "$3")" "$2"
}
