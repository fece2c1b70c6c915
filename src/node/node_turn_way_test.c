/* A node with an address at a TURN server: without UDP it is in the network by that; behind a
 * router that nobody gets through it meets another one by it; when UDP passes it goes there. What
 * breaks is tried again, later and later. Rule RE-47. */
#include "nat/turn_server.h"
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "node/turn_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 2
#define TURNED 2 /* behind a router, with a server's address */
#define OTHER 3  /* behind one that gives each peer another port */
#define NODES 4
#define QUEUE 512u

static struct whole w;
static const char *turned_kind;
static gn_err (*real_send)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			   uint16_t segment, size_t *sent);

/* The server, and what is on its way to it and back. */
struct said {
	size_t len;
	uint8_t b[2048];
};
static struct {
	struct gn_alloc alloc;
	struct gn_turn_server *engine;
	struct gn_addr at, client, relayed;
	uint32_t relay; /* 0: none is open */
	struct said in[QUEUE], out[QUEUE];
	unsigned in_count, out_count;
	struct gn_node_turn_line line;
	bool up, silent;
	unsigned dialled, closed;
} server;

static void push(struct said *queue, unsigned *count, struct gn_slice bytes)
{
	assert_true(*count < QUEUE && bytes.len <= sizeof queue->b);
	memcpy(queue[*count].b, bytes.p, bytes.len);
	queue[(*count)++].len = bytes.len;
}

static bool line_send(struct gn_node_turn_line *line, struct gn_slice message)
{
	(void)line;
	if (!server.silent)
		push(server.in, &server.in_count, message);
	return true;
}

static void line_close(struct gn_node_turn_line *line)
{
	(void)line;
	server.closed++;
}

static gn_err dial_line(struct gn_node *node, const struct gn_addr *at,
			struct gn_node_turn_line **out)
{
	(void)node, (void)at;
	server.dialled++;
	if (!server.up)
		return GN_UNREACHABLE;
	server.line = (struct gn_node_turn_line){line_send, line_close};
	*out = &server.line;
	return GN_OK;
}

/* ---- the world ---- */

static bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user, (void)carrier;
	return node >= SERVERS &&
	       jet_sim_nat_named(gn_str(node == TURNED ? turned_kind : "sym"), nat);
}

/* What goes by the server takes no time, and is no cheaper for that. */
static gn_time short_way(void *user, unsigned a, unsigned b)
{
	(void)user, (void)a, (void)b;
	return GN_MSEC;
}

/* The router's part of what goes to the server's address. */
static gn_err send_there(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			 uint16_t segment, size_t *sent)
{
	const struct whole_node *n = GN_CONTAINER(node, struct whole_node, node);
	size_t each = segment ? segment : packets.len;
	if (!server.relay || !gn_addr_eq(to, &server.relayed))
		return real_send(node, to, packets, segment, sent);
	for (size_t at = 0; at < packets.len; at += each) {
		struct jet_sim_flight flight = {n->addr, *to, n->box};
		struct gn_turn_room room;
		struct gn_turn_out out;
		size_t len = packets.len - at < each ? packets.len - at : each;
		if (jet_sim_up(&flight, w.now) &&
		    gn_turn_server_relayed(server.engine, server.relay, &flight.from,
					   gn_slice(packets.p + at, len), w.now, &room,
					   &out) == GN_OK &&
		    out.to == GN_TURN_CLIENT)
			push(server.out, &server.out_count, out.bytes);
	}
	*sent = packets.len;
	return GN_OK;
}

static void on_running(void *user, unsigned i)
{
	struct gn_node *node = whole_node(&w, i);
	(void)user;
	real_send = node->outside.send;
	node->outside.send = send_there;
	whole_bootstrap_first(&w, i, SERVERS);
	if (i != TURNED)
		return;
	node->turn_way.dial = dial_line;
	gn_node_turn_way_begin(node, GN_LIT("ann"), GN_LIT("secret"));
}

static void to_peer(const struct gn_addr *peer, struct gn_slice bytes)
{
	struct jet_sim_flight flight = {server.relayed, *peer, NULL};
	if (!jet_sim_down(&w.boxes, &flight, w.now))
		return;
	for (unsigned i = 0; i < w.count; i++) {
		const struct gn_way from = {.addr = flight.from};
		if (w.nodes[i]->box != flight.realm || !gn_addr_eq(&w.nodes[i]->addr, &flight.to))
			continue;
		whole_node(&w, i)->now = w.now;
		gn_node_recv(whole_node(&w, i), &from, bytes);
		whole_moved(&w, i);
	}
}

