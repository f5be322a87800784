// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /sys/module/NAME/stat/: files for all volumes, and a directory dm-N for each.
 *
 * Removal of a sysfs file waits for its readers. So show and store functions take the
 * locks of the counters only, never one that is held while a directory is removed.
 */
#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "metrics.h"
#include "report.h"
#include "sysfs.h"
#include "volume.h"

#define DM_MSG_PREFIX "dmp"

/* Bytes of a rejected value that are logged. */
#define MAX_SHOWN 64

/* The directory of a volume. */
struct volume_dir {
	struct kobject kobj;
	struct dmp_volume *volume;
	struct completion released;
};

static struct kobject *stat_dir;

/* Only 1 is accepted, so that a reset is never an accident. */
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
	ret = dmp_volumes_reset();
	return ret ? ret : count;
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
	return container_of(kobj, struct volume_dir, kobj)->volume;
}

static ssize_t volume_stat_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *page)
{
	struct dmp_volume *volume = volume_of(kobj);
	ssize_t ret;

	ret = dmp_report_stat(dmp_volume_snapshot_begin(volume, DMP_NO_HISTS),
			      page);
	dmp_volume_snapshot_end(volume);
	return ret;
}

static ssize_t volume_reset_store(struct kobject *kobj,
				  struct kobj_attribute *attr,
				  const char *buf, size_t count)
{
	int ret = parse_reset(buf);

	if (ret)
		return ret;
	ret = dmp_volume_reset(volume_of(kobj));
	return ret ? ret : count;
}

static struct kobj_attribute volume_stat_attr =
	__ATTR(stat, 0444, volume_stat_show, NULL);
static struct kobj_attribute volume_reset_attr =
	__ATTR(reset, 0200, NULL, volume_reset_store);

/*
 * A file for each scalar and operation, for each histogram and operation, and one or
 * two with the bounds of a histogram. Built from the tables in metrics.c when the
 * module is loaded, and shared by all volumes.
 */
struct metric_file {
	struct kobj_attribute attr;
	const struct dmp_scalar *scalar;
	const struct dmp_metric *metric;
	unsigned int op;
	bool rows;
	char name[40];
};

static struct metric_file *metric_files;
static unsigned int nr_metric_files;

static struct attribute_group volume_group;
static const struct attribute_group *volume_groups[] = { &volume_group, NULL };

static ssize_t scalar_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *page)
{
	struct metric_file *file = container_of(attr, struct metric_file, attr);
	struct dmp_volume *volume = volume_of(kobj);
	const struct dmp_snapshot *snapshot;
	ssize_t ret;

	snapshot = dmp_volume_snapshot_begin(volume,
					     dmp_scalar_range(file->scalar,
							      file->op));
	ret = dmp_report_scalar(file->scalar, file->op, snapshot, page);
	dmp_volume_snapshot_end(volume);
	return ret;
}

static ssize_t hist_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *page)
{
	struct metric_file *file = container_of(attr, struct metric_file, attr);
	struct dmp_volume *volume = volume_of(kobj);
	const struct dmp_snapshot *snapshot;
	ssize_t ret;

	snapshot = dmp_volume_snapshot_begin(volume,
					     dmp_metric_range(file->metric,
							      file->op));
	ret = dmp_report_metric(file->metric, file->op, snapshot, page);
	dmp_volume_snapshot_end(volume);
	return ret;
}

static ssize_t bounds_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *page)
{
	struct metric_file *file = container_of(attr, struct metric_file, attr);

	return dmp_report_bounds(file->metric, file->rows, page);
}

static __printf(2, 3) struct metric_file *
add_file(ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr,
			 char *page), const char *format, ...)
{
	struct metric_file *file = &metric_files[nr_metric_files++];
	va_list args;

	va_start(args, format);
	vsnprintf(file->name, sizeof(file->name), format, args);
	va_end(args);
	sysfs_attr_init(&file->attr.attr);
	file->attr.attr.name = file->name;
	file->attr.attr.mode = 0444;
	file->attr.show = show;
	return file;
}

static void add_scalar_files(const struct dmp_scalar *scalar)
{
	struct metric_file *file;
	unsigned int op;

	if (!scalar->ops)
		add_file(scalar_show, "%s", scalar->name)->scalar = scalar;

	for (op = 0; op < DMP_NR_OPS; op++) {
		if (!(scalar->ops & BIT(op)))
			continue;
		file = add_file(scalar_show, "%s_%s", dmp_op_names[op],
				scalar->name);
		file->scalar = scalar;
		file->op = op;
	}
}

