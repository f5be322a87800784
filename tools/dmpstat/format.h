/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people read them, and as scripts do. */
#ifndef DMPSTAT_FORMAT_H
#define DMPSTAT_FORMAT_H

#include <stdint.h>
#include <stdio.h>

#include "columns.h"

enum scale { SCALE_KIB, SCALE_MIB, SCALE_GIB, SCALE_HUMAN, SCALE_EXACT };

#define CELL_MAX 32

void format_ns(char *cell, double ns);
void format_bytes(char *cell, double bytes);
void format_value(char *cell, const struct value *value, enum unit unit, enum scale scale);
void format_time(char *text, size_t size, uint64_t real_ns);
void print_escaped(FILE *file, const char *text);

#endif /* DMPSTAT_FORMAT_H */