static void take_out(const struct gn_turn_out *out)
{
	if (out->to == GN_TURN_CLIENT)
		push(server.out, &server.out_count, out->bytes);
	else if (out->to == GN_TURN_PEER)
		to_peer(&out->peer, out->bytes);
}

static void take_events(void)
{
	struct gn_turn_server_event e;
	struct gn_turn_room room;
	struct gn_turn_out out;
	while (gn_turn_server_event(server.engine, &e)) {
		server.relay = e.tell == GN_TURN_OPEN ? e.relay : 0;
		server.relayed.port++;
		if (e.tell == GN_TURN_OPEN &&
		    gn_turn_server_opened(server.engine, e.relay, &server.relayed, w.now, &room,
					  &out) == GN_OK)
			take_out(&out);
	}
}

static void serve(void)
{
	const struct gn_turn_from from = {.addr = server.client};
	while (server.in_count || server.out_count) {
		struct said said;
		struct gn_turn_room room;
		struct gn_turn_out out = {.to = GN_TURN_NOBODY};
		if (server.in_count) {
			said = server.in[0];
			memmove(server.in, server.in + 1, --server.in_count * sizeof said);
			(void)!gn_turn_server_recv(server.engine, &from, gn_slice(said.b, said.len),
						   w.now, &room, &out);
			take_out(&out); /* an answer, or why it is refused */
			take_events();
		} else {
			said = server.out[0];
			memmove(server.out, server.out + 1, --server.out_count * sizeof said);
			whole_node(&w, TURNED)->now = w.now;
			gn_node_turn_way_got(whole_node(&w, TURNED), gn_slice(said.b, said.len));
			whole_moved(&w, TURNED);
		}
	}
}

static void tick(void)
{
	struct gn_node *node = whole_node(&w, TURNED);
	node->now = w.now;
	if (node->turn_way.state == GN_NODE_TURN_OPENING)
		gn_node_turn_way_open(node, &server.at);
	(void)gn_node_carriers_tick(node);
	(void)gn_node_turn_way_tick(node);
	whole_moved(&w, TURNED);
}

static void run(gn_time span)
{
	gn_time until = w.now + span, look = 0;
	for (bool more = true; more;) {
		more = whole_step(&w, until);
		gn_turn_server_tick(server.engine, w.now);
		if (w.count > TURNED && w.now >= look && whole_node(&w, TURNED)->running) {
			look = w.now + GN_SEC / 4;
			tick();
		}
		serve();
	}
}

