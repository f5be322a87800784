/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do the bulk read of the volume NAME COUNT times, from one open file as a
 * monitoring program would, and print how long one took and how large it was:
 * "reads N bytes N least_ns N mean_ns N".
 */
#include <err.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static struct {
	struct dm_ioctl head;
	char data[1 << 15];
} request;

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static size_t read_once(int control, const char *name)
{
	struct dm_target_msg *message = (void *)request.data;

	memset(&request.head, 0, sizeof(request.head));
	request.head.version[0] = DM_VERSION_MAJOR;
	request.head.data_size = sizeof(request);
	request.head.data_start = sizeof(request.head);
	snprintf(request.head.name, sizeof(request.head.name), "%s", name);
	message->sector = 0;
	strcpy(message->message, "stats");
	if (ioctl(control, DM_TARGET_MSG, &request))
		err(1, "%s", name);
	if (!(request.head.flags & DM_DATA_OUT_FLAG) ||
	    request.head.flags & DM_BUFFER_FULL_FLAG)
		errx(1, "%s: no answer, or too long a one", name);
	return strlen((char *)&request + request.head.data_start);
}

int main(int argc, char **argv)
{
	unsigned long long begin, took, least = ~0ULL, sum = 0;
	int control, count, i;
	size_t bytes = 0;

	if (argc != 3 || (count = atoi(argv[2])) < 1)
		errx(2, "usage: bulk-read NAME COUNT");
	control = open("/dev/mapper/control", O_RDWR);
	if (control < 0)
		err(1, "/dev/mapper/control");
	for (i = 0; i < count; i++) {
		begin = now_ns();
		bytes = read_once(control, argv[1]);
		took = now_ns() - begin;
		least = took < least ? took : least;
		sum += took;
	}
	printf("reads %d bytes %zu least_ns %llu mean_ns %llu\n", count, bytes,
	       least, sum / count);
	return 0;
}
