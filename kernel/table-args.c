// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The grammar of the table line, parsed and emitted side by side: what one
 * prints the other one accepts and takes for the same.
 */
#include <linux/device-mapper.h>
#include <linux/kernel.h>

#include "table-args.h"

#define DM_MSG_PREFIX "dmp"

/* Arguments before the optional ones: device, offset and their count. */
#define NR_FIXED 3

/* Check that <#args> says how many follow. None is known yet. */
static int parse_optional(unsigned int argc, char **argv, char **error)
{
	unsigned int count;

	if (argc < NR_FIXED)
		return 0;

	if (kstrtouint(argv[NR_FIXED - 1], 10, &count) ||
	    count != argc - NR_FIXED) {
		*error = "Invalid number of arguments";
		return -EINVAL;
	}

	if (count) {
		/* Cut: dmesg stops at a record too long to be escaped. */
		DMERR("unknown argument '%.64s'", argv[NR_FIXED]);
		*error = "Unknown argument";
		return -EINVAL;
	}
	return 0;
}

/**
 * dmp_table_args_parse() - take a table line apart
 * @args: what was found
 * @argc: number of arguments after the target's name
 * @argv: these arguments
 * @error: set to what is wrong, in words for the log
 *
 * Looks at the words only, not at the device.
 *
 * Context: may sleep (it logs).
 * Return: 0 or -EINVAL.
 */
int dmp_table_args_parse(struct dmp_table_args *args, unsigned int argc,
			 char **argv, char **error)
{
	unsigned long long offset = 0;
	int ret;

	if (!argc) {
		*error = "Invalid number of arguments";
		return -EINVAL;
	}

	ret = parse_optional(argc, argv, error);
	if (ret)
		return ret;

	if (argc > 1 && kstrtoull(argv[1], 10, &offset)) {
		*error = "Invalid device offset";
		return -EINVAL;
	}

	args->device = argv[0];
	args->offset = offset;
	return 0;
}

/**
 * dmp_table_args_emit() - print a table line in full
 * @args: what to print
 * @result: where it goes
 * @maxlen: the room there; device-mapper offers more if it was filled
 *
 * Context: any.
 */
void dmp_table_args_emit(const struct dmp_table_args *args, char *result,
			 unsigned int maxlen)
{
	unsigned int sz = 0;

	DMEMIT("%s %llu", args->device, (unsigned long long)args->offset);
}
