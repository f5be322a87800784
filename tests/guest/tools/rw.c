// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Direct reads or writes of a device by preadv2(2) and pwritev2(2), with the
 * flags that dd does not know. Fails with what the error is called.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_ATOMIC
#define RWF_ATOMIC 0x00000040
#endif

static int flag(const char *name)
{
	if (!strcmp(name, "dsync"))
		return RWF_DSYNC;
	if (!strcmp(name, "nowait"))
		return RWF_NOWAIT;
	if (!strcmp(name, "atomic"))
		return RWF_ATOMIC;
	fprintf(stderr, "rw: no flag %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	long long offset;
	struct iovec iov;
	ssize_t done;
	int fd, i, count, flags = 0, writing;

	if (argc < 6) {
		fprintf(stderr, "usage: rw read|write DEVICE OFFSET BYTES COUNT [dsync|nowait|atomic]...\n");
		return 2;
	}
	writing = !strcmp(argv[1], "write");
	offset = atoll(argv[3]);
	iov.iov_len = atoll(argv[4]);
	count = atoi(argv[5]);
	for (i = 6; i < argc; i++)
		flags |= flag(argv[i]);

	fd = open(argv[2], (writing ? O_RDWR : O_RDONLY) | O_DIRECT);
	if (fd < 0 || posix_memalign(&iov.iov_base, 4096, iov.iov_len)) {
		perror(argv[2]);
		return 1;
	}
	memset(iov.iov_base, 0x5a, iov.iov_len);
	for (i = 0; i < count; i++, offset += iov.iov_len) {
		done = writing ? pwritev2(fd, &iov, 1, offset, flags) :
				 preadv2(fd, &iov, 1, offset, flags);
		if (done != (ssize_t)iov.iov_len) {
			printf("%s\n", done < 0 ? strerror(errno) : "short");
			return 1;
		}
	}
	return 0;
}
