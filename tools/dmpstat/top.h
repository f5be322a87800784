/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dmpstat top shows: its state, which keys change, and which is drawn. */
#ifndef DMPSTAT_TOP_H
#define DMPSTAT_TOP_H

#include "options.h"

enum top_screen { TOP_TABLE, TOP_VOLUME, TOP_HELP };

/**
 * struct top - the state of the screen
 * @options: columns, units, interval
 * @report: what is shown
 * @order: indices of the report's intervals, in the order of the screen
 * @n: elements of @order: volumes that are there
 * @screen: what is shown
 * @sort: index of the column to sort by
 * @ascending: the least first
 * @selected: the kernel's name of the volume that is picked; NULL is none
 * @extended: the columns are those of -x
 * @first: index in @order of the first line shown
 * @paused: no new report until a key
 * @ended: there is no further report
 */
struct top {
	struct options *options;
	struct dmp_report report;
	size_t *order, n;
	enum top_screen screen;
	size_t sort;
	bool ascending;
	char *selected;
	size_t first;
	bool extended, paused, ended;
};

void top_draw(struct top *top);
void top_sort(struct top *top);
size_t top_position(const struct top *top);

#endif /* DMPSTAT_TOP_H */
