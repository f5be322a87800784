// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table as JSON, a report at a time, so that a reader need not wait for the end:
 *
 *	{"dmpstat": {"version": 1, "units": {COLUMN: UNIT, ...}, "reports": [
 *	  {"time": ..., "since_start": ..., "volumes": [{COLUMN: VALUE, ...}, ...]}, ...
 *	]}}
 *
 * Values are in the units of "units", unrounded; null is one that is not known. The
 * version goes up when a reader of the old form would go wrong.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>

#include "table.h"

#define VERSION	1

static bool reports_before;

static json_object *units(const struct options *options)
{
	json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < options->n_columns; i++)
		json_object_object_add(object, options->columns[i]->name,
				       json_object_new_string(unit_name(options->columns[i]->unit)));
	return object;
}

static json_object *cell(const struct column *column, const struct dmp_interval *interval)
{
	struct value value = column->value(interval, column);

	if (!value.known)
		return NULL;
	if (column->unit == UNIT_TEXT)
		return json_object_new_string(value.text);
	if (value.number == floor(value.number) && value.number < 0x1p53)
		return json_object_new_int64(value.number);
	return json_object_new_double(value.number);
}

static const char *event_name(enum dmp_event event)
{
	static const char *const names[] = {
		[DMP_SAME] = "", [DMP_ADDED] = "added", [DMP_RESET] = "reset",
		[DMP_RENAMED] = "renamed", [DMP_REMOVED] = "removed",
	};

	return names[event];
}

static json_object *volume(const struct options *options, const struct dmp_interval *interval)
{
	json_object *object = json_object_new_object();
	size_t i;

	json_object_object_add(object, "device",
			       json_object_new_string(interval->sample.names.device));
	json_object_object_add(object, "seconds", json_object_new_double(interval->seconds));
	if (interval->event != DMP_SAME)
		json_object_object_add(object, "event",
				       json_object_new_string(event_name(interval->event)));
	if (interval->old_name)
		json_object_object_add(object, "old_name",
				       json_object_new_string(interval->old_name));
	for (i = 0; interval->event != DMP_REMOVED && i < options->n_columns; i++)
		json_object_object_add(object, options->columns[i]->name,
				       cell(options->columns[i], interval));
	return object;
}

void json_begin(const struct options *options)
{
	json_object *object = units(options);

	printf("{\"dmpstat\": {\"version\": %d, \"units\": %s, \"reports\": [", VERSION,
	       json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	reports_before = false;
}

void json_print(const struct options *options, const struct dmp_report *report)
{
	json_object *object = json_object_new_object();
	json_object *volumes = json_object_new_array();
	char when[64];
	size_t i;

	format_time(when, sizeof(when), report->real_ns);
	json_object_object_add(object, "time", json_object_new_string(when));
	json_object_object_add(object, "since_start",
			       json_object_new_boolean(report->since_start));
	for (i = 0; i < report->n; i++)
		json_object_array_add(volumes, volume(options, &report->intervals[i]));
	json_object_object_add(object, "volumes", volumes);
	printf("%s\n%s", reports_before ? "," : "",
	       json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	reports_before = true;
}

void json_end(void)
{
	puts("\n]}}");
}
