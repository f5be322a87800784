// SPDX-License-Identifier: GPL-2.0-or-later
/* b2c67cbe9f44 ("time: Add mechanism to recognize clocksource in time_get_snapshot"), v5.13 */
#include <linux/clocksource_ids.h>
#include <linux/timekeeping.h>

bool probe(void)
{
	struct system_time_snapshot snapshot;

	ktime_get_snapshot(&snapshot);
	return snapshot.cs_id == CSID_ARM_ARCH_COUNTER;
}
