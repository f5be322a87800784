/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do exactly what standard input lists, in that order, one line at a time, from
 * CPU 0 unless told otherwise:
 *
 *   r OFFSET BYTES, w OFFSET BYTES   a direct read or write
 *   - MICROSECONDS                   sleep
 *   c CPU                            continue on this CPU
 *   m MESSAGE                        a message to the volume, as by dmsetup
 *   h MICROSECONDS                   hog: nothing but real-time tasks run meanwhile
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stay-on-cpu.h"

#define MAX_BYTES (8 << 20)
#define MESSAGE_BYTES 4096

static void transfer(int fd, char what, void *buffer, size_t bytes, off_t offset)
{
	ssize_t done;

	done = what == 'w' ? pwrite(fd, buffer, bytes, offset) :
			     pread(fd, buffer, bytes, offset);
	if (done != (ssize_t)bytes)
		err(1, "%c %lld %zu: %zd", what, (long long)offset, bytes, done);
}

static void message(int fd, const char *text)
{
	static int control = -1;
	char room[MESSAGE_BYTES] = { 0 };
	struct dm_ioctl *io = (struct dm_ioctl *)room;
	struct dm_target_msg *target = (struct dm_target_msg *)(io + 1);
	struct stat stat;

	if (control < 0)
		control = open("/dev/mapper/control", O_RDWR);
	if (control < 0 || fstat(fd, &stat))
		err(1, "m %s", text);
	io->version[0] = DM_VERSION_MAJOR;
	io->data_size = sizeof(room);
	io->data_start = sizeof(*io);
	io->dev = stat.st_rdev;
	memcpy(target->message, text, strlen(text) + 1); /* a line is shorter */
	if (ioctl(control, DM_TARGET_MSG, io))
		err(1, "m %s", text);
}

static unsigned long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ULL + now.tv_nsec / 1000;
}

/* On each CPU a real-time process that does nothing; on this one the last. */
static void hog(unsigned long long microseconds)
{
	struct sched_param param = { .sched_priority = 50 };
	unsigned long long end = now_us() + microseconds;
	int i, own = sched_getcpu(), cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (i = 1; i <= cpus; i++) {
		stay_on_cpu((own + i) % cpus);
		if (fork())
			continue;
		if (sched_setscheduler(0, SCHED_FIFO, &param))
			err(1, "sched_setscheduler");
		while (now_us() < end)
			;
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	unsigned long long offset, bytes;
	char line[128], what;
	void *buffer;
	int fd;

	if (argc != 2)
		errx(2, "usage: pattern DEVICE <LIST");
	stay_on_cpu(0);
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[1]);
	if (posix_memalign(&buffer, 4096, MAX_BYTES))
		errx(1, "no memory");

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "m ", 2)) {
			message(fd, line + 2);
			continue;
		}
		bytes = 0;
		if (sscanf(line, "%c %llu %llu", &what, &offset, &bytes) < 2 ||
		    bytes > MAX_BYTES)
			errx(2, "bad line: %s", line);
		if (what == '-')
			usleep(offset);
		else if (what == 'c')
			stay_on_cpu(offset);
		else if (what == 'h')
			hog(offset);
		else
			transfer(fd, what, buffer, bytes, offset);
	}
	return 0;
}
