/* Rules about paths, by whole nodes: which packets leave whom, for where (RE-11). Every packet that
 * a node sends is looked at. */
#include "node/testing/two_home.h"

#define TALK 90 /* seconds: a try to go directly, and the next (RE-21) */

/* Packets of `from` to addresses of `to`, since they are counted. */
static unsigned strays[NODES][NODES];
static bool counting;

static bool is_of(const struct gn_addr *addr, unsigned node)
{
	const struct whole_node *n = w.nodes[node];
	return memcmp(addr->ip, n->told.ip, sizeof addr->ip) == 0 ||
	       memcmp(addr->ip, n->addr.ip, sizeof addr->ip) == 0;
}

static void on_sent(void *user, unsigned node, const struct gn_addr *to, struct gn_slice packet)
{
	(void)user, (void)packet;
	for (unsigned i = 0; i < w.count && counting; i++)
		strays[node][i] += i != node && is_of(to, i);
}

static void count(bool begin)
{
	memset(strays, 0, sizeof strays);
	counting = begin;
}

static void begin(const char *first, const char *second)
{
	counting = false;
	make(first, second);
	w.opt.hooks.sent = on_sent;
}

static void set_rule(unsigned at, unsigned of, const char *text)
{
	struct gn_policy p;
	char why[GN_HOST_WHY];
	assert_int_equal(gn_node_policy_parse(gn_str(text), &p, why), GN_OK);
	whole_moved(&w, at);
	assert_int_equal(gn_node_policy_set(whole_node(&w, at), key_of(of), &p), GN_OK);
	whole_moved(&w, at);
}

static void talk(unsigned from, unsigned to, unsigned seconds)
{
	tell_home(from, to, 0);
	for (unsigned i = 0; i < seconds; i += 3) {
		whole_moved(&w, from);
		say(from, to);
		whole_run_for(&w, 3 * GN_SEC);
	}
}

/* Whichever end has the rule, and whoever calls: not one packet goes between their addresses,
 * where without it they find each other in seconds; when it ends, they do. */
static void relay_only_goes_to_the_relay_alone(void **state)
{
	(void)state;
	for (unsigned who = FIRST; who <= SECOND; who++)
		for (unsigned caller = FIRST; caller <= SECOND; caller++) {
			unsigned other = FIRST + SECOND - who, called = FIRST + SECOND - caller;
			begin("port", "addr");
			set_rule(who, other, "relay");
			whole_run_for(&w, 5 * GN_SEC); /* a session that they had has ended */
			count(true);
			talk(caller, called, TALK);
			assert_int_equal(info_of(who, other).kind, GN_WAY_RELAY);
			assert_int_equal(info_of(who, other).indirect, GN_JET_INDIRECT_POLICY);
			assert_int_equal(info_of(other, who).indirect, GN_JET_INDIRECT_POLICY);
			assert_int_equal(strays[FIRST][SECOND], 0);
			assert_int_equal(strays[SECOND][FIRST], 0);
			assert_true(strays[who][0] > TALK / 3);
			struct gn_jet_offer offer;
			assert_int_equal(gn_jet_offered(whole_node(&w, other)->jet,
							session_of(other, who), &offer),
					 GN_OK);
			assert_true(offer.relayed && !offer.count);
			set_rule(who, other, "any");
			talk(caller, called, TALK);
			assert_int_equal(info_of(who, other).kind, GN_WAY_UDP);
			whole_free(&w);
		}
}

/* A session that is direct, and has no other path, ends; the next one is by the relay. */
static void a_rule_holds_at_once(void **state)
{
	(void)state;
	begin("port", "addr");
	talk(FIRST, SECOND, TALK);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_UDP);
	set_rule(FIRST, SECOND, "relay");
	whole_run_for(&w, 5 * GN_SEC);
	count(true);
	talk(FIRST, SECOND, TALK);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_int_equal(strays[FIRST][SECOND], 0);
	whole_free(&w);
}

/* The other calls at the address that it knows: the session ends as soon as it is known who it is.
 */
static void who_calls_otherwise_is_closed(void **state)
{
	(void)state;
	begin(NULL, "port");
	set_rule(FIRST, SECOND, "relay");
	whole_run_for(&w, 5 * GN_SEC);
	const struct gn_way to = {.addr = w.nodes[FIRST]->told};
	gn_jet_id id;
	uint64_t before = whole_node(&w, FIRST)->policies.refused;
	whole_moved(&w, SECOND);
	assert_int_equal(
		gn_jet_connect(whole_node(&w, SECOND)->jet, &to, key_of(FIRST), w.now, &id), GN_OK);
	whole_moved(&w, SECOND);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(whole_node(&w, FIRST)->policies.refused, before + 1);
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(whole_node(&w, SECOND)->jet, id, &info), GN_NOT_FOUND);
	whole_free(&w);
}

