// SPDX-License-Identifier: GPL-2.0-or-later
/* The report page: see page.h. Its files are in page/, and in the program. */
#include "page.h"

/*
 * A file of the page, from NAME_begin to NAME_end. Hidden: else a compiler for arm64 takes
 * their addresses from the GOT, where the linker has one entry for all local symbols of a
 * section, so that all files are empty.
 */
#define INCLUDE(name, file)						\
	__asm__(".section .rodata\n"					\
		#name "_begin: .incbin \"" PAGE_DIRECTORY "/" file "\"\n" \
		#name "_end: .byte 0\n"					\
		".previous\n");						\
	extern const char name##_begin[] __attribute__((visibility("hidden"))); \
	extern const char name##_end[] __attribute__((visibility("hidden")))

INCLUDE(html, "page.html");
INCLUDE(style, "page.css");
INCLUDE(script, "page.js");
INCLUDE(chart_style, "uPlot.css");
INCLUDE(chart_script, "uPlot.js");
INCLUDE(chart_licence, "LICENSE");

static void print(FILE *file, const char *begin, const char *end)
{
	fwrite(begin, 1, end - begin, file);
}

/**
 * page_print_head() - everything that comes before the data
 * @file: to write to
 *
 * The data are JSON, in an element of their own.
 */
void page_print_head(FILE *file)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      /* Nothing is fetched, from nowhere. */
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n"
	      "<meta name=\"generator\" content=\"dmpstat " DMP_VERSION "\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>dmpstat report</title>\n<style>\n", file);
	print(file, chart_style_begin, chart_style_end);
	fputc('\n', file);
	print(file, style_begin, style_end);
	fputs("</style>\n</head>\n", file);
	print(file, html_begin, html_end);
	fputs("<script type=\"application/json\" id=\"data\">\n", file);
}

/**
 * page_print_tail() - everything that comes after the data
 * @file: to write to
 */
void page_print_tail(FILE *file)
{
	fputs("\n</script>\n<script>\n/*\n", file);
	print(file, chart_licence_begin, chart_licence_end);
	fputs("*/\n", file);
	print(file, chart_script_begin, chart_script_end);
	fputs("\n</script>\n<script>\n", file);
	print(file, script_begin, script_end);
	fputs("</script>\n</body>\n</html>\n", file);
}
