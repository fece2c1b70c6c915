/* Chats between two people: requests, receipts, edits, deletions, reactions, gaps, reading, expiry,
 * resends, healing. Rules PE-2, PE-10..PE-34. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

static struct world w;
static struct desk *a1, *a2, *b1, *b2;

static int two(void **state)
{
	(void)state;
	world_make(&w, 7, 2, 2);
	a1 = world_desk(&w, 0, 0);
	a2 = world_desk(&w, 0, 1);
	b1 = world_desk(&w, 1, 0);
	b2 = world_desk(&w, 1, 1);
	world_befriend(&w, 0, 1);
	return 0;
}

static int done(void **state)
{
	(void)state;
	world_free(&w);
	return 0;
}

static void run(void)
{
	world_run(&w, w.now + 5 * GN_SEC);
}

static void all_alike(void)
{
	static char one[1 << 16], other[1 << 16];
	struct desk *all[] = {a1, a2, b1, b2};
	desk_view(a1, 1, one, sizeof one);
	for (int i = 1; i < 4; i++) {
		desk_view(all[i], i < 2, other, sizeof other);
		assert_same_view(one, other);
	}
}

static void first_message(void **state)
{
	(void)state;
	struct gn_content_id id;
	assert_int_equal(desk_say(a1, 1, "Are you there?", &id), GN_OK);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_WAITING);
	assert_int_equal(gn_people_stored(a1->p, desk_contact(a1, 1).chat, &id, 3, 8, w.now),
			 GN_OK);
	desk_settle(a1);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_STORED);
	run();
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_message(a2, 1, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 2);
	all_alike();
	assert_int_equal(
		gn_people_read(b2->p, world_owner(&w, 0), desk_contact(b2, 0).order, w.now), GN_OK);
	desk_settle(b2);
	run();
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_READ);
	assert_int_equal(desk_message(a2, 1, true, &id)->m.state, GN_PEOPLE_READ);
	assert_true(desk_message(b1, 0, false, &id)->m.read);
	assert_int_equal(desk_contact(a1, 1).outstanding, 0);
	assert_non_null(desk_contact(a2, 1).box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_message, two, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
