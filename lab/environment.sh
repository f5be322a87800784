# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What every command does first, so that nothing of its caller's shell changes what
# it does: text is that of the C locale, files are readable by all, cd prints
# nothing and goes nowhere else, git looks at the tree it is in. Sourced by lab/*,
# tests/* and bench/run.

export LC_ALL=C
unset CDPATH GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
umask 022

# A relative $0 may begin with a dash, and leads nowhere after a cd.
BASH_ARGV0=$(realpath -- "$0")

# tree_files TOP [PATH…]: the files of a source tree, or those at or below PATHs: tracked,
# and new ones that are not ignored. Without git all but what kbuild leaves there.
tree_files() {
	local file top=$1
	shift
	(
		cd "$top" || exit
		if [ "$(git -c safe.directory='*' rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
			git -c safe.directory='*' -c core.quotePath=off ls-files -co --exclude-standard -- "$@"
		else
			# Some may be missing.
			find "${@:-.}" -path ./build -prune -o -type f ! -name '.*' ! -name '*.o' ! -name '*.ko' \
				! -name '*.mod*' ! -name probed.h ! -name 'device_mapper_proxy-*' -print \
				2>/dev/null || true
		fi | sort -u | while read -r file; do
			[ ! -e "$file" ] || printf '%s\n' "$file"
		done
	)
}

# odd_in PATH: print the characters of PATH that make, kbuild, mount, QEMU or
# User-Mode Linux take for something else than a part of a path. What is not ASCII
# they all take as it is.
odd_in() {
	local odd
	odd=$(printf '%s.' "$1" | tr -d 'A-Za-z0-9/._+@~\200-\377-' | tr -s ' ' | head -c 20; echo .)
	odd=${odd%.}
	[ -z "$odd" ] || printf '%q\n' "$odd"
}

# need_plain PATH…: end with a line that names the first odd one.
need_plain() {
	local path odd
	for path; do
		odd=$(odd_in "$path")
		[ -n "$odd" ] || continue
		[ "$odd" != '\ ' ] || odd='a space'
		printf 'lab: error: cannot use the path %q: it contains %s\n' "$path" "$odd" >&2
		exit 1
	done
}
