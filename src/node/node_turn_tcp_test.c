/* TURN over TCP at a node: who has a place, who loses it, what a client that does not read loses.
 * TLS is in tests/turn_node_test.py. Rule RE-51. */
#include "node/testing/turned.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define DOORS (GN_NODE_TURN_CONNS + 2)

static int doors[DOORS];
static unsigned door_count;

/* The node listens at a free port; a certificate of its own making is in the data directory. */
static void listen_too(void)
{
	char why[GN_HOST_WHY] = "";
	gn_err err = GN_PORT_TAKEN;
	door_count = 0;
	for (uint16_t port = 21000; err == GN_PORT_TAKEN && port < 22000; port++) {
		gn_node_turn_free(&turned.node);
		turned.node.config.turn_tcp = port;
		err = gn_node_turn_new(&turned.node, why);
	}
	assert_int_equal(err, GN_OK);
}

static void spin(void)
{
	for (int i = 0; i < 50; i++)
		uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
}

static int knock(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(turned.node.config.turn_tcp)};
	int room = 4096;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	GN_ASSERT(fd >= 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	spin();
	doors[door_count++] = fd;
	return fd;
}

static bool is_shut(int fd)
{
	char byte;
	spin();
	return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0 ||
	       (errno != EAGAIN && errno != EWOULDBLOCK);
}

static void leave(void)
{
	while (door_count)
		close(doors[--door_count]);
	spin();
}

static void strangers_give_way_over_tcp(void **state)
{
	static const struct {
		bool counted;
		unsigned most;
	} cases[] = {{false, GN_NODE_TURN_CONNS}, {true, GN_NODE_TURN_CONNS_PREFIX}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		listen_too();
		turned.node.config.guard_count_local = cases[i].counted;
		for (unsigned k = 0; k < cases[i].most; k++)
			(void)knock();
		assert_int_equal(write(doors[0], "", 1), 1); /* a message of TURN begins */
		spin();
		assert_int_equal(turned_counter("connected"), cases[i].most);
		assert_int_equal(turned_counter("conns-evicted"), 0);
		(void)knock();
		assert_int_equal(turned_counter("conns-evicted"), 1);
		assert_true(is_shut(doors[1])); /* the oldest of those that said nothing */
		assert_false(is_shut(doors[0]) || is_shut(doors[2]));
		for (unsigned k = 2; k <= cases[i].most; k++)
			assert_int_equal(write(doors[k], "", 1), 1);
		spin();
		(void)knock();
		assert_true(is_shut(doors[0])); /* the oldest */
		assert_false(is_shut(doors[2]));
		leave();
	}
	turned.node.config.guard_count_local = false;
}

static void strangers_have_no_time_over_tcp(void **state)
{
	(void)state;
	listen_too();
	int fd = knock();
	(void)gn_node_turn_tick(&turned.node);
	turned.node.now +=
		GN_NODE_TURN_STRANGER - GN_SEC; /* less what the clock may go on by itself */
	assert_true(gn_node_turn_tick(&turned.node) <= turned.node.now + GN_NODE_TURN_SWEEP);
	assert_false(is_shut(fd));
	turned.node.now += GN_NODE_TURN_STRANGER;
	(void)gn_node_turn_tick(&turned.node);
	assert_true(is_shut(fd));
	assert_int_equal(turned_counter("conns-ended"), 1);
	leave();
}

static void what_is_no_turn_ends_a_connection(void **state)
{
	static const char *const words[] = {"GET / HTTP/1.1\r\n\r\n.....",
					    "\x16\x03\x01 a hello of TLS, without a certificate"};
	(void)state;
	listen_too();
	for (size_t i = 0; i < GN_COUNT(words); i++) {
		int fd = knock();
		assert_true(send(fd, words[i], strlen(words[i]), MSG_NOSIGNAL) > 0);
		assert_true(is_shut(fd));
	}
	leave();
}

static void a_stranger_over_its_share_is_shut_out(void **state)
{
	(void)state;
	listen_too();
	turned.node.config.guard_count_local = true;
	int fd = knock();
	turned.cpu_each = GN_SEC;
	assert_true(send(fd, turned_ask(1).p, 20, MSG_NOSIGNAL) == 20);
	assert_false(is_shut(fd)); /* that was the last */
	assert_true(send(fd, turned_ask(1).p, 20, MSG_NOSIGNAL) == 20);
	assert_true(recv(fd, turned.got.b, sizeof turned.got.b, MSG_DONTWAIT) >
		    0); /* the first answer */
	assert_true(is_shut(fd));
	assert_true(is_shut(knock()));
	assert_true(turned_counter("over-prefix") == 2 && turned_counter("conns-refused") == 1);
	turned.node.config.guard_count_local = false;
	leave();
}

