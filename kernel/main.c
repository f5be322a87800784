// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device Mapper Proxy: module initialisation, in order, and exit, mirrored.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "clock.h"
#include "cpus.h"
#include "overhead.h"
#include "reset.h"
#include "sysfs.h"
#include "target.h"
#include "tick.h"
#include "version.h"
#include "volume.h"

static int __init dmp_init(void)
{
	int ret;

	ret = dmp_cpus_global_init();
	if (ret)
		return ret;

	ret = dmp_reset_global_init();
	if (ret)
		goto cpus_exit;

	ret = dmp_tick_global_init();
	if (ret)
		goto reset_exit;

	ret = dmp_sysfs_init();
	if (ret)
		goto tick_exit;

	dmp_clock_global_init();
	dmp_overhead_measure();
	ret = dmp_volumes_init(&dmp_sysfs_volume_ops);
	if (ret)
		goto sysfs_exit;

	/* Last: from here on volumes may be added. */
	ret = dmp_target_init();
	if (ret)
		goto volumes_exit;
	return 0;

volumes_exit:
	dmp_volumes_exit();
sysfs_exit:
	dmp_sysfs_exit();
tick_exit:
	dmp_tick_global_exit();
reset_exit:
	dmp_reset_global_exit();
cpus_exit:
	dmp_cpus_global_exit();
	return ret;
}

static void __exit dmp_exit(void)
{
	dmp_target_exit();
	dmp_volumes_exit();
	dmp_sysfs_exit();
	dmp_tick_global_exit();
	dmp_reset_global_exit();
	dmp_cpus_global_exit();
}

module_init(dmp_init);
module_exit(dmp_exit);

MODULE_DESCRIPTION("Device Mapper Proxy: forwards I/O and counts it");
MODULE_AUTHOR("dmp developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(DMP_VERSION);
MODULE_ALIAS("dm-dmp");
