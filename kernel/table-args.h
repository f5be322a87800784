/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Table line: <device> [<offset> [<#args> <arg>...]] */
#ifndef DMP_TABLE_ARGS_H
#define DMP_TABLE_ARGS_H

#include <linux/types.h>

#include "stats.h"

/**
 * struct dmp_settings - the settings of one segment, or of a whole table
 * @config: defaults included
 * @given: mask of settings that are explicit in the table line
 */
struct dmp_settings {
	struct dmp_config config;
	unsigned long given;
};

/**
 * struct dmp_table_args - a table line's arguments
 * @device: path or major:minor, owned by the caller
 * @offset: first sector used on it
 * @settings: the optional ones
 */
struct dmp_table_args {
	const char *device;
	sector_t offset;
	struct dmp_settings settings;
};

int dmp_table_args_parse(struct dmp_table_args *args, unsigned int argc,
			 char **argv, char **error);
void dmp_table_args_emit(const struct dmp_table_args *args, char *result,
			 unsigned int maxlen);
void dmp_settings_init(struct dmp_settings *to);
void dmp_settings_merge(struct dmp_settings *to,
			const struct dmp_settings *from, const char *volume,
			sector_t begin);
bool dmp_config_known(const char *name);
int dmp_config_set(struct dmp_config *config, unsigned int argc, char **argv);
const char *dmp_collect_name(enum dmp_collect collect);

#endif /* DMP_TABLE_ARGS_H */
