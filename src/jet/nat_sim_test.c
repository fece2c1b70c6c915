/* Boxes that translate addresses (RE-70), against what is known of each kind: ports, filters, ends
 * of flows, strays (RE-21), a full table, one behind the other. nat_model_test.c holds them against
 * a slow model, nat_world_test.c puts hosts behind them. */
#include "jet/testing/pair.h"

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand source;
static struct jet_sim_boxes boxes;
static gn_time now;

static const struct gn_addr nobody;

static int set_up(void **state)
{
	(void)state;
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	gn_prng_init(&prng, 5);
	source = gn_prng_rand(&prng);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	now = 1000 * GN_SEC;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < boxes.count; i++)
		jet_sim_box_validate(boxes.box[i]);
	jet_sim_boxes_fini(&boxes);
	return alloc.count == 0 ? 0 : -1;
}

static struct jet_sim_nat kind(const char *name)
{
	struct jet_sim_nat nat = {0};
	assert_true(jet_sim_nat_named(gn_str(name), &nat));
	return nat;
}

static struct jet_sim_box *box_of(const struct jet_sim_nat *nat)
{
	struct gn_addr outer = gn_addr_v4(203, 0, (uint8_t)boxes.count, 1, 0);
	return jet_sim_box_add(&boxes, nat, NULL, &outer, 0);
}

static struct gn_addr host(uint8_t net, uint16_t port)
{
	return gn_addr_v4(9, 9, net, 1, port);
}

/* What `to` sees as the sender; nobody: it did not get out. */
static struct gn_addr out(struct jet_sim_box *b, const struct gn_addr *from, struct gn_addr to)
{
	struct jet_sim_flight f = {*from, to, b};
	return jet_sim_up(&f, now) && !f.realm && gn_addr_eq(&f.to, &to) ? f.from : nobody;
}

/* Who gets it inside; nobody: it did not get in. */
static struct gn_addr in(struct gn_addr from, const struct gn_addr *to)
{
	struct jet_sim_flight f = {from, *to, NULL};
	return jet_sim_down(&boxes, &f, now) && f.realm && gn_addr_eq(&f.from, &from) ? f.to
										      : nobody;
}

static bool gets_in(struct gn_addr from, const struct gn_addr *to, const struct gn_addr *whom)
{
	struct gn_addr got = in(from, to);
	assert_true(gn_addr_eq(&got, &nobody) || gn_addr_eq(&got, whom));
	return got.port != 0;
}

/* ---- what RFC 5780 would find of each kind ---- */

static void each_kind_maps_and_filters_as_it_is_called(void **state)
{
	static const struct {
		const char *name;
		unsigned mapping, filtering; /* as a client sees them */
		bool preserves;
	} known[] = {{"full", 1, 1, true}, {"addr", 1, 2, true}, {"port", 1, 3, true},
		     {"cg", 1, 3, true},   {"sym", 3, 3, false}, {"small", 3, 3, false}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(known); i++) {
		struct jet_sim_nat nat = kind(known[i].name);
		struct jet_sim_box *b = box_of(&nat);
		struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
		struct gn_addr seen = out(b, &me, host(1, 1));
		struct gn_addr other_port = out(b, &me, host(1, 2));
		struct gn_addr other = out(b, &me, host(2, 1));
		unsigned mapping = gn_addr_eq(&seen, &other)        ? 1
				   : gn_addr_eq(&seen, &other_port) ? 2
								    : 3;
		assert_int_equal(mapping, known[i].mapping);
		assert_int_equal(seen.port == me.port, known[i].preserves);
		if (nat.lo)
			assert_in_range(seen.port, nat.lo, nat.hi);
		assert_true(gets_in(host(1, 1), &seen, &me));
		unsigned filtering = gets_in(host(3, 1), &seen, &me)   ? 1
				     : gets_in(host(1, 3), &seen, &me) ? 2
								       : 3;
		assert_int_equal(filtering, known[i].filtering);
	}
}

static void a_mapping_by_address_is_one_for_each_address(void **state)
{
	const struct jet_sim_nat nat = {.mapping = JET_SIM_NAT_ADDR,
					.filtering = JET_SIM_NAT_PORT,
					.ports = JET_SIM_DELTA,
					.delta = 2};
	(void)state;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	struct gn_addr one = out(b, &me, host(1, 1)), same = out(b, &me, host(1, 2));
	struct gn_addr two = out(b, &me, host(2, 1));
	assert_int_equal(one.port, same.port);
	assert_int_equal(two.port, one.port + 2);
}

