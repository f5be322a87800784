// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The grammar of the table line, parsed and emitted side by side: what one
 * prints the other one accepts and takes for the same.
 */
#include <linux/device-mapper.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "table-args.h"

#define DM_MSG_PREFIX "dmp"

/* Arguments before the optional ones: device, offset and their count. */
#define NR_FIXED 3

#define SLOW_LIMIT_US_MAX 1000000000ULL

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

static int set_latency_every(struct dmp_config *config, const char *value)
{
	unsigned int every;

	if (kstrtouint(value, 10, &every) || !every ||
	    every > DMP_LATENCY_EVERY_MAX)
		return -EINVAL;
	config->latency_every = every;
	return 0;
}

static int set_slow_limit_us(struct dmp_config *config, const char *value)
{
	unsigned long long us;

	if (kstrtoull(value, 10, &us) || !us || us > SLOW_LIMIT_US_MAX)
		return -EINVAL;
	config->slow_ns = us * NSEC_PER_USEC;
	return 0;
}

#define SETTING(name_, range)						\
	{								\
		.name = #name_,						\
		.set = set_##name_,					\
		.invalid = "Invalid " #name_ ": " range,		\
		.missing = "value missing: " range,			\
		.surplus = "more than one value: " range,		\
		.repeated = "Repeated argument " #name_,		\
	}

/* The table's arguments come first: NR_TABLE_SETTINGS of them. */
static const struct setting {
	const char *name;
	int (*set)(struct dmp_config *config, const char *value);
	const char *invalid;
	const char *missing;
	const char *surplus;
	const char *repeated;
} settings[] = {
	SETTING(collect, "must be counters, patterns or all"),
	SETTING(latency_every, "must be 1 to 1000000"),
	SETTING(slow_limit_us, "must be 1 to 1000000000"),
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
 * dmp_config_known() - is there a setting of this name?
 * @name: of a message, or an argument
 *
 * Context: any.
 * Return: true if dmp_config_set() knows it.
 */
bool dmp_config_known(const char *name)
{
	return find_setting(name, ARRAY_SIZE(settings));
}

/**
 * dmp_config_set() - change one setting
 * @config: changed only if the value is right
 * @name: a known one
 * @nr_values: how many words follow the name
 * @values: these words; there has to be one
 * @error: set to what is wrong, in words for the log
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int dmp_config_set(struct dmp_config *config, const char *name,
		   unsigned int nr_values, char **values, const char **error)
{
	const struct setting *setting = find_setting(name, ARRAY_SIZE(settings));
	int ret = -EINVAL;

	if (!nr_values) {
		*error = setting->missing;
	} else if (nr_values > 1) {
		*error = setting->surplus;
	} else {
		*error = setting->invalid;
		ret = setting->set(config, values[0]);
	}
	return ret;
}

/**
 * dmp_collect_name() - the word for a level of collecting
 * @collect: the level
 *
 * Context: any.
 * Return: the word, as in the table line.
 */
const char *dmp_collect_name(enum dmp_collect collect)
{
	return collect_names[collect];
}

/* One argument and its value; @seen has a bit for each that was there. */
static int parse_setting(struct dmp_config *config, char **argv, bool has_value,
			 unsigned long *seen, char **error)
{
	const struct setting *setting = find_setting(argv[0], NR_TABLE_SETTINGS);

	if (!setting) {
		/* Cut: dmesg stops at a record too long to be escaped. */
		DMERR("unknown argument '%.64s'", argv[0]);
		*error = "Unknown argument";
		return -EINVAL;
	}
	if (__test_and_set_bit(setting - settings, seen)) {
		*error = (char *)setting->repeated;
		return -EINVAL;
	}
	if (!has_value || setting->set(config, argv[1])) {
		*error = (char *)setting->invalid;
		return -EINVAL;
	}
	return 0;
}

/* <#args> says how many words follow: names, each with its value. */
static int parse_optional(struct dmp_config *config, unsigned int argc,
			  char **argv, char **error)
{
	unsigned long seen = 0;
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
		ret = parse_setting(config, argv + i, i + 1 < argc, &seen,
				    error);
	return ret;
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

	args->config = (struct dmp_config){
		.collect = DMP_COLLECT_ALL,
		.latency_every = 1,
		.slow_ns = DMP_SLOW_NS_DEFAULT,
	};
	ret = parse_optional(&args->config, argc, argv, error);
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

	DMEMIT("%s %llu %u collect %s latency_every %u", args->device,
	       (unsigned long long)args->offset, 2 * NR_TABLE_SETTINGS,
	       dmp_collect_name(args->config.collect),
	       args->config.latency_every);
}
