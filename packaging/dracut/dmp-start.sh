#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Called again and again while the root file system is waited for: a disk may come late.
# What cannot be done yet is no error: dmp-premount.sh tells what could not be done at all.
modprobe -q dmp
dmpsetup start --initrd 2>/dev/null
