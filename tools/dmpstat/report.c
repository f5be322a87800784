// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpstat report: one page of HTML, with everything in it, that shows a recording. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "loop.h"
#include "page.h"
#include "report-data.h"
#include "views.h"

#define REPORT_VERSION	1

/* --- JSON ------------------------------------------------------------------------ */

/* In a script's element: "<" would be read as HTML. */
static void print_text(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == 127)
			fprintf(file, "\\u%04x", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

static void print_named_text(FILE *file, const char *name, const char *text)
{
	fprintf(file, ",\"%s\":", name);
	print_text(file, text);
}

/* As short as four digits can be. */
static void print_number(FILE *file, double value)
{
	fprintf(file, "%.4g", value);
}

/* --- volumes --------------------------------------------------------------------- */

/* Each series that the page knows, by its name there. */
struct step_field {
	const char *name;
	size_t offset;
};

#define FIELD(name, field) { name, offsetof(struct report_step, field) }

static const struct step_field fields[] = {
	FIELD("seconds", seconds),
	FIELD("r_requests", requests[DMP_READ]), FIELD("w_requests", requests[DMP_WRITE]),
	FIELD("r_bytes", bytes[DMP_READ]), FIELD("w_bytes", bytes[DMP_WRITE]),
	FIELD("r_peak", peak[DMP_READ]), FIELD("w_peak", peak[DMP_WRITE]),
	FIELD("r_time", time_ns[DMP_READ]), FIELD("w_time", time_ns[DMP_WRITE]),
	FIELD("r_timed", timed[DMP_READ]), FIELD("w_timed", timed[DMP_WRITE]),
	FIELD("r_worst", worst_p99_ns[DMP_READ]), FIELD("w_worst", worst_p99_ns[DMP_WRITE]),
	FIELD("all_time", all_time_ns), FIELD("busy", busy_ns),
	FIELD("sampled", sampled), FIELD("sequential", sequential),
	FIELD("oldest", oldest_ns),
};

static void print_field(FILE *file, const struct report_data *data,
			const struct report_volume *volume, const struct step_field *field)
{
	size_t i;

	fprintf(file, ",\"%s\":[", field->name);
	for (i = 0; i < data->n_steps; i++) {
		if (i)
			fputc(',', file);
		print_number(file, *(const double *)((const char *)&volume->steps[i] +
						     field->offset));
	}
	fputc(']', file);
}

static void print_buckets(FILE *file, const struct dmp_hist *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		const struct dmp_bucket *bucket = &all->buckets[i];

		fprintf(file, "%s[%lld,", i ? "," : "", (long long)bucket->least);
		if (bucket->below == DMP_INF)
			fputs("null", file);
		else
			fprintf(file, "%lld", (long long)bucket->below);
		if (bucket->row_below)
			fprintf(file, ",%lld", (long long)bucket->row_least);
		fputc(']', file);
	}
}

/* Of each step: the bucket's index and its count, for those that hold something. */
static void print_step(FILE *file, const struct dmp_hist *all, const struct dmp_hist *step)
{
	size_t i, index = 0;

	fputc('[', file);
	for (i = 0; i < step->n; i++) {
		/* Both are in order, and all of the step is in @all. */
		while (dmp_bucket_compare(&all->buckets[index], &step->buckets[i]))
			index++;
		fprintf(file, "%s%zu,%llu", i ? "," : "", index,
			(unsigned long long)step->buckets[i].count);
	}
	fputc(']', file);
}

static const struct dmp_hist *hist_at(const void *steps, size_t i, size_t stride)
{
	return (const struct dmp_hist *)((const char *)steps + i * stride);
}

static void print_hists(FILE *file, const char *name, const void *steps, size_t n,
			size_t stride)
{
	struct dmp_hist all = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		dmp_hist_add(&all, hist_at(steps, i, stride));
	fprintf(file, "\"%s\":{\"buckets\":[", name);
	print_buckets(file, &all);
	fputs("],\"steps\":[", file);
	for (i = 0; i < n; i++) {
		if (i)
			fputc(',', file);
		print_step(file, &all, hist_at(steps, i, stride));
	}
	fputs("]}\n", file);
	dmp_hist_free(&all);
}

