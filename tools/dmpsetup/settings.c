// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Options of a volume: NAME=VALUE, separated by commas. What a value may be, the kernel
 * decides: it is passed on, so that this need not change with the module.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "settings.h"

static int set_offset(const char *value, uint64_t *offset)
{
	char *end;

	errno = 0;
	*offset = strtoull(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || errno) {
		fprintf(stderr, "dmpsetup: offset=%s: must be a number of sectors\n", value);
		return -1;
	}
	return 0;
}

/* Words of a table must not have blanks in them. */
static int check_word(const char *name, const char *value)
{
	if (*name && *value && !strpbrk(name, " \t\n") && !strpbrk(value, " \t\n"))
		return 0;
	fprintf(stderr, "dmpsetup: option '%s': must be NAME=VALUE\n", name);
	return -1;
}

/**
 * settings_params() - the arguments of a table line
 * @device: that the volume stands on, as a path
 * @settings: options, or NULL; offset is of this program, all others are the kernel's
 * @offset: set to where the volume begins on @device, in sectors
 *
 * Return: the text, or NULL after a message.
 */
char *settings_params(const char *device, const char *settings, uint64_t *offset)
{
	char *copy = dmp_strdup(settings ? settings : ""), *rest = copy, *option, *value;
	char *words = dmp_strdup(""), *more, *params = NULL;
	unsigned int n = 0;

	*offset = 0;
	while ((option = strsep(&rest, ","))) {
		if (!*option)
			continue;
		value = strchr(option, '=');
		if (value)
			*value++ = '\0';
		if (check_word(option, value ? value : ""))
			goto out;
		if (!strcmp(option, "offset")) {
			if (set_offset(value, offset))
				goto out;
			continue;
		}
		more = dmp_format("%s %s %s", words, option, value);
		free(words);
		words = more;
		n += 2;
	}
	params = n ? dmp_format("%s %llu %u%s", device, (unsigned long long)*offset, n, words) :
		 dmp_format("%s %llu", device, (unsigned long long)*offset);
out:
	free(words);
	free(copy);
	return params;
}
