# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Functions shared by the lab's commands: the list of kernels, the cache, the
# log, root directories and the accelerator. Sourced by lab/* and tests/run.

lab_dir=$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")
. "$lab_dir/environment.sh"
repo=$(dirname "$lab_dir")
cache=${XDG_CACHE_HOME:-${HOME:?is not set}/.cache}/dmp
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# --- talking -----------------------------------------------------------------

log() {
	printf 'lab: %s\n' "$*" >&2
}

die() {
	printf 'lab: error: %s\n' "$*" >&2
	exit 1
}

# A cache that moves with the current directory would be filled again and again.
[[ $cache == /* ]] || die "XDG_CACHE_HOME is not an absolute path: $cache"
need_plain "$repo" "$cache" "${TMPDIR:-/tmp}"

# usage SCRIPT: print the script's header comment, without the licence line.
usage() {
	sed -n '3,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$1"
}

# Run the calling script again as root; the cache stays the caller's.
need_root() {
	mkdir -p "$cache"
	[ "$EUID" -ne 0 ] || return 0
	exec sudo env XDG_CACHE_HOME="$(dirname "$cache")" "$0" "$@"
}

# --- the list of kernels -----------------------------------------------------

releases() {
	grep -v -e '^#' -e '^[[:space:]]*$' "$lab_dir/releases"
}

release_names() { # [SET…]
	local set
	[ $# -gt 0 ] || set -- check debug port matrix flavour
	for set in "$@"; do
		releases | awk -v s="$set" '$6 == s { print $1 }'
	done
}

# release_load NAME: set rel_name, rel_suite, rel_arch, rel_image, rel_headers.
release_load() {
	local line
	line=$(releases | awk -v n="$1" '$1 == n') || true
	[ -n "$line" ] || die "no kernel '$1'; there are: $(release_names | xargs)"
	# shellcheck disable=SC2034 # for the scripts that source this file
	read -r rel_name rel_suite rel_arch rel_image rel_headers _ <<<"$line"
}

# The release whose root directory NAME lives in: its own, or, for a kernel
# without a user land (User-Mode Linux), the stock one of the same suite.
userland_of() {
	release_load "$1"
	if [ "$rel_arch" = um ]; then
		releases | awk -v s="$rel_suite" '$2 == s && $3 == "amd64" { print $1; exit }'
	else
		echo "$1"
	fi
}

# The release under whose name the source of NAME is kept: the first that is
# made from the same package.
source_of() {
	release_load "$1"
	releases | awk -v p="$rel_image" '$4 == p { print $1; exit }'
}

# --- the cache ---------------------------------------------------------------

# key_of STRING…: a short hash of its arguments.
key_of() {
	printf '%s\n' "$@" | sha256sum | cut -c 1-12
}

# cache_get KIND NAME KEY COMMAND…: print the directory that holds the artefact.
# A missing one is made by COMMAND, which gets an empty directory as its last
# argument. The directory takes its place only when COMMAND has succeeded. Only one
# process builds it. Other keys of the same artefact are removed then, unless
# they were in use today (by another checkout, or by a guest that runs from it).
cache_get() {
	local base=$cache/$1/$2 dir=$cache/$1/$2/$3 what="$1 $2" logfile=$cache/log/$1-$2.log
	shift 3
	if [ ! -e "$dir" ]; then
		mkdir -p "$base" "$cache/log"
		(
			flock 9
			[ ! -e "$dir" ] || exit 0
			rm -rf "$base/partial"
			find "$base" -mindepth 1 -maxdepth 1 -type d -mtime +0 -exec rm -rf {} +
			mkdir "$base/partial"
			if ! "$@" "$base/partial" >"$logfile" 2>&1 9>&-; then
				tail -n 25 "$logfile" >&2
				die "$what: failed; all of it: $logfile"
			fi
			mv "$base/partial" "$dir"
		) 9>"$base/lock" || exit 1
	fi
	touch "$dir"
	echo "$dir"
}

# --- root directories ------------------------------------------------------------

# in_root ROOT [SOURCE:TARGET…] -- COMMAND…: chroot with /proc, /dev and the
# SOURCE directories mounted on TARGETs below /mnt, in a mount namespace of its own:
# nothing stays mounted, whatever happens.
in_root() {
	local root=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare -m --propagation private bash -euc '
		root=$1; shift
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		mount -t tmpfs tmpfs "$root/mnt"
		mount -t tmpfs tmpfs "$root/tmp"
		while [ "$1" != -- ]; do
			mkdir -p "$root${1#*:}"
			mount --bind "${1%%:*}" "$root${1#*:}"
			shift
		done
		shift
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			chroot "$root" "$@"
	' in_root "$root" "$@"
}

# Hand what root made to whoever owns the repository, if it is in there: files
# elsewhere, where a caller wants his logs, stay as they are.
give_to_owner() { # PATH…
	local path
	for path; do
		[[ $path != "$repo"/* ]] || chown -R --reference="$repo" "$path"
	done
	chown --reference="$repo" "$repo"/build{,/logs} 2>/dev/null || true
}

# --- other architectures ---------------------------------------------------------

# Is ARCH one whose programs do not run here? Root directories of it are only unpacked;
# beside each is `cross`, of this machine's architecture, with what makes them complete
# and compiles for them. Its guests are emulated.
is_foreign() { # ARCH
	case $1 in arm64 | s390x) ;; *) return 1 ;; esac
}

# How compilers call ARCH, and how kbuild does.
triplet_of() { # ARCH
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	s390x) echo s390x-linux-gnu ;;
	esac
}

kbuild_arch_of() { # ARCH
	case $1 in
	s390x) echo s390 ;;
	*) echo "$1" ;;
	esac
}

# The root directory with programs that run here: ROOT, or the one beside it.
tools_root() { # ROOT
	local cross=${1%/root}/cross
	if [ -e "$cross" ]; then echo "$cross"; else echo "$1"; fi
}

# --- the accelerator ---------------------------------------------------------

# print the -accel and -cpu arguments of QEMU. That /dev/kvm exists does not
# mean that it works: boot a kernel under it, with a short timeout, once for
# each boot of this machine.
accel_args() { # VMLINUZ INITRD
	local answer
	answer=$cache/accel-$(key_of "$(cat /proc/sys/kernel/random/boot_id)" "$(declare -f accel_args)")
	if [ ! -s "$answer" ]; then
		rm -f "$cache"/accel-*
		if kvm_works "$1" "$2"; then
			echo '-accel kvm -cpu host' >"$answer"
		else
			# Emulated, SMAP and SMEP cost at each access to user memory, LA57 at each page.
			echo '-accel tcg,thread=multi -cpu max,-smap,-smep,-la57' >"$answer"
		fi
		log "accelerator: $(cat "$answer")"
	fi
	cat "$answer"
}

kvm_works() {
	[ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
	log 'accelerator: /dev/kvm is there, trying it (at most 15 s)'
	timeout -k 1 15 qemu-system-x86_64 -accel kvm -cpu host -smp 2 -m 512 -nodefaults \
		-display none -no-reboot -serial stdio -kernel "$1" -initrd "$2" \
		-append 'console=ttyS0 panic=-1 dmp.probe' </dev/null 2>/dev/null |
		grep -q 'dmp: probe done'
}