/* Both hard: no direct path is to be had, and no relay is asked for one. */
static void direct_only_asks_no_relay(void **state)
{
	(void)state;
	begin("sym", "sym");
	set_rule(FIRST, SECOND, "direct");
	whole_run_for(&w, 5 * GN_SEC);
	uint64_t asked = counter_of(FIRST, "asked");
	talk(FIRST, SECOND, 30);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	assert_int_equal(counter_of(FIRST, "asked"), asked);
	assert_int_equal(gn_node_policy_any(whole_node(&w, FIRST), key_of(SECOND)), GN_OK);
	set_rule(FIRST, SECOND, "any");
	talk(FIRST, SECOND, 30);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	whole_free(&w);
}

static void lan_only_goes_nowhere_else(void **state)
{
	(void)state;
	begin(NULL, NULL); /* public addresses */
	set_rule(FIRST, SECOND, "lan");
	set_rule(SECOND, FIRST, "lan"); /* who calls is answered until it is known */
	whole_run_for(&w, 5 * GN_SEC);
	count(true);
	talk(FIRST, SECOND, 30);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	assert_int_equal(strays[FIRST][SECOND], 0);
	whole_free(&w);
}

/* ---- tunnels ---- */

static uint64_t listen_with(unsigned at, const char *text, uint64_t *hold)
{
	static const struct gn_pk nobody;
	struct gn_policy p;
	char why[GN_HOST_WHY];
	uint64_t id;
	struct gn_node *node = whole_node(&w, at);
	assert_int_equal(gn_node_policy_parse(gn_str(text), &p, why), GN_OK);
	assert_int_equal(gn_node_tunnel_listen(node, GN_LIT("send/1"), NULL, NULL, &id), GN_OK);
	*hold = gn_node_policy_hold(node, &nobody, &p);
	gn_node_tunnel_rule(node, id, *hold);
	return id;
}

static uint64_t dial(unsigned from, unsigned to)
{
	uint64_t id;
	const struct gn_tunnel_dial d = {.pk = *key_of(to),
					 .service = GN_LIT("send/1"),
					 .class = GN_JET_FILES,
					 .patience = 60 * GN_SEC};
	whole_moved(&w, from);
	assert_int_equal(gn_node_tunnel_dial(whole_node(&w, from), &d, &id), GN_OK);
	whole_moved(&w, from);
	return id;
}

/* Who listens for anybody does not know whose session it will be. Whoever comes directly goes on by
 * the relay that both are on, or is sent away, comes by one, and is taken. */
static void who_listens_has_a_rule(void **state)
{
	(void)state;
	for (unsigned away = 0; away < 2; away++) {
		uint64_t hold;
		begin(away ? NULL : "port", "addr");
		talk(SECOND, FIRST, TALK);
		assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_UDP);
		struct gn_node *node = whole_node(&w, FIRST);
		(void)listen_with(FIRST, "relay", &hold);
		gn_node_policy_turn(node, hold, key_of(0)); /* a stranger asked before them */
		uint64_t opened = node->tunnels.count.opened;
		(void)dial(SECOND, FIRST);
		whole_run_for(&w, 30 * GN_SEC);
		assert_int_equal(node->tunnels.count.refused_rule, away);
		assert_int_equal(node->tunnels.count.opened, opened + 1);
		assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
		count(true);
		whole_run_for(&w, TALK * GN_SEC);
		assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
		assert_int_equal(strays[FIRST][SECOND], 0);
		gn_node_policy_let_go(node, hold);
		whole_moved(&w, FIRST);
		talk(SECOND, FIRST, TALK);
		assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_UDP);
		whole_free(&w);
	}
}

static void set_metered(unsigned at, const char *value)
{
	char why[GN_HOST_WHY];
	struct gn_node *node = whole_node(&w, at);
	assert_int_equal(gn_node_give_set(node, GN_LIT("metered"), gn_str(value), why), GN_OK);
	gn_node_policy_anew(node);
	whole_moved(&w, at);
}

