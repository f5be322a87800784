// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /etc/dmptab: NAME DEVICE [OPTIONS] in each line. DEVICE is "-" where NAME is a mapped
 * device that somebody else makes, and that is to be attached. A line that is wrong is
 * told, and the others hold: no boot fails for a typing error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "dmptab.h"

#define BLANK	" \t\r\n"

/**
 * dmptab_path() - where the table is
 *
 * Return: /etc/dmptab, or what the environment variable DMPTAB names.
 */
const char *dmptab_path(void)
{
	const char *path = getenv("DMPTAB");

	return path && *path ? path : "/etc/dmptab";
}

void entry_free(struct entry *entry)
{
	free(entry->name);
	free(entry->device);
	free(entry->settings);
	free(entry->timeout);
	*entry = (struct entry){ 0 };
}

static void keep_setting(struct entry *entry, const char *option)
{
	char *more = dmp_format("%s%s%s", entry->settings, *entry->settings ? "," : "", option);

	free(entry->settings);
	entry->settings = more;
}

/* Options of the boot are words without a value, or begin with x- as in fstab: of those that
 * are not known somebody else may make something. */
static bool take_option(struct entry *entry, const char *option)
{
	static const char timeout[] = "x-systemd.device-timeout=";

	if (!*option || !strcmp(option, "defaults") || !strcmp(option, "auto"))
		return true;
	if (!strcmp(option, "nofail"))
		entry->nofail = true;
	else if (!strcmp(option, "noauto"))
		entry->noauto = true;
	else if (!strcmp(option, "x-initrd.attach"))
		entry->initrd = true;
	else if (!strncmp(option, timeout, sizeof(timeout) - 1)) {
		free(entry->timeout);
		entry->timeout = dmp_strdup(option + sizeof(timeout) - 1);
	} else if (!strncmp(option, "x-", 2))
		return true;
	else if (strchr(option, '=') && option[0] != '=')
		keep_setting(entry, option);
	else
		return false;
	return true;
}

static bool take_options(struct entry *entry, char *options, char **problem)
{
	char *option;

	while ((option = strsep(&options, ",")))
		if (!take_option(entry, option)) {
			*problem = dmp_format("no option '%s'", option);
			return false;
		}
	return true;
}

/* A name becomes a file below /dev/mapper. */
static bool check_name(const char *name, char **problem)
{
	if (!strchr(name, '/') && strcmp(name, ".") && strcmp(name, ".."))
		return true;
	*problem = dmp_format("'%s' is no name of a mapped device", name);
	return false;
}

static bool take_fields(struct entry *entry, char *line, char **problem)
{
	char *rest = line, *field[4];
	size_t n;

	for (n = 0; n < 4; n++) {
		rest += strspn(rest, BLANK);
		field[n] = *rest ? strsep(&rest, BLANK) : NULL;
		if (!field[n] || !rest)
			rest = line + strlen(line);
	}
	if (!field[1] || field[3]) {
		*problem = dmp_strdup("a line is NAME DEVICE [OPTIONS]");
		return false;
	}
	if (!check_name(field[0], problem))
		return false;
	entry->name = dmp_strdup(field[0]);
	entry->device = strcmp(field[1], "-") ? dmp_strdup(field[1]) : NULL;
	return !field[2] || take_options(entry, field[2], problem);
}

/**
 * dmptab_parse() - read a line
 * @line: of dmptab
 * @entry: set; its name is NULL if the line is empty or a comment
 * @problem: set to what is wrong with it
 *
 * Return: false if the line is wrong.
 */
bool dmptab_parse(const char *line, struct entry *entry, char **problem)
{
	char *copy = dmp_strdup(line);
	bool right = true;

	*entry = (struct entry){ .settings = dmp_strdup("") };
	*problem = NULL;
	if (line[strspn(line, BLANK)] && line[strspn(line, BLANK)] != '#')
		right = take_fields(entry, copy, problem);
	if (!right)
		entry_free(entry);
	free(copy);
	return right;
}

/**
 * dmptab_each() - visit all lines that say something
 * @program: whose messages these are
 * @visit: called for each entry; not 0 ends it
 * @data: passed on
 *
 * A table that is not there is empty.
 *
 * Return: what @visit returned last; -1 if the table cannot be read, after a message.
 */
int dmptab_each(const char *program, int (*visit)(const struct entry *entry, void *data),
		void *data)
{
	const char *path = dmptab_path();
	FILE *file = fopen(path, "re");
	char *line = NULL, *problem;
	struct entry entry;
	size_t size = 0;
	int number = 0, status = 0;

	if (!file && errno == ENOENT)
		return 0;
	if (!file) {
		fprintf(stderr, "%s: %s: %s\n", program, path, strerror(errno));
		return -1;
	}
	while (!status && getline(&line, &size, file) >= 0) {
		number++;
		if (!dmptab_parse(line, &entry, &problem))
			fprintf(stderr, "%s: %s:%d: %s\n", program, path, number, problem);
		else if (entry.name)
			status = visit(&entry, data);
		free(problem);
		entry_free(&entry);
	}
	free(line);
	fclose(file);
	return status;
}

struct search {
	const char *name;
	struct entry *entry;
};

static int is_it(const struct entry *entry, void *data)
{
	struct search *search = data;

	if (strcmp(entry->name, search->name))
		return 0;
	*search->entry = (struct entry){
		.name = dmp_strdup(entry->name),
		.device = entry->device ? dmp_strdup(entry->device) : NULL,
		.settings = dmp_strdup(entry->settings),
		.timeout = entry->timeout ? dmp_strdup(entry->timeout) : NULL,
		.nofail = entry->nofail, .noauto = entry->noauto, .initrd = entry->initrd,
	};
	return 1;
}

/**
 * dmptab_find() - the line of a name
 * @program: whose messages these are
 * @name: of a mapped device
 * @entry: set if there is one; the first, if there are more
 *
 * Return: 1 if there is one, 0 if not, -1 after a message.
 */
int dmptab_find(const char *program, const char *name, struct entry *entry)
{
	struct search search = { .name = name, .entry = entry };

	return dmptab_each(program, is_it, &search);
}
