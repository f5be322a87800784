/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report page, but for its data. */
#ifndef DMPSTAT_PAGE_H
#define DMPSTAT_PAGE_H

#include <stdio.h>

void page_print_head(FILE *file);
void page_print_tail(FILE *file);

#endif /* DMPSTAT_PAGE_H */
