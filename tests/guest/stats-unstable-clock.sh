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

run() {
	local quick resumed
	load_dmp
	dm_create below '0 20000 zero'
	dm_create proxy '0 20000 dmp /dev/mapper/below'
	quick=$(bulk_value proxy overhead_ns)

	dm suspend --nolockfs --noflush below
	stalled_read proxy
	# To leave the counter the kernel patches code that its scheduler is always in,
	# by way of a breakpoint. Of QEMU's two CPUs one may go on seeing that when it is
	# gone, and die of it; one CPU alone cannot.
	echo 0 >/sys/devices/system/cpu/cpu1/online
	defer bring_back
	load_module splat how=tsc
	assert_dmesg 'Marking TSC unstable due to a test'
	sleep 2
	stalled_read proxy
	sleep 1
	resumed=$(now_ms)
	dm resume below
	stalled_end
	# The first one is timed by the counter, at the rate that was measured as the guest
	# booted; Linux itself takes that to be right to within 1 %.
	assert_stalled "$(bulk_value proxy read_time_ns)" "$resumed" 'time of both' 1
	assert_eq "$(bulk_sum proxy read_latency_ns)" 2 'timed'

	# The costs of the two clocks were measured when the module was loaded, which one
	# is told depends on the clock in use. That it is the higher one is left to quiet
	# machines.
	plain=$(bulk_value proxy overhead_ns)
	assert_ne "$plain" "$quick" 'the cost'
	dd if=/dev/mapper/proxy of=/dev/null bs=4096 count=503 iflag=direct
	assert_eq "$(bulk_value proxy read_timed)" 505 'timed'
}
