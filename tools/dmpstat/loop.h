/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports in their interval, until there are enough, or somebody ends the program. */
#ifndef DMPSTAT_LOOP_H
#define DMPSTAT_LOOP_H

#include <time.h>

#include "../common/source.h"
#include "options.h"

typedef int (*show_fn)(const struct options *options, const struct dmp_report *report);

void loop_catch_signals(void);
bool loop_ended(void);
int loop_read(char *const *volumes, size_t n, struct dmp_source *source,
	      struct dmp_snapshot *snapshot);
int loop_read_next(char *const *volumes, size_t n, struct dmp_source *source,
		   struct dmp_snapshot *snapshot);
int loop_run(const struct options *options, char *const *volumes, size_t n,
	     struct dmp_source *source, show_fn show);
int loop_flush(void);
void loop_wait(struct timespec *next, double seconds);

#endif /* DMPSTAT_LOOP_H */
