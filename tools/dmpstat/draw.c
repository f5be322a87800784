// SPDX-License-Identifier: GPL-2.0-or-later
/* Bars, shades and the terminal's width: see draw.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "draw.h"

#define WIDTH_UNKNOWN	80
#define NARROWEST	40
#define SECTOR_BYTES	512

enum quantity quantity_of(const char *metric)
{
	if (dmp_name_ends(metric, "_ns"))
		return QUANTITY_NS;
	if (dmp_name_ends(metric, "_bytes"))
		return QUANTITY_BYTES;
	if (dmp_name_ends(metric, "_sectors"))
		return QUANTITY_SECTORS;
	return QUANTITY_NUMBER;
}

/**
 * format_quantity() - a bucket's bound
 * @cell: of CELL_MAX bytes
 * @value: the bound
 * @quantity: what it is of; sectors are printed as bytes
 */
void format_quantity(char *cell, int64_t value, enum quantity quantity)
{
	double size = value < 0 ? -(double)value : value;
	char *at = cell;

	if (value == DMP_INF) {
		strcpy(cell, "inf");
		return;
	}
	if (value < 0)
		*at++ = '-';
	if (!value)
		strcpy(at, "0");
	else if (quantity == QUANTITY_NS)
		format_ns(at, size);
	else if (quantity == QUANTITY_BYTES)
		format_bytes(at, size);
	else if (quantity == QUANTITY_SECTORS)
		format_bytes(at, size * SECTOR_BYTES);
	else
		snprintf(at, CELL_MAX - 1, "%.0f", size);
}

/**
 * terminal_width() - columns that a line may take
 *
 * Return: of the terminal; else what COLUMNS says; else 80.
 */
int terminal_width(void)
{
	const char *wanted = getenv("COLUMNS");
	struct winsize size;
	int width = WIDTH_UNKNOWN;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col;
	else if (wanted && atoi(wanted) > 0)
		width = atoi(wanted);
	return width < NARROWEST ? NARROWEST : width;
}

bool terminal_has_colours(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strstr(term, "256");
}

/**
 * draw_bar() - a bar
 * @share: its length, 0 to 1
 * @width: columns of a share of 1
 * @ascii: without the eighths of a column that UTF-8 has
 * @pad: with blanks to its full width
 *
 * Something is never drawn as nothing.
 */
void draw_bar(double share, int width, bool ascii, bool pad)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	int steps = ascii ? 1 : 8, length = share * width * steps + 0.5, i;

	if (share > 0 && !length)
		length = 1;
	for (i = 0; i < length / steps; i++)
		fputs(ascii ? "#" : "█", stdout);
	if (length % steps) {
		fputs(eighths[length % steps], stdout);
		i++;
	}
	if (pad)
		printf("%*s", width - i, "");
}

/**
 * draw_shade() - one cell of a map
 * @share: of the fullest cell, 0 to 1
 * @colours: in one of 256 colours, else as a character
 */
void draw_shade(double share, bool colours)
{
	static const unsigned char palette[] = { 17, 18, 19, 55, 90, 125, 160, 202, 214, 227 };
	static const char characters[] = ".:-=+*%&#@";
	int levels = sizeof(palette), level;

	if (share <= 0) {
		putchar(' ');
		return;
	}
	level = share * levels;
	if (level >= levels)
		level = levels - 1;
	if (colours)
		printf("\033[48;5;%dm \033[0m", palette[level]);
	else
		putchar(characters[level]);
}
