/* Nodes behind boxes whose session runs over a relay tell each other where they may be reached, and
 * go there (RE-15, RE-18, RE-20). */
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SERVERS 2 /* in two prefixes: as many as must agree; the first is the relay */

static struct whole w;
static const char *kinds[2];

static bool nat_of(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	(void)carrier;
	return node >= SERVERS && jet_sim_nat_named(gn_str(kinds[node - SERVERS]), nat);
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, SERVERS);
}

static uint8_t rule; /* of those at home */

static void begin(const char *a, const char *b)
{
	kinds[0] = a;
	kinds[1] = b;
	whole_init(&w, &(struct whole_options){.seed = 7,
					       .nodes = SERVERS + 2,
					       .pow_bits = 1,
					       .nat = nat_of,
					       .hooks = {.running = on_running}});
	for (unsigned i = 0; i < SERVERS + 2; i++) {
		whole_start(&w, whole_add(&w));
		whole_node(&w, i)->policies.own.ways = i >= SERVERS ? rule : 0;
		whole_run_for(&w, 5 * GN_SEC);
	}
}

static struct gn_node *at_home(unsigned end)
{
	return whole_node(&w, SERVERS + end);
}

static gn_jet_id session(void)
{
	return gn_node_peers_session(at_home(0), &at_home(1)->key.pk);
}

static enum gn_way_kind kind_of(void)
{
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(at_home(0)->jet, session(), &info), GN_OK);
	return info.kind;
}

/* The first end says something to the second, of which it knows the relay alone. */
static void connect_over_relay(void)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	struct gn_node_found found = {.pk = at_home(1)->key.pk,
				      .home_count = 1,
				      .homes[0] = {.pk = whole_node(&w, 0)->key.pk,
						   .addr_count = 1,
						   .addrs = {w.nodes[0]->told}}};
	if (session()) /* who told them of each other was asked for a circuit */
		return;
	whole_moved(&w, SERVERS); /* it knows what time it is */
	(void)!gn_node_peers_reach(at_home(0), &found.pk);
	gn_node_peers_found(at_home(0), &found);
	m.to.pk = found.pk;
	gn_node_peers_send(at_home(0), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, SERVERS);
	/* who dialled may tell nothing until it is confirmed */
	whole_run_for(&w, OFFERS_RETRY + GN_SEC / 2);
	assert_int_not_equal(session(), 0);
}

static const struct gn_jet_offer *offer_of(unsigned end)
{
	return &at_home(end)->offers.gather.offer;
}

