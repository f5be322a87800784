/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load each line of table-words into the inactive table of the mapped device
 * NAME, and clear it again if it was accepted.
 *
 * Says which lines were accepted or refused against what they expect, and which
 * were refused without a line in the kernel's log; then exits with 1. Prints
 * "accepted N refused N" at the end.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "errno-name.h"

static struct {
	struct dm_ioctl head;
	struct dm_target_spec spec;
	char parameters[1 << 21];
} request;

static int control, kmsg, failures;
static const char *name;

static void prepare(size_t parameters)
{
	memset(&request.head, 0, sizeof(request.head));
	request.head.version[0] = DM_VERSION_MAJOR;
	request.head.data_start = sizeof(request.head);
	request.head.data_size = sizeof(request.head) + sizeof(request.spec) +
				 parameters;
	strncpy(request.head.name, name, sizeof(request.head.name) - 1);
}

static int table_load(const char *length, const char *parameters)
{
	size_t size = strlen(parameters) + 1;

	prepare(size);
	request.head.target_count = 1;
	memset(&request.spec, 0, sizeof(request.spec));
	request.spec.length = strtoull(length, NULL, 10);
	strcpy(request.spec.target_type, "dmp");
	memcpy(request.parameters, parameters, size);
	return ioctl(control, DM_TABLE_LOAD, &request) ? errno : 0;
}

static void table_clear(void)
{
	prepare(0);
	if (ioctl(control, DM_TABLE_CLEAR, &request)) {
		perror("table-try: clear");
		exit(2);
	}
}

/*
 * Read what the kernel said since the last time: was there a line that begins
 * with dmp: after device-mapper's own prefix, or device-mapper's own one on a
 * device that is too small (that is known only after the target agreed)?
 */
static int log_explains(void)
{
	char record[8192], *text;
	int explains = 0;
	ssize_t n;

	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n < 0)
			return explains;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		if (!strncmp(text, "device-mapper: dmp: ", 20))
			explains = 1;
		if (!strncmp(text, "device-mapper: table: ", 22) &&
		    (strstr(text, ": dmp: ") || strstr(text, " too small for target")))
			explains = 1;
	}
}

static void complain(const char *what, const char *line)
{
	printf("%s: %.200s\n", what, line);
	failures++;
}

/* Whether it was accepted. */
static int try_line(char *expected)
{
	char *length = strchr(expected, ' '), *parameters;
	int error, explained;

	*length++ = '\0';
	parameters = strchr(length, ' ');
	*parameters++ = '\0';
	log_explains();
	error = table_load(length, parameters);
	explained = log_explains();
	if (!error)
		table_clear();
	if (!error && !strcmp(expected, "refuse"))
		complain("accepted, but wrong", parameters);
	if (error && !strcmp(expected, "accept"))
		complain("refused, but right", parameters);
	if (error && !explained)
		complain("refused without a line in the log", parameters);
	return !error;
}

int main(int argc, char **argv)
{
	unsigned int accepted = 0, tried = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc != 2) {
		fprintf(stderr, "usage: table-words … | table-try NAME\n");
		return 2;
	}
	name = argv[1];
	control = open("/dev/mapper/control", O_RDWR);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (control < 0 || kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0) {
		perror("table-try");
		return 2;
	}
	while ((n = getline(&line, &size, stdin)) > 0) {
		line[n - 1] = '\0';
		accepted += try_line(line);
		tried++;
	}
	printf("accepted %u refused %u\n", accepted, tried - accepted);
	return !!failures;
}
