# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of dmpsetup in bash: commands, options, mapped devices, block devices. Goes to
# /usr/share/bash-completion/completions/dmpsetup.

# Mapped devices: those that are volumes, or those that are not. Names are those of
# /dev/mapper, where every user may look.
_dmpsetup_devices() { # watched|unwatched
	local path minor watched
	for path in /dev/mapper/*; do
		[ -b "$path" ] || continue
		minor=$(basename "$(readlink -f -- "$path")")
		watched=unwatched
		[ ! -d "/sys/module/dmp/stat/$minor" ] || watched=watched
		[ "$watched" != "$1" ] || printf '%s\n' "${path##*/}"
	done
}

# Lines of dmptab.
_dmpsetup_lines() {
	awk '!/^[ \t]*#/ && NF > 1 { print $1 }' "${DMPTAB:-/etc/dmptab}" 2>/dev/null
}

_dmpsetup_blocks() {
	lsblk -n -p -l -o NAME 2>/dev/null
}

# The command, and how many words follow it before the cursor.
_dmpsetup_place() {
	local i
	command='' words=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-o | --options) i=$((i + 1)) ;;
		-*) ;;
		*) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else words=$((words + 1)); fi ;;
		esac
	done
}

_dmpsetup() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command words list='' i
	_dmpsetup_place
	COMPREPLY=()
	case $before in
	-o | --options) return ;;
	esac
	if [[ $word == -* ]]; then
		list=$'--options\n--dry-run\n--orphans\n--force\n--initrd\n--help\n--version'
	elif [ -z "$command" ]; then
		list=$'create\nremove\nattach\ndetach\nlist\nstart\nstop\nupgrade'
	else
		case $command$words in
		create1) list=$(_dmpsetup_blocks) ;;
		attach0) list=$(_dmpsetup_devices unwatched) ;;
		detach0 | remove0) list=$(_dmpsetup_devices watched) ;;
		start0 | stop0) list=$(_dmpsetup_lines) ;;
		esac
	fi
	while IFS= read -r i; do
		[[ -n $i && $i == "$word"* ]] || continue
		[[ $i =~ ^[][A-Za-z0-9_.,/:%+-]*$ ]] || i=$(printf '%q' "$i")
		COMPREPLY+=("$i")
	done <<<"$list"
}

complete -F _dmpsetup dmpsetup
