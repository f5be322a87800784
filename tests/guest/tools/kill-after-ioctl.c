/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run COMMAND and kill it right after its Nth ioctl on device-mapper has returned, before
 * it can do anything else: "kill-after-ioctl N COMMAND…". Exit status: 0 if it was killed
 * there, 3 if it ended before. With "-s FILE" before N it is stopped, not killed, and its
 * process ID is in FILE.
 */
#include <err.h>
#include <linux/dm-ioctl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static long trace(long request, pid_t pid, unsigned long address, void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

/* Does the system call that the process stops at go to device-mapper? */
static int is_dm_ioctl(pid_t pid)
{
	struct ptrace_syscall_info info;

	if (trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		err(1, "ptrace");
	return info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_ioctl &&
	       _IOC_TYPE((unsigned int)info.entry.args[1]) == DM_IOCTL;
}

static void leave_stopped(pid_t pid, const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%d\n", pid) < 0 || fclose(file))
		err(1, "%s", path);
	if (trace(PTRACE_DETACH, pid, 0, (void *)SIGSTOP))
		err(1, "ptrace");
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int follow(pid_t pid, long count, const char *stop)
{
	int status, inside = 0;

	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			/* The stop of the exec: no system call. */
		} else if (inside) {
			inside = 0;
			if (!--count) {
				if (stop)
					leave_stopped(pid, stop);
				else
					end(pid);
				return 0;
			}
		} else {
			inside = is_dm_ioctl(pid);
		}
		if (trace(PTRACE_SYSCALL, pid, 0, NULL))
			err(1, "ptrace");
	}
	return 3;
}

int main(int argc, char **argv)
{
	const char *stop = NULL;
	int status;
	pid_t pid;

	if (argc > 2 && !strcmp(argv[1], "-s")) {
		stop = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		errx(2, "usage: kill-after-ioctl [-s FILE] N COMMAND...");
	pid = fork();
	if (!pid) {
		if (trace(PTRACE_TRACEME, 0, 0, NULL))
			err(1, "ptrace");
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		err(1, "%s", argv[2]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    trace(PTRACE_SETOPTIONS, pid, 0, (void *)PTRACE_O_TRACESYSGOOD) ||
	    trace(PTRACE_SYSCALL, pid, 0, NULL))
		err(1, "ptrace");
	return follow(pid, atol(argv[1]), stop);
}
