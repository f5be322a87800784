# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of dmpstat in bash: views, options, columns, metrics, volumes, files. Goes to
# /usr/share/bash-completion/completions/dmpstat.

_dmpstat_volumes() {
	dmpstat -H -O name 2>/dev/null
}

# The last word of a list separated by commas, with what stands before it.
_dmpstat_columns() {
	local list='' column
	[[ $1 != *,* ]] || list=${1%,*},
	while read -r column _; do
		printf '%s%s\n' "$list" "$column"
	done < <(dmpstat -O help 2>/dev/null)
}

_dmpstat() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} view='' i
	local views='top hist heat explain fio export record report' words=''
	# readline splits at "=", too
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ " $views " == *" ${COMP_WORDS[i]} "* ]]; then
			view=${COMP_WORDS[i]}
			break
		fi
	done
	COMPREPLY=()
	case $before in
	-O | --columns) words=$(_dmpstat_columns "$word")$'\n'help ;;
	--units) words=$'k\nm\ng\nh' ;;
	-o | --output)
		[ -n "$view" ] || words=JSON
		;;
	hist) words=$(dmpstat hist help 2>/dev/null | sed 's/^[^:]*: //' | tr ' ' '\n') ;;
	-f | --file | --textfile | --root | --listen) ;;
	*)
		case $word in
		-*) words=$(dmpstat --help 2>/dev/null | grep -o -E '(^|[ ,])--?[a-zA-Z][a-z-]*' |
			tr -d ' ,') ;;
		*)
			[ "$view" = report ] || words=$(_dmpstat_volumes)
			[ -n "$view" ] || words+=$'\n'${views// /$'\n'}
			;;
		esac
		;;
	esac
	# Names may hold anything but a newline: quoted where the shell needs it.
	while IFS= read -r i; do
		[[ -n $i && $i == "$word"* ]] || continue
		[[ $i =~ ^[][A-Za-z0-9_.,/:%+-]*$ ]] || i=$(printf '%q' "$i")
		COMPREPLY+=("$i")
	done <<<"$words"
}

complete -o default -F _dmpstat dmpstat
