/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that ends the program, with one line, where there is no memory. */
#ifndef DMP_MEMORY_H
#define DMP_MEMORY_H

#include <stddef.h>

void *dmp_alloc(size_t bytes);
void *dmp_resize(void *old, size_t elements, size_t bytes);
void *dmp_grow(void *old, size_t n, size_t bytes);
char *dmp_strdup(const char *text);
char *dmp_strndup(const char *text, size_t length);
char *dmp_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* DMP_MEMORY_H */