static void make(const char *kind, unsigned count)
{
	const struct gn_turn_server_config config = {.v4 = true};
	turned_kind = kind;
	whole_init(&w, &(struct whole_options){.seed = 31,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .way = short_way,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	memset(&server, 0, sizeof server);
	server.up = true;
	server.at = gn_addr_v4(60, 1, 1, 1, 3478);
	server.client = gn_addr_v4(61, 1, 1, 1, 5000);
	server.relayed = gn_addr_v4(60, 1, 1, 1, 50000);
	gn_alloc_heap(&server.alloc, 8u << 20);
	const struct gn_env env = {.alloc = &server.alloc, .rand = &w.rand};
	assert_int_equal(gn_turn_server_new(&env, &config, &server.engine), GN_OK);
	assert_int_equal(gn_turn_server_user(server.engine, GN_LIT("ann"), GN_LIT("secret")),
			 GN_OK);
	for (unsigned i = 0; i < count; i++) {
		whole_start(&w, whole_add(&w));
		run(5 * GN_SEC);
	}
}

static void end(void)
{
	gn_node_turn_way_free(whole_node(&w, TURNED));
	gn_turn_server_free(server.engine);
	whole_free(&w);
}

static const struct gn_pk *key_of(unsigned i)
{
	return &whole_node(&w, i)->key.pk;
}

static const char *kind_of(unsigned at, unsigned of)
{
	struct gn_jet_info info;
	const struct gn_node *node = whole_node(&w, at);
	if (gn_jet_info(node->jet, gn_node_peers_session(node, key_of(of)), &info))
		return "";
	return gn_way_kind_text(info.kind);
}

static struct gn_node_turn_way *way(void)
{
	return &whole_node(&w, TURNED)->turn_way;
}

/* ---- what is tried ---- */

static void without_udp_it_is_in_the_network(void **state)
{
	(void)state;
	make("blocked", TURNED + 1);
	run(60 * GN_SEC);
	struct gn_node *node = whole_node(&w, TURNED);
	assert_string_equal(gn_node_turn_way_text(node), "live");
	for (unsigned i = 0; i < SERVERS; i++) {
		assert_string_equal(kind_of(TURNED, i), "turn");
		assert_string_equal(kind_of(i, TURNED), "udp");
		assert_true(gn_node_peers_own(node, key_of(i)));
	}
	assert_true(way()->instead);
	assert_int_equal(node->homes.reached, GN_OVERLAY_REACH_NO_UDP);
	assert_true(way()->count.sent > 20 && way()->count.got > 20);
	assert_int_equal(way()->count.allocated, 1);
	assert_int_equal(way()->count.lost, 0);
	/* and when UDP passes it is used, by the same session */
	gn_jet_id before = gn_node_peers_session(node, key_of(0));
	w.nodes[TURNED]->box->nat.udp = JET_SIM_UDP;
	run(GN_NODE_UDP_AGAIN + 5 * GN_SEC);
	assert_string_equal(kind_of(TURNED, 0), "udp");
	assert_int_equal(gn_node_peers_session(node, key_of(0)), before);
	assert_false(way()->instead);
	assert_int_equal(gn_node_turn_way_dials(node), 0);
	assert_int_not_equal(gn_node_turn_way_is(node, way()->link), 0);
	end();
}

/* Behind two routers that no packet of a stranger's gets through they meet by the relay of a node,
 * and then by the server's address, which is told to the other. */
static void two_that_cannot_meet_do_by_it(void **state)
{
	(void)state;
	make("sym", NODES);
	run(60 * GN_SEC);
	const struct gn_jet_offer *own = &whole_node(&w, TURNED)->offers.gather.offer;
	bool told = false;
	for (uint32_t i = 0; i < own->count; i++)
		told |= own->list[i].turn && gn_addr_eq(&own->list[i].addr, &server.relayed);
	assert_true(told);
	whole_moved(&w, TURNED);
	(void)!gn_node_peers_reach(whole_node(&w, TURNED), key_of(OTHER));
	run(60 * GN_SEC);
	assert_string_equal(kind_of(TURNED, OTHER), "turn");
	assert_string_equal(kind_of(OTHER, TURNED), "udp"); /* to the server's address */
	assert_string_equal(kind_of(TURNED, 0), "udp");
	assert_false(way()->instead);
	end();
}

static void what_breaks_is_tried_again_later(void **state)
{
	(void)state;
	make("blocked", TURNED + 1);
	run(20 * GN_SEC);
	struct gn_node *node = whole_node(&w, TURNED);
	uint32_t link = way()->link;
	assert_int_not_equal(link, 0);
	server.up = false;
	unsigned dialled = server.dialled;
	node->now = w.now;
	gn_node_turn_way_lost(node, GN_CLOSED);
	assert_int_equal(server.closed, 1);
	assert_int_equal(way()->link, 0);
	assert_int_equal(node->offers.gather.turn.port, 0);
	assert_int_equal(way()->at, w.now + GN_NODE_TURN_AGAIN_FIRST);
	for (gn_time wait = 2 * GN_NODE_TURN_AGAIN_FIRST; wait < GN_NODE_TURN_AGAIN_LAST;
	     wait *= 2) {
		node->now = way()->at;
		(void)gn_node_turn_way_tick(node);
		assert_int_equal(server.dialled, ++dialled);
		assert_int_equal(way()->at, node->now + wait);
	}
	for (unsigned i = 0; i < 3; i++) {
		node->now = way()->at;
		(void)gn_node_turn_way_tick(node);
		assert_int_equal(way()->at, node->now + GN_NODE_TURN_AGAIN_LAST);
	}
	server.up = true; /* a line, and nobody at its end */
	node->now = way()->at;
	(void)gn_node_turn_way_tick(node);
	assert_int_equal(way()->at, node->now + GN_NODE_TURN_OPEN);
	node->now += GN_NODE_TURN_OPEN;
	(void)gn_node_turn_way_tick(node);
	assert_string_equal(gn_node_turn_way_text(node), "wait");
	assert_int_equal(way()->why, GN_TIMEOUT);
	end();
}

/* What says nothing is passed over, and counted. */
static void what_is_none_of_the_servers_is_passed_over(void **state)
{
	(void)state;
	make("blocked", TURNED + 1);
	run(20 * GN_SEC);
	uint64_t got = way()->count.got;
	gn_node_turn_way_got(whole_node(&w, TURNED), GN_LIT("nothing that anybody knows of"));
	gn_node_turn_way_got(whole_node(&w, TURNED), GN_LIT("\x40\x7f\0\1x\0\0\0"));
	assert_int_equal(way()->count.got, got);
	struct gn_counter c;
	bool counted = false;
	for (size_t i = 0; gn_node_turn_way_counter_at(whole_node(&w, TURNED), i, &c); i++)
		counted |= strcmp(c.name, "passed-over") == 0 && c.value == 2;
	assert_true(counted);
	end();
}

static struct gn_addr many(unsigned i)
{
	return gn_addr_v4(70, 1, 1, (uint8_t)(i + 1), 1000);
}

static void channels_are_shared_out(void **state)
{
	(void)state;
	make("blocked", TURNED + 1);
	run(20 * GN_SEC);
	struct gn_node *node = whole_node(&w, TURNED);
	unsigned taken = 0;
	size_t sent;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		taken += way()->peers[i].addr.port != 0;
	assert_true(taken >= SERVERS);
	server.silent = true;
	assert_int_equal(GN_NODE_TURN_PEERS, GN_TURN_PEERS_MAX);
	assert_true(GN_NODE_TURN_LINE_QUEUE >= GN_TURN_FRAME_MAX &&
		    GN_NODE_TURN_LOGIN > 2 * GN_TURN_TEXT_MAX);
	for (unsigned i = 0; i <= GN_NODE_TURN_PEERS - taken; i++) {
		struct gn_addr to = many(i);
		assert_int_equal(way()->count.full, 0);
		assert_int_equal(gn_node_turn_way_send(node, &to, GN_LIT("x"), 1, &sent), GN_OK);
		assert_int_equal(sent, 1);
	}
	assert_int_equal(way()->count.full, 1);
	/* by which nothing goes they are let go, by which something goes they stay */
	struct gn_addr kept = many(1);
	node->now = w.now + GN_NODE_TURN_PEER_IDLE - 1;
	gn_node_turn_way_sweep(node);
	gn_node_turn_way_heard(node, &kept);
	node->now++;
	gn_node_turn_way_sweep(node);
	unsigned left = 0;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		left += way()->peers[i].addr.port != 0;
	assert_int_equal(left, 1);
	end();
}

static unsigned told_places(void)
{
	unsigned told = 0;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		told += way()->peers[i].addr.port && way()->peers[i].told;
	return told;
}

/* Whatever a peer offers, it has two channels. */
static void a_peers_offers_take_two(void **state)
{
	(void)state;
	make("sym", NODES);
	struct gn_node *node = whole_node(&w, TURNED);
	run(30 * GN_SEC);
	(void)!gn_node_peers_reach(node, key_of(OTHER));
	run(20 * GN_SEC);
	gn_jet_id id = gn_node_peers_session(node, key_of(OTHER));
	struct gn_jet_offer o = {.count = GN_JET_CANDIDATES};
	unsigned before = told_places();
	assert_int_not_equal(id, 0);
	assert_true(before <= GN_NODE_TURN_TOLD_EACH);
	for (unsigned k = 0; k < 4; k++) {
		for (unsigned i = 0; i < o.count; i++)
			o.list[i].addr = many(k * o.count + i);
		whole_moved(&w, OTHER);
		(void)!gn_jet_offer(whole_node(&w, OTHER)->jet,
				    gn_node_peers_session(whole_node(&w, OTHER), key_of(TURNED)),
				    &o, w.now);
		whole_moved(&w, OTHER);
		run(GN_SEC);
	}
	assert_int_equal(told_places(), GN_NODE_TURN_TOLD_EACH);
	assert_true(way()->count.share > 0);
	end();
}

static struct gn_pk owner_at(unsigned n)
{
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){9, (uint8_t)n}, &sk);
	return sk.pk;
}

