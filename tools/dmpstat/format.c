// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers as text: see format.h. */
#include <string.h>
#include <time.h>

#include "format.h"

/* Three characters before the unit: a bucket is no more exact than that. */
static void three_characters(char *cell, double value, const char *unit)
{
	int decimals = value < 9.95 && value != (int)value;

	snprintf(cell, CELL_MAX, "%.*f%s", decimals, value, unit);
}

/**
 * format_ns() - a time
 * @cell: of CELL_MAX bytes
 * @ns: nanoseconds
 */
void format_ns(char *cell, double ns)
{
	if (ns < 999.5)
		three_characters(cell, ns, "ns");
	else if (ns < 999.5e3)
		three_characters(cell, ns / 1e3, "us");
	else if (ns < 999.5e6)
		three_characters(cell, ns / 1e6, "ms");
	else
		three_characters(cell, ns / 1e9, "s");
}

/**
 * format_bytes() - a size, in powers of 1024
 * @cell: of CELL_MAX bytes
 * @bytes: the size
 */
void format_bytes(char *cell, double bytes)
{
	static const char units[] = "BkMGTPE";
	int i = 0;

	while (bytes >= 999.5 && units[i + 1]) {
		bytes /= 1024;
		i++;
	}
	three_characters(cell, bytes, (char[]){ units[i], 0 });
}

/* As iostat prints rates, but no wider than seven characters. */
static void plain(char *cell, double value)
{
	if (value >= 1e9)
		three_characters(cell, value / 1e9, "G");
	else if (value >= 9999999.5)
		three_characters(cell, value / 1e6, "M");
	else
		snprintf(cell, CELL_MAX, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
}

static void count(char *cell, double value)
{
	if (value < 99999.5)
		snprintf(cell, CELL_MAX, "%.0f", value);
	else
		plain(cell, value);
}

static void byte_rate(char *cell, double value, enum scale scale)
{
	if (scale == SCALE_HUMAN)
		format_bytes(cell, value);
	else
		plain(cell, value / (scale == SCALE_KIB ? 0x1p10 :
				     scale == SCALE_MIB ? 0x1p20 : 0x1p30));
}

static void exact(char *cell, double value, enum unit unit)
{
	if (unit == UNIT_RATE || unit == UNIT_DEPTH || unit == UNIT_PERCENT)
		snprintf(cell, CELL_MAX, "%.3f", value);
	else
		snprintf(cell, CELL_MAX, "%.0f", value);
}

/**
 * format_value() - a cell of a table that is not text
 * @cell: of CELL_MAX bytes
 * @value: "-" if it is not known
 * @unit: of @value
 * @scale: of byte rates; SCALE_EXACT: no value is rounded for people
 */
void format_value(char *cell, const struct value *value, enum unit unit, enum scale scale)
{
	/* "more than", where nothing more is known */
	char *at = cell + value->beyond;

	if (!value->known) {
		strcpy(cell, "-");
		return;
	}
	if (value->beyond)
		*cell = '>';
	if (scale == SCALE_EXACT)
		return exact(cell, value->number, unit);
	switch (unit) {
	case UNIT_NS:
		return value->number ? format_ns(at, value->number) : (void)strcpy(at, "0");
	case UNIT_BYTES:
		return format_bytes(at, value->number);
	case UNIT_BYTE_RATE:
		return byte_rate(at, value->number, scale);
	case UNIT_PERCENT:
		snprintf(at, CELL_MAX - 1, "%.*f", value->number < 9.95 && value->number > 0, value->number);
		return;
	case UNIT_COUNT:
		return count(at, value->number);
	default:
		return plain(at, value->number);
	}
}

/**
 * format_time() - wall clock time, local, as ISO 8601 has it
 * @text: to fill
 * @size: of @text
 * @real_ns: nanoseconds since 1970
 */
void format_time(char *text, size_t size, uint64_t real_ns)
{
	time_t seconds = real_ns / 1000000000;
	struct tm local;

	localtime_r(&seconds, &local);
	strftime(text, size, "%Y-%m-%dT%H:%M:%S%z", &local);
}

/* A name on the terminal: what could move the cursor becomes \xHH. */
void print_escaped(FILE *file, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 127 || *text == '\\')
			fprintf(file, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, file);
	}
}
