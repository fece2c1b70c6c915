/* Urls of others: a node without UDP dials the peer that it wants, has two homes, and names where
 * they are; one that loses UDP goes on by a url that it has learned, and comes back to UDP as soon
 * as that passes. Rules RE-17, RE-45. */
#include "node/peers_int.h"
#include "node/testing/wired.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 4
#define SHUT 4  /* the node behind a router that lets no UDP pass */
#define MOVES 5 /* behind one that lets it pass at first */
#define NODES 6

static struct whole w;
static struct wired wires;

static bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	(void)carrier;
	return node >= SERVERS && jet_sim_nat_named(gn_str(node == SHUT ? "blocked" : "port"), nat);
}

static void on_running(void *user, unsigned i)
{
	struct gn_node *node = whole_node(&w, i);
	(void)user;
	wired_dials(&wires, i);
	if (i == SHUT) {
		strcpy(node->config.bootstrap[0], "wss://n0/geonet/1");
		node->config.bootstrap_count = 1;
		gn_node_carriers_begin(node);
		return;
	}
	if (i < SERVERS) {
		node->config.wss = 443;
		snprintf(node->config.wss_url, sizeof node->config.wss_url, "wss://n%u/geonet/1",
			 i);
	}
	whole_bootstrap_first(&w, i, 2);
}

