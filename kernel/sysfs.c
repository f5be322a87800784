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
#include <linux/ktime.h>

#include "metrics.h"
#include "pulse.h"
#include "report.h"
#include "sysfs.h"
#include "volume.h"

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

static struct dmp_volume *volume_of(struct kobject *kobj)
{
	return container_of(kobj, struct folder, kobj)->volume;
}

static ssize_t volume_stat_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *page)
{
	struct dmp_stats *stats = &volume_of(kobj)->stats;
	struct dmp_counts counts;

	dmp_stats_read(stats, &counts);
	return dmp_report_stat(&counts, dmp_pulse_oldest(stats, &counts,
							 ktime_get_ns()),
			       page);
}

static ssize_t volume_reset_store(struct kobject *kobj,
				  struct kobj_attribute *attr,
				  const char *buf, size_t count)
{
	int ret = parse_reset(buf);

	if (ret)
		return ret;
	dmp_volume_reset(volume_of(kobj));
	return count;
}

static struct kobj_attribute volume_stat_attr =
	__ATTR(stat, 0444, volume_stat_show, NULL);
static struct kobj_attribute volume_reset_attr =
	__ATTR(reset, 0200, NULL, volume_reset_store);

/*
 * A file for each histogram and operation, and one or two with its bounds. Made
 * from dmp_metrics when the module is loaded, and shared by all volumes.
 */
struct hist_file {
	struct kobj_attribute attr;
	const struct dmp_metric *metric;
	unsigned int op;
	bool rows;
	char name[32];
};

#define MAX_HIST_FILES 80

static struct hist_file hist_files[MAX_HIST_FILES];
static unsigned int nr_hist_files;

/* The two above, the histograms' files, and the end. */
static struct attribute *volume_attrs[MAX_HIST_FILES + 3];
ATTRIBUTE_GROUPS(volume);

static ssize_t hist_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *page)
{
	struct hist_file *file = container_of(attr, struct hist_file, attr);
	struct dmp_stats *stats = &volume_of(kobj)->stats;
	ssize_t ret;

	ret = dmp_report_metric(file->metric, file->op,
				dmp_stats_hists_begin(stats), page);
	dmp_stats_hists_end(stats);
	return ret;
}

static ssize_t bounds_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *page)
{
	struct hist_file *file = container_of(attr, struct hist_file, attr);

	return dmp_report_bounds(file->metric, file->rows, page);
}

static __printf(2, 3) struct hist_file *
add_file(const struct dmp_metric *metric, const char *format, ...)
{
	struct hist_file *file = &hist_files[nr_hist_files];
	va_list args;

	if (WARN_ON(nr_hist_files == MAX_HIST_FILES))
		return NULL;
	va_start(args, format);
	vsnprintf(file->name, sizeof(file->name), format, args);
	va_end(args);
	sysfs_attr_init(&file->attr.attr);
	file->attr.attr.name = file->name;
	file->attr.attr.mode = 0444;
	file->attr.show = bounds_show;
	file->metric = metric;
	volume_attrs[2 + nr_hist_files++] = &file->attr.attr;
	return file;
}

static void add_metric_files(const struct dmp_metric *metric)
{
	struct hist_file *file;
	unsigned int op;

	add_file(metric, "%s_bounds", metric->name);
	if (metric->columns) {
		file = add_file(metric, "%s_row_bounds", metric->name);
		if (file)
			file->rows = true;
	}

	for (op = 0; op < DMP_NR_OPS; op++) {
		if (!(metric->ops & BIT(op)))
			continue;
		file = add_file(metric, "%s_%s", dmp_op_names[op],
				metric->name);
		if (file) {
			file->op = op;
			file->attr.show = hist_show;
		}
	}
}

static void make_volume_attrs(void)
{
	unsigned int i;

	volume_attrs[0] = &volume_stat_attr.attr;
	volume_attrs[1] = &volume_reset_attr.attr;
	for (i = 0; i < dmp_nr_metrics; i++)
		add_metric_files(&dmp_metrics[i]);
}

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

	make_volume_attrs();
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