/* Peers' offers take half of the channels at most, a peer two and a prefix four; what nothing comes
 * from is let go, but not before the server's channel has ended. */
static void offers_take_half(void **state)
{
	(void)state;
	make("blocked", TURNED + 1);
	run(20 * GN_SEC);
	struct gn_node *node = whole_node(&w, TURNED);
	unsigned prefixes = GN_NODE_TURN_TOLD / GN_NODE_TURN_TOLD_PREFIX, n = 0;
	whole_moved(&w, TURNED);
	for (unsigned p = 0; p <= prefixes; p++) {
		for (unsigned k = 0; k <= GN_NODE_TURN_TOLD_PREFIX; k++) {
			struct gn_pk pk = owner_at(8 * p + k / GN_NODE_TURN_TOLD_EACH);
			struct gn_addr at = many(n++);
			gn_node_turn_way_told(node, &pk, p, &at);
			assert_int_equal(told_places(),
					 p == prefixes
						 ? GN_NODE_TURN_TOLD
						 : p * GN_NODE_TURN_TOLD_PREFIX +
							   (k < GN_NODE_TURN_TOLD_PREFIX
								    ? k + 1
								    : GN_NODE_TURN_TOLD_PREFIX));
		}
	}
	assert_true(way()->count.full > 0);
	struct gn_pk one = owner_at(100);
	struct gn_addr heard = many(0);
	gn_node_turn_way_heard(node, &heard);
	run(10 * GN_SEC); /* they are bound */
	node->now = w.now + GN_NODE_TURN_TOLD_WAIT;
	gn_node_turn_way_sweep(node);
	unsigned over = 0;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		over += way()->peers[i].over;
	assert_int_equal(over, GN_NODE_TURN_TOLD - 1);
	struct gn_addr at = many(n);
	gn_node_turn_way_told(node, &one, 100, &at);
	assert_int_equal(told_places(), GN_NODE_TURN_TOLD); /* they are taken at the server */
	node->now += 600 * GN_SEC;
	gn_node_turn_way_heard(node, &heard);
	gn_node_turn_way_sweep(node);
	assert_int_equal(told_places(), 1);
	gn_node_turn_way_told(node, &one, 100, &at);
	assert_int_equal(told_places(), 2);
	node->now = w.now;
	end();
}