/* What is said and heard over one connection. */
static void converse_by(int fd)
{
	static struct gn_turn_stream in;
	struct gn_slice out, message, data;
	struct gn_addr from;
	gn_turn_stream_init(&in);
	while (gn_turn_client_next(&turned.turn, turned.node.now, &out)) {
		assert_true(send(fd, out.p, out.len, MSG_NOSIGNAL) == (ssize_t)out.len);
		spin();
		ssize_t n = recv(fd, turned.got.b, sizeof turned.got.b, MSG_DONTWAIT);
		assert_true(n > 0);
		gn_turn_stream_feed(&in, gn_slice(turned.got.b, (size_t)n));
		assert_int_equal(gn_turn_stream_next(&in, &message), GN_OK);
		assert_int_equal(
			gn_turn_client_recv(&turned.turn, message, turned.node.now, &from, &data),
			GN_OK);
	}
}

/* An allocation by a connection, with a channel to the peer, whose datagrams are not read until
 * what is new is lost. */
static int client_that_does_not_read(void)
{
	static const uint8_t data[1000];
	struct gn_turn_client_config config = {.server = gn_addr_v4(127, 0, 0, 1, 1),
					       .stream = true,
					       .user = GN_LIT("ann"),
					       .password = GN_LIT("secret")};
	struct gn_addr to = turned_addr_of(turned.peer, 3);
	size_t sent;
	listen_too();
	int fd = knock();
	assert_int_equal(
		gn_turn_client_init(&turned.turn, &turned.node.host.rand, &config, turned.node.now),
		GN_OK);
	converse_by(fd);
	assert_true(turned_event(GN_TURN_READY));
	assert_int_equal(gn_turn_client_peer(&turned.turn, &to, turned.node.now), GN_OK);
	converse_by(fd);
	assert_true(turned_event(GN_TURN_PEERED));
	for (unsigned i = 0; i < 1900 && !turned_counter("unsent"); i++) {
		(void)!gn_udp_send(turned.peer, &turned.turn.relayed, GN_SLICE(data), sizeof data,
				   &sent);
		uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
	}
	assert_true(turned_counter("unsent") > 0);
	assert_true(turned_counter("got") * sizeof data > GN_NODE_TURN_KERNEL + GN_NODE_TURN_QUEUE);
	assert_int_equal(turned_counter("over-rate"), 0);
	return fd;
}

static bool relay_is_free(void)
{
	struct gn_udp *taken = NULL;
	gn_err err = gn_udp_open_at(&turned.turn.relayed, &taken);
	gn_udp_close(taken);
	return err == GN_OK;
}

static void a_client_that_does_not_read_loses_what_is_new(void **state)
{
	(void)state;
	assert_false(is_shut(client_that_does_not_read()));
	assert_false(relay_is_free());
	leave(); /* with its end the relay ends */
	assert_true(relay_is_free());
	gn_turn_client_fini(&turned.turn);
}

static void what_waits_goes_with_the_node(void **state)
{
	(void)state;
	(void)client_that_does_not_read();
	gn_node_turn_free(&turned.node);
	spin();
	assert_true(relay_is_free());
	leave();
	gn_turn_client_fini(&turned.turn);
}

static void tcp_is_set_in_whole(void **state)
{
	char why[GN_HOST_WHY];
	(void)state;
	gn_node_turn_free(&turned.node);
	turned.node.config.turn_tcp = 1;
	turned.node.config.turn = false;
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_USAGE);
	gn_node_turn_free(&turned.node);
	turned.node.config.turn = true;
	snprintf(turned.node.config.turn_cert, sizeof turned.node.config.turn_cert, "/dev/null");
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_USAGE);
	assert_non_null(strstr(why, "together"));
	gn_node_turn_free(&turned.node);
	snprintf(turned.node.config.turn_key, sizeof turned.node.config.turn_key, "/dev/null");
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_KEY);
	assert_non_null(strstr(why, "/dev/null"));
	gn_node_turn_free(&turned.node);
	snprintf(turned.node.config.turn_key, sizeof turned.node.config.turn_key,
		 "/nowhere/at/all");
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_NOT_FOUND);
	for (size_t past = 0; past < 2; past++) {
		static char large[GN_NODE_TURN_PEM + 1];
		memset(large, '#', sizeof large);
		assert_int_equal(gn_os_file_write(turned.node.host.dir, "pem",
						  gn_slice(large, GN_NODE_TURN_PEM + past)),
				 GN_OK);
		snprintf(turned.node.config.turn_cert, sizeof turned.node.config.turn_cert,
			 "%.100s/pem", turned.node.config.data);
		gn_node_turn_free(&turned.node);
		snprintf(turned.node.config.turn_key, sizeof turned.node.config.turn_key,
			 "%.100s/pem", turned.node.config.data);
		assert_int_equal(gn_node_turn_new(&turned.node, why), past ? GN_TOO_LARGE : GN_KEY);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, turned_set_up, turned_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(strangers_give_way_over_tcp),
		TEST(strangers_have_no_time_over_tcp),
		TEST(what_is_no_turn_ends_a_connection),
		TEST(a_stranger_over_its_share_is_shut_out),
		TEST(a_client_that_does_not_read_loses_what_is_new),
		TEST(what_waits_goes_with_the_node),
		TEST(tcp_is_set_in_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