static void make(unsigned count)
{
	whole_init(&w, &(struct whole_options){.seed = 21,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	wired_init(&wires, &w);
	for (unsigned i = 0; i < count; i++) {
		whole_start(&w, whole_add(&w));
		wired_run(&wires, 5 * GN_SEC);
	}
	wired_run(&wires, 60 * GN_SEC);
}

static const struct gn_pk *key_of(unsigned i)
{
	return &whole_node(&w, i)->key.pk;
}

/* "": there is no session. */
static const char *kind_of(unsigned at, unsigned of)
{
	struct gn_jet_info info;
	const struct gn_node *node = whole_node(&w, at);
	if (gn_jet_info(node->jet, gn_node_peers_session(node, key_of(of)), &info))
		return "";
	return gn_way_kind_text(info.kind);
}

static unsigned ready_homes(unsigned i)
{
	unsigned n = 0;
	for (unsigned k = 0; k < GN_NODE_PLACES; k++)
		n += whole_node(&w, i)->homes.places[k].ready;
	return n;
}

static void without_udp_a_peer_is_dialled_by_its_url(void **state)
{
	(void)state;
	make(SHUT + 1);
	assert_string_equal(kind_of(SHUT, 0), "wss");
	assert_int_equal(whole_node(&w, SHUT)->homes.reached, GN_OVERLAY_REACH_NO_UDP);
	unsigned other = 0; /* than those that it began at */
	while (other < SERVERS && strcmp(kind_of(SHUT, other), "wss") == 0)
		other++;
	assert_in_range(other, 1, SERVERS - 1);
	assert_int_equal(whole_node(&w, SHUT)->ways.carriers.count, GN_NODE_CARRIERS_OPEN);
	for (unsigned times = 0; times < 2; times++) { /* at the first its record is looked up */
		struct gn_node *node = whole_node(&w, SHUT);
		gn_jet_id id = gn_node_peers_session(node, key_of(other));
		(void)!gn_jet_close(node->jet, id, 0, "another way is wanted", w.now);
		whole_moved(&w, SHUT);
		assert_int_equal(gn_node_peers_reach(node, key_of(other)), GN_OK);
		wired_run(&wires, 20 * GN_SEC);
	}
	assert_string_equal(kind_of(SHUT, other), "wss");
	whole_free(&w);
}

/* Another that knows its key alone is told a home, and where that takes connections. */
static void homes_are_two_and_say_their_urls(void **state)
{
	(void)state;
	make(SHUT + 1);
	wired_run(&wires, 400 * GN_SEC);
	assert_int_equal(ready_homes(SHUT), 2);
	whole_moved(&w, 2);
	assert_int_equal(gn_node_homes_find(whole_node(&w, 2), key_of(SHUT)), GN_OK);
	whole_moved(&w, 2);
	wired_run(&wires, 10 * GN_SEC);
	const struct peer *shut = peers_of(whole_node(&w, 2), key_of(SHUT));
	assert_non_null(shut);
	assert_int_equal(shut->home_count, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_true(*gn_node_peers_url(whole_node(&w, 2), &shut->homes[i].pk));
	assert_int_equal(shut->url_count, 0); /* it takes none itself */
	whole_free(&w);
}

/* When its record was put it did not know that. */
static void a_url_of_a_home_that_is_found_is_told(void **state)
{
	(void)state;
	make(SHUT + 1);
	wired_run(&wires, 400 * GN_SEC);
	struct gn_node *node = whole_node(&w, SHUT);
	const struct gn_pk *home = gn_node_homes_place(node);
	assert_non_null(home);
	for (int known = 1; known >= 0; known--) {
		peers_of(node, home)->url_count *= (unsigned)known;
		node->homes.changed = 0;
		whole_moved(&w, SHUT);
		assert_int_equal(gn_node_homes_find(node, home), GN_OK);
		whole_moved(&w, SHUT);
		wired_run(&wires, GN_NODE_RECORD_SETTLE / 2);
		assert_true(*gn_node_peers_url(node, home));
		assert_int_equal(node->homes.changed != 0, !known);
	}
	whole_free(&w);
}

/* Without offers, by which jet would try by itself. */
static void udp_that_goes_is_missed_and_that_comes_is_used(void **state)
{
	(void)state;
	make(NODES);
	struct gn_node *node = whole_node(&w, MOVES);
	node->offers.sessions.limit = 0; /* nobody is told */
	wired_run(&wires, 300 * GN_SEC);
	assert_int_equal(node->carriers.given, 0);
	assert_in_range(node->carriers.begin_count, 2, GN_NODE_URLS);
	assert_true(gn_node_peers_heard(node));
	assert_int_equal(node->ways.carriers.count, 0); /* known, and not dialled */
	w.nodes[MOVES]->box->nat.udp = JET_SIM_UDP_NONE;
	wired_run(&wires, 120 * GN_SEC);
	assert_int_equal(node->homes.reached, GN_OVERLAY_REACH_NO_UDP);
	assert_true(node->ways.carriers.count > 0);
	unsigned at = 0;
	while (at < SERVERS && strcmp(kind_of(MOVES, at), "wss") != 0)
		at++;
	assert_in_range(at, 0, SERVERS - 1);
	gn_jet_id before = gn_node_peers_session(node, key_of(at));
	w.nodes[MOVES]->box->nat.udp = JET_SIM_UDP;
	wired_run(&wires, GN_NODE_UDP_AGAIN + 5 * GN_SEC);
	assert_string_equal(kind_of(MOVES, at), "udp");
	assert_int_equal(gn_node_peers_session(node, key_of(at)), before);
	wired_run(&wires, 60 * GN_SEC);
	assert_int_not_equal(node->homes.reached, GN_OVERLAY_REACH_NO_UDP);
	whole_free(&w);
}

/* A session by which nothing comes any more is not what keeps a node from its connections. */
static void a_silent_session_is_not_heard(void **state)
{
	(void)state;
	make(2);
	struct gn_node *node = whole_node(&w, 0);
	const struct gn_map *all = &node->peers.by_session;
	assert_true(all->count > 0 && gn_node_peers_heard(node));
	for (uint32_t i = 0; i < all->count; i++)
		((struct session *)gn_map_value_at(all, i))->silent = w.now;
	assert_false(gn_node_peers_heard(node));
	whole_free(&w);
}

static void a_url_that_leads_nowhere_is_forgotten(void **state)
{
	(void)state;
	make(NODES);
	struct gn_node *node = whole_node(&w, MOVES);
	wired_run(&wires, 300 * GN_SEC);
	assert_true(node->carriers.begin_count >= 2);
	w.nodes[MOVES]->box->nat.udp = JET_SIM_UDP_NONE;
	wires.down = true;
	wired_run(&wires, 240 * GN_SEC);
	assert_int_equal(GN_NODE_URL_FAILURES, 3);
	assert_int_equal(node->carriers.begin_count, 0);
	assert_int_equal(node->ways.carriers.count, 0);
	whole_free(&w);
}

static void a_connection_by_which_nothing_goes_is_closed(void **state)
{
	(void)state;
	make(SERVERS);
	const struct wired_end *e = wired_connect(&wires, 1, 2);
	assert_int_equal(whole_node(&w, 1)->ways.carriers.count, 1);
	wired_run(&wires, GN_NODE_CARRIER_UNUSED - 6 * GN_SEC);
	assert_false(e->closed);
	wired_run(&wires, 12 * GN_SEC);
	assert_true(e->closed);
	assert_int_equal(whole_node(&w, 1)->ways.carriers.count, 0);
	assert_int_equal(whole_node(&w, 2)->ways.carriers.count, 0);
	whole_free(&w);
}

static void what_is_learned_has_room_and_a_form(void **state)
{
	(void)state;
	make(1);
	struct gn_node *node = whole_node(&w, 0);
	struct gn_pk pk = {{1}};
	gn_node_urls_learn(node, &pk, "https://x");
	gn_node_urls_learn(node, &pk, "wss://");
	assert_int_equal(node->carriers.begin_count, 0);
	for (unsigned i = 0; i <= GN_NODE_URLS; i++) {
		char url[32];
		snprintf(url, sizeof url, "wss://h%u/geonet/1", i);
		pk.b[0] = (uint8_t)(i + 1);
		gn_node_urls_learn(node, &pk, url);
		gn_node_urls_learn(node, &pk, url);
	}
	assert_int_equal(node->carriers.begin_count, GN_NODE_URLS);
	pk.b[0] = 1; /* who says another has another */
	gn_node_urls_learn(node, &pk, "wss://other/geonet/1");
	assert_string_equal(node->carriers.begins[0].url.text, "wss://other/geonet/1");
	uint32_t link;
	for (unsigned i = 0; i <= GN_NODE_URL_CALLS; i++)
		assert_int_equal(gn_node_connect(node, &pk, "wss://n1/geonet/1", &link),
				 i < GN_NODE_URL_CALLS ? GN_OK : GN_LIMIT);
	gn_node_connect_cancel(node, link);
	assert_int_equal(gn_node_connect(node, &pk, "wss://n1/geonet/1", &link), GN_OK);
	whole_free(&w);
}

/* Nobody is there to be asked: later and later. */
static void records_are_looked_up_now_and_then(void **state)
{
	(void)state;
	make(1);
	struct gn_node *node = whole_node(&w, 0);
	gn_time every = GN_NODE_URLS_EVERY;
	node->carriers = (struct gn_node_carriers){.ask_at = 0};
	node->now = w.now;
	assert_int_equal(gn_node_urls_tick(node), w.now + GN_NODE_URLS_FIRST);
	for (gn_time at = w.now + GN_NODE_URLS_FIRST; every < GN_NODE_URLS_LAST;) {
		node->now = at - 1;
		assert_int_equal(gn_node_urls_tick(node), at);
		node->now = at;
		at = gn_node_urls_tick(node);
		assert_int_equal(at, node->now + every);
		every = gn_time_min(2 * every, GN_NODE_URLS_LAST);
	}
	assert_true(GN_NODE_UDP_TRIES >= GN_NODE_BEGINS + GN_NODE_URLS + GN_NODE_URL_CALLS);
	whole_free(&w);
}

/* It may change in nothing from its start on. */
static void a_url_is_told_soon_after_the_start(void **state)
{
	(void)state;
	make(0);
	whole_start(&w, whole_add(&w));
	wired_run(&wires, GN_NODE_RECORD_FIRST + 2 * GN_SEC);
	gn_time published = whole_node(&w, 0)->homes.published,
		started = whole_node(&w, 0)->started;
	assert_in_range(published, started + GN_NODE_RECORD_FIRST,
			started + GN_NODE_RECORD_FIRST + GN_SEC);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_udp_a_peer_is_dialled_by_its_url),
		cmocka_unit_test(homes_are_two_and_say_their_urls),
		cmocka_unit_test(a_url_of_a_home_that_is_found_is_told),
		cmocka_unit_test(udp_that_goes_is_missed_and_that_comes_is_used),
		cmocka_unit_test(a_silent_session_is_not_heard),
		cmocka_unit_test(a_url_that_leads_nowhere_is_forgotten),
		cmocka_unit_test(a_connection_by_which_nothing_goes_is_closed),
		cmocka_unit_test(what_is_learned_has_room_and_a_form),
		cmocka_unit_test(records_are_looked_up_now_and_then),
		cmocka_unit_test(a_url_is_told_soon_after_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
