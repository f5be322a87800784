// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpsetup: which tables may be live twice, and options as a table has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../tools/dmpsetup/dmptab.h"
#include "../../tools/dmpsetup/settings.h"
#include "../../tools/dmpsetup/targets.h"
#include "../../tools/dmpsetup/unit-file.h"

#define HEX_KEY	"00112233445566778899aabbccddeeff"

/* Is a table of linear and this refused? */
static bool refused(const char *type, const char *params)
{
	const char *target = NULL, *refusal;
	struct table table = { 0 };

	table_append(&table, 0, 8, "linear", "8:0 0");
	table_append(&table, 8, 8, type, params);
	refusal = targets_refuse(&table, &target);
	if (refusal)
		assert_string_equal(target, type);
	table_free(&table);
	return refusal;
}

static void taken(void **state)
{
	static const char *const types[] = { "linear", "striped", "delay", "error", "zero" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		assert_false(refused(types[i], "any"));
	assert_false(refused("crypt", "aes-xts-plain64 " HEX_KEY " 0 8:0 4096"));
	assert_false(refused("crypt", "aes-xts-plain64 " HEX_KEY " 0 8:0 4096 1 allow_discards"));
}

static void with_a_state(void **state)
{
	static const char *const types[] = {
		"thin", "thin-pool", "snapshot", "snapshot-origin", "snapshot-merge", "cache", "era",
		"raid", "mirror", "multipath", "integrity", "verity", "writecache", "dmp", "unheard-of",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		assert_true(refused(types[i], "any"));
}

static void keys_and_tags(void **state)
{
	(void)state;
	assert_true(refused("crypt", "aes-xts-plain64 :64:logon:cryptsetup:uuid-d0 0 8:0 32768"));
	assert_true(refused("crypt", "aes-gcm-random " HEX_KEY " 0 8:0 0 1 integrity:28:aead"));
}

static void no_table(void **state)
{
	struct table table = { 0 };
	const char *target;

	(void)state;
	assert_non_null(targets_refuse(&table, &target));
}

static void params_are(const char *settings, const char *want, uint64_t want_offset)
{
	uint64_t offset;
	char *params = settings_params("/dev/x", settings, &offset);

	assert_string_equal(params, want);
	assert_int_equal(offset, want_offset);
	free(params);
}

static void settings(void **state)
{
	(void)state;
	params_are(NULL, "/dev/x 0", 0);
	params_are("", "/dev/x 0", 0);
	params_are("offset=4097", "/dev/x 4097", 4097);
	params_are("collect=all", "/dev/x 0 2 collect all", 0);
	params_are("latency_every=16,offset=8,collect=patterns",
		   "/dev/x 8 4 latency_every 16 collect patterns", 8);
}

static void bad_settings(void **state)
{
	static const char *const bad[] = {
		"collect", "collect=", "=all", "collect=a b", "a b=c", "offset=", "offset=-1",
		"offset=1x", "offset=99999999999999999999", "collect=all,offset",
	};
	uint64_t offset;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_null(settings_params("/dev/x", bad[i], &offset));
}

static void equal_tables(void **state)
{
	struct table one = { 0 }, other = { 0 };

	(void)state;
	table_append(&one, 0, 8, "linear", "8:0 0");
	assert_false(table_equal(&one, &other));
	table_append(&other, 0, 8, "linear", "8:0 0");
	assert_true(table_equal(&one, &other));
	table_append(&one, 8, 8, "linear", "8:0 8");
	table_append(&other, 8, 8, "linear", "8:0 16");
	assert_false(table_equal(&one, &other));
	assert_int_equal(table_sectors(&one), 16);
	table_free(&one);
	table_free(&other);
}

/* --- dmptab ---------------------------------------------------------------------- */

static void dmptab_lines(void **state)
{
	struct entry entry;
	char *problem;

	(void)state;
	assert_true(dmptab_parse("data\t /dev/sdb  collect=all,nofail,offset=8,x-gvfs-hide\n", &entry, &problem));
	assert_string_equal(entry.name, "data");
	assert_string_equal(entry.device, "/dev/sdb");
	assert_string_equal(entry.settings, "collect=all,offset=8");
	assert_true(entry.nofail);
	assert_false(entry.noauto);
	assert_false(entry.initrd);
	entry_free(&entry);

	assert_true(dmptab_parse("vg-lv - noauto,x-initrd.attach,x-systemd.device-timeout=7s", &entry, &problem));
	assert_null(entry.device);
	assert_string_equal(entry.timeout, "7s");
	assert_true(entry.noauto);
	assert_true(entry.initrd);
	entry_free(&entry);

	assert_true(dmptab_parse("data UUID=1-2", &entry, &problem));
	assert_string_equal(entry.settings, "");
	entry_free(&entry);
}

static void dmptab_nothing(void **state)
{
	static const char *const lines[] = { "", "\n", "  \t\n", "# data /dev/sdb\n", "  #" };
	struct entry entry;
	char *problem;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_true(dmptab_parse(lines[i], &entry, &problem));
		assert_null(entry.name);
		entry_free(&entry);
	}
}

static void wrong_line(const char *line, const char *want)
{
	struct entry entry;
	char *problem;

	assert_false(dmptab_parse(line, &entry, &problem));
	assert_non_null(strstr(problem, want));
	assert_null(entry.name);
	free(problem);
}

static void dmptab_wrong(void **state)
{
	(void)state;
	wrong_line("data\n", "NAME DEVICE");
	wrong_line("data /dev/sdb nofail more\n", "NAME DEVICE");
	wrong_line("data /dev/sdb nofial\n", "'nofial'");
	wrong_line("data /dev/sdb =1", "'=1'");
	wrong_line("../data /dev/sdb", "'../data'");
	wrong_line(".. /dev/sdb", "'..'");
}

/* As systemd-escape prints them. */
static void unit_names(void **state)
{
	static const struct { const char *path, *unit; } names[] = {
		{ "/dev/mapper/vg0-home", "dev-mapper-vg0\\x2dhome.device" },
		{ "//dev///sdb/", "dev-sdb.device" },
		{ "/dev/.a b", "dev-.a\\x20b.device" },
		{ "/", "-.device" },
		{ "/.hidden", "\\x2ehidden.device" },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		text = unit_of_path(names[i].path, ".device");
		assert_string_equal(text, names[i].unit);
		free(text);
	}
	text = unit_escape("\xc3\xa4-%/");
	assert_string_equal(text, "\\xc3\\xa4\\x2d\\x25-");
	free(text);
}

static void device_paths(void **state)
{
	static const struct { const char *device, *path; } devices[] = {
		{ "/dev/sdb", "/dev/sdb" },
		{ "UUID=12-ab", "/dev/disk/by-uuid/12-ab" },
		{ "LABEL=a b", "/dev/disk/by-label/a\\x20b" },
		{ "PARTLABEL=x", "/dev/disk/by-partlabel/x" },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		text = device_path(devices[i].device);
		assert_string_equal(text, devices[i].path);
		free(text);
	}
}

static void unit_texts(void **state)
{
	struct entry entry;
	char *problem, *text;

	(void)state;
	assert_true(dmptab_parse("da%ta\"x UUID=1 nofail", &entry, &problem));
	text = unit_text(&entry, "/etc/dmptab");
	assert_non_null(strstr(text, "\nRequires=dev-disk-by\\x2duuid-1.device\n"));
	assert_non_null(strstr(text, "\nExecStart=dmpsetup start \"da%%ta\\\"x\"\n"));
	assert_null(strstr(text, "local-fs-pre.target"));
	free(text);
	entry.nofail = false;
	text = unit_text(&entry, "/etc/dmptab");
	assert_non_null(strstr(text, "\nBefore=dmp.target local-fs-pre.target\n"));
	free(text);
	entry_free(&entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken),
		cmocka_unit_test(with_a_state),
		cmocka_unit_test(keys_and_tags),
		cmocka_unit_test(no_table),
		cmocka_unit_test(settings),
		cmocka_unit_test(bad_settings),
		cmocka_unit_test(equal_tables),
		cmocka_unit_test(dmptab_lines),
		cmocka_unit_test(dmptab_nothing),
		cmocka_unit_test(dmptab_wrong),
		cmocka_unit_test(unit_names),
		cmocka_unit_test(device_paths),
		cmocka_unit_test(unit_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
