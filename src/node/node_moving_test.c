/* What is under two whole nodes changes while a tunnel carries a few bytes each 100 ms: how long
 * does nothing come, and does all of it come? The cases that stood still for long in the lab
 * (tests/nat/stall_test.py). Rules RE-6, RE-10, RE-63. */
#include "node/testing/two_home.h"

#define EVERY (100 * GN_MSEC)
#define RECORD 16u   /* both ways less than a small circuit lets through */
#define STALL GN_SEC /* half of all moves may take so long (docs/reach-plan.md) */

static uint64_t tunnels[2], put, got[2];
static gn_time heard_at[2], stall;
static bool apart; /* nothing goes from one to the other */

static gn_time way(void *user, unsigned a, unsigned b)
{
	(void)user;
	return apart && a >= FIRST && b >= FIRST ? 86400 * GN_SEC : 20 * GN_MSEC;
}

static void on_tunnel(void *user, unsigned node, const struct gn_tunnel_event *e)
{
	(void)user;
	assert_true(e->what != GN_TUNNEL_OVER);
	if (e->what == GN_TUNNEL_OPEN)
		tunnels[node - FIRST] = e->id;
}

static struct gn_node *end_of(unsigned i)
{
	return whole_node(&w, FIRST + i);
}

static void say_one(unsigned i)
{
	static const uint8_t record[RECORD];
	size_t taken;
	assert_int_equal(gn_node_tunnel_write(end_of(i), tunnels[i], GN_SLICE(record), &taken),
			 GN_OK);
	assert_int_equal(taken, RECORD);
	whole_moved(&w, FIRST + i);
}

static void hear(unsigned i)
{
	uint8_t bytes[4096];
	size_t len;
	bool end;
	while (gn_node_tunnel_read(end_of(i), tunnels[i], bytes, sizeof bytes, &len, &end) ==
	       GN_OK) {
		got[i] += len;
		if (w.now - heard_at[i] > stall)
			stall = w.now - heard_at[i];
		heard_at[i] = w.now;
	}
	whole_moved(&w, FIRST + i);
}

/* So long both talk; the longest silence is in `stall` afterwards. */
static void talk(gn_time time)
{
	gn_time end = w.now + time;
	stall = 0;
	heard_at[0] = heard_at[1] = w.now;
	while (w.now < end) {
		for (unsigned i = 0; i < 2; i++)
			say_one(i);
		put += RECORD;
		whole_run_for(&w, EVERY);
		for (unsigned i = 0; i < 2; i++)
			hear(i);
	}
	for (unsigned i = 0; i < 2; i++)
		if (w.now - heard_at[i] > stall)
			stall = w.now - heard_at[i];
}

static const struct session *tunnelled(unsigned i)
{
	const struct gn_map *all = &end_of(i)->peers.by_session;
	for (uint32_t k = 0; k < all->count; k++) {
		const struct session *s = gn_map_value_at(all, k);
		if (s->tunnels)
			return s;
	}
	fail();
	return NULL;
}

static gn_jet_id tunnelled_id(unsigned i)
{
	const struct gn_map *all = &end_of(i)->peers.by_session;
	for (uint32_t k = 0; k < all->count; k++)
		if (gn_map_value_at(all, k) == (const void *)tunnelled(i))
			return *(const gn_jet_id *)gn_map_key_at(all, k);
	return 0;
}

/* A tunnel between the two, directly. */
static void begin(void)
{
	uint64_t id;
	make("port", "port");
	w.opt.way = way;
	w.opt.hooks.tunnel = on_tunnel;
	apart = false;
	put = got[0] = got[1] = 0;
	tell_home(FIRST, SECOND, 0);
	tell_home(SECOND, FIRST, 0);
	assert_int_equal(gn_node_tunnel_listen(end_of(1), GN_LIT("x"), key_of(FIRST), NULL, &id),
			 GN_OK);
	const struct gn_tunnel_dial d = {.pk = *key_of(SECOND),
					 .service = GN_LIT("x"),
					 .class = GN_JET_FILES,
					 .patience = 15 * GN_SEC};
	assert_int_equal(gn_node_tunnel_dial(end_of(0), &d, &id), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 10 * GN_SEC);
	assert_true(tunnels[0] && tunnels[1]);
	talk(5 * GN_SEC);
	for (unsigned tries = 0; tries < 12; tries++) /* the second one is after 35 s */
		if (!tunnelled(0)->direct || !tunnelled(1)->direct)
			talk(5 * GN_SEC);
	assert_true(stall < 300 * GN_MSEC);
	assert_true(tunnelled(0)->direct && tunnelled(1)->direct);
}

