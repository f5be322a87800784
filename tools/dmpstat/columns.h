/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns: the one place for their names, units and formulas. */
#ifndef DMPSTAT_COLUMNS_H
#define DMPSTAT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/interval.h"

enum unit {
	UNIT_TEXT,	/* a name */
	UNIT_COUNT,	/* a number of something */
	UNIT_RATE,	/* of it a second */
	UNIT_BYTES,
	UNIT_BYTE_RATE,	/* bytes a second */
	UNIT_NS,	/* nanoseconds */
	UNIT_PERCENT,
	UNIT_DEPTH,	/* a mean number of I/Os */
};

/**
 * struct value - what stands in a cell
 * @known: false: not applicable, or nothing was counted
 * @beyond: the value is @number or more
 * @number: by the column's unit
 * @text: UNIT_TEXT
 */
struct value {
	bool known, beyond;
	double number;
	const char *text;
};

/**
 * struct column - one column
 * @name: its heading, which -O takes
 * @unit: of its values
 * @op: operation that it is about, where it is about one
 * @argument: of @value: a percentile
 * @metric: of @value: which metric it is about, without operation
 * @help: definition
 * @value: formula
 * @needs: metrics that the formula reads, without operation, separated by blanks
 */
struct column {
	const char *name;
	enum unit unit;
	enum dmp_op op;
	double argument;
	const char *metric;
	const char *help;
	struct value (*value)(const struct dmp_interval *interval,
			      const struct column *column);
	const char *needs;
};

extern const struct column all_columns[];
extern const size_t n_all_columns;

extern const char default_columns[], extended_columns[];

const struct column *column_find(const char *name, size_t length);
const char *unit_name(enum unit unit);
bool column_needs(const struct column *column, const char *metric);

#endif /* DMPSTAT_COLUMNS_H */
