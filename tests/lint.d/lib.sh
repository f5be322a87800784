# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Functions of the static checks. Sourced by each of them; the current directory
# becomes the tree's top.

shopt -s inherit_errexit
. "$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")/../../lab/environment.sh"
cd "$(dirname -- "$(realpath -- "${BASH_SOURCE[0]}")")/../.." || exit
need_plain "$PWD" "${TMPDIR:-/tmp}"

# A list of files that came out empty would let every check pass.
git -c safe.directory='*' ls-files --error-unmatch kernel/main.c >/dev/null || exit

# The files of the working tree: tracked, and new ones that are not ignored.
files() { # [PATHSPEC…]
	local file
	git -c safe.directory='*' -c core.quotePath=off ls-files -co --exclude-standard -- "$@" |
		sort -u | while read -r file; do
			[ ! -f "$file" ] || printf '%s\n' "$file"
		done
}

# Scripts, whatever their names.
scripts() {
	local file
	files | while read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*) ! head -n 1 "$file" | grep -aqE '^#! ?/[a-z/]*/(env )?(ba|da)?sh( |$)' || echo "$file" ;;
		esac
	done
}

# Text in other words than ours: the licences, as their author wrote them.
own_files() {
	files | grep -v -e '^LICENSE$' -e '^LICENSES/'
}

# The kernels that every run of the tests has.
kernels() {
	awk '!/^#/ && $6 == "check" { print $1 }' lab/releases
}

# In the toolbox, with kernel/, the test modules and what is compiled here in /tmp/dmp.
with_sources() { # COMMAND
	files kernel tests/guest/modules 'tests/lint.d/*.c' | tar --verbatim-files-from -T - -cf - |
		lab/toolbox sh -euc "mkdir /tmp/dmp; tar -C /tmp/dmp -xf -; cd /tmp/dmp; $1"
}

# Compile modules in the toolbox, the module itself first. The kernel there was
# not compiled, so nobody knows its symbols at link time (KBUILD_MODPOST_WARN);
# that every one exists is seen when the stock kernels load the modules. The test
# modules expect probed.h where the Makefile builds the module.
make_modules() { # DIRECTORIES MAKE-ARGUMENTS, both for a shell
	with_sources "
		mkdir -p build/module/any/dmp
		for dir in $1; do
			[ -e \"\$dir/Kbuild\" ] || continue
			make -s -C /mnt/linux LLVM=1 M=\"\$PWD/\$dir\" $2 KBUILD_MODPOST_WARN=1 modules
			cp kernel/probed.h build/module/any/dmp/
		done"
}

# fail_if TEXT…: print the text, if there is any, and fail.
fail_if() {
	[ -z "$*" ] || { printf '%s\n' "$*"; return 1; }
}
