/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: snapshots DIR COUNT    DIR is a volume's directory of statistics
 *
 * Read DIR/stat COUNT times, and reset the volume after each read that comes out
 * at a multiple of ten. Nobody else may reset it. No number may be negative (as
 * large as a negative one looks without its sign), and no count may go back from
 * one reset to the next.
 *
 * Prints "snapshots N resets N requests N": the sum of the requests that were
 * seen just before each reset, and at the end.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Requests and bytes of six operations; errors, FUA, in flight; times; oldest. */
#define FIELDS 28
#define GROWING 12
#define RESET_EVERY 10

typedef unsigned long long numbers[FIELDS];

static void snapshot(int fd, numbers now)
{
	char text[4096], *at = text;
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);
	int i;

	if (length <= 0)
		err(1, "stat");
	text[length] = 0;
	for (i = 0; i < FIELDS; i++) {
		char *end;

		now[i] = strtoull(at, &end, 10);
		if (end == at)
			errx(1, "field %d is not there: %s", i + 1, text);
		if (now[i] > 1ULL << 62)
			errx(1, "field %d is negative: %s", i + 1, text);
		at = end;
	}
}

static void compare(const numbers now, const numbers last)
{
	int i;

	for (i = 0; i < GROWING; i++)
		if (now[i] < last[i])
			errx(1, "field %d went back from %llu to %llu", i + 1,
			     last[i], now[i]);
}

static int open_in(const char *dir, const char *name, int flags)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned long long requests = 0;
	long i, count, resets = 0;
	numbers now, last = { 0 };
	int stat, reset;

	if (argc != 3 || (count = atol(argv[2])) < 1)
		errx(2, "usage: snapshots DIR COUNT");
	stat = open_in(argv[1], "stat", O_RDONLY);
	reset = open_in(argv[1], "reset", O_WRONLY);
	for (i = 1; i <= count; i++) {
		snapshot(stat, now);
		compare(now, last);
		memcpy(last, now, sizeof(last));
		if (i % RESET_EVERY && i < count)
			continue;
		requests += now[0] + now[2];
		if (pwrite(reset, "1", 1, 0) != 1)
			err(1, "reset");
		memset(last, 0, sizeof(last));
		resets++;
	}
	printf("snapshots %ld resets %ld requests %llu\n", count, resets,
	       requests);
	return 0;
}
