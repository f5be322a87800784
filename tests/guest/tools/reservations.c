// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Persistent reservations through the block layer's own ioctls. Prints "ok" or
 * what the device answered: a status above 0, or what the error is called.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/pr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static int run(int fd, const char *verb, unsigned long long key)
{
	struct pr_registration registration = { .new_key = key };
	struct pr_reservation reservation = {
		.key = key, .type = PR_WRITE_EXCLUSIVE,
	};
	struct pr_clear clear = { .key = key };

	if (!strcmp(verb, "register"))
		return ioctl(fd, IOC_PR_REGISTER, &registration);
	if (!strcmp(verb, "reserve"))
		return ioctl(fd, IOC_PR_RESERVE, &reservation);
	if (!strcmp(verb, "release"))
		return ioctl(fd, IOC_PR_RELEASE, &reservation);
	if (!strcmp(verb, "clear"))
		return ioctl(fd, IOC_PR_CLEAR, &clear);
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	int fd, ret;

	if (argc != 4) {
		fprintf(stderr, "usage: reservations register|reserve|release|clear DEVICE KEY\n");
		return 2;
	}
	fd = open(argv[2], O_RDWR);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	ret = run(fd, argv[1], strtoull(argv[3], NULL, 16));
	if (!ret)
		printf("ok\n");
	else if (ret > 0)
		printf("status %d\n", ret);
	else
		printf("%s\n", strerror(errno));
	return 0;
}