static void udp_is_blocked_or_goes_to_443_alone(void **state)
{
	(void)state;
	struct jet_sim_nat none = kind("blocked"), some = kind("443");
	struct jet_sim_box *b = box_of(&none), *c = box_of(&some);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	assert_false(out(b, &me, host(1, 443)).port);
	assert_false(out(c, &me, host(1, 442)).port);
	struct gn_addr seen = out(c, &me, host(1, 443));
	assert_true(seen.port);
	assert_true(gets_in(host(1, 443), &seen, &me));
	assert_int_equal(b->blocked, 1);
	assert_int_equal(c->blocked, 1);
}

static void unknown_kinds_have_no_name(void **state)
{
	struct jet_sim_nat nat;
	(void)state;
	assert_false(jet_sim_nat_named(gn_str("open"), &nat));
	assert_false(jet_sim_nat_named(gn_str(""), &nat));
}

/* ---- ports ---- */

static void a_port_is_kept_where_the_answer_finds_one_host(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr one = jet_sim_box_inside(b, 0, 7780), two = jet_sim_box_inside(b, 1, 7780);
	assert_int_equal(out(b, &one, host(1, 1)).port, 7780);
	assert_int_equal(out(b, &two, host(2, 1)).port, 7780);
	struct gn_addr second = out(b, &two, host(1, 1));
	assert_int_not_equal(second.port, 7780);
	assert_true(second.port >= 1024);
	assert_true(gets_in(host(1, 1), &second, &two));
	/* where any answer comes in, the port is one host's */
	nat = kind("full");
	struct jet_sim_box *c = box_of(&nat);
	assert_int_equal(out(c, &one, host(1, 1)).port, 7780);
	assert_int_not_equal(out(c, &two, host(2, 1)).port, 7780);
}

static void a_small_range_is_used_up(void **state)
{
	struct jet_sim_nat nat = {.mapping = JET_SIM_NAT_PORT,
				  .filtering = JET_SIM_NAT_ANY,
				  .ports = JET_SIM_RANDOM,
				  .lo = 20000,
				  .hi = 20003};
	(void)state;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	bool used[4] = {false};
	for (uint16_t i = 0; i < 4; i++) { /* any of 128 tries misses the last: 1e-16 */
		struct gn_addr seen = out(b, &me, host(1, (uint16_t)(i + 1)));
		assert_in_range(seen.port, 20000, 20003);
		assert_false(used[seen.port - 20000]);
		used[seen.port - 20000] = true;
	}
	assert_false(out(b, &me, host(1, 5)).port);
	assert_int_equal(b->no_port, 1);
	now += 30 * GN_SEC;
	assert_true(out(b, &me, host(1, 5)).port);
}

/* ---- time ---- */

static void a_flow_ends_after_30_seconds_and_a_replied_one_after_120(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	nat.stray_keep = false;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = out(b, &me, host(1, 1));
	now += 30 * GN_SEC - 1;
	assert_true(gets_in(host(1, 1), &seen, &me)); /* the answer does not count for itself */
	now += 30 * GN_SEC - 1;
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 120 * GN_SEC - 1;
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 120 * GN_SEC;
	assert_false(gets_in(host(1, 1), &seen, &me));
	seen = out(b, &me, host(1, 1));
	now += 30 * GN_SEC;
	assert_false(gets_in(host(1, 1), &seen, &me));
	assert_int_equal(jet_sim_box_flows(b), 0);
	seen = out(b, &me, host(1, 1));
	now += 3 * GN_SEC;
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 30 * GN_SEC;
	assert_false(gets_in(host(1, 1), &seen, &me));
}

static void a_flow_lasts_when_it_is_older_than_two_seconds(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	nat.stray_keep = false;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = out(b, &me, host(1, 1));
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 2 * GN_SEC;
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 30 * GN_SEC;
	assert_false(gets_in(host(1, 1), &seen, &me));
	seen = out(b, &me, host(1, 1));
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 2 * GN_SEC + 1;
	assert_true(gets_in(host(1, 1), &seen, &me));
	now += 30 * GN_SEC;
	assert_true(gets_in(host(1, 1), &seen, &me));
}

