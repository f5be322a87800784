/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as OpenMetrics, or as the older text of Prometheus. */
#ifndef DMPSTAT_OPENMETRICS_H
#define DMPSTAT_OPENMETRICS_H

#include <stdio.h>

#include "../common/sample.h"

/* The older text is what node_exporter reads from files. */
enum exposition { OPENMETRICS, PROMETHEUS_TEXT };

bool openmetrics_needs(const char *name);
void openmetrics_write(FILE *file, const struct dmp_snapshot *snapshot,
		       enum exposition exposition);

#endif /* DMPSTAT_OPENMETRICS_H */
