/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of the table line: <device> [<offset> [<#args> <arg>...]] */
#ifndef DMP_TABLE_ARGS_H
#define DMP_TABLE_ARGS_H

#include <linux/types.h>

#include "stats.h"

/**
 * struct dmp_table_args - a table line's arguments
 * @device: path or major:minor, belongs to the caller
 * @offset: first sector used on it
 * @config: the optional ones
 */
struct dmp_table_args {
	const char *device;
	sector_t offset;
	struct dmp_config config;
};

int dmp_table_args_parse(struct dmp_table_args *args, unsigned int argc,
			 char **argv, char **error);
void dmp_table_args_emit(const struct dmp_table_args *args, char *result,
			 unsigned int maxlen);
bool dmp_config_known(const char *name);
int dmp_config_set(struct dmp_config *config, const char *name,
		   unsigned int nr_values, char **values, const char **error);
const char *dmp_collect_name(enum dmp_collect collect);

#endif /* DMP_TABLE_ARGS_H */