static void finish(void)
{
	talk(2 * GN_SEC);
	assert_true(stall < 300 * GN_MSEC);
	whole_run_for(&w, GN_SEC);
	for (unsigned i = 0; i < 2; i++) {
		hear(i);
		assert_int_equal(got[i], put);
	}
	whole_free(&w);
}

static void to_a_relay(gn_time after)
{
	begin();
	talk(after);
	apart = true;
	talk(10 * GN_SEC);
	assert_true(stall <= STALL);
	assert_false(tunnelled(0)->direct || tunnelled(1)->direct);
	finish();
}

/* The relay's path is a spare one still. */
static void soon_nothing_passes_directly(void **state)
{
	(void)state;
	to_a_relay(0);
}

/* The circuit over which they met is gone. */
static void later_nothing_passes_directly(void **state)
{
	(void)state;
	to_a_relay(200 * GN_SEC);
}

/* A router forgets all, and gives other ports. */
static void forget(unsigned i)
{
	struct jet_sim_box *box = w.nodes[FIRST + i]->box;
	box->nat.ports = JET_SIM_RANDOM;
	jet_sim_box_flush(box);
}

/* Both do, while the path by a relay is a spare one: it takes nothing from there until their
 * sessions with it have said where they are. */
static void both_routers_forget(void **state)
{
	(void)state;
	begin();
	forget(0);
	forget(1);
	talk(10 * GN_SEC);
	assert_true(stall <= STALL);
	finish();
}

static void both_routers_forget_again_and_again(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned k = 0; k < 2; k++) /* ports that are the inner ones are soon found */
			jet_sim_box_flush(w.nodes[FIRST + k]->box);
		if (i % 2)
			forget(0);
		talk((7 + i) * GN_SEC);
		assert_true(stall <= STALL);
		for (unsigned k = 0; k < 2; k++) /* what was lost meanwhile is no relay's fault */
			assert_int_equal(end_of(k)->ways.count.relay_bad, 0);
	}
	finish();
}

static void a_router_forgets_who_is_on_a_relay(void **state)
{
	(void)state;
	begin();
	apart = true;
	talk(10 * GN_SEC);
	forget(0);
	talk(10 * GN_SEC);
	assert_true(stall <= STALL);
	finish();
}

/* With a tunnel another session is begun soon; relays are greeted no more often than so, and
 * another session's way is tried again when the last try is over. */
static void each_wait_ends_when_it_is_said(void **state)
{
	(void)state;
	begin();
	struct gn_node *node = end_of(0);
	gn_jet_id id = tunnelled_id(0), other;
	struct session *s = gn_map_get(&node->peers.by_session, &id);
	peers_silent_begin(node, id, s);
	gn_time began = node->now;
	assert_int_equal(s->redial, began + GN_NODE_SILENT_TUNNEL);
	assert_int_equal(node->peers.greeted, began);
	node->now = began + GN_NODE_GREET - 1;
	peers_silent_begin(node, id, s);
	assert_int_equal(node->peers.greeted, began);
	node->now = began + GN_NODE_GREET;
	peers_silent_begin(node, id, s);
	assert_int_equal(node->peers.greeted, node->now);
	/* another session is up */
	const struct gn_way to = {.addr = tunnelled(0)->addr};
	assert_int_equal(gn_jet_connect(node->jet, &to, key_of(SECOND), node->now, &other), GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, GN_SEC);
	s = gn_map_get(&node->peers.by_session, &id);
	assert_true(session_of(FIRST, SECOND) != id);
	peers_silent_begin(node, id, s);
	gn_time given = node->now;
	assert_int_equal(s->way_given, given);
	node->now = given + GN_NODE_GIVE_AGAIN - 1;
	peers_silent_look(node, id, s);
	assert_int_equal(s->way_given, given);
	node->now = given + GN_NODE_GIVE_AGAIN;
	peers_silent_look(node, id, s);
	assert_int_equal(s->way_given, node->now);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soon_nothing_passes_directly),
		cmocka_unit_test(later_nothing_passes_directly),
		cmocka_unit_test(both_routers_forget),
		cmocka_unit_test(both_routers_forget_again_and_again),
		cmocka_unit_test(a_router_forgets_who_is_on_a_relay),
		cmocka_unit_test(each_wait_ends_when_it_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
