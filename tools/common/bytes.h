/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that grow, and numbers and texts in them, as docs/ABI/recording.md writes them.
 * Reading never goes beyond the end: it fails, once and for all.
 */
#ifndef DMP_BYTES_H
#define DMP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct dmp_bytes - what is written
 * @data: the bytes
 * @n: how many
 * @room: how many @data has room for
 */
struct dmp_bytes {
	unsigned char *data;
	size_t n, room;
};

/**
 * struct dmp_cursor - what is read
 * @at: the next byte
 * @end: after the last one
 * @failed: something was not there, or was none: all that was read since is void
 */
struct dmp_cursor {
	const unsigned char *at, *end;
	bool failed;
};

void dmp_put_bytes(struct dmp_bytes *bytes, const void *data, size_t n);
void dmp_put_number(struct dmp_bytes *bytes, uint64_t value);
void dmp_put_signed(struct dmp_bytes *bytes, int64_t value);
void dmp_put_text(struct dmp_bytes *bytes, const char *text);

uint64_t dmp_get_number(struct dmp_cursor *cursor);
int64_t dmp_get_signed(struct dmp_cursor *cursor);
char *dmp_get_text(struct dmp_cursor *cursor);
struct dmp_cursor dmp_get_part(struct dmp_cursor *cursor);

#endif /* DMP_BYTES_H */
