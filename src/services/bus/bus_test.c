/* The bus on networks of the world: each message once to who follows, values, filters, wills,
 * rights, gaps, and roots that die or lie. Rules BS-2, BS-4, BS-5, BS-6, BS-8, BS-9, BS-10, BS-11,
 * BS-12, BS-14, BS-15. */
#include "services/bus/engine_int.h"
#include "services/testing/buses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NODES 12

static struct svc s;
static struct svc_bus x;

static void network(const struct gn_topicrec *rec)
{
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = NODES, .bus = true});
	svc_bus_make(&s, &x, 1, rec);
	assert_int_equal(svc_bus_put(&x, 0), GN_OK);
}

static void everybody_follows(void)
{
	for (unsigned i = 0; i < NODES; i++)
		(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(svc_bus_sum(&s, "subscribed") >= 2 * NODES);
}

static unsigned who_got(uint32_t number)
{
	unsigned n = 0;
	for (unsigned i = 0; i < NODES; i++) {
		unsigned times = svc_bus_times(&x, i, number);
		assert_true(times <= 1);
		n += times;
	}
	return n;
}

static int end(void **state)
{
	(void)state;
	svc_free(&s);
	return 0;
}

/* ---- what everybody gets ---- */

static void each_message_comes_once_to_everybody(void **state)
{
	(void)state;
	network(NULL);
	everybody_follows();
	for (uint32_t i = 1; i <= 20; i++) {
		assert_int_equal(svc_bus_pub(&x, i % NODES, 1 + i % 2, "a.b", i, 0), GN_OK);
		svc_run_for(&s, 100 * GN_MSEC);
	}
	svc_run_for(&s, 2 * GN_SEC);
	for (uint32_t i = 1; i <= 20; i++)
		assert_int_equal(who_got(i), NODES);
	assert_int_equal(x.gaps, 0);
	/* no more copies than subscribers */
	assert_int_equal(svc_bus_sum(&s, "delivered"), 20 * NODES);
	assert_int_equal(svc_bus_sum(&s, "delivered_backup"), 0);
	assert_true(svc_bus_sum(&s, "served_in") > 0);
}

static void a_lease_lasts_and_ends(void **state)
{
	(void)state;
	network(NULL);
	gn_op op = svc_bus_sub(&x, 3, NULL);
	svc_run_for(&s, 200 * GN_SEC);
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_bus_times(&x, 3, 1), 1);
	assert_int_equal(svc_bus_sum(&s, "subscribed"), 2);
	gn_bus_cancel(s.nodes[3].bus, op, s.now);
	svc_pump(&s, 3);
	svc_run_for(&s, GN_SEC);
	struct gn_bus_info info;
	for (unsigned i = 0; i < NODES; i++) {
		gn_bus_info(s.nodes[i].bus, &info);
		assert_int_equal(info.subscribers, 0);
	}
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 2, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_bus_times(&x, 3, 2), 0);
}

static struct svc_bent mute_3(void *user, unsigned from, unsigned to, uint8_t *p, size_t len)
{
	(void)user, (void)to, (void)p, (void)len;
	return (struct svc_bent){.drop = from == 3};
}

static void a_subscriber_that_goes_silent_loses_its_lease(void **state)
{
	struct gn_bus_info info;
	uint32_t left = 0;
	(void)state;
	network(NULL);
	(void)svc_bus_sub(&x, 3, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	uint64_t own = svc_bus_count(&s, 3, "subscribed"); /* it may be a root, too */
	s.bus_bend = mute_3;
	svc_run_for(&s, (BUS_LEASE + 6) * GN_SEC);
	assert_int_equal(svc_bus_sum(&s, "subscribers_lapsed"), 2 - own);
	for (unsigned i = 0; i < NODES; i++) {
		gn_bus_info(s.nodes[i].bus, &info);
		left += i != 3 ? info.subscribers : 0;
	}
	assert_int_equal(left, 0);
}

static void filters_let_through_what_they_say(void **state)
{
	(void)state;
	network(NULL);
	(void)svc_bus_sub(&x, 2, "room.*.heat");
	(void)svc_bus_sub(&x, 3, "room.>");
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "room.1.heat", 1, 0), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "room.1.light", 2, 0), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "door", 3, 0), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "room.2.heat", 4, 0), GN_OK);
	svc_run_for(&s, 4 * GN_SEC);
	static const unsigned expected[5][2] = {{0, 0}, {1, 1}, {0, 1}, {0, 0}, {1, 1}};
	for (uint32_t i = 1; i <= 4; i++) {
		assert_int_equal(svc_bus_times(&x, 2, i), expected[i][0]);
		assert_int_equal(svc_bus_times(&x, 3, i), expected[i][1]);
	}
	assert_int_equal(x.gaps, 0); /* what a filter holds back is none */
	assert_int_equal(svc_bus_sum(&s, "delivered"), 5);
}

static void there_must_be_a_record(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = NODES, .bus = true});
	svc_bus_make(&s, &x, 1, NULL);
	(void)svc_bus_sub(&x, 2, NULL);
	svc_run_for(&s, 20 * GN_SEC);
	assert_int_equal(x.ended, 1);
	assert_int_equal(x.ended_err, GN_NOT_FOUND);
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 1, 0), GN_NOT_FOUND);
}

/* ---- values ---- */

