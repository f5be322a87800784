# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: a file with another text fails

run() {
	printf 'one\ntwo \n' >"$CASE_DIR/file"
	assert_file_eq "$CASE_DIR/file" $'one\ntwo' 'the file'
}
