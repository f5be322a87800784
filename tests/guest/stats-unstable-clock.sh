# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: when the kernel trusts the time stamp counter no more, a busy volume leaves it, and what is in flight is timed right
#
# It is the last case by its name: the guest's clock is another one from then on.

requires() {
	! grep -q 'User Mode Linux' /proc/cpuinfo || skip 'no time stamp counter'
	# the module uses it only where a long has 64 bits
	[ "$(uname -m)" = x86_64 ] || skip 'no time stamp counter'
}

bring_back() {
	echo 1 >/sys/devices/system/cpu/cpu1/online
}

# A read that hangs below.
hang() { # NUMBER-OF-IT
	begun=$((begun + $(now_ms)))
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=1 iflag=direct &
	wait_for 30 below_has proxy "$1"
}

run() {
	local begun=0 quick plain ms
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	quick=$(bulk_value proxy overhead_ns)

	dm suspend --nolockfs --noflush below
	hang 1
	# To leave the counter the kernel patches code that its scheduler is always in,
	# by way of a breakpoint. Of QEMU's two CPUs one may go on seeing that when it is
	# gone, and die of it; one CPU alone cannot.
	echo 0 >/sys/devices/system/cpu/cpu1/online
	defer bring_back
	load_module splat how=tsc
	assert_dmesg 'Marking TSC unstable due to a test'
	sleep 2
	hang 2
	sleep 1
	dm resume below
	wait
	ms=$((2 * $(now_ms) - begun))
	in_range "$(($(bulk_value proxy read_time_ns) / 1000000))" $((ms - 2000)) "$ms" ||
		fail "not about $ms ms: $(bulk_value proxy read_time_ns) ns"
	assert_eq "$(bulk_sum proxy read_latency_ns)" 2 'timed'

	# the other clock costs more: so it is the one in use
	plain=$(bulk_value proxy overhead_ns)
	assert_gt "$plain" "$quick" 'the cost'
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=503 iflag=direct
	assert_eq "$(bulk_value proxy read_timed)" 505 'timed'
}
