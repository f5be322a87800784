// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat: the command line. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/record.h"
#include "loop.h"
#include "table.h"
#include "views.h"

#define LONGEST_INTERVAL	1e9

/**
 * struct view - what the first word after dmpstat may be
 * @name: the word; "" is the table
 * @run: does it
 * @min: least number of words that must follow, without the interval
 * @max: most of them
 * @takes: options that mean something to it, but for --root
 * @words: what follows, for the usage line
 * @help: in a line
 */
struct view {
	const char *name;
	int (*run)(struct options *options, struct dmp_source *source);
	size_t min, max;
	const char *takes;
	const char *words;
	const char *help;
};

#define ANY SIZE_MAX

static const struct view views[] = {
	{ "", view_table, 0, ANY, "OoxyHptuf", "[VOLUME...] [INTERVAL [COUNT]]",
	  "a line a volume: rates, latency percentiles, queue depth" },
	{ "top", view_top, 0, ANY, "Oxpuf", "[VOLUME...] [INTERVAL]",
	  "the table, full screen; h lists the keys" },
	{ "hist", view_hist, 1, ANY, "yf", "METRIC [VOLUME...] [INTERVAL [COUNT]]",
	  "a histogram, operations side by side; METRIC: help lists them" },
	{ "heat", view_heat, 1, 1, "yf", "VOLUME [INTERVAL [COUNT]]",
	  "where on the volume I/O goes, and how latency depends on size" },
	{ "explain", view_explain, 0, ANY, "yf", "[VOLUME...] [INTERVAL [COUNT]]",
	  "what kind of workload it is, and what stands out" },
	{ "fio", view_fio, 1, 1, "f", "VOLUME [INTERVAL]",
	  "a fio job that reproduces the workload" },
	{ "export", view_export, 0, ANY, "LTf", "[--textfile FILE | --listen [HOST:]PORT] [VOLUME...]",
	  "all metrics in OpenMetrics text, for Prometheus" },
	{ "record", view_record, 0, ANY, "o", "-o FILE [VOLUME...] [INTERVAL [COUNT]]",
	  "append to a recording, by default each second" },
	{ "report", view_report, 1, 1, "o", "RECORDING -o FILE.html",
	  "a page that shows a recording" },
};

/* Options without a short form, by a letter that getopt does not know. */
enum {
	OPTION_LISTEN = 'L', OPTION_ROOT = 'R', OPTION_TEXTFILE = 'T', OPTION_UNITS = 'u',
	OPTION_VERSION = 'V',
};

static const char short_options[] = "O:o:f:xyHpth";
static const struct option long_options[] = {
	{ "columns", required_argument, NULL, 'O' },
	{ "output", required_argument, NULL, 'o' },
	{ "file", required_argument, NULL, 'f' },
	{ "extended", no_argument, NULL, 'x' },
	{ "omit-first", no_argument, NULL, 'y' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "exact", no_argument, NULL, 'p' },
	{ "timestamp", no_argument, NULL, 't' },
	{ "units", required_argument, NULL, OPTION_UNITS },
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "textfile", required_argument, NULL, OPTION_TEXTFILE },
	{ "root", required_argument, NULL, OPTION_ROOT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ }
};

static const char help_options[] =
	"  -x, --extended       more columns\n"
	"  -O, --columns LIST   these columns; -O help lists all of them, with units\n"
	"  -y, --omit-first     without the report since the start of counting\n"
	"  -t, --timestamp      the time above each report\n"
	"  -H, --no-header      for scripts: no header, a tab between columns\n"
	"  -p, --exact          exact numbers in base units: bytes/s, ns\n"
	"      --units UNIT     of bytes a second: k, m (default), g, or h for what fits\n"
	"  -o, --output JSON    the table as JSON; record, report: the file to write\n"
	"  -f, --file RECORDING what was recorded instead of what is now\n"
	"      --textfile FILE  export: write a file for node_exporter\n"
	"      --listen ADDRESS export: serve it, on loopback unless HOST is given\n"
	"      --root DIR       read DIR/sys and DIR/proc instead of this machine's\n"
	"  -h, --help\n"
	"      --version\n";

/* --- messages -------------------------------------------------------------------- */

static int usage_error(const char *problem, const char *culprit)
{
	fprintf(stderr, "dmpstat: %s '%s'; try dmpstat --help\n", problem, culprit);
	return EXIT_USAGE;
}

static int print_help(void)
{
	size_t i;

	for (i = 0; i < sizeof(views) / sizeof(*views); i++)
		printf("%s dmpstat %s%s%s%s\n", i ? "      " : "usage:", views[i].name,
		       *views[i].name ? " " : "", i ? "" : "[OPTIONS] ", views[i].words);
	putchar('\n');
	for (i = 0; i < sizeof(views) / sizeof(*views); i++)
		printf("  %-9s %s\n", *views[i].name ? views[i].name : "(none)", views[i].help);
	fputs("\nVOLUME: the mapped device's name, dm-N, a path in /dev, VG/LV, major:minor or a\n"
	      "mount point; none is all of them. INTERVAL is in seconds; the first report is\n"
	      "since the start of counting, but for a recording.\n\n", stdout);
	fputs(help_options, stdout);
	return loop_flush();
}

static int list_columns(void)
{
	size_t i;

	for (i = 0; i < n_all_columns; i++)
		printf("%-10s %-8s %s\n", all_columns[i].name, unit_name(all_columns[i].unit),
		       all_columns[i].help);
	return loop_flush();
}

/* --- options --------------------------------------------------------------------- */

