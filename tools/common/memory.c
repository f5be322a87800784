// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static void *checked(void *memory)
{
	if (memory)
		return memory;
	fputs("dmpstat: out of memory\n", stderr);
	exit(1);
}

/**
 * dmp_alloc() - allocate zeroed memory
 * @bytes: how much, at least 1
 *
 * Return: the memory, never NULL.
 */
void *dmp_alloc(size_t bytes)
{
	return checked(calloc(1, bytes));
}

/**
 * dmp_resize() - make an array larger
 * @old: the array, or NULL
 * @elements: how many it shall hold, at least 1
 * @bytes: size of one
 *
 * Return: the array; elements beyond the old ones are undefined.
 */
void *dmp_resize(void *old, size_t elements, size_t bytes)
{
	return checked(reallocarray(old, elements, bytes));
}

/**
 * dmp_grow() - make room for one more element
 * @old: the array, or NULL; only ever grown by this
 * @n: how many elements it has
 * @bytes: size of one
 *
 * Capacities are powers of two: the array is full whenever @n is one.
 *
 * Return: the array; the element after the last one is undefined.
 */
void *dmp_grow(void *old, size_t n, size_t bytes)
{
	return n & (n - 1) ? old : dmp_resize(old, n ? 2 * n : 1, bytes);
}

/* A copy of @text, of "" if it is NULL. */
char *dmp_strdup(const char *text)
{
	return checked(strdup(text ? text : ""));
}

char *dmp_strndup(const char *text, size_t length)
{
	return checked(strndup(text, length));
}

/**
 * dmp_format() - printf into memory of its own
 * @format: as printf's
 *
 * Return: the text, which the caller frees.
 */
char *dmp_format(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return checked(text);
}
