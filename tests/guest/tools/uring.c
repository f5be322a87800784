/* build: -luring */
// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Direct reads through io_uring, one after the other; prints how many worker
 * threads the kernel needed for them: none, if submitting did not have to wait.
 * poll: no interrupt, the completions are polled for.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES 4096

/* Threads in this directory of tasks whose names begin so. */
static int tasks(const char *dir_name, const char *prefix)
{
	char path[300], comm[32];
	DIR *dir = opendir(dir_name);
	struct dirent *entry;
	FILE *file;
	int count = 0;

	while (dir && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%s/%s/comm", dir_name, entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) &&
		    !strncmp(comm, prefix, strlen(prefix)))
			count++;
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return count;
}

static int read_one(struct io_uring *ring, int fd, void *buffer, long long offset)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	struct io_uring_cqe *cqe;
	int ret;

	io_uring_prep_read(sqe, fd, buffer, BYTES, offset);
	ret = io_uring_submit(ring);
	if (ret == 1)
		ret = io_uring_wait_cqe(ring, &cqe);
	if (!ret) {
		ret = cqe->res == BYTES ? 0 : -1;
		io_uring_cqe_seen(ring, cqe);
	}
	return ret;
}

int main(int argc, char **argv)
{
	struct io_uring ring;
	void *buffer;
	int fd, i;

	if (argc < 3) {
		fprintf(stderr, "usage: uring DEVICE COUNT [poll]\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0 || posix_memalign(&buffer, 4096, BYTES) ||
	    io_uring_queue_init(8, &ring, argc > 3 ? IORING_SETUP_IOPOLL : 0)) {
		perror(argv[1]);
		return 1;
	}
	for (i = 0; i < atoi(argv[2]); i++) {
		if (read_one(&ring, fd, buffer, (long long)i * BYTES)) {
			fprintf(stderr, "uring: read %d failed\n", i);
			return 1;
		}
	}
	/* Before v5.12 they were kernel threads of another name. */
	printf("%d\n", tasks("/proc/self/task", "iou-wrk") +
	       tasks("/proc", "io_wqe_worker"));
	return 0;
}
