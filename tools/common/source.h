/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where snapshots come from: this machine, a directory that looks like one, or a
 * recording. Views ask for the next snapshot and need not know which.
 */
#ifndef DMP_SOURCE_H
#define DMP_SOURCE_H

#include <stdbool.h>

#include "sample.h"

/**
 * struct dmp_source - where snapshots come from
 * @live: snapshots are of now, and the caller waits between two; else they follow each other
 * @read: the next snapshot: 1 if there is one, 0 at the end, -1 after an error that has
 *	been printed
 * @restart: begin with the first snapshot again
 * @want: read only metrics for which @wanted says so; NULL is for all of them
 * @close: free it
 */
struct dmp_source {
	bool live;
	int (*read)(struct dmp_source *source, struct dmp_snapshot *snapshot);
	void (*restart)(struct dmp_source *source);
	void (*want)(struct dmp_source *source, bool (*wanted)(const char *metric));
	void (*close)(struct dmp_source *source);
};

struct dmp_source *dmp_live_open(const char *root);

#endif /* DMP_SOURCE_H */
