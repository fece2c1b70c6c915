/* A tunnel that goes by relays, and no UDP passes its end's router any more: who relays is reached
 * by TLS at once, and what goes by it carries again (RE-6). A relay that answers is not dialled. */
#include "node/testing/two_home.h"
#include "node/testing/wired.h"

#define EVERY (50 * GN_MSEC)
#define RECORD 16u

static struct wired wires;
static uint64_t tunnels[2], put, got;
static gn_time heard_at, stall;

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

/* The second end talks, the first one listens. */
static void talk(gn_time time)
{
	static const uint8_t record[RECORD];
	uint8_t bytes[4096];
	size_t taken, len;
	bool end;
	gn_time until = w.now + time;
	stall = 0;
	heard_at = w.now;
	while (w.now < until) {
		assert_int_equal(
			gn_node_tunnel_write(end_of(1), tunnels[1], GN_SLICE(record), &taken),
			GN_OK);
		put += taken;
		whole_moved(&w, SECOND);
		wired_run(&wires, EVERY);
		while (gn_node_tunnel_read(end_of(0), tunnels[0], bytes, sizeof bytes, &len,
					   &end) == GN_OK) {
			got += len;
			stall = w.now - heard_at > stall ? w.now - heard_at : stall;
			heard_at = w.now;
		}
		whole_moved(&w, FIRST);
	}
	stall = w.now - heard_at > stall ? w.now - heard_at : stall;
}

static void begin(void)
{
	uint64_t id;
	unsigned relays[] = {0, 1};
	make("sym", "sym");
	wired_init(&wires, &w);
	w.opt.hooks.tunnel = on_tunnel;
	put = got = tunnels[0] = tunnels[1] = 0;
	tell_homes(FIRST, key_of(SECOND), 2, relays);
	assert_int_equal(gn_node_tunnel_listen(end_of(1), GN_LIT("x"), key_of(FIRST), NULL, &id),
			 GN_OK);
	const struct gn_tunnel_dial d = {.pk = *key_of(SECOND),
					 .service = GN_LIT("x"),
					 .class = GN_JET_FILES,
					 .patience = 15 * GN_SEC};
	assert_int_equal(gn_node_tunnel_dial(end_of(0), &d, &id), GN_OK);
	whole_moved(&w, FIRST);
	wired_run(&wires, 5 * GN_SEC);
	assert_true(tunnels[0] && tunnels[1]);
	talk(15 * GN_SEC); /* another relay stands by */
	assert_true(stall < 300 * GN_MSEC);
	wired_dials(&wires, FIRST);
	for (unsigned i = 0; i < SERVERS; i++) {
		char url[] = "wss://n0/geonet/1";
		url[7] = (char)('0' + i);
		peers_learn_url(peers_of(end_of(0), key_of(i)), url);
	}
}

/* Where the relays take connections is looked up while there is a way to ask. */
static void relays_are_looked_up(void **state)
{
	(void)state;
	begin();
	struct gn_node *node = end_of(0);
	gn_jet_id id = session_of(FIRST, SECOND);
	assert_int_equal(node->homes.finds.count, 0);
	gn_node_peers_prepare(node, id); /* all is known */
	assert_int_equal(node->homes.finds.count, 0);
	assert_true(peer_at(FIRST, SECOND)->home_count > 0);
	peers_of(node, &peer_at(FIRST, SECOND)->homes[0].pk)->url_count = 0;
	gn_node_peers_prepare(node, id);
	assert_int_equal(node->homes.finds.count, 1);
	whole_moved(&w, FIRST);
	wired_run(&wires, 5 * GN_SEC);
	assert_int_equal(node->homes.finds.count, 0);
	tell_homes(FIRST, key_of(SECOND), 2, (unsigned[]){0, 1}); /* as a record tells it */
	assert_in_range(node->homes.finds.count, 1, 2);
	whole_free(&w);
}

static void no_udp_passes(void **state)
{
	(void)state;
	begin();
	w.nodes[FIRST]->box->nat.udp = JET_SIM_UDP_NONE;
	talk(10 * GN_SEC);
	assert_true(stall <= GN_SEC);
	assert_int_equal(info_of(FIRST, 0).kind, GN_WAY_WSS);
	talk(2 * GN_SEC);
	assert_true(stall < 300 * GN_MSEC);
	wired_run(&wires, GN_SEC);
	talk(EVERY);
	assert_in_range(got, put - 2 * RECORD, put);
	whole_free(&w);
}

/* It is the other end that is gone: who relays answers, and is not dialled. */
static void the_other_end_is_gone(void **state)
{
	(void)state;
	begin();
	w.nodes[SECOND]->box->nat.udp = JET_SIM_UDP_NONE;
	talk(10 * GN_SEC);
	assert_true(stall > 5 * GN_SEC);
	assert_int_equal(wires.count, 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(peers_of(end_of(0), key_of(i))->hurried, 0);
		assert_int_equal(info_of(FIRST, i).kind, GN_WAY_UDP);
	}
	whole_free(&w);
}

/* The newest session goes by UDP, which does not pass any more, an older one by a connection: what
 * is said goes by that one. */
static void an_older_session_is_heard(void **state)
{
	(void)state;
	make("port", "sym");
	wired_init(&wires, &w);
	struct gn_node *node = end_of(0);
	struct wired_end *ends = wired_connect(&wires, FIRST, 0);
	const struct gn_way by = {ends[0].carrier.peer, gn_node_ways_link(&ends[0].carrier)},
			    to = {.addr = w.nodes[0]->told};
	gn_jet_id older, newer;
	assert_int_equal(gn_jet_connect(node->jet, &by, key_of(0), w.now, &older), GN_OK);
	whole_moved(&w, FIRST);
	wired_run(&wires, GN_SEC);
	gn_node_peers_hold(node, older, true);
	assert_int_equal(gn_jet_connect(node->jet, &to, key_of(0), w.now, &newer), GN_OK);
	whole_moved(&w, FIRST);
	wired_run(&wires, GN_SEC);
	assert_int_equal(session_of(FIRST, 0), newer);
	w.nodes[FIRST]->box->nat.udp = JET_SIM_UDP_NONE;
	uint64_t came = whole_node(&w, 0)->peers.count.dropped_kind;
	say(FIRST, 0);
	for (unsigned i = 0; i < 30; i++) {
		(void)!gn_jet_ping(node->jet, older, w.now);
		whole_moved(&w, FIRST);
		wired_run(&wires, 100 * GN_MSEC);
	}
	assert_int_equal(session_of(FIRST, 0), older);
	say(FIRST, 0);
	wired_run(&wires, GN_SEC);
	assert_int_equal(whole_node(&w, 0)->peers.count.dropped_kind, came + 1);
	gn_node_peers_hold(node, older, false);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relays_are_looked_up),
		cmocka_unit_test(no_udp_passes),
		cmocka_unit_test(the_other_end_is_gone),
		cmocka_unit_test(an_older_session_is_heard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