static void a_filter_by_address_asks_whom_was_sent_to(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("addr");
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = out(b, &me, host(1, 1));
	now += 20 * GN_SEC;
	assert_true(gets_in(host(1, 2), &seen, &me));
	now += 10 * GN_SEC; /* what was sent is forgotten; that something came lets nobody in */
	assert_true(gets_in(host(1, 2), &seen, &me));
	assert_false(gets_in(host(1, 3), &seen, &me));
	assert_true(out(b, &me, host(1, 2)).port);
	assert_true(gets_in(host(1, 3), &seen, &me));
}

/* ---- strays ---- */

static void a_stray_flow_takes_the_port_for_30_seconds(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = out(b, &me, host(9, 1));
	assert_false(gets_in(host(1, 1), &seen, &me));
	now += 20 * GN_SEC;
	assert_false(gets_in(host(1, 1), &seen, &me)); /* and stays while it comes */
	now += 30 * GN_SEC - 1;
	struct gn_addr apart = out(b, &me, host(1, 1));
	assert_int_not_equal(apart.port, 7780);
	/* and whom he begins with next sees the port of the newest */
	assert_int_equal(out(b, &me, host(1, 2)).port, apart.port);
	assert_false(gets_in(host(2, 1), &seen, &me));
	now += 30 * GN_SEC;
	assert_int_equal(out(b, &me, host(2, 1)).port, 7780);
	/* and without strays */
	nat.stray_keep = false;
	b = box_of(&nat);
	seen = out(b, &me, host(9, 1));
	assert_false(gets_in(host(1, 1), &seen, &me));
	assert_int_equal(out(b, &me, host(1, 1)).port, 7780);
	assert_int_equal(b->filtered, 1);
}

/* Also where the port is the same to everybody: that one flow gets another. */
static void a_stray_flow_parts_one_flow_from_its_mapping(void **state)
{
	const struct jet_sim_nat nat = {
		.mapping = JET_SIM_NAT_ANY, .filtering = JET_SIM_NAT_PORT, .stray_keep = true};
	(void)state;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = out(b, &me, host(9, 1));
	assert_false(gets_in(host(1, 1), &seen, &me));
	struct gn_addr apart = out(b, &me, host(1, 1));
	assert_int_not_equal(apart.port, 7780);
	assert_true(gets_in(host(1, 1), &apart, &me));
	assert_int_equal(out(b, &me, host(2, 1)).port, 7780);
}

/* ---- the table ---- */

static void a_full_table_forgets_who_did_not_last(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	nat.table = 3;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	for (uint16_t i = 1; i <= 3; i++, now++)
		assert_true(out(b, &me, host(1, i)).port);
	assert_int_equal(b->evicted, 0);
	struct gn_addr seen = out(b, &me, host(1, 4));
	assert_true(seen.port);
	assert_int_equal(b->evicted, 1);
	assert_int_equal(jet_sim_box_flows(b), 3);
	assert_true(gets_in(host(1, 2), &seen, &me));
	assert_false(gets_in(host(1, 1), &seen, &me)); /* a stray now, in the place of 3 */
	assert_false(gets_in(host(1, 3), &seen, &me));
}

static void a_table_full_of_lasting_flows_takes_nothing(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("port");
	nat.table = 2;
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780), seen = me;
	for (uint16_t i = 1; i <= 2; i++)
		seen = out(b, &me, host(1, i));
	now += 3 * GN_SEC;
	for (uint16_t i = 0; i < 4; i++)
		assert_true(gets_in(host(1, 1 + i % 2), &seen, &me));
	assert_false(out(b, &me, host(1, 3)).port);
	assert_false(gets_in(host(1, 3), &seen, &me));
	assert_int_equal(b->full, 2);
	assert_true(out(b, &me, host(1, 1)).port);
	jet_sim_box_flush(b);
	assert_false(gets_in(host(1, 1), &seen, &me));
}

static void a_table_has_4096_places(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("sym");
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	for (uint16_t i = 1; i <= 4096; i++)
		assert_true(out(b, &me, host(1, i)).port);
	assert_int_equal(b->evicted, 0);
	assert_true(out(b, &me, host(1, 5000)).port);
	assert_int_equal(b->evicted, 1);
}

/* ---- from inside to outside to inside ---- */

static bool arrives(struct jet_sim_box *realm, struct gn_addr from, struct gn_addr to,
		    struct gn_addr *whom, struct gn_addr *by)
{
	struct jet_sim_flight f = {from, to, realm};
	if (!jet_sim_up(&f, now) || !jet_sim_down(&boxes, &f, now))
		return false;
	*whom = f.to;
	*by = f.from;
	return true;
}

