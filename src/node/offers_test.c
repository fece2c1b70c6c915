/* Nodes behind boxes whose session runs over a relay tell each other where they may be reached, and
 * go there (RE-15, RE-20). */
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 2 /* in two prefixes: as many as must agree */

static struct whole w;
static const char *kinds[2];
static gn_jet_id session; /* as the first end names it */

static bool nat_of(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	(void)carrier;
	return node >= SERVERS && jet_sim_nat_named(gn_str(kinds[node - SERVERS]), nat);
}

static struct gn_jet *jet(unsigned end)
{
	return whole_node(&w, SERVERS + end)->jet;
}

static void run(gn_time span)
{
	whole_run_for(&w, span);
}

static void begin(const char *a, const char *b)
{
	kinds[0] = a;
	kinds[1] = b;
	whole_init(&w, &(struct whole_options){
			       .seed = 7, .nodes = SERVERS + 2, .pow_bits = 1, .nat = nat_of});
	for (unsigned i = 0; i < SERVERS + 2; i++) {
		whole_add(&w);
		whole_start(&w, i);
	}
	run(GN_SEC);
	for (unsigned i = 0; i < SERVERS + 2; i++)
		for (unsigned k = 0; k < SERVERS; k++)
			if (i != k)
				whole_bootstrap(&w, i, k);
	run(5 * GN_SEC);
}

/* By the first server, to which both are linked. */
static void connect_over_relay(void)
{
	struct gn_node *node = whole_node(&w, SERVERS);
	const struct gn_pk *pk = &whole_node(&w, SERVERS + 1)->key.pk;
	struct gn_node_found found = {
		.pk = *pk, .home_count = 1, .homes = {{.pk = whole_node(&w, 0)->key.pk}}};
	struct gn_jet_info info;
	whole_moved(&w, SERVERS);
	assert_int_equal(gn_node_peers_reach(node, pk), GN_OK);
	gn_node_peers_found(node, &found);
	whole_moved(&w, SERVERS);
	run(OFFERS_RETRY + GN_SEC / 2); /* who dialled may tell nothing until it is confirmed */
	session = gn_node_peers_session(node, pk);
	assert_int_equal(gn_jet_info(jet(0), session, &info), GN_OK);
	assert_true(info.connected);
}

static void end(void)
{
	whole_free(&w);
}

static const struct gn_jet_offer *offer_of(unsigned end)
{
	return &whole_node(&w, SERVERS + end)->offers.gather.offer;
}

static enum gn_way_kind kind_of(void)
{
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(jet(0), session, &info), GN_OK);
	return info.kind;
}

static uint64_t punches(void)
{
	struct gn_counter c;
	for (size_t i = 0; gn_jet_counter_at(jet(0), i, &c); i++)
		if (strcmp(c.name, "punches") == 0)
			return c.value;
	fail();
	return 0;
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
	end();
}

static void a_session_over_a_relay_becomes_direct(void **state)
{
	static const char *const pairs[][2] = {{"port", "port"}, {"addr", "sym"}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(pairs); i++) {
		begin(pairs[i][0], pairs[i][1]);
		connect_over_relay();
		run(4 * GN_SEC);
		assert_int_equal(kind_of(), GN_WAY_UDP);
		end();
	}
}

/* Two hard ones: each change is told, and then tried, at most once in OFFERS_EVERY. */
static void a_change_is_told_again_but_not_often(void **state)
{
	(void)state;
	begin("sym", "sym");
	connect_over_relay();
	assert_int_equal(punches(), 1);
	run(2 * OFFERS_EVERY); /* none of it was of use, and nothing has changed */
	assert_int_equal(kind_of(), GN_WAY_RELAY);
	assert_int_equal(punches(), 1);
	struct whole_node *n = w.nodes[SERVERS];
	for (uint8_t i = 0; i < 20; i++) { /* a new address each half a second */
		struct gn_os_net net = {.count = 1};
		net.addrs[0] = (struct gn_os_net_addr){
			.addr = gn_addr_v4(192, 168, 1, i, 0), .interface = 1, .lan = true};
		gather_net(&n->node.offers.gather, &net, 7780, w.now);
		whole_moved(&w, SERVERS);
		run(GN_SEC / 2);
	}
	assert_in_range(punches(), 3, 4); /* 10 s */
	end();
}

static bool everybody(const struct gn_node *node, const struct gn_pk *peer)
{
	assert_non_null(node);
	assert_non_null(peer);
	return true;
}

/* RE-11: who is to learn no address of ours is told none, also when they change. */
static void who_must_not_know_is_not_told(void **state)
{
	(void)state;
	begin("port", "port");
	whole_node(&w, SERVERS)->offers.relay_only = everybody;
	connect_over_relay();
	run(4 * GN_SEC);
	assert_int_equal(punches(), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_know_where_they_are),
		cmocka_unit_test(a_session_over_a_relay_becomes_direct),
		cmocka_unit_test(a_change_is_told_again_but_not_often),
		cmocka_unit_test(who_must_not_know_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
