#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# probe.sh OUT OLDEST KERNEL NEWEST CC FLAGS...
#
# Compiles each probes/NAME.c with the kernel's own flags and writes OUT, a
# header with "#define DMP_HAVE_NAME" for each one that compiles. Called by
# Kbuild. The two control probes tell a kernel that lacks a feature from a
# compiler that cannot compile anything (or accepts everything).
set -eu
LC_ALL=C
export LC_ALL

out=$1 oldest=$2 kernel=$3 newest=$4
shift 4
probes=$(dirname -- "$0")/probes

older() { # older A B: is version A older than B?
	[ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

die() {
	echo "dmp: $*" >&2
	exit 1
}

compiles() { # compiles NAME CC FLAGS...
	name=$1
	shift
	"$@" -Wno-error -Werror=incompatible-pointer-types \
		-Werror=implicit-function-declaration \
		-fsyntax-only "$probes/$name.c" >"$out.log" 2>&1
}

if older "$kernel" "$oldest"; then
	die "kernel $kernel is older than $oldest, the oldest one supported"
fi
if older "$newest" "$kernel"; then
	echo "dmp: warning: kernel $kernel is newer than $newest, the newest one tested" >&2
fi

if ! compiles control_pass "$@"; then
	cat "$out.log" >&2
	die "this kernel's headers do not compile at all: see above"
fi
if compiles control_fail "$@"; then
	die "the compiler accepts a wrong interface: no probe can be trusted"
fi

{
	echo "/* Made by compat/probe.sh for kernel $kernel. */"
	for file in "$probes"/*.c; do
		name=$(basename "$file" .c)
		case $name in control_*) continue ;; esac
		if compiles "$name" "$@"; then
			echo "#define DMP_HAVE_$(echo "$name" | tr '[:lower:]' '[:upper:]') 1"
		fi
	done
} >"$out.tmp"
mv "$out.tmp" "$out"
rm -f "$out.log"
