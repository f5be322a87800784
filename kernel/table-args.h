/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of the table line: <device> [<offset> [<#args> <arg>...]] */
#ifndef DMP_TABLE_ARGS_H
#define DMP_TABLE_ARGS_H

#include <linux/types.h>

/**
 * struct dmp_table_args - a table line's arguments
 * @device: path or major:minor, belongs to the caller
 * @offset: first sector used on it
 */
struct dmp_table_args {
	const char *device;
	sector_t offset;
};

int dmp_table_args_parse(struct dmp_table_args *args, unsigned int argc,
			 char **argv, char **error);
void dmp_table_args_emit(const struct dmp_table_args *args, char *result,
			 unsigned int maxlen);

#endif /* DMP_TABLE_ARGS_H */
