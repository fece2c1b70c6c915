/* STUN and TURN on a node's own UDP socket: who is told, who relays, what strangers and clients may
 * take of us, whom the operator lets in. The client is our own (nat/turn_client); others' are in
 * tests/turn_node_test.py. Rules RE-50, RE-51, RE-52. */
#include "node/testing/turned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

/* ---- who is told ---- */

static void whoever_asks_is_told(void **state)
{
	struct gn_addr from = turned_addr_of(turned.client, 1), told;
	struct gn_way way = {.addr = from}, circuit = {.addr = from, .link = 1};
	struct gn_stun m;
	(void)state;
	gn_node_recv(&turned.node, &circuit, turned_ask(1)); /* of the shared socket alone */
	assert_int_equal(turned_counter("bindings"), 0);
	gn_node_recv(&turned.node, &way, turned_ask(1));
	assert_true(turned_next(turned.client));
	assert_int_equal(turned.got.from.port, gn_udp_port(turned.node.udp));
	assert_int_equal(gn_stun_parse(gn_slice(turned.got.b, turned.got.len), &m), GN_OK);
	assert_int_equal(gn_stun_addr(&m, GN_STUN_XOR_MAPPED_ADDRESS, true, &told), GN_OK);
	assert_true(gn_addr_eq(&told, &from));
	assert_int_equal(turned_counter("bindings"), 1);
}

static void first_bytes_say_whose_it_is(void **state)
{
	struct gn_addr from = turned_addr_of(turned.client, 1);
	uint8_t d[20] = {0};
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		d[0] = (uint8_t)first; /* of ChannelData, by who has no allocation, too */
		assert_int_equal(gn_node_stun_recv(&turned.node, &from, GN_SLICE(d)), first < 16);
	}
	assert_false(gn_node_stun_recv(&turned.node, &from, gn_slice(d, 0)));
	assert_false(turned_next(turned.client)); /* nothing is said to what is no message */
}

static void what_is_off_is_not_served(void **state)
{
	char why[GN_HOST_WHY];
	struct gn_addr from = turned_addr_of(turned.client, 1);
	static const struct {
		bool stun, turn;
	} cases[] = {{true, false}, {false, true}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		gn_node_turn_free(&turned.node);
		turned.node.config.stun = cases[i].stun;
		turned.node.config.turn = cases[i].turn;
		assert_int_equal(gn_node_turn_new(&turned.node, why), GN_OK);
		assert_true(
			gn_node_stun_recv(&turned.node, &from, turned_ask(cases[i].stun ? 3 : 1)));
		assert_false(turned_next(turned.client));
		assert_int_equal(turned_counter("switched-off"), 1);
	}
	gn_node_turn_free(&turned.node);
	turned.node.config.stun = turned.node.config.turn = false;
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_OK);
	assert_null(turned.node.turn);
	assert_false(gn_node_stun_recv(&turned.node, &from, turned_ask(1)));
	assert_int_equal(gn_node_turn_tick(&turned.node), GN_NEVER);
}

/* ---- what strangers take ---- */

static unsigned told_from(struct gn_addr from, unsigned times)
{
	uint64_t before = turned_counter("bindings");
	for (unsigned i = 0; i < times; i++)
		assert_true(gn_node_stun_recv(&turned.node, &from, turned_ask(1)));
	return (unsigned)(turned_counter("bindings") - before);
}

/* Each answer takes 100 us of the node: a prefix may have 6,250 in a second, and all 50,000; the
 * last may overdraw it. */
static void strangers_have_a_share(void **state)
{
	const gn_time burst = GN_NODE_TURN_BURST;
	const unsigned prefix = GN_NODE_TURN_PREFIX * (unsigned)(burst / GN_SEC) / 100;
	const unsigned all = GN_NODE_TURN_STRANGERS * (unsigned)(burst / GN_SEC) / 100;
	unsigned told = 0;
	(void)state;
	turned.cpu_each = 100 * GN_USEC;
	assert_in_range(told_from(gn_addr_v4(203, 0, 113, 7, 9), 200), prefix, prefix + 1);
	assert_int_equal(told_from(gn_addr_v4(203, 0, 113, 8, 9), 1), 0); /* the same /24 */
	assert_int_equal(turned_counter("over-prefix"), 200 - turned_counter("bindings") + 1);
	assert_int_equal(turned_counter("over-strangers"), 0);
	told = (unsigned)turned_counter("bindings");
	for (unsigned i = 0; i < GN_NODE_TURN_SLOTS; i++) /* slots are shared, by chance */
		told += told_from(gn_addr_v4(198, 51, (uint8_t)i, 1, 9), 4);
	assert_in_range(told, all, all + 1);
	assert_true(turned_counter("over-strangers") > 0);
	turned.node.now += GN_NODE_TURN_BURST;
	assert_int_equal(told_from(gn_addr_v4(203, 0, 113, 7, 9), 1), 1);
}

