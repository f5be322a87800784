// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module that misbehaves on request while it is loaded, most of it for the
 * tests of the test runner (tests/meta): how=warn, panic, hang (the loading
 * process, for good), spin (every CPU), tsc (the kernel trusts the time stamp
 * counter no more, for good) or fine. Never shipped.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/smp.h>
#if defined(CONFIG_X86_TSC) && !defined(CONFIG_UML)
#include <asm/tsc.h>
#else
static inline void mark_tsc_unstable(char *reason)
{
}
#endif

static char *how = "fine";
module_param(how, charp, 0444);

static void splat_spin(void *unused)
{
	for (;;)
		cpu_relax();
}

static int __init splat_init(void)
{
	if (!strcmp(how, "warn"))
		WARN(1, "splat: a planted warning\n");
	else if (!strcmp(how, "panic"))
		panic("splat: a planted panic");
	else if (!strcmp(how, "tsc"))
		mark_tsc_unstable("a test");
	else if (!strcmp(how, "spin"))
		on_each_cpu(splat_spin, NULL, 1);
	else if (!strcmp(how, "hang"))
		for (;;)
			msleep(1000);
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("misbehaves on request, to test the test runner");
MODULE_LICENSE("GPL");
