// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upgrade: another module of the same name, while the volumes are in use.
 *
 *	1. write what was counted into a recording, and all tables into a file of /run
 *	2. each volume becomes linear, as dmp forwards as linear does
 *	3. modprobe -r dmp, modprobe dmp
 *	4. each volume gets its own table again, and counts from zero
 *
 * Each change of a table is one ioctl, so that no kill leaves a volume suspended. The file
 * of /run is there from before the first change until after the last one, so the same
 * command goes on where it was.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../common/memory.h"
#include "commands.h"
#include "lock.h"
#include "mapper.h"

#define STATE_FILE	RUN_DIRECTORY "/upgrade"
#define RECORDS		"/var/lib/dmp"

/**
 * struct volume - a volume whose table is changed
 * @name: of the device
 * @table: its own
 */
struct volume {
	char *name;
	struct table table;
};

/**
 * struct upgrade - what there is to do
 * @volumes: array
 * @n: elements of @volumes
 * @refused: a volume is in no state for it
 */
struct upgrade {
	struct volume *volumes;
	size_t n;
	bool refused;
};

static void upgrade_free(struct upgrade *upgrade)
{
	size_t i;

	for (i = 0; i < upgrade->n; i++) {
		free(upgrade->volumes[i].name);
		table_free(&upgrade->volumes[i].table);
	}
	free(upgrade->volumes);
}

static struct volume *add_volume(struct upgrade *upgrade, const char *name)
{
	upgrade->volumes = dmp_grow(upgrade->volumes, upgrade->n, sizeof(*upgrade->volumes));
	upgrade->volumes[upgrade->n] = (struct volume){ .name = dmp_strdup(name) };
	return &upgrade->volumes[upgrade->n++];
}

/* --- what is there --------------------------------------------------------------- */

static bool has_dmp(const struct table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (!strcmp(table->segments[i].target, "dmp"))
			return true;
	return false;
}

static int collect(const struct device *device, void *data)
{
	struct upgrade *upgrade = data;
	struct table table;

	if (!device->has_table || mapper_read_table(device->name, &table))
		return 0;
	if (!has_dmp(&table)) {
		table_free(&table);
		return 0;
	}
	if (device->suspended || device->has_loaded) {
		fprintf(stderr, "dmpsetup: %s %s: dmsetup resume %s\n", device->name,
			device->suspended ? "is suspended" : "has a table that waits", device->name);
		upgrade->refused = true;
	}
	add_volume(upgrade, device->name)->table = table;
	return 0;
}

/* The first word that a command prints; "" if it fails. */
static char *first_word(const char *command)
{
	FILE *pipe = popen(command, "re");
	char *word = NULL;

	if (pipe) {
		if (fscanf(pipe, "%ms", &word) != 1)
			word = NULL;
		pclose(pipe);
	}
	return word ? word : dmp_strdup("");
}