static void print_volume(FILE *file, const struct report_data *data,
			 const struct report_volume *volume)
{
	size_t i;

	fputs("{\"name\":", file);
	print_text(file, volume->names.name);
	print_named_text(file, "device", volume->names.device);
	print_named_text(file, "uuid", volume->names.uuid);
	print_named_text(file, "lv", volume->names.lv);
	print_named_text(file, "mount", volume->names.mount);
	print_named_text(file, "below", volume->names.below);
	fprintf(file, ",\"cell_sectors\":%llu", (unsigned long long)volume->cell_sectors);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		print_field(file, data, volume, &fields[i]);
	fputs(",\"latency\":{", file);
	print_hists(file, "r", &volume->steps[0].latency[DMP_READ], data->n_steps,
		    sizeof(*volume->steps));
	fputc(',', file);
	print_hists(file, "w", &volume->steps[0].latency[DMP_WRITE], data->n_steps,
		    sizeof(*volume->steps));
	fputs("},\"hists\":{", file);
	for (i = 0; i < volume->n_metrics; i++) {
		if (i)
			fputc(',', file);
		print_hists(file, volume->metrics[i].name, volume->metrics[i].steps,
			    data->n_long_steps, sizeof(*volume->metrics[i].steps));
	}
	fputs("}}\n", file);
}

/* --- the page -------------------------------------------------------------------- */

static void print_events(FILE *file, const struct report_data *data)
{
	static const char *const kinds[] = {
		[EVENT_GAP] = "gap", [EVENT_ADDED] = "added", [EVENT_RESET] = "reset",
		[EVENT_RENAMED] = "renamed", [EVENT_REMOVED] = "removed",
		[EVENT_SUSPENDED] = "suspended", [EVENT_ERRORS] = "errors",
		[EVENT_STALL] = "stall", [EVENT_BURST] = "burst",
	};
	size_t i;

	for (i = 0; i < data->n_events; i++) {
		const struct report_event *event = &data->events[i];

		fprintf(file, "%s{\"kind\":\"%s\",\"volume\":%d,\"from\":%.3f,\"to\":%.3f,\"number\":%.4g",
			i ? "," : "", kinds[event->kind], event->volume, event->from, event->to,
			event->number);
		print_named_text(file, "text", event->text);
		fputc('}', file);
	}
}

static void print_data(FILE *file, const struct report_data *data)
{
	size_t i;

	fprintf(file, "{\"version\":%d,\"from\":%.3f,\"to\":%.3f,\"interval\":%.3f,\"step\":%.3f,\"n\":%zu,\"long_step\":%.3f,\"long_n\":%zu,\"fine\":%s,\n",
		REPORT_VERSION, data->from, data->to, data->interval, data->step, data->n_steps,
		data->long_step, data->n_long_steps, data->fine ? "true" : "false");
	fputs("\"volumes\":[", file);
	for (i = 0; i < data->n_volumes; i++) {
		if (i)
			fputc(',', file);
		print_volume(file, data, &data->volumes[i]);
	}
	fprintf(file, "],\"events_left_out\":%zu,\"events\":[", data->events_left_out);
	print_events(file, data);
	fputs("]}", file);
}

static int cannot_write(const char *path)
{
	fprintf(stderr, "dmpstat: cannot write %s: %s\n", path, strerror(errno));
	return EXIT_FAILED;
}

/* A page that could not be written whole is not left. */
static int write_page(const char *path, const struct report_data *data)
{
	FILE *file = fopen(path, "we");
	struct stat status;
	int error;

	if (!file)
		return cannot_write(path);
	page_print_head(file);
	print_data(file, data);
	page_print_tail(file);
	error = fflush(file) || ferror(file);
	if (fclose(file) || error) {
		cannot_write(path);
		if (!stat(path, &status) && S_ISREG(status.st_mode))
			unlink(path);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static bool is_same_file(const char *path, const char *other)
{
	struct stat a, b;

	return !stat(path, &a) && !stat(other, &b) && a.st_dev == b.st_dev &&
		a.st_ino == b.st_ino;
}

int view_report(struct options *options, struct dmp_source *source)
{
	struct report_data data;
	int status = EXIT_FAILED;

	(void)source;
	if (is_same_file(options->arguments[0], options->output)) {
		fprintf(stderr, "dmpstat: %s is the recording itself; give the page another name\n",
			options->output);
		return EXIT_USAGE;
	}
	if (report_data_read(&data, options->arguments[0]))
		status = write_page(options->output, &data);
	report_data_free(&data);
	return status;
}
