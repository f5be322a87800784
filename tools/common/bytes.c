// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes, and numbers and texts in them: see bytes.h. */
#include <string.h>

#include "bytes.h"
#include "memory.h"

#define LEAST_ROOM	256

void dmp_put_bytes(struct dmp_bytes *bytes, const void *data, size_t n)
{
	size_t room = bytes->room ? bytes->room : LEAST_ROOM;

	while (room - bytes->n < n)
		room *= 2;
	if (room != bytes->room) {
		bytes->data = dmp_resize(bytes->data, room, 1);
		bytes->room = room;
	}
	if (n)
		memcpy(bytes->data + bytes->n, data, n);
	bytes->n += n;
}

/**
 * dmp_put_number() - seven bits a byte, the low ones first; the high bit: more follow
 * @bytes: to write to
 * @value: any
 */
void dmp_put_number(struct dmp_bytes *bytes, uint64_t value)
{
	unsigned char digits[10];
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		digits[n++] = value | 0x80;
	digits[n++] = value;
	dmp_put_bytes(bytes, digits, n);
}

/* 0, -1, 1, -2, 2, … as 0, 1, 2, 3, 4, …: what is near zero is short. */
void dmp_put_signed(struct dmp_bytes *bytes, int64_t value)
{
	dmp_put_number(bytes, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void dmp_put_text(struct dmp_bytes *bytes, const char *text)
{
	size_t length = strlen(text);

	dmp_put_number(bytes, length);
	dmp_put_bytes(bytes, text, length);
}

static uint64_t fail(struct dmp_cursor *cursor)
{
	cursor->failed = true;
	cursor->at = cursor->end;
	return 0;
}

/**
 * dmp_get_number() - what dmp_put_number() wrote
 * @cursor: to read from
 *
 * Return: the number; 0 if there is none, or if it has more than 64 bits.
 */
uint64_t dmp_get_number(struct dmp_cursor *cursor)
{
	uint64_t value = 0, digit;
	unsigned int shift;

	for (shift = 0; cursor->at < cursor->end && shift < 64; shift += 7) {
		digit = *cursor->at++;
		value |= (digit & 0x7f) << shift;
		if (shift == 63 && digit > 1)
			break;
		if (digit <= 0x7f)
			return value;
	}
	return fail(cursor);
}

int64_t dmp_get_signed(struct dmp_cursor *cursor)
{
	uint64_t value = dmp_get_number(cursor);

	return value >> 1 ^ -(value & 1);
}

/**
 * dmp_get_part() - a length, and so many bytes
 * @cursor: to read from
 *
 * Return: the bytes; failed and empty if they are not all there.
 */
struct dmp_cursor dmp_get_part(struct dmp_cursor *cursor)
{
	uint64_t length = dmp_get_number(cursor);
	struct dmp_cursor part = { cursor->at, cursor->at, true };

	if (cursor->failed || length > (uint64_t)(cursor->end - cursor->at)) {
		fail(cursor);
		return part;
	}
	cursor->at += length;
	part.end = cursor->at;
	part.failed = false;
	return part;
}

/**
 * dmp_get_text() - what dmp_put_text() wrote
 * @cursor: to read from
 *
 * Return: the text, which the caller frees; "" if there is none. It ends at a byte of 0.
 */
char *dmp_get_text(struct dmp_cursor *cursor)
{
	struct dmp_cursor part = dmp_get_part(cursor);

	return dmp_strndup((const char *)part.at, part.end - part.at);
}
