#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What dracut's initramfs needs for lines of /etc/dmptab with x-initrd.attach. Without such
# lines it stays as it is. Sourced by dracut, which calls the functions.

check() {
	grep -q '^[^#]*x-initrd\.attach' /etc/dmptab 2>/dev/null || return 255
	require_binaries dmpsetup
}

depends() {
	echo dm
}

# Without the module dmpsetup makes volumes that count nothing: better than no root.
installkernel() {
	# shellcheck disable=SC2154 # dracut sets it
	if modinfo -k "$kernel" dmp >/dev/null 2>&1; then
		hostonly='' instmods dmp
	else
		dwarn "dmp: no module for $kernel: it boots unwatched"
	fi
}

install() {
	inst_multiple dmpsetup
	inst_simple /etc/dmptab
	# the one and the other: see packaging/udev
	inst_rules 56-dmp.rules 11-dmp.rules
	# Before LVM looks for its volumes, and whenever a disk has come.
	# shellcheck disable=SC2154 # dracut sets it
	inst_hook initqueue/settled 05 "$moddir/dmp-start.sh"
	# Mapped devices that LVM or cryptsetup have made by now are attached.
	inst_hook pre-mount 05 "$moddir/dmp-premount.sh"
}
