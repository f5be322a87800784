/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: snapshots in a file, as docs/ABI/recording.md says. A recorder writes one,
 * and one that is there is a source.
 */
#ifndef DMP_RECORD_H
#define DMP_RECORD_H

#include "source.h"

struct dmp_recorder;

struct dmp_recorder *dmp_recorder_open(const char *path, const char *root);
bool dmp_recorder_is_brief(const char *metric);
bool dmp_recorder_wants_all(const struct dmp_recorder *recorder, uint64_t boot_ns,
			    double interval);
bool dmp_recorder_append(struct dmp_recorder *recorder, const struct dmp_snapshot *snapshot,
			 double interval, bool all);
bool dmp_recorder_close(struct dmp_recorder *recorder);

struct dmp_source *dmp_record_open(const char *path, double interval);

#endif /* DMP_RECORD_H */
