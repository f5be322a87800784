// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer: the files of a volume. The data are lines; in turn they become the content
 * of the files below, in a directory that looks like a machine.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/common/memory.h"
#include "../../tools/common/source.h"

static const char *const files[] = {
	"sys/module/dmp/stat/dm-0/stat",
	"sys/module/dmp/stat/dm-0/read_latency_ns",
	"sys/module/dmp/stat/dm-0/latency_ns_bounds",
	"sys/module/dmp/stat/dm-0/read_size_latency",
	"sys/module/dmp/stat/dm-0/size_latency_bounds",
	"sys/module/dmp/stat/dm-0/size_latency_row_bounds",
	"sys/module/dmp/stat/dm-0/read_errors",
	"sys/module/dmp/stat/dm-0/errors_bounds",
	"sys/module/dmp/stat/dm-0/generation",
	"sys/module/dmp/stat/dm-0/collect",
	"sys/block/dm-0/dm/name",
	"sys/block/dm-0/dm/uuid",
	"sys/block/dm-0/dev",
	"proc/uptime",
	"proc/self/mountinfo",
};

static char root[] = "/dev/shm/dmp-fuzz-XXXXXX";

static void make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0700);
		*slash = '/';
	}
}

static void remove_root(void)
{
	char *command = dmp_format("rm -rf '%s'", root);

	if (system(command))
		fputs("cannot remove the root\n", stderr);
	free(command);
}

static void write_file(const char *name, const char *text, size_t length)
{
	char *path = dmp_format("%s/%s", root, name);
	FILE *file;

	file = fopen(path, "w");
	if (!file) {
		make_parents(path);
		file = fopen(path, "w");
	}
	if (!file)
		abort();
	fwrite(text, 1, length, file);
	fclose(file);
	free(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(root))
		abort();
	atexit(remove_root);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct dmp_source *source;
	struct dmp_snapshot snapshot;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *line = memchr(at, '\n', end - at);
		size_t length = line ? (size_t)(line - at) + 1 : (size_t)(end - at);

		write_file(files[i], at, length);
		at += length;
	}
	source = dmp_live_open(root);
	if (source->read(source, &snapshot) > 0)
		dmp_snapshot_free(&snapshot);
	source->close(source);
	return 0;
}
