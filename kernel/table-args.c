// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Table line and settings: parsed and printed side by side, so that a printed line parses
 * back to the same settings.
 */
#include <linux/bitops.h>
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "table-args.h"

#define DM_MSG_PREFIX "dmp"

/* Arguments before the optional ones: device, offset and their count. */
#define NR_FIXED 3

#define SLOW_LIMIT_US_MAX 1000000000ULL

/* Size of the longest value of an argument, as text. */
#define MAX_VALUE 24

static const char * const collect_names[DMP_NR_COLLECT] = {
	[DMP_COLLECT_COUNTERS] = "counters",
	[DMP_COLLECT_PATTERNS] = "patterns",
	[DMP_COLLECT_ALL] = "all",
};

static int set_collect(struct dmp_config *config, const char *value)
{
	int collect = match_string(collect_names, DMP_NR_COLLECT, value);

	if (collect < 0)
		return -EINVAL;
	config->collect = collect;
	return 0;
}

static void print_collect(const struct dmp_config *config, char *text)
{
	strscpy(text, collect_names[config->collect], MAX_VALUE);
}

static int set_latency_every(struct dmp_config *config, const char *value)
{
	unsigned int every;

	if (kstrtouint(value, 10, &every) || !every ||
	    every > DMP_LATENCY_EVERY_MAX)
		return -EINVAL;
	config->latency_every = every;
	return 0;
}

static void print_latency_every(const struct dmp_config *config, char *text)
{
	snprintf(text, MAX_VALUE, "%u", config->latency_every);
}

static int set_slow_limit_us(struct dmp_config *config, const char *value)
{
	unsigned long long us;

	if (kstrtoull(value, 10, &us) || !us || us > SLOW_LIMIT_US_MAX)
		return -EINVAL;
	config->slow_ns = us * NSEC_PER_USEC;
	return 0;
}

/* The first NR_TABLE_SETTINGS are arguments of the table line, too. */
static const struct setting {
	const char *name;
	int (*set)(struct dmp_config *config, const char *value);
	void (*print)(const struct dmp_config *config, char *text); /* of these */
	const char *invalid;
	const char *repeated;
} settings[] = {
	{
		"collect", set_collect, print_collect,
		"Invalid collect: must be counters, patterns or all",
		"Repeated argument collect",
	}, {
		"latency_every", set_latency_every, print_latency_every,
		"Invalid latency_every: must be 1 to 1000000",
		"Repeated argument latency_every",
	}, {
		"slow_limit_us", set_slow_limit_us, NULL,
		"Invalid slow_limit_us: must be 1 to 1000000000",
		NULL,
	},
};

#define NR_TABLE_SETTINGS 2

static const struct setting *find_setting(const char *name, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcasecmp(settings[i].name, name))
			return &settings[i];
	return NULL;
}

/**
 * dmp_config_known() - check for a setting of this name
 * @name: of a message, or an argument
 *
 * Context: any.
 * Return: true if dmp_config_set() knows it.
 */
bool dmp_config_known(const char *name)
{
	return find_setting(name, ARRAY_SIZE(settings));
}

/* The range of a value: text after "Invalid NAME: ". */
static const char *range_of(const struct setting *setting)
{
	return strchr(setting->invalid, ':') + 2;
}

/**
 * dmp_config_set() - change one setting
 * @config: changed if the value is valid; else a line is logged
 * @argc: number of words
 * @argv: the name, for which dmp_config_known(), and one value
 *
 * Context: may sleep (it logs).
 * Return: 0 or -EINVAL.
 */
int dmp_config_set(struct dmp_config *config, unsigned int argc, char **argv)
{
	const struct setting *setting = find_setting(argv[0],
						     ARRAY_SIZE(settings));
	int ret = -EINVAL;

	if (argc < 2) {
		DMERR("message '%.64s': value missing: %s", argv[0],
		      range_of(setting));
	} else if (argc > 2) {
		DMERR("message '%.64s': more than one value: %s", argv[0],
		      range_of(setting));
	} else {
		ret = setting->set(config, argv[1]);
		if (ret)
			DMERR("message '%.64s %.64s': %s", argv[0], argv[1],
			      setting->invalid);
	}
	return ret;
}

/**
 * dmp_collect_name() - name of a level of collection
 * @collect: the level
 *
 * Context: any.
 * Return: the word, as in the table line.
 */
