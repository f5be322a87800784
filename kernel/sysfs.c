// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/module/NAME/stat/: files for all volumes, and a folder dm-N for each.
 *
 * Removing a file waits for whoever is reading it. The files here take the
 * locks of the counters only, none that is held while a folder is removed.
 */
#include <linux/completion.h>
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "report.h"
#include "sysfs.h"

#define DM_MSG_PREFIX "dmp"

/* How much of what somebody wrote goes to the log. */
#define MAX_SHOWN 64

/* A volume's folder. */
struct folder {
	struct kobject kobj;
	struct dmp_volume *volume;
	struct completion released;
};

static struct kobject *stat_folder;

/* Any writer of a reset file has to mean it: nothing but a 1 is accepted. */
static int parse_reset(const char *buf)
{
	if (sysfs_streq(buf, "1"))
		return 0;
	DMERR("reset: bad value '%.*s'",
	      min_t(int, strcspn(buf, "\n"), MAX_SHOWN), buf);
	return -EINVAL;
}

static ssize_t volumes_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *page)
{
	struct dmp_counts counts;

	dmp_volumes_read(&counts);
	return dmp_report_volumes(&counts, page);
}

static ssize_t reset_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t count)
{
	int ret = parse_reset(buf);

	if (ret)
		return ret;
	dmp_volumes_reset();
	return count;
}

static struct kobj_attribute volumes_attr = __ATTR_RO(volumes);
static struct kobj_attribute reset_attr = __ATTR_WO(reset);

static struct attribute *stat_attrs[] = {
	&volumes_attr.attr,
	&reset_attr.attr,
	NULL
};

static const struct attribute_group stat_group = { .attrs = stat_attrs };

static struct dmp_stats *stats_of(struct kobject *kobj)
{
	return &container_of(kobj, struct folder, kobj)->volume->stats;
}

static ssize_t volume_stat_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *page)
{
	struct dmp_counts counts;

	dmp_stats_read(stats_of(kobj), &counts);
	return dmp_report_stat(&counts, page);
}

static ssize_t volume_reset_store(struct kobject *kobj,
				  struct kobj_attribute *attr,
				  const char *buf, size_t count)
{
	struct dmp_counts raw;
	int ret = parse_reset(buf);

	if (ret)
		return ret;
	dmp_stats_reset(stats_of(kobj), &raw);
	return count;
}

static struct kobj_attribute volume_stat_attr =
	__ATTR(stat, 0444, volume_stat_show, NULL);
static struct kobj_attribute volume_reset_attr =
	__ATTR(reset, 0200, NULL, volume_reset_store);

static struct attribute *volume_attrs[] = {
	&volume_stat_attr.attr,
	&volume_reset_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(volume);

static void folder_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct folder, kobj)->released);
}

static const struct kobj_type folder_type = {
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = volume_groups,
	.release = folder_release,
};

/* kobject_put() may release later; this code must still be there by then. */
static void folder_destroy(struct folder *folder)
{
	kobject_put(&folder->kobj);
	wait_for_completion(&folder->released);
	kfree(folder);
}

static int folder_create(struct dmp_volume *volume)
{
	struct folder *folder;
	int ret;

	folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	if (!folder)
		return -ENOMEM;

	folder->volume = volume;
	init_completion(&folder->released);
	/* (void *): until v6.2 it was declared without const. */
	ret = kobject_init_and_add(&folder->kobj, (void *)&folder_type,
				   stat_folder, "%s", dmp_volume_name(volume));
	if (ret) {
		folder_destroy(folder);
		return ret;
	}

	volume->presence = folder;
	return 0;
}

static void folder_remove(struct dmp_volume *volume)
{
	struct folder *folder = volume->presence;

	kobject_del(&folder->kobj);
	folder_destroy(folder);
}

const struct dmp_volume_ops dmp_sysfs_volume_ops = {
	.appear = folder_create,
	.vanish = folder_remove,
};

/**
 * dmp_sysfs_init() - make the stat folder
 *
 * Context: may sleep.
 * Return: 0 or an errno, with nothing left behind.
 */
int dmp_sysfs_init(void)
{
	int ret;

	stat_folder = kobject_create_and_add("stat", &THIS_MODULE->mkobj.kobj);
	if (!stat_folder)
		return -ENOMEM;

	ret = sysfs_create_group(stat_folder, &stat_group);
	if (ret)
		kobject_put(stat_folder);
	return ret;
}

/**
 * dmp_sysfs_exit() - remove the stat folder
 *
 * Context: may sleep; no volume is left.
 */
void dmp_sysfs_exit(void)
{
	sysfs_remove_group(stat_folder, &stat_group);
	kobject_put(stat_folder);
}