static bool command_works(const char *command)
{
	int status = system(command);

	return status != -1 && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool file_exists(const char *path)
{
	return !access(path, F_OK);
}

/* Could the module of the disk be loaded in place of this one? */
static bool check_module(bool force)
{
	char *magic = first_word("modinfo -F vermagic dmp 2>/dev/null");
	char *new = first_word("modinfo -F srcversion dmp 2>/dev/null");
	char *loaded = first_word("cat /sys/module/dmp/srcversion 2>/dev/null");
	struct utsname kernel;
	bool good = false;

	uname(&kernel);
	if (!file_exists("/sys/module/dmp"))
		fputs("dmpsetup: no module dmp is loaded\n", stderr);
	else if (!*magic)
		fprintf(stderr, "dmpsetup: no module dmp is installed for %s\n", kernel.release);
	else if (strcmp(magic, kernel.release))
		fprintf(stderr, "dmpsetup: the module that is installed is for %s\n", magic);
	else if (!strcmp(new, loaded) && !force)
		fputs("dmpsetup: this module is loaded already\n", stderr);
	else
		good = true;
	free(loaded);
	free(new);
	free(magic);
	return good;
}

/* --- the file -------------------------------------------------------------------- */

static int cannot_write(const char *path)
{
	fprintf(stderr, "dmpsetup: cannot write %s: %s\n", path, strerror(errno));
	return -1;
}

/* NAME START LENGTH TARGET PARAMS of each segment, between tabs. Written aside, renamed. */
static int write_state(const struct upgrade *upgrade)
{
	FILE *file = fopen(STATE_FILE ".new", "we");
	size_t i, j;
	bool failed;

	if (!file)
		return cannot_write(STATE_FILE);
	for (i = 0; i < upgrade->n; i++)
		for (j = 0; j < upgrade->volumes[i].table.n; j++) {
			const struct segment *segment = &upgrade->volumes[i].table.segments[j];

			fprintf(file, "%s\t%llu\t%llu\t%s\t%s\n", upgrade->volumes[i].name,
				(unsigned long long)segment->start,
				(unsigned long long)segment->length, segment->target,
				segment->params);
		}
	failed = ferror(file);
	failed = fclose(file) || failed;
	if (failed || rename(STATE_FILE ".new", STATE_FILE))
		return cannot_write(STATE_FILE);
	return 0;
}

static int take_line(struct upgrade *upgrade, char *line)
{
	char *field[5], *rest = line;
	struct volume *volume;
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	for (i = 0; i < 5; i++) {
		field[i] = strsep(&rest, i < 4 ? "\t" : "");
		if (!field[i]) {
			fputs("dmpsetup: " STATE_FILE " is damaged\n", stderr);
			return -1;
		}
	}
	volume = upgrade->n ? &upgrade->volumes[upgrade->n - 1] : NULL;
	if (!volume || strcmp(volume->name, field[0]))
		volume = add_volume(upgrade, field[0]);
	table_append(&volume->table, strtoull(field[1], NULL, 10), strtoull(field[2], NULL, 10),
		     field[3], field[4]);
	return 0;
}

/* What an upgrade that was killed was about. */
static int read_state(struct upgrade *upgrade)
{
	FILE *file = fopen(STATE_FILE, "re");
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	if (!file)
		return cannot_write(STATE_FILE);
	while (!status && getline(&line, &size, file) >= 0)
		status = take_line(upgrade, line);
	free(line);
	fclose(file);
	return status;
}

/* --- steps ----------------------------------------------------------------------- */

/* Without its arguments, "DEVICE OFFSET" of dmp is what linear takes. */
static void make_linear(const struct table *table, struct table *plain)
{
	unsigned long long offset;
	char *device, *params;
	size_t i;

	*plain = (struct table){ 0 };
	for (i = 0; i < table->n; i++) {
		const struct segment *segment = &table->segments[i];

		device = NULL;
		if (strcmp(segment->target, "dmp") ||
		    sscanf(segment->params, "%ms %llu", &device, &offset) != 2) {
			free(device);
			table_append(plain, segment->start, segment->length, segment->target,
				     segment->params);
			continue;
		}
		params = dmp_format("%s %llu", device, offset);
		table_append(plain, segment->start, segment->length, "linear", params);
		free(params);
		free(device);
	}
}

static int change(const char *name, bool read_only, const struct table *table)
{
	if (mapper_load(name, read_only, table))
		return -1;
	if (!mapper_resume(name))
		return 0;
	mapper_clear(name);
	return -1;
}

/* A table that waits is what a killed upgrade left, or its owner's, who is about to resume it. */
static int clear_loaded(const struct volume *volume, const struct table *plain)
{
	struct table loaded;
	bool ours;

	if (mapper_read_loaded(volume->name, &loaded))
		return -1;
	ours = table_equal(&loaded, plain) || table_equal(&loaded, &volume->table);
	table_free(&loaded);
	if (ours)
		return mapper_clear(volume->name);
	fprintf(stderr, "dmpsetup: another table waits in %s: dmsetup resume %s, or dmsetup clear %s\n",
		volume->name, volume->name, volume->name);
	return -1;
}

/* What its owner has made something else of meanwhile is left as it is. */
static int exchange_from(const struct volume *volume, const struct device *device,
			 const struct table *now, const struct table *from, const struct table *to)
{
	if (table_equal(now, from))
		return change(volume->name, device->read_only, to);
	/* Each volume is looked at twice, and told of once: on its way back. */
	if (to == &volume->table && !table_equal(now, to))
		fprintf(stderr, "dmpsetup: %s was changed by somebody else meanwhile: left as it is\n",
			volume->name);
	return 0;
}

/* Change the table of a volume from one of the two to the other. */
static int exchange(const struct volume *volume, bool watched)
{
	struct table plain, now;
	struct device device;
	int status = mapper_find(volume->name, &device);

	if (status <= 0) {
		if (!status)
			fprintf(stderr, "dmpsetup: %s has gone meanwhile\n", volume->name);
		return status;
	}
	status = mapper_read_table(volume->name, &now);
	if (!status) {
		make_linear(&volume->table, &plain);
		if (device.has_loaded)
			status = clear_loaded(volume, &plain);
		if (!status)
			status = exchange_from(volume, &device, &now, watched ? &plain : &volume->table,
					       watched ? &volume->table : &plain);
		table_free(&plain);
		table_free(&now);
	}
	device_free(&device);
	return status;
}

/* All that can be had get their own table, whatever happens to the others. */
static int watch_all(const struct upgrade *upgrade)
{
	int status = 0;
	size_t i;

	for (i = 0; i < upgrade->n; i++)
		if (exchange(&upgrade->volumes[i], true)) {
			fprintf(stderr, "dmpsetup: %s is linear now, and not watched\n",
				upgrade->volumes[i].name);
			status = -1;
		}
	return status;
}

static int unwatch_all(const struct upgrade *upgrade)
{
	int status = 0;
	size_t i;

	for (i = 0; !status && i < upgrade->n; i++)
		status = exchange(&upgrade->volumes[i], false);
	return status;
}

/* What was counted until now. A volume counts from zero afterwards. */
static int record(void)
{
	char name[64], *command;
	time_t now = time(NULL);
	bool done;

	strftime(name, sizeof(name), RECORDS "/%Y-%m-%dT%H%M%S.dmp", localtime(&now));
	if (mkdir(RECORDS, 0755) && errno != EEXIST)
		return cannot_write(RECORDS);
	command = dmp_format("dmpstat record -o %s 1 1", name);
	done = command_works(command);
	free(command);
	if (!done)
		return -1;
	printf("what was counted until now is in %s\n", name);
	return 0;
}

static int change_module(void)
{
	if (file_exists("/sys/module/dmp") && !command_works("modprobe -r dmp")) {
		fputs("dmpsetup: the module is in use by something else than its volumes\n", stderr);
		return -1;
	}
	if (command_works("modprobe dmp"))
		return 0;
	fputs("dmpsetup: the module cannot be loaded; the kernel's log says why\n", stderr);
	return -1;
}

static int print_upgrade(const struct upgrade *upgrade)
{
	size_t i;

	puts("dmpstat record -o " RECORDS "/DATE.dmp 1 1");
	for (i = 0; i < upgrade->n; i++)
		printf("dmsetup table --showkeys %s >/run/%s.table\n"
		       "sed 's/ dmp \\([^ ]* [^ ]*\\).*/ linear \\1/' /run/%s.table | dmsetup load %s\n"
		       "dmsetup resume --nolockfs %s\n", upgrade->volumes[i].name,
		       upgrade->volumes[i].name, upgrade->volumes[i].name, upgrade->volumes[i].name,
		       upgrade->volumes[i].name);
	puts("modprobe -r dmp\nmodprobe dmp");
	for (i = 0; i < upgrade->n; i++)
		printf("dmsetup load %s /run/%s.table\ndmsetup resume --nolockfs %s\n",
		       upgrade->volumes[i].name, upgrade->volumes[i].name, upgrade->volumes[i].name);
	return 0;
}

/* From where it is: what has been done before is not done twice. */
static int go_on(const struct upgrade *upgrade)
{
	int status = unwatch_all(upgrade);

	if (!status)
		status = change_module();
	/* With the old module or the new one; only if there is none they stay as they are. */
	if (watch_all(upgrade))
		return -1;
	unlink(STATE_FILE);
	return status;
}

/* Look at the module and at all volumes. */
static int survey(struct upgrade *upgrade, bool force)
{
	return !check_module(force) || mapper_each(collect, upgrade) || upgrade->refused ? -1 : 0;
}

static int begin(struct upgrade *upgrade, bool force)
{
	if (survey(upgrade, force))
		return -1;
	return (upgrade->n && record()) || write_state(upgrade) ? -1 : 0;
}

/**
 * upgrade_is_under_way() - has one begun, and not ended?
 */
bool upgrade_is_under_way(void)
{
	return file_exists(STATE_FILE);
}

/* A dry run needs no lock, and leaves nothing. */
static int plan_upgrade(struct upgrade *upgrade, const struct request *request)
{
	if (upgrade_is_under_way())
		return puts("an upgrade that was killed would go on") < 0;
	return survey(upgrade, request->force) ? -1 : print_upgrade(upgrade);
}

static int do_upgrade(struct upgrade *upgrade, const struct request *request)
{
	int lock = upgrade_lock(), status;

	if (lock < 0)
		return -1;
	status = upgrade_is_under_way() ? read_state(upgrade) : begin(upgrade, request->force);
	if (!status)
		status = go_on(upgrade);
	unlock(lock);
	return status;
}

int command_upgrade(const struct request *request)
{
	struct upgrade upgrade = { 0 };
	int status = request->dry_run ? plan_upgrade(&upgrade, request) : do_upgrade(&upgrade, request);

	upgrade_free(&upgrade);
	return status ? EXIT_FAILED : EXIT_DONE;
}