static void servers_as_they_are_named(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		enum gn_node_turn_transport transport;
	} good[] = {
		{"turn:a.example", "a.example", 3478, GN_NODE_TURN_UDP},
		{"turn:a.example:53", "a.example", 53, GN_NODE_TURN_UDP},
		{"turn:a?transport=udp", "a", 3478, GN_NODE_TURN_UDP},
		{"turn:192.0.2.1:80?transport=tcp", "192.0.2.1", 80, GN_NODE_TURN_TCP},
		{"turns:a", "a", 5349, GN_NODE_TURN_TLS},
		{"turns:[2001:db8::1]:443?transport=tcp", "2001:db8::1", 443, GN_NODE_TURN_TLS},
		{"turn:[::1]", "::1", 3478, GN_NODE_TURN_UDP},
	};
	static const char *const bad[] = {"",
					  "a.example",
					  "stun:a",
					  "turn:",
					  "turn::3478",
					  "turn:a:0",
					  "turn:a:65536",
					  "turn:a:",
					  "turn:ann:secret@a",
					  "turn:ann@a",
					  "turn:a?transport=tls",
					  "turns:a?transport=udp",
					  "turn:[::1",
					  "turn:[::1]3478",
					  "turn:a b"};
	struct gn_node_turn_server s;
	char kept[160], longest[200] = "turn:";
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(good); i++) {
		assert_true(gn_node_turn_server(good[i].text, &s));
		assert_string_equal(s.host, good[i].host);
		assert_int_equal(s.port, good[i].port);
		assert_int_equal(s.transport, good[i].transport);
	}
	for (unsigned i = 0; i < GN_COUNT(bad); i++)
		assert_false(gn_node_turn_server(bad[i], &s));
	memset(longest + 5, 'x', sizeof s.host);
	assert_false(gn_node_turn_server(longest, &s));
	longest[5 + sizeof s.host - 1] = 0;
	assert_true(gn_node_turn_server_take(longest, kept, sizeof kept));
	assert_string_equal(kept, longest);
	assert_false(gn_node_turn_server_take(longest, kept, strlen(longest)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_udp_it_is_in_the_network),
		cmocka_unit_test(two_that_cannot_meet_do_by_it),
		cmocka_unit_test(what_breaks_is_tried_again_later),
		cmocka_unit_test(what_is_none_of_the_servers_is_passed_over),
		cmocka_unit_test(channels_are_shared_out),
		cmocka_unit_test(a_peers_offers_take_two),
		cmocka_unit_test(offers_take_half),
		cmocka_unit_test(servers_as_they_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