static void a_switched_off_guard_counts_nobody(void **state)
{
	(void)state;
	gn_guard_free(turned.node.guard);
	turned.node.config.guard = GN_NODE_GUARD_OFF;
	assert_int_equal(gn_node_guard_new(&turned.node, &turned.node.env), GN_OK);
	turned.cpu_each = 100 * GN_USEC;
	assert_int_equal(told_from(gn_addr_v4(203, 0, 113, 7, 9), 2000), 2000);
}

/* ---- who relays ---- */

static void data_goes_by_a_relay_and_back(void **state)
{
	struct gn_slice data;
	size_t sent;
	(void)state;
	turned_relay_to_peer();
	assert_in_range(turned.turn.relayed.port, 49152, 65535);
	turned_send_to_peer(gn_slice(NULL, 0)); /* is nothing */
	turned_send_to_peer(GN_LIT("there"));
	assert_true(turned_next(turned.peer));
	assert_true(gn_slice_eq(gn_slice(turned.got.b, turned.got.len), GN_LIT("there")));
	assert_true(gn_addr_eq(&turned.got.from, &turned.turn.relayed));
	assert_int_equal(gn_udp_send(turned.peer, &turned.turn.relayed, GN_LIT("back"), 4, &sent),
			 GN_OK);
	assert_true(turned_hear(&data));
	assert_true(gn_slice_eq(data, GN_LIT("back")));
	assert_int_equal(turned_counter("unsent"), 0);
	gn_turn_client_fini(&turned.turn);
}

/* RE-64: with bulk it ends at nine tenths, and on a metered link at once. */
static void what_goes_by_a_relay_counts_for_the_month(void **state)
{
	struct gn_node_give *v = &turned.node.give;
	uint64_t end;
	(void)state;
	turned_relay_to_peer();
	uint64_t before = v->turn;
	turned_send_to_peer(GN_LIT("there"));
	assert_true(turned_next(turned.peer));
	assert_int_equal(v->turn, before + 4 + 5); /* with ChannelData's head */
	v->month = giving_month_of(gn_node_unix(&turned.node), &end);
	v->g.wish.month = 1000;
	v->turn = 900 - 9;
	turned_send_to_peer(GN_LIT("there"));
	assert_true(turned_next(turned.peer));
	assert_int_equal(v->turn, 900);
	uint64_t off = turned_counter("switched-off");
	turned_send_to_peer(GN_LIT("there"));
	assert_false(turned_next(turned.peer));
	assert_int_equal(turned_counter("switched-off"), off + 1);
	v->turn = 0;
	v->g.wish.metered = true;
	turned_send_to_peer(GN_LIT("there"));
	assert_false(turned_next(turned.peer));
	v->g.wish.metered = false;
	turned_send_to_peer(GN_LIT("there"));
	assert_true(turned_next(turned.peer));
	gn_turn_client_fini(&turned.turn);
}

static void a_relay_has_so_many_bytes(void **state)
{
	static const uint8_t data[1000];
	/* with ChannelData's head */
	const unsigned most = GN_NODE_TURN_RATE / (sizeof data + 4 + GN_NODE_TURN_EACH);
	size_t sent;
	(void)state;
	turned_relay_to_peer();
	turned.node.now += GN_SEC; /* what that took is paid */
	for (unsigned i = 0; i < most + 1; i++)
		turned_send_to_peer(GN_SLICE(data));
	assert_int_equal(turned_counter("over-rate"), 0);
	assert_int_equal(turned_counter("sent"), most + 1);
	turned_send_to_peer(GN_SLICE(data));
	assert_int_equal(turned_counter("over-rate"), 1);
	/* and it counts both ways: the node's clock is a real one here, and far behind */
	assert_int_equal(gn_udp_send(turned.peer, &turned.turn.relayed, GN_LIT("back"), 4, &sent),
			 GN_OK);
	for (int i = 0; i < 20000 && turned_counter("over-rate") == 1; i++)
		uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
	assert_int_equal(turned_counter("over-rate"), 2);
	gn_turn_client_fini(&turned.turn);
}

