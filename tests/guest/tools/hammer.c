/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Load a device with direct 4 KiB reads and writes at random places and check
 * that every block read is the one written last. Ends with SIGTERM or after
 * SECONDS (0: never), and prints how many reads and writes were done.
 *
 * Each worker is a process with a share of the device of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno-name.h"

#define BLOCK 4096
#define WORDS (BLOCK / sizeof(uint64_t))
#define MAX_WORKERS 8

struct share {
	uint64_t reads;
	uint64_t writes;
	uint64_t first;
	uint64_t blocks;
};

static pid_t pids[MAX_WORKERS];
static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int complain(const char *what, uint64_t block, const char *why)
{
	fprintf(stderr, "hammer: %s of block %llu: %s\n", what,
		(unsigned long long)block, why);
	return 1;
}

static int write_block(int fd, uint64_t *buffer, uint64_t block, uint64_t age)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		buffer[i] = block << 32 | age;
	if (pwrite(fd, buffer, BLOCK, block * BLOCK) != BLOCK)
		return complain("write", block, errno_name(errno));
	return 0;
}

static int read_block(int fd, uint64_t *buffer, uint64_t block, uint64_t age)
{
	size_t i;

	if (pread(fd, buffer, BLOCK, block * BLOCK) != BLOCK)
		return complain("read", block, errno_name(errno));
	for (i = 0; i < WORDS; i++)
		if (buffer[i] != (block << 32 | age))
			return complain("read", block, "not what was written");
	return 0;
}

static int work(int fd, struct share *share)
{
	uint64_t random = 88172645463325252ULL + share->first, block;
	uint32_t *age = calloc(share->blocks, sizeof(*age));
	uint64_t *buffer = aligned_alloc(BLOCK, BLOCK);

	if (!age || !buffer)
		return complain("memory", 0, "none");
	while (!stopped) {
		block = next_random(&random) % share->blocks;
		if (age[block] && random >> 63) {
			if (read_block(fd, buffer, share->first + block, age[block]))
				return 1;
			share->reads++;
		} else {
			if (write_block(fd, buffer, share->first + block, ++age[block]))
				return 1;
			share->writes++;
		}
		usleep(300); /* leave the others a share of the CPU */
	}
	return 0;
}

static int reap(int workers)
{
	int i, status, told = 0, failed = 0, left = workers;

	while (left) {
		if (stopped && !told) {
			for (i = 0; i < workers; i++)
				kill(pids[i], SIGTERM);
			told = 1;
		}
		if (wait(&status) < 0)
			continue; /* a signal */
		left--;
		failed |= status;
		stopped |= !!status; /* one failed: end the others */
	}
	return !!failed;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	int i, fd, failed, workers = argc > 3 ? atoi(argv[3]) : 2;
	uint64_t blocks, reads = 0, writes = 0;
	struct share *shares;

	if (argc < 3 || workers < 1 || workers > MAX_WORKERS) {
		fprintf(stderr, "usage: hammer DEVICE SECONDS [WORKERS]\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		return complain("open", 0, errno_name(errno));
	blocks = lseek(fd, 0, SEEK_END) / BLOCK / workers;
	shares = mmap(NULL, workers * sizeof(*shares), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!blocks || shares == MAP_FAILED)
		return complain("set-up", 0, "no blocks or no memory");

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	for (i = 0; i < workers; i++) {
		shares[i].first = i * blocks;
		shares[i].blocks = blocks;
		pids[i] = fork();
		if (pids[i] < 0)
			return complain("fork", 0, errno_name(errno));
		if (!pids[i])
			_exit(work(fd, &shares[i]));
	}
	alarm(atoi(argv[2]));
	failed = reap(workers);
	for (i = 0; i < workers; i++) {
		reads += shares[i].reads;
		writes += shares[i].writes;
	}
	printf("%llu %llu\n", (unsigned long long)reads, (unsigned long long)writes);
	return failed;
}