static void add_metric_files(const struct dmp_metric *metric)
{
	struct metric_file *file;
	unsigned int op;

	add_file(bounds_show, "%s_bounds", metric->name)->metric = metric;
	if (metric->columns) {
		file = add_file(bounds_show, "%s_row_bounds", metric->name);
		file->metric = metric;
		file->rows = true;
	}

	for (op = 0; op < DMP_NR_OPS; op++) {
		if (!(metric->ops & BIT(op)))
			continue;
		file = add_file(hist_show, "%s_%s", dmp_op_names[op],
				metric->name);
		file->metric = metric;
		file->op = op;
	}
}

/* The number of files that the two functions above add. */
static unsigned int count_metric_files(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < dmp_nr_scalars; i++)
		count += dmp_scalars[i].ops ? hweight32(dmp_scalars[i].ops) : 1;
	for (i = 0; i < dmp_nr_metrics; i++)
		count += hweight32(dmp_metrics[i].ops) +
			 (dmp_metrics[i].columns ? 2 : 1);
	return count;
}

static void free_volume_attrs(void)
{
	kfree(volume_group.attrs);
	kfree(metric_files);
}

static int make_volume_attrs(void)
{
	unsigned int i, count = count_metric_files();
	struct attribute **attrs;

	/* stat and reset, the files of the metrics, and the terminator. */
	attrs = kcalloc(count + 3, sizeof(*attrs), GFP_KERNEL);
	volume_group.attrs = attrs;
	metric_files = kcalloc(count, sizeof(*metric_files), GFP_KERNEL);
	if (!attrs || !metric_files) {
		free_volume_attrs();
		return -ENOMEM;
	}

	for (i = 0; i < dmp_nr_scalars; i++)
		add_scalar_files(&dmp_scalars[i]);
	for (i = 0; i < dmp_nr_metrics; i++)
		add_metric_files(&dmp_metrics[i]);

	attrs[0] = &volume_stat_attr.attr;
	attrs[1] = &volume_reset_attr.attr;
	for (i = 0; i < count; i++)
		attrs[2 + i] = &metric_files[i].attr.attr;
	return 0;
}

static void volume_dir_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct volume_dir, kobj)->released);
}

static const struct kobj_type volume_dir_type = {
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = volume_groups,
	.release = volume_dir_release,
};

/* kobject_put() may defer the release, which must run before the module goes. */
static void volume_dir_destroy(struct volume_dir *dir)
{
	kobject_put(&dir->kobj);
	wait_for_completion(&dir->released);
	kfree(dir);
}

static int volume_dir_add(struct dmp_volume *volume)
{
	struct volume_dir *dir;
	int ret;

	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;

	dir->volume = volume;
	init_completion(&dir->released);
	/* (void *): until v6.2 the parameter was not const. */
	ret = kobject_init_and_add(&dir->kobj, (void *)&volume_dir_type,
				   stat_dir, "%s", dmp_volume_name(volume));
	if (ret) {
		volume_dir_destroy(dir);
		return ret;
	}

	volume->dir = dir;
	return 0;
}

static void volume_dir_remove(struct dmp_volume *volume)
{
	struct volume_dir *dir = volume->dir;

	kobject_del(&dir->kobj);
	volume_dir_destroy(dir);
}

const struct dmp_volume_ops dmp_sysfs_volume_ops = {
	.add = volume_dir_add,
	.remove = volume_dir_remove,
};

/**
 * dmp_sysfs_init() - create the stat directory
 *
 * Context: may sleep.
 * Return: 0 or an errno, with nothing left behind.
 */
int dmp_sysfs_init(void)
{
	int ret;

	ret = make_volume_attrs();
	if (ret)
		return ret;

	ret = -ENOMEM;
	stat_dir = kobject_create_and_add("stat", &THIS_MODULE->mkobj.kobj);
	if (!stat_dir)
		goto free_attrs;

	ret = sysfs_create_group(stat_dir, &stat_group);
	if (ret)
		goto put_dir;
	return 0;

put_dir:
	kobject_put(stat_dir);
free_attrs:
	free_volume_attrs();
	return ret;
}

/**
 * dmp_sysfs_exit() - remove the stat directory
 *
 * Context: may sleep; no volume is left.
 */
void dmp_sysfs_exit(void)
{
	sysfs_remove_group(stat_dir, &stat_group);
	kobject_put(stat_dir);
	free_volume_attrs();
}
