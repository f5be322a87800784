// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat top: the table, full screen. Its keys are those of top and htop. */
#define _GNU_SOURCE
#include <curses.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../common/memory.h"
#include "loop.h"
#include "table.h"
#include "top.h"
#include "views.h"

#define USUAL_INTERVAL	2.0
#define LEAST_INTERVAL	0.1
#define LONGEST_WAIT_MS	200	/* so that a signal is noticed */

#define KEY_ESCAPE	27

/* --- columns --------------------------------------------------------------------- */

static bool set_sort(struct top *top, const char *name)
{
	size_t i;

	for (i = 0; i < top->options->n_columns; i++) {
		if (!strcmp(top->options->columns[i]->name, name)) {
			top->sort = i;
			return true;
		}
	}
	return false;
}

static void toggle_extended(struct top *top)
{
	const char *sorted = top->options->columns[top->sort]->name;

	top->extended = !top->extended;
	table_set_columns(top->options, top->extended ? extended_columns : default_columns);
	if (!set_sort(top, sorted))
		top->sort = 0;
}

static void move_sort(struct top *top, int by)
{
	top->sort = (top->sort + top->options->n_columns + by) % top->options->n_columns;
}

/* --- the volume that is picked --------------------------------------------------- */

static void pick(struct top *top, long position)
{
	if (!top->n)
		return;
	if (position < 0)
		position = 0;
	if (position >= (long)top->n)
		position = top->n - 1;
	free(top->selected);
	top->selected = dmp_strdup(top->report.intervals[top->order[position]].sample.names.device);
}

static void pick_next(struct top *top, long by)
{
	pick(top, (long)top_position(top) + by);
}

/* --- keys ------------------------------------------------------------------------ */

static void ask_interval(struct top *top)
{
	char text[16] = "", *end;
	double seconds;

	mvprintw(1, 0, "Interval in seconds, now %g: ", top->options->interval);
	clrtoeol();
	echo();
	curs_set(1);
	timeout(-1);
	getnstr(text, sizeof(text) - 1);
	noecho();
	curs_set(0);
	seconds = strtod(text, &end);
	if (end != text && !*end && isfinite(seconds) && seconds >= LEAST_INTERVAL &&
	    seconds <= 1e6)
		top->options->interval = seconds;
}

static void take_table_key(struct top *top, int key)
{
	long page = LINES > 4 ? LINES - 4 : 1;

	switch (key) {
	case KEY_UP:
	case 'k':
		pick_next(top, -1);
		break;
	case KEY_DOWN:
	case 'j':
		pick_next(top, 1);
		break;
	case KEY_PPAGE:
		pick_next(top, -page);
		break;
	case KEY_NPAGE:
		pick_next(top, page);
		break;
	case KEY_HOME:
	case 'g':
		pick(top, 0);
		break;
	case KEY_END:
	case 'G':
		pick(top, top->n);
		break;
	case '<':
		move_sort(top, -1);
		break;
	case '>':
		move_sort(top, 1);
		break;
	case 'N':
		set_sort(top, "name");
		break;
	case 'P':
		set_sort(top, "aqu-sz");
		break;
	case 'R':
	case 'I':
		top->ascending = !top->ascending;
		break;
	case 'x':
		toggle_extended(top);
		break;
	case '\n':
	case '\r':
	case KEY_ENTER:
	case KEY_RIGHT:
		pick(top, top_position(top));
		top->screen = TOP_VOLUME;
		break;
	}
	top_sort(top);
}

/* false: quit. */
static bool take_key(struct top *top, int key)
{
	bool back = key == KEY_ESCAPE || key == KEY_LEFT || key == KEY_BACKSPACE || key == 127;

	if (key == 'q' && top->screen == TOP_TABLE)
		return false;
	if (key == 'h' || key == '?' || key == KEY_F(1))
		top->screen = top->screen == TOP_HELP ? TOP_TABLE : TOP_HELP;
	else if (key == 'p')
		top->paused = !top->paused;
	else if (key == 's' || key == 'd')
		ask_interval(top);
	else if (back || key == 'q' || (top->screen == TOP_HELP && key != KEY_RESIZE))
		top->screen = TOP_TABLE;
	else if (top->screen == TOP_TABLE)
		take_table_key(top, key);
	else if (key == KEY_UP || key == 'k' || key == KEY_DOWN || key == 'j')
		pick_next(top, key == KEY_UP || key == 'k' ? -1 : 1);
	return true;
}

/* --- reports --------------------------------------------------------------------- */

static void show(struct top *top, const struct dmp_snapshot *before,
		 const struct dmp_snapshot *now)
{
	dmp_report_free(&top->report);
	dmp_report_make(&top->report, before, now);
	top_sort(top);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Keys until the next report is due; false: quit. */
static bool take_keys(struct top *top, double last)
{
	double wait;
	int key;

	do {
		top_draw(top);
		wait = top->paused || top->ended ? LONGEST_WAIT_MS :
			1000 * (last + top->options->interval - now_seconds());
		timeout(wait < 0 ? 0 : wait < LONGEST_WAIT_MS ? (int)ceil(wait) : LONGEST_WAIT_MS);
		key = getch();
		if (loop_ended() || (key != ERR && !take_key(top, key)))
			return false;
		/* A report of less than that would say little. */
		if (key == ' ' && now_seconds() > last + LEAST_INTERVAL)
			return true;
	} while (top->paused || top->ended || now_seconds() < last + top->options->interval);
	return true;
}

static int run(struct top *top, struct dmp_source *source, struct dmp_snapshot *before)
{
	struct options *options = top->options;
	struct dmp_snapshot now;
	double last = now_seconds();
	int got = 1;

	while (got >= 0 && take_keys(top, last)) {
		last = now_seconds();
		got = loop_read_next(options->arguments, options->n_arguments, source, &now);
		if (got < 0)
			break;
		top->ended = !got;
		if (!got)
			continue;
		show(top, before, &now);
		dmp_snapshot_free(before);
		*before = now;
	}
	return got < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* --- the terminal ---------------------------------------------------------------- */

static void leave_screen(void)
{
	if (!isendwin())
		endwin();
}

/* On whatever way the program ends, the terminal is as it was before. */
static bool enter_screen(void)
{
	SCREEN *screen = newterm(NULL, stdout, stdin);

	if (!screen)
		return false;
	atexit(leave_screen);
	cbreak();
	noecho();
	keypad(stdscr, true);
	set_escdelay(50);
	curs_set(0);
	if (!getenv("NO_COLOR") && has_colors()) {
		start_color();
		use_default_colors();
		init_pair(1, COLOR_RED, -1);
	}
	return true;
}

/* curses catches signals only where nobody else does, and loop_catch_signals() did. */
int view_top(struct options *options, struct dmp_source *source)
{
	struct top top = { .options = options };
	struct dmp_snapshot before;
	int status;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("dmpstat: top needs a terminal; dmpstat without a view prints the same\n",
		      stderr);
		return EXIT_FAILED;
	}
	if (!options->interval)
		options->interval = USUAL_INTERVAL;
	status = loop_read(options->arguments, options->n_arguments, source, &before);
	if (status != EXIT_DONE)
		return status;
	if (!enter_screen()) {
		fputs("dmpstat: no terminal of this kind is known; set TERM\n", stderr);
		dmp_snapshot_free(&before);
		return EXIT_FAILED;
	}
	set_sort(&top, "aqu-sz");
	show(&top, NULL, &before);
	status = run(&top, source, &before);
	leave_screen();
	dmp_report_free(&top.report);
	dmp_snapshot_free(&before);
	free(top.order);
	free(top.selected);
	return status;
}
