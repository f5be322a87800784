/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a recording: what zstd compressed, one after the other. A torn one at the end
 * is none; a damaged one is skipped.
 */
#ifndef DMP_RECORD_FRAME_H
#define DMP_RECORD_FRAME_H

#include <sys/types.h>
#include <zstd.h>

#include "bytes.h"

/**
 * struct record_file - a file, read frame by frame
 * @fd: the file
 * @offset: in the file, of @bytes
 * @bytes: of the file, not used up
 * @used: of @bytes: a frame that was returned
 * @at_end: nothing follows @bytes
 * @damaged: bytes skipped that were no frame
 * @decompressor: of zstd
 */
struct record_file {
	int fd;
	off_t offset;
	struct dmp_bytes bytes;
	size_t used;
	bool at_end;
	uint64_t damaged;
	ZSTD_DCtx *decompressor;
};

void record_file_begin(struct record_file *file, int fd);
void record_file_free(struct record_file *file);
int record_file_skip(struct record_file *file);
int record_file_next(struct record_file *file, struct dmp_bytes *content);
off_t record_file_offset(const struct record_file *file);
bool record_is_header(const struct dmp_bytes *content);

#endif /* DMP_RECORD_FRAME_H */