/* Bytes cost money here: who must not have any is not reached, until they cost nothing. */
static void what_must_not_cost_does_not_begin(void **state)
{
	(void)state;
	begin("port", "addr");
	talk(FIRST, SECOND, 6);
	set_rule(FIRST, SECOND, "metered=no");
	set_metered(FIRST, "yes");
	whole_run_for(&w, 5 * GN_SEC);
	count(true);
	talk(FIRST, SECOND, 30);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	assert_int_equal(gn_node_peers_reach(whole_node(&w, FIRST), key_of(SECOND)), GN_POLICY);
	assert_int_equal(strays[FIRST][SECOND], 0);
	set_metered(FIRST, "no");
	talk(FIRST, SECOND, 30);
	assert_int_not_equal(session_of(FIRST, SECOND), 0);
	whole_free(&w);
}

static void running_hidden(void *user, unsigned node)
{
	struct gn_node *n = whole_node(&w, node);
	on_running(user, node);
	if (node != FIRST)
		return;
	n->policies.own.ways = GN_JET_ALLOW_RELAY;
	/* as the setting does at the start */
	gn_overlay_addrs(n->overlay, NULL, 0, n->now);
	gn_overlay_reach(n->overlay, GN_OVERLAY_REACH_UNKNOWN, GN_OVERLAY_CAN_HIDE, n->now);
	gn_node_policy_anew(n);
}

/* The node's own rule: of all others only those that it begins at see a packet of it, though it has
 * an address that all could reach; it is in the network all the same. */
static void begin_hidden(void)
{
	kinds[FIRST] = kinds[SECOND] = NULL;
	whole_init(&w,
		   &(struct whole_options){.seed = 12,
					   .nodes = NODES,
					   .pow_bits = 1,
					   .nat = behind,
					   .hooks = {.running = running_hidden, .sent = on_sent}});
	count(true);
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 60 * GN_SEC);
}

static void a_hidden_node_is_seen_by_those_it_begins_at(void **state)
{
	(void)state;
	begin_hidden();
	talk(SECOND, FIRST, TALK);
	assert_int_equal(info_of(SECOND, FIRST).kind, GN_WAY_RELAY);
	for (unsigned i = 2; i < NODES; i++)
		assert_int_equal(strays[FIRST][i] + strays[i][FIRST], 0); /* nor dials it back */
	assert_true(strays[FIRST][0] > 0 && strays[FIRST][1] > 0);
	struct gn_overlay_info o;
	gn_overlay_info(whole_node(&w, FIRST)->overlay, &o);
	assert_int_equal(o.self.addr_count, 0);
	assert_true(o.links > 0);
	whole_free(&w);
}

/* Whom it wants to reach names a relay of its own, or a url: neither sees a packet of it. */
static void a_hidden_node_is_not_lured(void **state)
{
	(void)state;
	begin_hidden();
	struct gn_node *node = whole_node(&w, FIRST);
	const struct gn_contact lure = {
		.pk = someone(9), .addr_count = 1, .addrs = {w.nodes[3]->told}};
	const struct gn_node_found found = {
		.pk = *key_of(SECOND), .home_count = 1, .homes = {lure}};
	uint64_t asked = counter_of(FIRST, "asked");
	whole_moved(&w, FIRST);
	for (gn_jet_id id; (id = session_of(FIRST, SECOND)) != 0; whole_moved(&w, FIRST))
		assert_int_equal(gn_jet_close(node->jet, id, 0, "", w.now), GN_OK);
	assert_int_equal(gn_node_peers_reach(node, key_of(SECOND)), GN_OK);
	gn_node_peers_found(node, &found);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 30 * GN_SEC);
	assert_int_equal(strays[FIRST][3], 0);
	assert_true(counter_of(FIRST, "asked") > asked); /* through its own relay */
	gn_node_urls_learn(node, key_of(3), "wss://lure.example/geonet/1");
	assert_null(gn_node_urls_of(node, key_of(3)));
	assert_int_equal(gn_node_urls_tick(node), GN_NEVER);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relay_only_goes_to_the_relay_alone),
		cmocka_unit_test(a_rule_holds_at_once),
		cmocka_unit_test(who_calls_otherwise_is_closed),
		cmocka_unit_test(direct_only_asks_no_relay),
		cmocka_unit_test(lan_only_goes_nowhere_else),
		cmocka_unit_test(who_listens_has_a_rule),
		cmocka_unit_test(what_must_not_cost_does_not_begin),
		cmocka_unit_test(a_hidden_node_is_seen_by_those_it_begins_at),
		cmocka_unit_test(a_hidden_node_is_not_lured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