static void a_relay_gets_turns(void **state)
{
	const unsigned turn_of_it = GN_NODE_TURN_ROUNDS;
	size_t sent;
	(void)state;
	turned_relay_to_peer();
	for (unsigned i = 0; i < turn_of_it + 1; i++)
		assert_int_equal(
			gn_udp_send(turned.peer, &turned.turn.relayed, GN_LIT("x"), 1, &sent),
			GN_OK);
	while (!turned_counter("got"))
		uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
	assert_int_equal(turned_counter("got"), turn_of_it);
	uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
	assert_int_equal(turned_counter("got"), turn_of_it + 1);
	gn_turn_client_fini(&turned.turn);
}

/* Relays are where others reach the node, also when that changes; the next one is. */
static void addresses_are_looked_at_again(void **state)
{
	struct gn_addr elsewhere = gn_addr_v4(127, 0, 0, 5, 1);
	(void)state;
	assert_int_equal(gn_node_turn_tick(&turned.node), turned.node.now + GN_NODE_TURN_LOOK);
	turned.node.now += GN_NODE_TURN_LOOK;
	assert_int_equal(gn_node_turn_tick(&turned.node), turned.node.now + GN_NODE_TURN_LOOK);
	gn_overlay_addrs(turned.node.overlay, &elsewhere, 1, turned.node.now);
	turned_relay_to_peer();
	elsewhere.port = turned.turn.relayed.port;
	assert_true(gn_addr_eq(&turned.turn.relayed, &elsewhere));
	gn_turn_client_fini(&turned.turn);
}

static void a_relay_ends_with_its_allocation(void **state)
{
	struct gn_addr at;
	struct gn_slice out;
	struct gn_udp *taken = NULL;
	(void)state;
	turned_relay_to_peer();
	at = turned.turn.relayed;
	assert_int_equal(gn_udp_open_at(&at, &taken), GN_PORT_TAKEN);
	gn_turn_client_stop(&turned.turn, turned.node.now);
	assert_true(gn_turn_client_next(&turned.turn, turned.node.now, &out));
	turned_to_node(out);
	assert_true(turned_next(turned.client)); /* the client that said so listens no more */
	assert_int_equal(gn_udp_open_at(&at, &taken), GN_OK);
	gn_udp_close(taken);
	gn_turn_client_fini(&turned.turn);
	/* and when nobody refreshes it */
	turned_relay_to_peer();
	assert_true(gn_node_turn_tick(&turned.node) > turned.node.now);
	turned.node.now += 3601 * GN_SEC;
	assert_true(gn_node_turn_tick(&turned.node) > turned.node.now);
	assert_int_equal(turned_counter("expired"), 1);
	assert_int_equal(gn_udp_open_at(&turned.turn.relayed, &taken), GN_OK);
	gn_udp_close(taken);
	gn_turn_client_fini(&turned.turn);
}

static void ports_that_are_taken_are_passed_over(void **state)
{
	struct gn_udp *taken[GN_NODE_TURN_PORTS] = {0};
	char why[GN_HOST_WHY];
	unsigned left = 0;
	/* below those that the kernel gives out; another run of this test has others */
	unsigned first = 20000 + 128 * (unsigned)gn_rand_below(&turned.node.host.rand, 90);
	(void)state;
	gn_node_turn_free(&turned.node);
	snprintf(turned.node.config.turn_ports, sizeof turned.node.config.turn_ports, "%u-%u",
		 first, first + GN_NODE_TURN_PORTS - 1);
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_OK);
	for (unsigned i = 0; i < GN_NODE_TURN_PORTS; i++) {
		struct gn_addr at = gn_addr_v4(127, 0, 0, 1, (uint16_t)(first + i));
		if (gn_udp_open_at(&at, &taken[i]) == GN_OK)
			left = i;
	}
	gn_udp_close(taken[left]);
	taken[left] = NULL;
	turned_relay_to_peer();
	assert_in_range(turned.turn.relayed.port, first, first + GN_NODE_TURN_PORTS - 1);
	assert_null(taken[turned.turn.relayed.port - first]); /* mostly the one that was left */
	gn_turn_client_fini(&turned.turn);
	for (unsigned i = 0; i < GN_NODE_TURN_PORTS; i++)
		gn_udp_close(taken[i]);
}

/* ---- settings ---- */

static gn_err users(const char *text, char why[GN_HOST_WHY])
{
	struct gn_turn_server_config config = {.v4 = true};
	struct gn_turn_server *s;
	unsigned count = 0;
	assert_int_equal(gn_turn_server_new(&turned.node.env, &config, &s), GN_OK);
	gn_err err = gn_node_turn_users(s, gn_str(text), &count, why);
	gn_turn_server_free(s);
	assert_true(err || count);
	return err;
}

