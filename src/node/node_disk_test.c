/* What a picture of the disk is told of (NO-60): places up to the limit, then their density alone,
 * and no more holders of a lookup than a set has. */
#include "node/call.h"

#include "node/node_int.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void places_are_told_up_to_the_limit_and_counted_past_it(void **state)
{
	(void)state;
	struct gn_node_places p = {0};
	for (uint32_t i = 0; i < GN_NODE_DISK_NODES; i++)
		gn_node_places_add(&p, i);
	assert_int_equal(p.known, GN_NODE_DISK_NODES);
	assert_int_equal(p.angles[GN_NODE_DISK_NODES - 1], GN_NODE_DISK_NODES - 1);
	gn_node_places_add(&p, UINT64_MAX);
	assert_int_equal(p.known, GN_NODE_DISK_NODES + 1);
	assert_int_equal(p.angles[GN_NODE_DISK_NODES - 1], GN_NODE_DISK_NODES - 1);
	assert_int_equal(p.ticks[0], GN_NODE_DISK_NODES);
	assert_int_equal(p.ticks[GN_NODE_DISK_TICKS - 1], 1);
	gn_node_places_add(&p, UINT64_C(1) << 63);
	assert_int_equal(p.ticks[GN_NODE_DISK_TICKS / 2], 1);
}

static void a_lookup_keeps_a_set_and_no_more(void **state)
{
	(void)state;
	struct gn_contact contacts[GN_NODE_LOOKUP_SET + 1] = {0};
	for (unsigned i = 0; i < GN_COUNT(contacts); i++)
		contacts[i].id.b[0] = (uint8_t)(i + 1);
	struct gn_overlay_event e = {
		.kind = GN_OVERLAY_DONE, .op_kind = "find", .contacts = contacts};
	for (uint32_t n = GN_NODE_LOOKUP_SET - 1; n <= GN_COUNT(contacts); n++) {
		e.contact_count = n;
		struct gn_node_lookup l = {0};
		gn_node_lookup_keep(&l, &e);
		uint32_t kept = n < GN_NODE_LOOKUP_SET ? n : GN_NODE_LOOKUP_SET;
		assert_int_equal(l.holder_count, kept);
		assert_int_equal(l.holders[kept - 1].b[0], kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_told_up_to_the_limit_and_counted_past_it),
		cmocka_unit_test(a_lookup_keeps_a_set_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
