#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Mapped devices that LVM or cryptsetup have made by now are attached.
[ -d /sys/module/dmp ] || warn 'dmp: no module for this kernel: it boots unwatched'
dmpsetup start --initrd || warn 'dmp: not all lines of /etc/dmptab hold'
