// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames of a recording: see record-frame.h. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd_errors.h>

#include "memory.h"
#include "record-frame.h"
#include "record-state.h"

#define READ_BYTES	(1 << 16)

/* No frame of a recorder is near it: what claims to be larger is damaged or hostile. */
#define LARGEST_FRAME	(64u << 20)

static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

/**
 * record_file_begin() - read from the start
 * @file: to set up
 * @fd: of the file, which stays the caller's
 */
void record_file_begin(struct record_file *file, int fd)
{
	memset(file, 0, sizeof(*file));
	file->fd = fd;
	file->decompressor = ZSTD_createDCtx();
}

void record_file_free(struct record_file *file)
{
	ZSTD_freeDCtx(file->decompressor);
	free(file->bytes.data);
}

/* Where the frame that was returned last ends. */
off_t record_file_offset(const struct record_file *file)
{
	return file->offset + file->used;
}

static void drop(struct record_file *file, size_t n)
{
	if (!n)
		return;
	file->bytes.n -= n;
	memmove(file->bytes.data, file->bytes.data + n, file->bytes.n);
	file->offset += n;
}

static void read_more(struct record_file *file)
{
	unsigned char data[READ_BYTES];
	ssize_t got = pread(file->fd, data, sizeof(data), file->offset + file->bytes.n);

	if (got > 0)
		dmp_put_bytes(&file->bytes, data, got);
	else
		file->at_end = true;
}

/* Length of the frame that the bytes begin with; 0 if they do not, or not with all of it. */
static size_t frame_length(struct record_file *file)
{
	size_t length;

	for (;;) {
		length = ZSTD_findFrameCompressedSize(file->bytes.data, file->bytes.n);
		if (!ZSTD_isError(length))
			return length <= LARGEST_FRAME ? length : 0;
		if (ZSTD_getErrorCode(length) != ZSTD_error_srcSize_wrong || file->at_end ||
		    file->bytes.n > LARGEST_FRAME)
			return 0;
		read_more(file);
	}
}

/* To where the next frame may begin; false: nowhere. */
static bool resync(struct record_file *file)
{
	unsigned char *found;

	do {
		found = file->bytes.n < 1 + sizeof(magic) ? NULL :
			memmem(file->bytes.data + 1, file->bytes.n - 1, magic, sizeof(magic));
		if (found) {
			drop(file, found - file->bytes.data);
			return true;
		}
		if (file->bytes.n > sizeof(magic))
			drop(file, file->bytes.n - sizeof(magic));
		if (!file->at_end)
			read_more(file);
	} while (!file->at_end || file->bytes.n > sizeof(magic));
	return false;
}

/**
 * record_file_skip() - the next frame, without what is in it
 * @file: to read from
 *
 * Return: 1 if there is one, 0 at the end.
 */
int record_file_skip(struct record_file *file)
{
	off_t from;

	drop(file, file->used);
	from = file->offset;
	file->used = 0;
	for (;;) {
		if (!file->bytes.n && !file->at_end)
			read_more(file);
		if (!file->bytes.n)
			return 0;
		file->used = frame_length(file);
		if (file->used)
			break;
		if (!resync(file))
			return 0;
	}
	file->damaged += file->offset - from;
	return 1;
}

static bool decompress(struct record_file *file, struct dmp_bytes *content)
{
	unsigned long long size = ZSTD_getFrameContentSize(file->bytes.data, file->used);
	size_t got;

	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
	    size > LARGEST_FRAME)
		return false;
	if (content->room < size + 1) {
		content->data = dmp_resize(content->data, size + 1, 1);
		content->room = size + 1;
	}
	got = ZSTD_decompressDCtx(file->decompressor, content->data, size, file->bytes.data,
				  file->used);
	content->n = ZSTD_isError(got) ? 0 : got;
	return !ZSTD_isError(got) && got == size;
}

/**
 * record_file_next() - the content of the next frame
 * @file: to read from
 * @content: whose room is used again
 *
 * Return: 1 if there is one, 0 at the end, -1 if what there is cannot be read.
 */
int record_file_next(struct record_file *file, struct dmp_bytes *content)
{
	if (!record_file_skip(file))
		return 0;
	if (decompress(file, content))
		return 1;
	file->damaged += file->used;
	return -1;
}

/**
 * record_is_header() - does a segment begin here?
 * @content: of a frame
 *
 * Return: whether it does: nothing that was before is needed.
 */
bool record_is_header(const struct dmp_bytes *content)
{
	return content->n && content->data[0] == RECORD_HEADER;
}
