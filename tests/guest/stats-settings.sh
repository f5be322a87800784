# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: two programs that change different settings of one volume at the same time both succeed, and none of their settings is lost

run() {
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	# Where settings are read and written back in two steps, 1 in 37 was lost
	# (535 of 20000): that 1000 lose none by chance has a probability of e^-27.
	settings proxy 1000 >"$CASE_DIR/settings"
	cat "$CASE_DIR/settings" >&2
	assert_match "$(cat "$CASE_DIR/settings")" '^sent 1000 lost 0 other [0-9]+$' 'settings'
	assert_gt "$(cut -d ' ' -f 6 "$CASE_DIR/settings")" 20 'messages of the other program'
}
