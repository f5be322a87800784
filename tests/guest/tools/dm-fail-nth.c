/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load a table of one target into the mapped device NAME while the Nth memory
 * allocation of this very system call fails (CONFIG_FAULT_INJECTION).
 *
 * Prints "injected ERRNO" if there was an Nth one ("injected ok" if the kernel
 * could do without), "complete ERRNO" if not: then N was beyond the last one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "errno-name.h"

static struct {
	struct dm_ioctl head;
	struct dm_target_spec spec;
	char parameters[512];
} request;

static void fill(const char *name, const char *sectors, const char *target,
		 const char *parameters)
{
	request.head.version[0] = DM_VERSION_MAJOR;
	request.head.data_size = sizeof(request);
	request.head.data_start = sizeof(request.head);
	request.head.target_count = 1;
	strncpy(request.head.name, name, sizeof(request.head.name) - 1);
	request.spec.length = strtoull(sectors, NULL, 10);
	strncpy(request.spec.target_type, target,
		sizeof(request.spec.target_type) - 1);
	strncpy(request.parameters, parameters, sizeof(request.parameters) - 1);
}

int main(int argc, char **argv)
{
	int control, nth, error, left;
	char text[16] = "";

	if (argc != 6) {
		fprintf(stderr, "usage: dm-fail-nth N NAME SECTORS TARGET PARAMETERS\n");
		return 2;
	}
	fill(argv[2], argv[3], argv[4], argv[5]);
	control = open("/dev/mapper/control", O_RDWR);
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (control < 0 || nth < 0) {
		perror("dm-fail-nth");
		return 2;
	}
	if (pwrite(nth, argv[1], strlen(argv[1]), 0) < 0) {
		perror("dm-fail-nth: fail-nth");
		return 2;
	}
	error = ioctl(control, DM_TABLE_LOAD, &request) ? errno : 0;
	if (pread(nth, text, sizeof(text) - 1, 0) < 0) {
		perror("dm-fail-nth: fail-nth");
		return 2;
	}
	left = atoi(text);
	if (pwrite(nth, "0", 1, 0) < 0)
		perror("dm-fail-nth: fail-nth");
	printf("%s %s\n", left ? "complete" : "injected", errno_name(error));
	return 0;
}
