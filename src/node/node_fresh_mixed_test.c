/* Fresh sessions where some nodes are of a release before: nobody waits for what those do not
 * understand, they are asked directly while there are many of them, and never where they are so few
 * that one who says so may lie. Rules RE-32, RE-55. */
#include "node/testing/boxed_world.h"

static struct gn_node_fresh *all_of(unsigned node)
{
	return &whole_node(&w, node)->fresh;
}

static uint64_t relay_counter(unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_relay_counter_at(whole_node(&w, node)->relay, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

static void end(void)
{
	single = 0;
	whole_free(&w);
}

/* Nobody asks them for a circuit or a place, nobody is led to them. */
static void look_at_singles(void)
{
	for (unsigned i = 0; i < single; i++) {
		assert_int_equal(relay_counter(i, "messages_in"), 0);
		assert_int_equal(relay_counter(i, "opened"), 0);
		assert_int_equal(relay_counter(i, "inbound"), 0);
	}
}

static void a_box_is_read_and_written_among_them(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	single = 2;
	grow(7, 41);
	for (unsigned i = single; i < w.count; i++)
		assert_true(gn_node_peers_mixed(whole_node(&w, i)));
	follow_of(5, &who, &owner);
	whole_run_for(&w, 5 * GN_SEC);
	deposit(6, &who, "by a new one");
	whole_run_for(&w, 2 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(told.result, GN_OK);
	assert_int_equal(told.items, 1);
	deposit(1, NULL, "by an old one"); /* as itself, as those do */
	whole_run_for(&w, 2 * GN_SEC);
	assert_int_equal(told.deposits, 2);
	assert_int_equal(told.items, 2);
	look_at_singles();
	for (unsigned i = 5; i < 7; i++) {
		assert_int_equal(all_of(i)->count.unreached, 0);
		assert_int_equal(all_of(i)->count.failed, 0);
		assert_int_equal(all_of(i)->count.direct, single);
		/* to those alone: of the others none has heard of it but by a relay */
		for (unsigned k = single; k < w.count; k++) {
			const struct peer *p = k == i ? NULL : heard_at(k, &context_at(i, 0)->pk);
			assert_true(!p || look_at_sessions(k, i, p) > 0);
		}
	}
	end();
}

static void with_strict_they_are_not_asked(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	single = 2;
	grow(7, 42);
	whole_node(&w, 6)->config.fresh = GN_NODE_FRESH_STRICT;
	deposit(6, &who, "by relays alone");
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(all_of(6)->count.direct, 0);
	assert_int_equal(all_of(6)->count.unreached, single);
	look_at_singles();
	end();
}

/* One of GN_NODE_MIXED linked peers, and one of so many and one more. */
static void so_many_make_a_network_mixed(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		single = 1;
		grow(1 + GN_NODE_MIXED + more, 43);
		unsigned last = w.count - 1;
		struct gn_overlay_info info;
		gn_overlay_info(whole_node(&w, last)->overlay, &info);
		assert_int_equal(info.links, GN_NODE_MIXED + more);
		assert_int_equal(gn_node_peers_mixed(whole_node(&w, last)), !more);
		deposit(last, &who, "x");
		whole_run_for(&w, 5 * GN_SEC);
		assert_int_equal(told.deposits, 1);
		assert_int_equal(all_of(last)->count.direct, more ? 0 : 1);
		assert_int_equal(all_of(last)->count.unreached, more);
		look_at_singles();
		end();
	}
}

/* Relays that know nobody: who is known as a new one is not asked directly for that, who is not
 * known is, and where a relay was silent nobody is. */
static void who_is_known_is_not_taken_for_one(void **state)
{
	struct gn_node_fresh_for who = mine();
	static const uint8_t text[8] = "\0\0\0\0GNBX";
	(void)state;
	single = 1;
	grow(5, 44);
	deposit(4, &who, "x");
	whole_run_for(&w, 5 * GN_SEC);
	struct fresh *f = context_at(4, 0);
	uint64_t direct = all_of(4)->count.direct;
	for (unsigned kind = 0; kind < 4; kind++) {
		struct gn_overlay_message m = {.bytes = gn_slice(text, sizeof text)};
		m.to.pk = kind == 0 ? *key_of(2) : secret((uint8_t)(60 + kind)).pk;
		m.to.can = kind == 1 ? GN_OVERLAY_CAN_SMALL : 0;
		m.to.addr_count = 1;
		m.to.addrs[0] = w.nodes[0]->told;
		while (fresh_peer_of(f, &m.to.pk))
			whole_run_for(&w, GN_NODE_FRESH_QUIET);
		fresh_peer_send(f, &m);
		struct fresh_peer *p = fresh_peer_of(f, &m.to.pk);
		assert_non_null(p);
		p->tried_count = GN_NODE_FRESH_TRIES;
		p->unknown = kind == 2 ? p->tried_count - 1 : p->tried_count;
		(void)fresh_peers_tick(f);
		p = fresh_peer_of(f, &m.to.pk);
		assert_int_equal(p && p->direct, kind == 3);
	}
	assert_int_equal(all_of(4)->count.direct, direct); /* it is none of them that lives there */
	end();
}

/* Where nearly all are such, the few others are relays and homes all the same. */
static void they_are_nobodys_relays_and_homes(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	single = 8;
	grow(11, 47);
	deposit(10, &who, "x");
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(all_of(10)->count.unreached, 0);
	assert_true(all_of(10)->count.direct > 0);
	assert_true(all_of(10)->count.sessions > all_of(10)->count.direct);
	gn_node_homes_reached(whole_node(&w, 10), GN_OVERLAY_REACH_HARD);
	whole_moved(&w, 10);
	whole_run_for(&w, 10 * GN_SEC);
	for (unsigned i = single; i < 10; i++)
		assert_true(gn_node_homes_is(whole_node(&w, 10), key_of(i)));
	look_at_singles();
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_is_read_and_written_among_them),
		cmocka_unit_test(with_strict_they_are_not_asked),
		cmocka_unit_test(so_many_make_a_network_mixed),
		cmocka_unit_test(who_is_known_is_not_taken_for_one),
		cmocka_unit_test(they_are_nobodys_relays_and_homes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