static bool set_units(struct options *options, const char *unit)
{
	static const char units[] = "kmgh";
	const char *at = *unit ? strchr(units, *unit) : NULL;

	if (!at || unit[1])
		return false;
	options->scale = SCALE_KIB + (at - units);
	return true;
}

/* Which options there were, but for --root, which all views take. */
static void note_use(struct options *options, int option)
{
	size_t n = strlen(options->used);

	if (option != OPTION_ROOT && !strchr(options->used, option) &&
	    n + 1 < sizeof(options->used))
		options->used[n] = option;
}

/* -1: go on; else the exit status. */
static int take_option(struct options *options, int option)
{
	note_use(options, option);
	switch (option) {
	case 'x':
		table_set_columns(options, extended_columns);
		return -1;
	case 'O':
		if (!strcmp(optarg, "help"))
			return list_columns();
		return table_set_columns(options, optarg) ? -1 : EXIT_USAGE;
	case 'o':
		options->output = optarg;
		return -1;
	case 'f':
		options->file = optarg;
		return -1;
	case 'y':
		options->skip_first = true;
		return -1;
	case 'H':
		options->bare = true;
		return -1;
	case 'p':
		options->scale = SCALE_EXACT;
		return -1;
	case 't':
		options->timestamps = true;
		return -1;
	case OPTION_UNITS:
		return set_units(options, optarg) ? -1 : usage_error("no unit", optarg);
	case OPTION_LISTEN:
		options->listen = optarg;
		return -1;
	case OPTION_TEXTFILE:
		options->textfile = optarg;
		return -1;
	case OPTION_ROOT:
		options->root = optarg;
		return -1;
	case OPTION_VERSION:
		puts("dmpstat " DMP_VERSION);
		return loop_flush();
	case 'h':
		return print_help();
	default:
		fputs("dmpstat: try dmpstat --help\n", stderr);
		return EXIT_USAGE;
	}
}

/* --- what is left of the line ---------------------------------------------------- */

static bool is_interval(const char *word, double *seconds)
{
	char *end;

	if (!*word || word[strspn(word, "0123456789.")])
		return false;
	*seconds = strtod(word, &end);
	return !*end && isfinite(*seconds);
}

static bool is_count(const char *word, unsigned long *count)
{
	char *end;

	if (!*word || word[strspn(word, "0123456789")])
		return false;
	errno = 0;
	*count = strtoul(word, &end, 10);
	return !errno;
}

/* [INTERVAL [COUNT]] at the end of the words. */
static int take_interval(struct options *options)
{
	size_t n = options->n_arguments;
	char **words = options->arguments;
	unsigned long count;

	if (n >= 2 && is_count(words[n - 1], &count) &&
	    is_interval(words[n - 2], &options->interval)) {
		options->n_arguments = n - 2;
		options->count = count;
		if (!count)
			return usage_error("no count", words[n - 1]);
	} else if (n && is_interval(words[n - 1], &options->interval)) {
		options->n_arguments = n - 1;
	} else {
		options->interval = 0;
		return -1;
	}
	if (options->interval <= 0 || options->interval > LONGEST_INTERVAL)
		return usage_error("no interval", words[options->n_arguments]);
	return -1;
}

static const struct view *take_view(struct options *options)
{
	size_t i;

	for (i = 1; options->n_arguments && i < sizeof(views) / sizeof(*views); i++) {
		if (strcmp(options->arguments[0], views[i].name) != 0)
			continue;
		options->arguments++;
		options->n_arguments--;
		return &views[i];
	}
	return &views[0];
}

/* The long name of an option, which every one has. */
static const char *name_of(int letter)
{
	const struct option *option = long_options;

	while (option->val != letter)
		option++;
	return option->name;
}

static int check_usage(const struct options *options, const struct view *view)
{
	size_t i;

	for (i = 0; options->used[i]; i++) {
		if (strchr(view->takes, options->used[i]))
			continue;
		fprintf(stderr, "dmpstat: %s takes no --%s; try dmpstat --help\n",
			*view->name ? view->name : "the table", name_of(options->used[i]));
		return EXIT_USAGE;
	}
	/* The table has an output without -o; what else takes it needs it. */
	if (options->n_arguments < view->min || options->n_arguments > view->max ||
	    (view != views && strchr(view->takes, 'o') && !options->output)) {
		fprintf(stderr, "usage: dmpstat %s %s\n", view->name, view->words);
		return EXIT_USAGE;
	}
	if (view == views && options->output && strcasecmp(options->output, "json") != 0)
		return usage_error("no output format", options->output);
	return -1;
}

static int run(struct options *options)
{
	const struct view *view = take_view(options);
	struct dmp_source *source;
	int status;

	status = take_interval(options);
	if (status < 0)
		status = check_usage(options, view);
	if (status >= 0)
		return status;
	source = options->file ? dmp_record_open(options->file, options->interval) :
		dmp_live_open(options->root);
	if (!source)
		return EXIT_FAILED;
	status = view->run(options, source);
	source->close(source);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .root = "", .scale = SCALE_MIB };
	int option, status = -1;

	/* getopt's messages begin with it. */
	argv[0] = (char *)"dmpstat";
	setlocale(LC_CTYPE, "");
	options.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	table_set_columns(&options, default_columns);
	loop_catch_signals();
	while (status < 0 && (option = getopt_long(argc, argv, short_options, long_options,
						   NULL)) != -1)
		status = take_option(&options, option);
	if (status < 0) {
		options.arguments = argv + optind;
		options.n_arguments = argc - optind;
		status = run(&options);
	}
	free(options.columns);
	return status;
}
