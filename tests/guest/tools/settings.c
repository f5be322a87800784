/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two processes change different settings of the volume NAME at the same time, by
 * messages: one sends slow_limit_us without pause; the other one sends
 * latency_every COUNT times, and looks each time whether the table shows the value.
 *
 * Prints "sent N lost N other N": how often it did not, and how many messages the
 * first process sent meanwhile. Exits with 1 if a message fails.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct dm_ioctl head;
	char data[1 << 14];
} request;

static int control;
static const char *name;

static void prepare(unsigned int flags)
{
	memset(&request.head, 0, sizeof(request.head));
	request.head.version[0] = DM_VERSION_MAJOR;
	request.head.data_size = sizeof(request);
	request.head.data_start = sizeof(request.head);
	request.head.flags = flags;
	snprintf(request.head.name, sizeof(request.head.name), "%s", name);
}

static void set(const char *setting, unsigned int value)
{
	struct dm_target_msg *message = (void *)request.data;

	prepare(0);
	message->sector = 0;
	sprintf(message->message, "%s %u", setting, value);
	if (ioctl(control, DM_TARGET_MSG, &request))
		err(1, "message %s %u", setting, value);
}

/* What is behind latency_every in the first segment's table line. */
static unsigned int shown(void)
{
	const char *found;

	prepare(DM_STATUS_TABLE_FLAG);
	if (ioctl(control, DM_TABLE_STATUS, &request))
		err(1, "table");
	found = strstr((char *)&request + request.head.data_start +
		       sizeof(struct dm_target_spec), "latency_every ");
	if (!found)
		errx(1, "the table has no latency_every");
	return atoi(found + strlen("latency_every "));
}

int main(int argc, char **argv)
{
	volatile unsigned int *others;
	unsigned int i, count, value, lost = 0;
	pid_t other;

	if (argc != 3 || (count = atoi(argv[2])) < 1)
		errx(2, "usage: settings NAME COUNT");
	name = argv[1];
	control = open("/dev/mapper/control", O_RDWR);
	others = mmap(NULL, sizeof(*others), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (control < 0 || others == MAP_FAILED)
		err(1, "cannot begin");

	other = fork();
	if (other < 0)
		err(1, "fork");
	for (i = 0; !other; i++) {
		set("slow_limit_us", 1 + i % 1000);
		*others = i + 1;
	}

	while (!*others)
		if (waitpid(other, NULL, WNOHANG))
			errx(1, "the other process failed");
	for (i = 0; i < count; i++) {
		value = 2 + i % 1000;
		set("latency_every", value);
		lost += shown() != value;
	}
	printf("sent %u lost %u other %u\n", count, lost, *others);
	if (waitpid(other, NULL, WNOHANG))
		errx(1, "the other process failed");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return 0;
}
