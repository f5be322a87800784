/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line asks for. */
#ifndef DMPSTAT_OPTIONS_H
#define DMPSTAT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "format.h"

/* Exit status. */
enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

/**
 * struct options - the command line
 * @root: directory that stands for /
 * @columns: -O, or the view's own
 * @n_columns: elements of @columns
 * @scale: --units
 * @output: -o: JSON, or the file to write
 * @file: -f: a recording
 * @used: letters of the options that there were
 * @bare: -H: no header, a tab between columns
 * @skip_first: -y
 * @timestamps: -t
 * @listen: --listen: address of the server
 * @textfile: --textfile: file to write
 * @ascii: nothing but ASCII may be printed
 * @arguments: what is left of the command line: METRIC or volumes
 * @n_arguments: elements of @arguments
 * @interval: seconds; 0 if there is none
 * @count: of reports; 0 is without end
 */
struct options {
	const char *root;
	const struct column **columns;
	size_t n_columns;
	enum scale scale;
	const char *output, *file;
	char used[16];
	bool bare, skip_first, timestamps, ascii;
	const char *listen, *textfile;
	char **arguments;
	size_t n_arguments;
	double interval;
	unsigned long count;
};

#endif /* DMPSTAT_OPTIONS_H */
