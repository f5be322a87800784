/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters and histograms as text, for sysfs and dmsetup. */
#ifndef DMP_REPORT_H
#define DMP_REPORT_H

#include <linux/types.h>

#include "metrics.h"

struct dmp_counts;
struct dmp_volume;

ssize_t dmp_report_volumes(const struct dmp_counts *counts, char *page);
ssize_t dmp_report_stat(const struct dmp_snapshot *snapshot, char *page);
ssize_t dmp_report_scalar(const struct dmp_scalar *scalar, unsigned int op,
			  const struct dmp_snapshot *snapshot, char *page);
ssize_t dmp_report_metric(const struct dmp_metric *metric, unsigned int op,
			  const struct dmp_snapshot *snapshot, char *page);
ssize_t dmp_report_bounds(const struct dmp_metric *metric, bool rows,
			  char *page);
void dmp_report_status(const struct dmp_counts *counts, char *result,
		       unsigned int maxlen);

void dmp_report_stats(struct dmp_volume *volume, char *result,
		      unsigned int maxlen);

#endif /* DMP_REPORT_H */