const char *dmp_collect_name(enum dmp_collect collect)
{
	return collect_names[collect];
}

/**
 * dmp_settings_init() - settings of a table line without arguments
 * @to: set to the defaults
 *
 * Context: any.
 */
void dmp_settings_init(struct dmp_settings *to)
{
	*to = (struct dmp_settings){
		.config.collect = DMP_COLLECT_ALL,
		.config.latency_every = 1,
		.config.slow_ns = DMP_SLOW_NS_DEFAULT,
	};
}

static void log_not_taken(const char *volume, sector_t begin, const char *name,
			  const char *asked, const char *taken)
{
	DMWARN("%s: segment at sector %llu: '%s %s' not taken: an earlier segment says '%s %s'",
	       volume, (unsigned long long)begin, name, asked, name, taken);
}

/**
 * dmp_settings_merge() - merge the settings of the next segment of a table
 * @to: merged settings of the previous segments
 * @from: of the segment
 * @volume: name for the log
 * @begin: first sector of the segment, for the log
 *
 * An explicit setting overrides a default. Of several explicit ones the first is taken,
 * and those that differ are logged.
 *
 * Context: may sleep (it logs).
 */
void dmp_settings_merge(struct dmp_settings *to,
			const struct dmp_settings *from, const char *volume,
			sector_t begin)
{
	char taken[MAX_VALUE], asked[MAX_VALUE];
	unsigned int i;

	for (i = 0; i < NR_TABLE_SETTINGS; i++) {
		if (!test_bit(i, &from->given))
			continue;
		settings[i].print(&from->config, asked);
		if (!__test_and_set_bit(i, &to->given)) {
			settings[i].set(&to->config, asked);
			continue;
		}
		settings[i].print(&to->config, taken);
		if (strcmp(asked, taken))
			log_not_taken(volume, begin, settings[i].name, asked,
				      taken);
	}
}

/* One argument and its value. */
static int parse_setting(struct dmp_settings *to, char **argv, bool has_value,
			 char **error)
{
	const struct setting *setting = find_setting(argv[0], NR_TABLE_SETTINGS);

	if (!setting) {
		/* Truncated: dmesg stops at a record that is too long to escape. */
		DMERR("unknown argument '%.64s'", argv[0]);
		*error = "Unknown argument";
		return -EINVAL;
	}
	if (__test_and_set_bit(setting - settings, &to->given)) {
		*error = (char *)setting->repeated;
		return -EINVAL;
	}
	if (!has_value || setting->set(&to->config, argv[1])) {
		*error = (char *)setting->invalid;
		return -EINVAL;
	}
	return 0;
}

/* <#args> is the number of words that follow: names, each with its value. */
static int parse_optional(struct dmp_settings *to, unsigned int argc,
			  char **argv, char **error)
{
	unsigned int count, i;
	int ret = 0;

	if (argc < NR_FIXED)
		return 0;

	if (kstrtouint(argv[NR_FIXED - 1], 10, &count) ||
	    count != argc - NR_FIXED) {
		*error = "Invalid number of arguments";
		return -EINVAL;
	}

	for (i = NR_FIXED; i < argc && !ret; i += 2)
		ret = parse_setting(to, argv + i, i + 1 < argc, error);
	return ret;
}

/**
 * dmp_table_args_parse() - parse a table line
 * @args: set to its arguments
 * @argc: number of words after the target's name
 * @argv: these words
 * @error: set to a message for the log if the line is invalid
 *
 * Does not open the device.
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

	dmp_settings_init(&args->settings);
	ret = parse_optional(&args->settings, argc, argv, error);
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
 * @args: its arguments
 * @result: output
 * @maxlen: its size; device-mapper retries with a larger buffer if it was filled
 *
 * Context: any.
 */
void dmp_table_args_emit(const struct dmp_table_args *args, char *result,
			 unsigned int maxlen)
{
	unsigned int sz = 0, i;
	char value[MAX_VALUE];

	DMEMIT("%s %llu %u", args->device, (unsigned long long)args->offset,
	       2 * NR_TABLE_SETTINGS);
	for (i = 0; i < NR_TABLE_SETTINGS; i++) {
		settings[i].print(&args->settings.config, value);
		DMEMIT(" %s %s", settings[i].name, value);
	}
}
