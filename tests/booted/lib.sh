# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the stages share. Results are TAP on the second serial line; what a check printed is
# there only if it failed.
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

check() { # NAME COMMAND…
	local name=$1 log=/run/booted.log
	shift
	# Not within a condition, where no command would end it.
	(set -e; trap 'echo "failed: $BASH_COMMAND"' ERR; set -E; "$@") >"$log" 2>&1 &
	if wait $!; then
		echo "ok $name" >/dev/ttyS1
	else
		{ echo "not ok $name"; tail -n 40 "$log" | sed 's/^/# /'; } >/dev/ttyS1
	fi
}

# Does COMMAND succeed, with each of its commands?
holds() { # COMMAND…
	(set -e; "$@") &
	wait $!
}

# Call COMMAND until it holds, for SECONDS at most.
wait_for() { # SECONDS COMMAND…
	local end=$((SECONDS + $1))
	shift
	while ! holds "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || { echo "waited in vain for: $*"; holds "$@"; return 1; }
		sleep 0.5
	done
}

equal() { # GOT WANT
	[ "$1" = "$2" ] || { echo "got '$1', want '$2'"; return 1; }
}

# Is NAME a dmp volume?
watched() { # NAME
	dmsetup table "$1" | grep ' dmp ' >/dev/null
}

unwatched() { # NAME
	dmsetup table "$1" >/dev/null
	! watched "$1"
}

is_gone() { # NAME
	! dmsetup info "$1" >/dev/null 2>&1
}

# A number from a volume's files.
number() { # NAME FILE
	cat "/sys/module/dmp/stat/dm-$(dmsetup info -c --noheadings -o minor "$1")/$2"
}

source_of() { # MOUNT-POINT
	readlink -f "$(findmnt -n -o SOURCE "$1")"
}

# By an initramfs with the module, as tests/booted/dmptab asks for.
root_is_watched() {
	watched root
	equal "$(source_of /)" "$(readlink -f /dev/mapper/root)"
	[ "$(number root read_requests)" -gt 100 ]
	equal "$(number root collect)" counters
}

journal_says() { # REGEX
	journalctl -b -o cat | grep -E -- "$1"
}
