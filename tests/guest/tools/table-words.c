/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Print COUNT table lines of the target dmp, made at random from SEED: always
 * the same ones. DEVICE has SECTORS.
 *
 * A line is "EXPECTED LENGTH PARAMETERS"; EXPECTED is accept, refuse (one thing
 * in it is wrong) or any (a good line with bytes of it changed).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_WORD 5000

static uint64_t state;
static const char *device;
static uint64_t sectors;

static unsigned int below(unsigned int limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % limit;
}

#define ONE_OF(list) ((list)[below(sizeof(list) / sizeof((list)[0]))])

static const char *blank(void)
{
	static const char *const blanks[] = { " ", " ", " ", "  ", "\t", " \t " };

	return ONE_OF(blanks);
}

/* A word that is nobody's name: letters, or any bytes but blanks. */
static void put_word(void)
{
	unsigned int length = below(20) ? 1 + below(12) : LONG_WORD;
	unsigned int any = below(3);

	fputs("no_", stdout);
	while (length--)
		putchar(any ? 'a' + below(26) : 0xa1 + below(0x5e));
}

static void put_accepted(char *line, size_t size)
{
	uint64_t offset = below(2) ? below(sectors) : 0;
	uint64_t length = sectors - offset;
	int n;

	if (below(2))
		length = 1 + below(length);
	n = snprintf(line, size, "%llu %s%s", (unsigned long long)length,
		     below(8) ? "" : blank(), device);
	if (!offset && below(2))
		return;
	n += snprintf(line + n, size - n, "%s%s%llu", blank(),
		      below(4) ? "" : "00", (unsigned long long)offset);
	if (below(2))
		n += snprintf(line + n, size - n, "%s0", blank());
	if (!below(8))
		snprintf(line + n, size - n, "%s", blank());
}

static void bad_device(void)
{
	static const char *const names[] = {
		"/dev/nosuch", "/dev", "/dev/null", "/", "nosuch", "\\",
		"4294967296:0", "-1:0", "250:250", ":", "0:0", "/dev/mapper/",
	};

	printf("%llu ", (unsigned long long)sectors);
	if (below(3))
		fputs(ONE_OF(names), stdout);
	else
		put_word();
	if (below(2))
		printf("%s0", blank());
}

static void bad_offset(void)
{
	static const char *const offsets[] = {
		"x", "-1", "-0", "1x", "0x10", "1.5", "1,0", "+", "-", "\\ ",
		"18446744073709551615", "18446744073709551616",
		"9223372036854775808", "00000000000000000000000000000020000",
		"\xd9\xa3", "99999999999999999999999999999999999999999999",
	};

	printf("1 %s%s", device, blank());
	switch (below(6)) {
	case 0:
		printf("%llu", (unsigned long long)sectors + below(3));
		break;
	case 1:
		put_word();
		break;
	default:
		fputs(ONE_OF(offsets), stdout);
	}
	if (below(2))
		printf("%s0", blank());
}

static void bad_count(void)
{
	static const char *const counts[] = {
		"1", "-1", "x", "2", "+", "4294967296", "4294967295",
		"18446744073709551616", "0x0", "no", "\\ ",
	};

	printf("%llu %s 0%s%s", (unsigned long long)sectors, device, blank(),
	       ONE_OF(counts));
}

static void bad_arguments(void)
{
	unsigned int i, count = 1 + below(below(9) ? 4 : 300);

	printf("%llu %s 0 %u", (unsigned long long)sectors, device,
	       below(4) ? count : 0);
	for (i = 0; i < count; i++) {
		fputs(blank(), stdout);
		put_word();
	}
}

static void put_refused(void)
{
	static void (*const kinds[])(void) = {
		bad_device, bad_offset, bad_count, bad_arguments,
	};

	fputs("refuse ", stdout);
	if (below(16))
		ONE_OF(kinds)();
	else
		printf("%llu %s", (unsigned long long)sectors, blank());
}

/* Change bytes of the parameters; the length stays a number. */
static void put_any(char *line)
{
	char *words = strchr(line, ' ') + 1;
	unsigned int i, changes = 1 + below(4);

	for (i = 0; i < changes; i++) {
		char byte = 1 + below(255);

		words[below(strlen(words))] = byte == '\n' ? ' ' : byte;
	}
	printf("any %s", line);
}

int main(int argc, char **argv)
{
	char line[512];
	long count;

	if (argc != 5) {
		fprintf(stderr, "usage: table-words SEED COUNT DEVICE SECTORS\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15ULL + 1;
	device = argv[3];
	sectors = strtoull(argv[4], NULL, 10);
	for (count = atol(argv[2]); count > 0; count--) {
		unsigned int kind = below(10);

		put_accepted(line, sizeof(line));
		if (kind < 1)
			printf("accept %s", line);
		else if (kind < 7)
			put_refused();
		else
			put_any(line);
		putchar('\n');
	}
	return 0;
}