static uint64_t counter(unsigned end, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_jet_counter_at(at_home(end)->jet, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

static uint64_t punches(void)
{
	return counter(0, "punches");
}

/* Its own address inside, and the outer one that both servers tell. */
static void nodes_know_where_they_are(void **state)
{
	(void)state;
	begin("port", "sym");
	const struct gn_jet_offer *o = offer_of(0);
	assert_int_equal(o->count, 2);
	assert_int_equal(o->list[0].origin, GN_JET_REFLEXIVE);
	assert_memory_equal(o->list[0].addr.ip, w.nodes[SERVERS]->told.ip, 16);
	assert_int_equal(o->list[1].origin, GN_JET_LAN);
	assert_true(gn_addr_eq(&o->list[1].addr, &w.nodes[SERVERS]->addr));
	assert_int_equal(o->mapping, GN_JET_NAT_NONE);
	o = offer_of(1); /* another port for each: its IP is offered, too */
	assert_int_equal(o->list[0].origin, GN_JET_REFLEXIVE);
	assert_memory_equal(o->list[0].addr.ip, w.nodes[SERVERS + 1]->told.ip, 16);
	assert_int_equal(o->mapping, GN_JET_NAT_ADDR);
	whole_free(&w);
}

static void a_session_over_a_relay_becomes_direct(void **state)
{
	static const char *const pairs[][2] = {{"port", "port"}, {"addr", "sym"}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(pairs); i++) {
		begin(pairs[i][0], pairs[i][1]);
		whole_run_for(&w, 40 * GN_SEC); /* boxes forget who called in vain (RE-21) */
		connect_over_relay();
		whole_run_for(&w, 4 * GN_SEC);
		assert_int_equal(kind_of(), GN_WAY_UDP);
		whole_free(&w);
	}
}

/* A contact had been dialled at its address, whose box keeps that as a flow: the next try is made
 * when it is over (RE-21). */
static void who_was_called_in_vain_is_met_later(void **state)
{
	(void)state;
	begin("port", "port");
	connect_over_relay();
	whole_run_for(&w, 4 * GN_SEC);
	assert_int_equal(kind_of(), GN_WAY_RELAY);
	for (int i = 0; i < 4; i++) { /* it is in use */
		struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
		m.to.pk = at_home(1)->key.pk;
		gn_node_peers_send(at_home(0), &m, GN_JET_INTERACTIVE);
		whole_moved(&w, SERVERS);
		whole_run_for(&w, 10 * GN_SEC);
	}
	assert_int_equal(kind_of(), GN_WAY_UDP);
	assert_int_equal(punches(), 2);
	whole_free(&w);
}

/* Two hard ones: each change is told, and then tried, at most once in OFFERS_EVERY. */
static void a_change_is_told_again_but_not_often(void **state)
{
	(void)state;
	begin("sym", "sym");
	connect_over_relay();
	assert_int_equal(punches(), 1);
	whole_run_for(&w, 2 * OFFERS_EVERY); /* none of it was of use, and nothing has changed */
	assert_int_equal(kind_of(), GN_WAY_RELAY);
	assert_int_equal(punches(), 1);
	struct whole_node *n = w.nodes[SERVERS];
	for (uint8_t i = 0; i < 20; i++) { /* a new address each half a second */
		struct gn_os_net net = {.count = 1};
		net.addrs[0] = (struct gn_os_net_addr){
			.addr = gn_addr_v4(192, 168, 1, i, 0), .interface = 1, .lan = true};
		gather_net(&n->node.offers.gather, &net, 7780, w.now);
		whole_moved(&w, SERVERS);
		whole_run_for(&w, GN_SEC / 2);
	}
	assert_in_range(punches(), 3, 4); /* 10 s */
	whole_free(&w);
}

/* Both have a place at the relay, by which they may be told of, and no session with each other. */
static void wait_at_relay(void)
{
	const struct gn_pk *relay = &whole_node(&w, 0)->key.pk;
	gn_op op;
	for (unsigned end = 0; end < 2; end++) {
		gn_err err = gn_relay_reserve(at_home(end)->relay, relay, true, w.now, &op);
		assert_true(err == GN_OK || err == GN_EXISTS);
		whole_moved(&w, SERVERS + end);
	}
	whole_run_for(&w, GN_SEC);
	if (session())
		assert_int_equal(gn_jet_close(at_home(0)->jet, session(), 0, "", w.now), GN_OK);
	whole_moved(&w, SERVERS);
	whole_run_for(&w, GN_SEC);
}

/* Ports are guessed where both let it: whoever calls, the relay tells each where the other is (a
 * simulated node has no sockets for it). */
static void ports_are_guessed(void **state)
{
	static const char *const pairs[][2] = {{"port", "sym"}, {"sym", "port"}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(pairs); i++)
		for (int off = 0; off < 3; off++) {
			begin(pairs[i][0], pairs[i][1]);
			if (off)
				at_home((unsigned)off - 1)->config.nat_guess_off = true;
			wait_at_relay();
			connect_over_relay();
			whole_run_for(&w, 8 * GN_SEC);
			for (unsigned end = 0; end < 2; end++) {
				/* without sockets the hard end asks for no guess */
				bool asked = i == 0 || end == 0;
				assert_int_equal(counter(end, "guesses"), !off && asked);
				assert_int_equal(counter(end, "guess-unnamed"), 0);
			}
			whole_free(&w);
		}
}

/* RE-11: who is to learn no address of ours is told none, also when they change. */
static void who_must_not_know_is_not_told(void **state)
{
	(void)state;
	rule = GN_JET_ALLOW_RELAY;
	begin("port", "port");
	connect_over_relay();
	whole_run_for(&w, 4 * GN_SEC);
	assert_int_equal(punches(), 0);
	rule = 0;
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_know_where_they_are),
		cmocka_unit_test(a_session_over_a_relay_becomes_direct),
		cmocka_unit_test(who_was_called_in_vain_is_met_later),
		cmocka_unit_test(a_change_is_told_again_but_not_often),
		cmocka_unit_test(ports_are_guessed),
		cmocka_unit_test(who_must_not_know_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
