// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: a recording. The first byte tells what follows: the file as it is, or what is
 * in its frames, which are then made, since no mutation makes a checksum right.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "../../tools/common/interval.h"
#include "../../tools/common/record.h"

static void write_frame(int fd, ZSTD_CCtx *compressor, const uint8_t *data, size_t size)
{
	static char frame[1 << 20];
	size_t length = ZSTD_compress2(compressor, frame, sizeof(frame), data, size);

	if (!ZSTD_isError(length) && write(fd, frame, length) < 0)
		abort();
}

/* Two frames: a part of the data each. */
static void write_frames(int fd, const uint8_t *data, size_t size)
{
	ZSTD_CCtx *compressor = ZSTD_createCCtx();
	size_t first = size ? data[0] * size / 256 : 0;

	ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1);
	if (size) {
		write_frame(fd, compressor, data + 1, first ? first - 1 : 0);
		write_frame(fd, compressor, data + (first ? first : 1), size - (first ? first : 1));
	}
	ZSTD_freeCCtx(compressor);
}

static void read_all(const char *path, double interval)
{
	struct dmp_source *source = dmp_record_open(path, interval);
	struct dmp_snapshot before = { 0 }, now;
	struct dmp_report report;

	if (!source)
		return;
	while (source->read(source, &now) > 0) {
		dmp_report_make(&report, &before, &now);
		dmp_report_free(&report);
		dmp_snapshot_free(&before);
		before = now;
	}
	dmp_snapshot_free(&before);
	source->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd;

	if (!size || size > 1 << 16)
		return 0;
	fd = memfd_create("recording", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (data[0] & 1)
		write_frames(fd, data + 1, size - 1);
	else if (write(fd, data + 1, size - 1) < 0)
		abort();
	read_all(path, data[0] & 2 ? 1 : 0);
	close(fd);
	return 0;
}
