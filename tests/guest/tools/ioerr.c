/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do one operation on a device COUNT times and print how each errno was met:
 * lines "OPERATION NAME TIMES", NAME being "ok" or the errno's. OFFSET and
 * LENGTH are bytes; the COUNT-th I/O goes to the same place as the first one.
 *
 * read, write: direct. nowait, nowait-write: the same, must not wait, submitted by
 * io_submit(), since older kernels forget the flag of preadv2().
 *
 * With a DISK, one read of its first block is in flight meanwhile; a line "late" says
 * that it completed too early for that.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "errno-name.h"

#define MAX_ERRNO 4096

static unsigned int met[MAX_ERRNO];
static aio_context_t context;

static int result_of(ssize_t done, size_t length)
{
	if (done < 0)
		return errno;
	return (size_t)done == length ? 0 : EIO;
}

static int nowait(int fd, int opcode, void *buffer, size_t length, off_t offset)
{
	struct iocb iocb = {
		.aio_fildes = fd,
		.aio_lio_opcode = opcode,
		.aio_buf = (uintptr_t)buffer,
		.aio_nbytes = length,
		.aio_offset = offset,
		.aio_rw_flags = RWF_NOWAIT,
	};
	struct iocb *iocbs[] = { &iocb };
	struct io_event event;

	if (syscall(SYS_io_submit, context, 1, iocbs) != 1)
		return errno;
	if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
		return errno;
	return event.res < 0 ? -event.res : result_of(event.res, length);
}

/* Begin a read of DISK, which takes as long as DISK takes. */
static aio_context_t hold(const char *disk)
{
	static char block[4096] __attribute__((aligned(4096)));
	aio_context_t holder = 0;
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_buf = (uintptr_t)block,
		.aio_nbytes = sizeof(block),
	};
	struct iocb *iocbs[] = { &iocb };
	int fd = open(disk, O_RDONLY | O_DIRECT);

	iocb.aio_fildes = fd;
	if (fd < 0 || syscall(SYS_io_setup, 1, &holder) ||
	    syscall(SYS_io_submit, holder, 1, iocbs) != 1) {
		perror(disk);
		exit(2);
	}
	return holder;
}

/* Was it still in flight when this was asked? It is not afterwards. */
static int was_held(aio_context_t holder)
{
	struct timespec now = { 0 };
	struct io_event event;

	if (syscall(SYS_io_getevents, holder, 1, 1, &event, &now) == 1)
		return 0;
	syscall(SYS_io_getevents, holder, 1, 1, &event, NULL);
	return 1;
}

static int once(int fd, const char *operation, void *buffer, off_t offset,
		size_t length)
{
	uint64_t range[2] = { offset, length };

	if (!strcmp(operation, "read"))
		return result_of(pread(fd, buffer, length, offset), length);
	if (!strcmp(operation, "write"))
		return result_of(pwrite(fd, buffer, length, offset), length);
	if (!strcmp(operation, "nowait"))
		return nowait(fd, IOCB_CMD_PREAD, buffer, length, offset);
	if (!strcmp(operation, "nowait-write"))
		return nowait(fd, IOCB_CMD_PWRITE, buffer, length, offset);
	if (!strcmp(operation, "fsync"))
		return fsync(fd) ? errno : 0;
	if (!strcmp(operation, "discard"))
		return ioctl(fd, BLKDISCARD, range) ? errno : 0;
	if (!strcmp(operation, "zeroout"))
		return ioctl(fd, BLKZEROOUT, range) ? errno : 0;
	fprintf(stderr, "ioerr: no operation '%s'\n", operation);
	exit(2);
}

int main(int argc, char **argv)
{
	aio_context_t holder = 0;
	off_t offset;
	size_t length;
	void *buffer;
	int fd, i, times;

	if (argc < 5) {
		fprintf(stderr, "usage: ioerr DEVICE read|write|nowait|nowait-write|fsync|discard|zeroout OFFSET LENGTH [COUNT [DISK]]\n");
		return 2;
	}
	offset = strtoll(argv[3], NULL, 0);
	length = strtoull(argv[4], NULL, 0);
	times = argc > 5 ? atoi(argv[5]) : 1;
	fd = open(argv[1], O_RDWR | O_DIRECT);
	buffer = aligned_alloc(4096, (length + 4095) & ~4095UL);
	if (fd < 0 || !buffer || syscall(SYS_io_setup, 1, &context)) {
		printf("open %s 1\n", errno_name(errno));
		return 1;
	}
	memset(buffer, 0x5a, length);
	if (argc > 6)
		holder = hold(argv[6]);
	for (i = 0; i < times; i++)
		met[once(fd, argv[2], buffer, offset, length) % MAX_ERRNO]++;
	for (i = 0; i < MAX_ERRNO; i++)
		if (met[i])
			printf("%s %s %u\n", argv[2], errno_name(i), met[i]);
	if (holder && !was_held(holder))
		printf("late\n");
	return 0;
}
