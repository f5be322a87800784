# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the cases of the group pass-*: do the same through linear and through dmp,
# and compare what comes out above and what reaches the device below. Under
# both is the witness, a target that counts what it forwards
# (tests/guest/modules/witness). Starting a program is slow in an emulated
# guest: bash does here what it can do itself.

# --- the witness -------------------------------------------------------------

# witness_over DEVICE [NAME [OPTION…]]: a witness that covers it.
witness_over() {
	[ -e /sys/module/witness ] || load_module witness
	dm_create "${2:-witness}" "0 $(sectors "$1") witness $1 ${*:3}"
}

# pair OVER [OFFSET [LENGTH]]: two devices over it, /dev/mapper/linear and dmp.
pair() {
	local offset=${2:-0} length target
	length=${3:-$(($(sectors "$1") - offset))}
	for target in linear dmp; do
		dm_create "$target" "0 $length $target $1 $offset"
	done
}

# A witness above DEVICE, /dev/mapper/above, that marks what it forwards.
# The caller removes it.
mark_above() { # DEVICE MARK…
	printf '0 %s witness %s\n' "$(sectors "$1")" "$1" | dm create above
	dm mknodes above
	dm message above 0 mark "${@:2}"
}

# The last snapshot of the witness's numbers: seen NAME prints one of them.
witnessed=''

seen() {
	[[ " $witnessed " == *" $1="* ]] || fail "the witness does not know $1: $witnessed"
	local rest=" $witnessed "
	rest=${rest#* "$1"=}
	echo "${rest%% *}"
}

# assert_seen NAME=COUNT…: in the last snapshot.
assert_seen() {
	local pair
	for pair; do
		[[ " $witnessed " == *" $pair "* ]] || fail "seen below: not $pair: $witnessed"
	done
}

# What the last command of same_below printed, and its exit status.
output='' exit_status=0

# watched COMMAND…: run it, leave what came out and what the witness saw of it. A
# function ends at the first command in it that fails.
watched() {
	dm message witness 0 reset
	set +e
	# the trace of the case would be in the output
	output=$({ trap - ERR; set -e +x; } 2>/dev/null; "$@" 2>&1)
	exit_status=$?
	set -e
	witnessed=$(dmsetup status witness)
	witnessed=${witnessed#* witness }
}

# same_below COMMAND…: run it with /dev/mapper/linear as its last argument, then
# with /dev/mapper/dmp. It prints the same, ends the same, and the same
# reaches the witness; output, exit_status and witnessed are dmp's.
same_below() {
	local above below
	watched "$@" /dev/mapper/linear
	above="$exit_status ${output//\/dev\/mapper\/linear/DEVICE}" below=$witnessed
	watched "$@" /dev/mapper/dmp
	output=${output//\/dev\/mapper\/dmp/DEVICE}
	assert_eq "$exit_status $output" "$above" "through dmp, not as through linear: $*"
	assert_eq "$witnessed" "$below" "below dmp, not as below linear: $*"
}

# --- attributes --------------------------------------------------------------

# The directory of the device called NAME.
block_directory() {
	local file name
	for file in /sys/block/dm-*/dm/name; do
		read -r name <"$file"
		[ "$name" != "$1" ] || { echo "${file%/dm/name}"; return; }
	done
	fail "no device $1"
}

# All attributes but those that are each device's own: name, counters.
attributes() { # NAME FILE
	local dir
	dir=$(block_directory "$1")
	# some are missing, and some cannot be read, on each kernel
	(
		cd "$dir"
		grep -rs '' queue integrity alignment_offset capability \
			discard_alignment ext_range hidden range removable ro size || true
	) >"$2"
	[ -s "$2" ] || fail "$dir: no attributes"
}

# attributes_equal TABLE-LINE…: with TARGET where the target's name belongs. Made
# one after the other, over a device that only one table may hold.
attributes_equal() {
	local target
	for target in linear dmp; do
		printf '%s\n' "${@//TARGET/$target}" | dm create tested
		attributes tested "$CASE_DIR/$target.attributes"
		dm remove --retry tested
	done
	diff -u "$CASE_DIR/linear.attributes" "$CASE_DIR/dmp.attributes" >&2 ||
		fail "attributes differ (see above): $*"
}

# attribute NAME: its value in the last comparison.
attribute() {
	local line
	while read -r line; do
		[ "${line%%:*}" != "$1" ] || { echo "${line#*:}"; return; }
	done <"$CASE_DIR/dmp.attributes"
	fail "no attribute $1"
}

# accepted_equally made|refused|alike TABLE-LINE…: with linear, and so with dmp.
# alike: kernels differ.
accepted_equally() {
	local target answer want=$1
	shift
	for target in linear dmp; do
		answer=refused
		if printf '%s\n' "${@//TARGET/$target}" | dm create tested; then
			answer=made
			dm remove --retry tested
		fi
		[ "$want" != alike ] || want=$answer
		assert_eq "$answer" "$want" "$target: $*"
	done
}

# queues_equal DEVICE [GRAIN]: the shapes a table can have over it: an offset and
# a part, two segments, all of it. GRAIN: sectors that a boundary is a multiple of.
queues_equal() {
	local disk=$1 grain=${2:-8} size
	size=$(sectors "$disk")
	attributes_equal "0 $((5 * grain)) TARGET $disk $((3 * grain))"
	attributes_equal "0 $grain TARGET $disk $((2 * grain))" \
		"$grain $((2 * grain)) TARGET $disk $((5 * grain))"
	attributes_equal "0 $size TARGET $disk 0"
	assert_eq "$(attribute size)" "$size" size
}
