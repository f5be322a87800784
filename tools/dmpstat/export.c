// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat export: metrics to standard output, to a file, or over HTTP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "loop.h"
#include "openmetrics.h"
#include "serve.h"
#include "views.h"

static int cannot_write(const char *path)
{
	fprintf(stderr, "dmpstat: cannot write %s: %s\n", path, strerror(errno));
	return EXIT_FAILED;
}

/* Written aside, then renamed: a reader sees the old file or the new one. */
static int write_textfile(const char *path, const struct dmp_snapshot *snapshot)
{
	char *aside = dmp_format("%s.XXXXXX", path);
	int fd = mkstemp(aside), status = EXIT_DONE;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		status = cannot_write(path);
		free(aside);
		return status;
	}
	openmetrics_write(file, snapshot, PROMETHEUS_TEXT);
	fchmod(fd, 0644);
	if (fflush(file) || ferror(file) || fsync(fd))
		status = cannot_write(path);
	fclose(file);
	if (status == EXIT_DONE && rename(aside, path))
		status = cannot_write(path);
	if (status != EXIT_DONE)
		unlink(aside);
	free(aside);
	return status;
}

/* Of a recording: its last snapshot, in which all metrics are. */
static void read_to_end(struct options *options, struct dmp_source *source,
			struct dmp_snapshot *snapshot)
{
	struct dmp_snapshot next;

	while (!source->live &&
	       loop_read_next(options->arguments, options->n_arguments, source, &next) > 0) {
		dmp_snapshot_free(snapshot);
		*snapshot = next;
	}
}

int view_export(struct options *options, struct dmp_source *source)
{
	struct dmp_snapshot snapshot;
	int status;

	if (options->listen && options->file) {
		fputs("dmpstat: --listen serves what is now, not a recording\n", stderr);
		return EXIT_USAGE;
	}
	if (options->listen && options->textfile) {
		fputs("dmpstat: --listen and --textfile: one of them\n", stderr);
		return EXIT_USAGE;
	}
	source->want(source, openmetrics_needs);
	if (options->listen)
		return serve(options, source);
	status = loop_read(options->arguments, options->n_arguments, source, &snapshot);
	if (status != EXIT_DONE)
		return status;
	read_to_end(options, source, &snapshot);
	if (options->textfile)
		status = write_textfile(options->textfile, &snapshot);
	else
		openmetrics_write(stdout, &snapshot, OPENMETRICS);
	dmp_snapshot_free(&snapshot);
	return status == EXIT_DONE ? loop_flush() : status;
}
