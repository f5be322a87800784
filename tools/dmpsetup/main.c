// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpsetup: command line. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "mapper.h"

/**
 * struct command - what dmpsetup can do
 * @name: first word
 * @run: does it
 * @least: how many words follow, at least
 * @most: how many words follow, at most
 * @takes: options that mean something to it
 * @usage: what follows
 * @help: in a line
 */
struct command {
	const char *name;
	int (*run)(const struct request *request);
	int least, most;
	const char *takes, *usage, *help;
};

static const struct command commands[] = {
	{ "create", command_create, 2, 2, "no", "[-o OPTIONS] [-n] NAME DEVICE",
	  "a volume over a block device" },
	{ "remove", command_remove, 1, 1, "n", "[-n] NAME", "remove a volume" },
	{ "attach", command_attach, 1, 1, "no", "[-o OPTIONS] [-n] NAME",
	  "watch a mapped device while it is in use" },
	{ "detach", command_detach, 1, 1, "n", "[-n] NAME", "end that" },
	{ "list", command_list, 0, 0, "O", "[--orphans]", "what is watched; or what was left" },
	{ "start", command_start, 0, 1, "ni", "[-n] NAME | --initrd",
	  "create or attach what /etc/dmptab says" },
	{ "stop", command_stop, 1, 1, "n", "[-n] NAME", "the reverse" },
	{ "upgrade", command_upgrade, 0, 0, "nf", "[-f] [-n]",
	  "another module, while volumes are in use" },
	{ "settle", command_settle, 1, 1, "", "NAME", "attach again what its owner has detached" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

enum { OPTION_ORPHANS = 'O', OPTION_INITRD = 'i', OPTION_VERSION = 'V' };

static const struct option long_options[] = {
	{ "options", required_argument, NULL, 'o' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "force", no_argument, NULL, 'f' },
	{ "orphans", no_argument, NULL, OPTION_ORPHANS },
	{ "initrd", no_argument, NULL, OPTION_INITRD },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static void print_help(void)
{
	size_t i;

	puts("usage: dmpsetup COMMAND [OPTION...]\n");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  %-7s%-32s%s\n", commands[i].name, commands[i].usage, commands[i].help);
	puts("\n"
	     "  -o, --options LIST  NAME=VALUE, separated by commas: offset (in sectors), collect,\n"
	     "                      latency_every and what else a table of dmp takes\n"
	     "  -n, --dry-run       print dmsetup's commands, and change nothing\n"
	     "  -f, --force         also if the module that is loaded is the one that is installed\n"
	     "      --orphans       lower devices that their owner has left\n"
	     "      --initrd        lines of dmptab with x-initrd.attach\n"
	     "      --version       print the version");
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int usage(const struct command *command)
{
	fprintf(stderr, "usage: dmpsetup %s %s\n", command->name, command->usage);
	return EXIT_USAGE;
}

/* Options, and the words that they leave; -1: go on. */
static int take_options(int argc, char **argv, struct request *request, char *used)
{
	int option;

	while ((option = getopt_long(argc, argv, "o:nfh", long_options, NULL)) != -1) {
		switch (option) {
		case 'o':
			request->settings = optarg;
			break;
		case 'n':
			request->dry_run = true;
			break;
		case 'f':
			request->force = true;
			break;
		case OPTION_ORPHANS:
			request->orphans = true;
			break;
		case OPTION_INITRD:
			request->initrd = true;
			break;
		case 'h':
			print_help();
			return EXIT_DONE;
		case OPTION_VERSION:
			puts("dmpsetup " DMP_VERSION);
			return EXIT_DONE;
		default:
			return EXIT_USAGE;
		}
		used[strlen(used)] = option;
		if (strlen(used) > 8) {
			fputs("dmpsetup: too many options\n", stderr);
			return EXIT_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	static char name[] = "dmpsetup";
	const struct command *command;
	struct request request = { 0 };
	char used[16] = "";
	int status, words;

	/* getopt's messages begin with it. */
	argv[0] = name;
	status = take_options(argc, argv, &request, used);
	if (status >= 0)
		return status;
	if (optind == argc) {
		fputs("dmpsetup: no command; try dmpsetup --help\n", stderr);
		return EXIT_USAGE;
	}
	command = find_command(argv[optind]);
	if (!command) {
		fprintf(stderr, "dmpsetup: no command '%s'; try dmpsetup --help\n", argv[optind]);
		return EXIT_USAGE;
	}
	argv += optind + 1;
	words = argc - optind - 1;
	if (words < command->least || words > command->most ||
	    strspn(used, command->takes) < strlen(used) ||
	    (command->least < command->most && (words > 0) == request.initrd))
		return usage(command);
	request.name = words > 0 ? argv[0] : NULL;
	request.device = words > 1 ? argv[1] : NULL;
	if (mapper_start())
		return EXIT_FAILED;
	status = command->run(&request);
	if (status == EXIT_DONE && (fflush(stdout) || ferror(stdout))) {
		fputs("dmpsetup: cannot write\n", stderr);
		return EXIT_FAILED;
	}
	return status;
}
