/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table, for people and for scripts, and the same as JSON. */
#ifndef DMPSTAT_TABLE_H
#define DMPSTAT_TABLE_H

#include "options.h"

bool table_set_columns(struct options *options, const char *list);
int *table_widths(const struct options *options, const struct dmp_report *report);
void table_print_header(FILE *out, const struct options *options, const int *widths);
void table_print_row(FILE *out, const struct options *options,
		     const struct dmp_interval *interval, const int *widths);
void table_print(const struct options *options, const struct dmp_report *report, bool first);
void json_begin(const struct options *options);
void json_print(const struct options *options, const struct dmp_report *report);
void json_end(void);

#endif /* DMPSTAT_TABLE_H */
