// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel/epochs.c, kernel/counts.c: ages of bios in flight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../kernel/counts.c"
#include "../../kernel/epochs.c"

#define MS	1000000ULL

static struct dmp_epochs epochs;
static struct dmp_counts counts;
static u64 now;

static int setup(void **state)
{
	(void)state;
	memset(&counts, 0, sizeof(counts));
	now = 5000 * MS;
	dmp_epochs_init(&epochs);
	assert_true(dmp_epochs_next(&epochs, &counts, now, now / 8));
	return 0;
}

/* A bio is submitted. Returns the slot of its epoch. */
static unsigned int enter(void)
{
	counts.epoch[epochs.current_slot].entered++;
	return epochs.current_slot;
}

static void leave(unsigned int slot)
{
	counts.done[DMP_READ].requests++;
	counts.epoch[slot].left++;
}

/* What the tick does in this time. */
static void pass(u64 ms)
{
	for (; ms >= 100; ms -= 100) {
		now += 100 * MS;
		if (now - epochs.start[epochs.current_slot] < DMP_EPOCH_NS)
			continue;
		dmp_epochs_next(&epochs, &counts, now, now / 8);
	}
}

static u64 oldest_ms(void)
{
	return dmp_epochs_oldest(&epochs, &counts, now) / MS;
}

static void assert_age(u64 ms)
{
	assert_in_range(oldest_ms(), ms, ms + 600);
}

static void nothing_in_flight(void **state)
{
	(void)state;
	assert_int_equal(oldest_ms(), 0);
	leave(enter());
	pass(3000);
	assert_int_equal(oldest_ms(), 0);
	assert_false(dmp_epochs_busy(&counts));
}

static void one_straggler(void **state)
{
	unsigned int slot, i;

	(void)state;
	slot = enter();
	for (i = 0; i < 100; i++) {
		pass(1000);
		leave(enter());
		assert_age(1000 * (i + 1));
	}
	leave(slot);
	assert_int_equal(oldest_ms(), 0);
}

/* Two stragglers of different times complete; a young bio is not said old. */
static void young_after_two_stragglers(void **state)
{
	unsigned int first, second, third;

	(void)state;
	first = enter();
	pass(1200);
	second = enter();
	pass(18000);
	third = enter();
	leave(first);
	leave(second);
	assert_in_range(oldest_ms(), 0, 600);
	pass(4000);
	assert_age(4000);
	leave(third);
	assert_int_equal(oldest_ms(), 0);
}

/* Stragglers of five half seconds, completed in any order: every age is right. */
static void five_stragglers(void **state)
{
	unsigned int slot[5], young, i;

	(void)state;
	for (i = 0; i < 5; i++) {
		slot[i] = enter();
		pass(1000);
	}
	/* The sixth slot is the current one, and begins anew as often as it drains. */
	pass(8000);
	young = enter();
	for (i = 0; i < 5; i++) {
		assert_age(13000 - 1000 * i);
		leave(slot[i]);
	}
	assert_age(0);
	leave(young);
	assert_int_equal(oldest_ms(), 0);
}

/* More of them: no slot has drained, the current epoch goes on; none is too young. */
static void seven_stragglers(void **state)
{
	unsigned int slot[7], i;

	(void)state;
	for (i = 0; i < 7; i++) {
		slot[i] = enter();
		pass(1000);
	}
	assert_int_equal(slot[5], slot[6]);
	assert_age(7000);
	for (i = 0; i < 6; i++) {
		assert_true(oldest_ms() >= 7000 - 1000 * i);
		leave(slot[i]);
	}
	leave(slot[6]);
	assert_int_equal(oldest_ms(), 0);
}

/* Bios in flight are not to be timed; later ones are, if there is a slot. */
static void void_timing(void **state)
{
	unsigned int slot;

	(void)state;
	slot = enter();
	assert_false(dmp_epochs_void(&epochs, &counts));
	dmp_epochs_void_timing(&epochs);
	assert_true(dmp_epochs_overflowed(&epochs));
	assert_true(dmp_epochs_next(&epochs, &counts, now, now / 8));
	assert_false(dmp_epochs_overflowed(&epochs));
	assert_true(dmp_epochs_void(&epochs, &counts));
	leave(slot);
	assert_false(dmp_epochs_void(&epochs, &counts));
}

static void overflow(void **state)
{
	(void)state;
	assert_false(dmp_epochs_overflowed(&epochs));
	dmp_epochs_end_starts(&epochs, 0);
	assert_true(dmp_epochs_overflowed(&epochs));
	assert_true(dmp_epochs_next(&epochs, &counts, now, now / 8));
	assert_false(dmp_epochs_overflowed(&epochs));
}

/* Bios that were submitted before tracking began. */
static void untracked(void **state)
{
	unsigned int slot;

	(void)state;
	counts.epoch[0].entered = 5;
	counts.done[DMP_WRITE].requests = 3;
	assert_int_equal(dmp_counts_untracked(&counts), 2);
	slot = enter();
	leave(slot);
	assert_int_equal(dmp_counts_untracked(&counts), 2);
	assert_int_equal(dmp_counts_in_flight(&counts), 2);
	counts.done[DMP_FLUSH].requests = 2;
	assert_int_equal(dmp_counts_untracked(&counts), 0);
	/* completed, and not yet out of its epoch */
	counts.done[DMP_READ].requests++;
	assert_int_equal(dmp_counts_untracked(&counts), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_in_flight, setup),
		cmocka_unit_test_setup(one_straggler, setup),
		cmocka_unit_test_setup(young_after_two_stragglers, setup),
		cmocka_unit_test_setup(five_stragglers, setup),
		cmocka_unit_test_setup(seven_stragglers, setup),
		cmocka_unit_test_setup(void_timing, setup),
		cmocka_unit_test_setup(overflow, setup),
		cmocka_unit_test_setup(untracked, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