static void a_value_is_given_to_who_comes(void **state)
{
	(void)state;
	network(NULL);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "s", 1, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "s", 2, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 2, "s", 3, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	svc_run_for(&s, GN_SEC);
	(void)svc_bus_sub(&x, 4, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 4, 1), 0);
	assert_int_equal(svc_bus_times(&x, 4, 2), 1);
	assert_int_equal(svc_bus_times(&x, 4, 3), 1);
	/* what comes next is no gap, and an empty one takes it away */
	assert_int_equal(svc_bus_pub(&x, 1, 1, "t", 4, 0), GN_OK);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "s", 0, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	svc_run_for(&s, 4 * GN_SEC);
	assert_int_equal(x.gaps, 0);
	(void)svc_bus_sub(&x, 5, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 5, 2), 0);
	assert_int_equal(svc_bus_times(&x, 5, 3), 1);
}

static void a_value_ends_with_its_time(void **state)
{
	(void)state;
	network(NULL);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "s", 1, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	svc_run_for(&s, 3590 * GN_SEC);
	(void)svc_bus_sub(&x, 4, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 4, 1), 1);
	svc_run_for(&s, 10 * GN_SEC);
	(void)svc_bus_sub(&x, 5, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 5, 1), 0);
}

static void a_new_root_asks_the_others(void **state)
{
	unsigned roots[8];
	(void)state;
	network(NULL);
	assert_int_equal(svc_bus_roots(&x, roots), 8);
	svc_stop(&s, roots[0]);
	svc_run_for(&s, 60 * GN_SEC);
	unsigned from = roots[0] == 1 ? 2 : 1;
	assert_int_equal(svc_bus_pub(&x, from, 1, "s", 1, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
	svc_stop(&s, from);
	svc_start(&s, roots[0]);
	svc_run_for(&s, 120 * GN_SEC);
	for (unsigned i = 0; i < NODES; i++)
		if (i != from)
			(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 10 * GN_SEC);
	for (unsigned i = 0; i < NODES; i++)
		if (i != from)
			assert_int_equal(svc_bus_times(&x, i, 1), 1);
	assert_true(svc_bus_count(&s, roots[0], "synced") > 0);
}

/* ---- roots that die ---- */

static void another_root_serves_for_a_dead_one(void **state)
{
	unsigned roots[8];
	(void)state;
	network(NULL);
	everybody_follows();
	assert_int_equal(svc_bus_roots(&x, roots), 8);
	for (unsigned i = 0; i < 4; i++) /* any two of the others are left to somebody */
		if (roots[i] != 0 && roots[i] != 1) {
			svc_stop(&s, roots[i]);
			break;
		}
	assert_int_equal(svc_bus_pub(&x, 0, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(who_got(1), NODES - 1);
	assert_true(svc_bus_sum(&s, "delivered_backup") > 0);
	/* and then the set is another */
	svc_run_for(&s, 120 * GN_SEC);
	uint64_t before = svc_bus_sum(&s, "delivered_backup");
	assert_int_equal(svc_bus_pub(&x, 0, 1, NULL, 2, 0), GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	assert_int_equal(who_got(2), NODES - 1);
	assert_int_equal(svc_bus_sum(&s, "delivered_backup"), before);
}

/* ---- wills ---- */

static void a_will_is_told_when_its_node_is_gone(void **state)
{
	gn_op op;
	(void)state;
	network(NULL);
	for (unsigned i = 0; i < NODES; i++)
		if (i != 3)
			(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_will(&x, 3, 1, 77, &op), GN_OK);
	svc_run_for(&s, 300 * GN_SEC);
	assert_int_equal(who_got(77), 0);
	svc_stop(&s, 3);
	svc_run_for(&s, 55 * GN_SEC); /* the last renewal is 30 s old at most */
	assert_int_equal(who_got(77), 0);
	svc_run_for(&s, 40 * GN_SEC);
	assert_int_equal(who_got(77), NODES - 1);
	/* of that epoch nothing counts any more */
	assert_int_equal(svc_bus_pub(&x, 4, 1, NULL, 5, 0), GN_STALE);
	x.epoch[0]++;
	assert_int_equal(svc_bus_pub(&x, 4, 1, NULL, 6, 0), GN_OK);
}

static void a_will_that_is_taken_back_is_not_told(void **state)
{
	gn_op op;
	(void)state;
	network(NULL);
	(void)svc_bus_sub(&x, 2, NULL);
	assert_int_equal(svc_bus_will(&x, 3, 1, 77, &op), GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
	gn_bus_cancel(s.nodes[3].bus, op, s.now);
	svc_pump(&s, 3);
	svc_run_for(&s, 200 * GN_SEC);
	assert_int_equal(who_got(77), 0);
	/* and one that is left is */
	assert_int_equal(svc_bus_will(&x, 3, 1, 78, &op), GN_OK);
	gn_bus_gone(s.nodes[3].bus, op, s.now);
	svc_run_for(&s, 100 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, 2, 78), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, end)
		T(each_message_comes_once_to_everybody),
		T(a_lease_lasts_and_ends),
		T(a_subscriber_that_goes_silent_loses_its_lease),
		T(filters_let_through_what_they_say),
		T(there_must_be_a_record),
		T(a_value_is_given_to_who_comes),
		T(a_value_ends_with_its_time),
		T(a_new_root_asks_the_others),
		T(another_root_serves_for_a_dead_one),
		T(a_will_is_told_when_its_node_is_gone),
		T(a_will_that_is_taken_back_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
