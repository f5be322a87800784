/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exporter's HTTP server. */
#ifndef DMPSTAT_SERVE_H
#define DMPSTAT_SERVE_H

#include "../common/source.h"
#include "options.h"

int serve(const struct options *options, struct dmp_source *source);

#endif /* DMPSTAT_SERVE_H */
