/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bars, shades and the terminal's width. */
#ifndef DMPSTAT_DRAW_H
#define DMPSTAT_DRAW_H

#include "options.h"

/* Values of a metric, by the end of its name. */
enum quantity { QUANTITY_NS, QUANTITY_BYTES, QUANTITY_SECTORS, QUANTITY_NUMBER };

enum quantity quantity_of(const char *metric);
void format_quantity(char *cell, int64_t value, enum quantity quantity);
int terminal_width(void);
bool terminal_has_colours(void);
void draw_bar(double share, int width, bool ascii, bool pad);
void draw_shade(double share, bool colours);

#endif /* DMPSTAT_DRAW_H */
