// SPDX-License-Identifier: GPL-2.0-or-later
/* dmpsetup: which tables may be live twice, and options as a table has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../tools/dmpsetup/settings.h"
#include "../../tools/dmpsetup/targets.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