static void a_hairpin_turns_where_there_is_one(void **state)
{
	(void)state;
	struct jet_sim_nat nat = kind("full");
	struct jet_sim_box *b = box_of(&nat);
	nat.hairpin = true;
	struct jet_sim_box *c = box_of(&nat);
	struct gn_addr one = jet_sim_box_inside(b, 0, 1001), two = jet_sim_box_inside(b, 1, 1002);
	struct gn_addr seen[2] = {out(b, &two, host(1, 1)), out(c, &two, host(1, 1))};
	struct gn_addr whom = nobody, by = nobody;
	assert_false(arrives(b, one, seen[0], &whom, &by));
	assert_int_equal(b->no_hairpin, 1);
	assert_true(arrives(c, one, seen[1], &whom, &by));
	assert_true(gn_addr_eq(&whom, &two));
	assert_true(by.port == 1001 && memcmp(by.ip, c->outer.ip, 16) == 0);
	/* and what is inside needs no box */
	assert_true(arrives(b, one, two, &whom, &by));
	assert_true(gn_addr_eq(&whom, &two) && gn_addr_eq(&by, &one));
}

static void a_home_stands_behind_a_carrier(void **state)
{
	(void)state;
	struct jet_sim_nat home = kind("port"), carrier = home;
	carrier.carrier = true;
	struct jet_sim_box *c = box_of(&carrier);
	struct gn_addr outer[2] = {jet_sim_box_inside(c, 0, 0), jet_sim_box_inside(c, 1, 0)};
	struct jet_sim_box *h = jet_sim_box_add(&boxes, &home, c, &outer[0], 0);
	struct jet_sim_box *k = jet_sim_box_add(&boxes, &home, c, &outer[1], 0);
	struct gn_addr me = jet_sim_box_inside(h, 0, 7780), you = me, whom = nobody, by = nobody;
	struct gn_addr seen = out(h, &me, host(1, 1));
	assert_true(seen.port && memcmp(seen.ip, c->outer.ip, 16) == 0);
	assert_true(gets_in(host(1, 1), &seen, &me));
	assert_false(gets_in(host(1, 2), &seen, &me));
	/* two homes of one carrier: by its inside, not by its outside */
	struct gn_addr far = outer[1];
	far.port = you.port;
	k->nat.stray_keep = false; /* or the other's answer would come from another port */
	assert_false(arrives(h, me, far, &whom, &by));
	far = outer[0];
	far.port = me.port;
	assert_int_not_equal(out(k, &you, host(1, 1)).port, 0);
	assert_true(arrives(k, you, far, &whom, &by));
	assert_true(gn_addr_eq(&whom, &me) && memcmp(by.ip, outer[1].ip, 16) == 0);
}

static void an_address_of_version_6_goes_through_no_box(void **state)
{
	struct gn_addr six;
	(void)state;
	struct jet_sim_nat nat = kind("full");
	struct jet_sim_box *b = box_of(&nat);
	struct gn_addr me = jet_sim_box_inside(b, 0, 7780);
	assert_int_equal(gn_addr_parse(gn_str("[2001:db8::1]:5"), &six), GN_OK);
	assert_false(out(b, &me, six).port);
}

#define WITH_BOXES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOXES(each_kind_maps_and_filters_as_it_is_called),
		WITH_BOXES(a_mapping_by_address_is_one_for_each_address),
		WITH_BOXES(udp_is_blocked_or_goes_to_443_alone),
		WITH_BOXES(unknown_kinds_have_no_name),
		WITH_BOXES(a_port_is_kept_where_the_answer_finds_one_host),
		WITH_BOXES(a_small_range_is_used_up),
		WITH_BOXES(a_flow_ends_after_30_seconds_and_a_replied_one_after_120),
		WITH_BOXES(a_flow_lasts_when_it_is_older_than_two_seconds),
		WITH_BOXES(a_filter_by_address_asks_whom_was_sent_to),
		WITH_BOXES(a_stray_flow_takes_the_port_for_30_seconds),
		WITH_BOXES(a_stray_flow_parts_one_flow_from_its_mapping),
		WITH_BOXES(a_full_table_forgets_who_did_not_last),
		WITH_BOXES(a_table_full_of_lasting_flows_takes_nothing),
		WITH_BOXES(a_table_has_4096_places),
		WITH_BOXES(a_hairpin_turns_where_there_is_one),
		WITH_BOXES(a_home_stands_behind_a_carrier),
		WITH_BOXES(an_address_of_version_6_goes_through_no_box),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
