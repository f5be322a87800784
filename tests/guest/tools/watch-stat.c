/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read a file of statistics again and again until SIGTERM.
 *
 *   -k  open it once and keep it open (else once a round)
 *   -r  resets are going on: numbers may go back
 *
 * Prints "rounds N" and exits with 0; if the file cannot be opened or read,
 * prints "gone ERRNO" and exits with 3; if a request or byte count goes back,
 * says so and exits with 1.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errno-name.h"

/* Requests and bytes of six operations: these only grow. */
#define GROWING 12

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static int gone(void)
{
	printf("gone %s\n", errno_name(errno));
	return 3;
}

static int went_back(char *text, unsigned long long *last)
{
	unsigned long long number;
	int i;

	for (i = 0; i < GROWING; i++) {
		number = strtoull(text, &text, 10);
		if (number < last[i]) {
			printf("field %d went back from %llu to %llu\n", i + 1,
			       last[i], number);
			return 1;
		}
		last[i] = number;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	unsigned long long last[GROWING] = { 0 }, rounds = 0;
	int option, fd = -1, keep = 0, resets = 0;
	char text[4096];
	ssize_t length;

	while ((option = getopt(argc, argv, "kr")) != -1) {
		keep |= option == 'k';
		resets |= option == 'r';
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: watch-stat [-k] [-r] FILE\n");
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	while (!stopped) {
		if (fd < 0)
			fd = open(argv[optind], O_RDONLY);
		if (fd < 0)
			return gone();
		length = pread(fd, text, sizeof(text) - 1, 0);
		if (length < 0)
			return gone();
		text[length] = '\0';
		if (!resets && went_back(text, last))
			return 1;
		if (!keep) {
			close(fd);
			fd = -1;
		}
		rounds++;
		usleep(300);
	}
	printf("rounds %llu\n", rounds);
	return 0;
}
