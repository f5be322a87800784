/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do exactly the I/O that standard input lists, in that order, one at a time,
 * all of it from CPU 0: lines "r OFFSET BYTES" and "w OFFSET BYTES", direct.
 * "- MICROSECONDS" waits in between.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_BYTES (8 << 20)

static void stay_on_cpu_0(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "sched_setaffinity");
}

static void transfer(int fd, char what, void *buffer, size_t bytes, off_t offset)
{
	ssize_t done;

	done = what == 'w' ? pwrite(fd, buffer, bytes, offset) :
			     pread(fd, buffer, bytes, offset);
	if (done != (ssize_t)bytes)
		err(1, "%c %lld %zu: %zd", what, (long long)offset, bytes, done);
}

int main(int argc, char **argv)
{
	unsigned long long offset, bytes;
	char line[128], what;
	void *buffer;
	int fd;

	if (argc != 2)
		errx(2, "usage: pattern DEVICE <LIST");
	stay_on_cpu_0();
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[1]);
	if (posix_memalign(&buffer, 4096, MAX_BYTES))
		errx(1, "no memory");

	while (fgets(line, sizeof(line), stdin)) {
		bytes = 0;
		if (sscanf(line, "%c %llu %llu", &what, &offset, &bytes) < 2 ||
		    bytes > MAX_BYTES)
			errx(2, "bad line: %s", line);
		if (what == '-')
			usleep(offset);
		else
			transfer(fd, what, buffer, bytes, offset);
	}
	return 0;
}
