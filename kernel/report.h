/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters as the text that users see. */
#ifndef DMP_REPORT_H
#define DMP_REPORT_H

#include <linux/types.h>

struct dmp_counts;

ssize_t dmp_report_volumes(const struct dmp_counts *counts, char *page);
ssize_t dmp_report_stat(const struct dmp_counts *counts, char *page);
void dmp_report_status(const struct dmp_counts *counts, char *result,
		       unsigned int maxlen);

#endif /* DMP_REPORT_H */
