/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dmpstat can be asked to do: each returns the exit status. */
#ifndef DMPSTAT_VIEWS_H
#define DMPSTAT_VIEWS_H

#include "../common/source.h"
#include "options.h"

int view_table(struct options *options, struct dmp_source *source);
int view_top(struct options *options, struct dmp_source *source);
int view_hist(struct options *options, struct dmp_source *source);
int view_heat(struct options *options, struct dmp_source *source);
int view_explain(struct options *options, struct dmp_source *source);
int view_fio(struct options *options, struct dmp_source *source);
int view_export(struct options *options, struct dmp_source *source);
int view_record(struct options *options, struct dmp_source *source);
int view_report(struct options *options, struct dmp_source *source);

#endif /* DMPSTAT_VIEWS_H */