static void wrong_users_are_said_with_their_line(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "it names nobody"},
		{"# ann:secret\n\n", "it names nobody"},
		{"ann:secret\nben", "line 2: it is not NAME:PASSWORD"},
		{"\n# x\nann:\n", "line 3: the password is empty or too long"},
		{":secret\n", "line 1: the name is empty or too long"},
		{"ann:a\nben:b\n ann:c\n", "line 3: the name stands above it already"},
	};
	char why[GN_HOST_WHY];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		assert_int_equal(users(cases[i].text, why), GN_USAGE);
		assert_string_equal(why, cases[i].why);
	}
	assert_int_equal(users("# people\r\n\r\n  ann:se:cret #1 \r\nben:b", why), GN_OK);
}

static void names_and_passwords_have_a_length(void **state)
{
	static char text[GN_NODE_TURN_PASSWORD + 80], why[GN_HOST_WHY];
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		snprintf(text, sizeof text, "ann:%0*d", (int)(GN_NODE_TURN_PASSWORD + past), 0);
		assert_int_equal(users(text, why), past ? GN_USAGE : GN_OK);
		snprintf(text, sizeof text, "%0*d:secret", (int)(64 + past), 0);
		assert_int_equal(users(text, why), past ? GN_USAGE : GN_OK);
	}
}

static void so_many_users_are_let_in(void **state)
{
	static char text[GN_NODE_TURN_USERS * 16 + 64], why[GN_HOST_WHY];
	size_t at = 0;
	(void)state;
	for (unsigned i = 0; i < GN_NODE_TURN_USERS; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "user%u:x\n", i);
	assert_int_equal(users(text, why), GN_OK);
	snprintf(text + at, sizeof text - at, "one-more:x\n");
	assert_int_equal(users(text, why), GN_USAGE);
	assert_string_equal(why, "line 257: there are more users than a node has");
}

static void the_file_is_the_operators_alone(void **state)
{
	static char large[GN_NODE_TURN_FILE + 2];
	char why[GN_HOST_WHY], path[200];
	(void)state;
	gn_node_turn_free(&turned.node);
	snprintf(path, sizeof path, "%s/turn-users", turned.node.config.data);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_DENIED);
	assert_non_null(strstr(why, "chmod 600"));
	gn_node_turn_free(&turned.node);
	turned_write_users("ann:secret\nben\n");
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_USAGE);
	assert_non_null(strstr(why, "turn-users: line 2: "));
	assert_null(strstr(why, "ben")); /* nothing of a secret's file is shown */
	gn_node_turn_free(&turned.node);
	for (size_t past = 0; past < 2; past++) {
		memset(large, '#', GN_NODE_TURN_FILE + past);
		memcpy(large, "ann:secret\n", 11);
		turned_write_users(large);
		assert_int_equal(gn_node_turn_new(&turned.node, why), past ? GN_TOO_LARGE : GN_OK);
		gn_node_turn_free(&turned.node);
	}
	assert_int_equal(remove(path), 0);
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_USAGE);
	assert_non_null(strstr(why, "one NAME:PASSWORD a line"));
}

static void ports_are_a_range(void **state)
{
	static const char *const bad[] = {
		"",           "49152",       "49152-",    "-65535", "49152-65536",
		"1023-65535", "65535-49152", "1024-1150", "x-y",    "0000049152-65535"};
	uint16_t first, last;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_false(gn_node_turn_ports(bad[i], &first, &last));
	assert_true(gn_node_turn_ports("1024-1151", &first, &last)); /* GN_NODE_TURN_PORTS */
	assert_int_equal(last - first + 1, GN_NODE_TURN_PORTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, turned_set_up, turned_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_asks_is_told),
		TEST(first_bytes_say_whose_it_is),
		TEST(what_is_off_is_not_served),
		TEST(strangers_have_a_share),
		TEST(a_switched_off_guard_counts_nobody),
		TEST(data_goes_by_a_relay_and_back),
		TEST(what_goes_by_a_relay_counts_for_the_month),
		TEST(a_relay_has_so_many_bytes),
		TEST(a_relay_gets_turns),
		TEST(addresses_are_looked_at_again),
		TEST(a_relay_ends_with_its_allocation),
		TEST(ports_that_are_taken_are_passed_over),
		TEST(wrong_users_are_said_with_their_line),
		TEST(names_and_passwords_have_a_length),
		TEST(so_many_users_are_let_in),
		TEST(the_file_is_the_operators_alone),
		TEST(ports_are_a_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
