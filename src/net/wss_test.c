/* The TLS carrier on loopback: two ends, directly and through a tiny proxy that sees every byte;
 * what is full, silent, stalled or wrong (RE-1, RE-8, RE-45). Clients of other makes are in
 * tests/wss_test.py. */
#include "net/testing/wss_harness.h"
#include "os/os.h"

static void datagrams_both_ways(void **state)
{
	(void)state;
	static const size_t sizes[] = {2, 100, 126, 1200, WSS_MESSAGE_MAX};
	struct gn_carrier *c = joined(false), *s = server.carriers[0];
	gn_err err;
	assert_true(c->info->kind == GN_WAY_WSS && !c->incoming && s->incoming);
	assert_int_equal(c->peer.port, gn_wss_port(server.wss));
	for (unsigned i = 0; i < GN_COUNT(sizes); i++)
		for (unsigned up = 0; up < 2; up++) {
			struct end *to = up ? &server : &client;
			unsigned before = to->received;
			uint64_t bytes = to->bytes, sum = 0;
			to->sum = 0;
			size_t sent = send_batch(up ? c : s, 20, sizes[i], &err), at = 0;
			assert_int_equal(err, GN_OK);
			UNTIL(to->received == before + 20);
			assert_int_equal(to->bytes - bytes, 19 * sizes[i] + 1);
			assert_int_equal(sent, 19 * (sizes[i] + (up ? 8 : 4)) + (up ? 9 : 5));
			/* what was to be said, by the same rule */
			for (unsigned p = 0; p < 20; p++) {
				at += up ? 8 : 4;
				for (size_t k = 0; k < (p < 19 ? sizes[i] : 1); k++, at++)
					sum = sum * 31 + (uint8_t)(at * 7 + at / 256);
			}
			assert_int_equal(to->sum, sum);
		}
	assert_int_equal(counted(&client, "wss-packets-out"), counted(&server, "wss-packets-in"));
	assert_int_equal(counted(&server, "wss-bytes-out"), counted(&client, "wss-bytes-in"));
	(void)send_batch(c, 2, WSS_MESSAGE_MAX + 1, &err);
	assert_int_equal(err, GN_TOO_LARGE);
	c->close(c);
	UNTIL(server.closed == 1);
	assert_int_equal(server.why, GN_CLOSED);
	assert_int_equal(client.closed, 0);
}

/* What is said just before the end arrives. */
static void the_last_words_arrive(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(false);
	gn_err err;
	for (unsigned i = 0; i < 3; i++)
		(void)send_batch(c, 5, 1000, &err);
	c->close(c);
	UNTIL(server.closed == 1);
	assert_int_equal(server.received, 15);
}

static void nothing_is_seen_on_the_way(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(send_text(c, CANARY), GN_OK);
		assert_int_equal(send_text(server.carriers[0], CANARY), GN_OK);
	}
	UNTIL(server.received == 10 && client.received == 10);
	assert_memory_equal(server.last, CANARY, strlen(CANARY));
	assert_int_equal(proxy.joined, 1);
	assert_true(proxy.tap.len > 2000 && proxy.tap.len < proxy.tap.cap);
	assert_true(tapped("http/1.1")); /* ALPN, as all say it */
	assert_false(tapped("canary"));
	assert_false(tapped("eonet"));
	assert_false(tapped("127.0.0.1")); /* no SNI of an address */
}

static void a_name_is_said(void **state)
{
	(void)state;
	open_server(NULL);
	open_client(NULL);
	dial("localhost", gn_wss_port(server.wss), proxy_url(""));
	UNTIL(client.opened == 1);
	assert_true(tapped("localhost"));
}

static void a_proxy_that_asks_who(void **state)
{
	(void)state;
	open_server(NULL);
	open_client(NULL);
	proxy.basic = "Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk\r\n"; /* me:pass word */
	dial("127.0.0.1", gn_wss_port(server.wss), proxy_url(""));
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_DENIED);
	dial("127.0.0.1", gn_wss_port(server.wss), proxy_url("me:wrong@"));
	UNTIL(client.closed == 2);
	assert_int_equal(client.why, GN_DENIED);
	dial("127.0.0.1", gn_wss_port(server.wss), proxy_url("me:pass%20word@"));
	UNTIL(client.opened == 1);
	assert_int_equal(proxy.refused, 2);
	assert_false(tapped("me:") || tapped("bWU6"));
}

static void the_proxy_of_the_environment(void **state)
{
	(void)state;
	open_server(NULL);
	open_client(NULL);
	setenv("https_proxy", proxy_url(""), 1);
	setenv("no_proxy", "example.org", 1);
	dial("127.0.0.1", gn_wss_port(server.wss), NULL);
	UNTIL(client.opened == 1);
	assert_int_equal(proxy.joined, 1);
	setenv("no_proxy", "example.org,127.0.0.1", 1);
	dial("127.0.0.1", gn_wss_port(server.wss), NULL);
	UNTIL(client.opened == 2);
	assert_int_equal(proxy.joined, 1);
	unsetenv("https_proxy");
	unsetenv("no_proxy");
}

/* A second one to the same host is a carrier of its own (RE-8). */
static void two_beside_each_other(void **state)
{
	(void)state;
	struct gn_carrier *a = joined(false), *b = joined(false);
	assert_ptr_not_equal(a, b);
	assert_int_equal(send_text(a, "a"), GN_OK);
	a->close(a);
	UNTIL(server.closed == 1 && server.received == 1);
	assert_int_equal(send_text(b, "b"), GN_OK);
	UNTIL(server.received == 2);
	assert_int_equal(client.closed, 0);
}

static void the_socket_is_as_it_should_be(void **state)
{
	(void)state;
	const struct wss_conn *c = (const struct wss_conn *)joined(false),
			      *s = (const struct wss_conn *)server.carriers[0];
	for (unsigned i = 0; i < 2; i++) {
		int fd = i ? c->fd : s->fd, value;
		socklen_t len = sizeof value;
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
		assert_int_not_equal(value, 0);
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &value, &len), 0);
		assert_int_equal(value, WSS_LOWAT);
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &len), 0);
		assert_int_equal(value, WSS_STALL_MS);
	}
}

/* Nobody reads: what is taken is bounded, what is not taken is as it was, and when there is room
 * again all goes on in order. */
static void writes_stop_and_go_on(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	gn_err err = GN_OK;
	unsigned packets = 0;
	size_t sent = 0;
	proxy.frozen = true;
	for (unsigned i = 0; i < 100000 && !err; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		sent = send_batch(c, 20, 1200, &err);
		packets += sent == 19 * 1208u + 9 ? 20 : (unsigned)(sent / 1208);
	}
	assert_int_equal(err, GN_AGAIN);
	assert_true(sent % 1208 == 0 && c->room(c) < 1208 + WSS_RECORD);
	const struct wss_conn *conn = (const struct wss_conn *)c;
	size_t held = conn->out.len + gn_tls_pipe_pending(conn->tls);
	assert_true(held > WSS_QUEUE_MAX - 1208 - WSS_RECORD && held <= WSS_QUEUE_MAX);
	assert_int_equal(c->room(c), WSS_QUEUE_MAX - held);
	for (size_t i = sent; i < 19 * 1208u + 9; i++)
		assert_int_equal(batch_bytes[i], (uint8_t)(i * 7 + i / 256));
	assert_true(counted(&client, "wss-send-full") > 0);
	assert_int_equal(client.rooms, 0);
	proxy.frozen = false;
	UNTIL(client.rooms == 1);
	assert_true(c->room(c) >= WSS_QUEUE_MAX / 2);
	UNTIL(server.received == packets);
	assert_int_equal(send_text(c, "more"), GN_OK);
	UNTIL(server.received == packets + 1);
}

/* The same for who asks for room before it sends, and never sends more: as nodes do, which would
 * wait for ever. */
static void who_asks_for_room_hears_of_more(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	gn_err err = GN_OK;
	proxy.frozen = true;
	for (unsigned i = 0; i < 100000 && c->room(c) >= 4 * 1208; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		(void)send_batch(c, 2, 1200, &err);
		assert_int_equal(err, GN_OK);
	}
	assert_in_range(c->room(c), 2 * 1208, 4 * 1208); /* it takes some, and is not asked to */
	assert_int_equal(counted(&client, "wss-send-full"), 0);
	assert_int_equal(client.rooms, 0);
	proxy.frozen = false;
	UNTIL(client.rooms == 1);
	assert_true(c->room(c) >= WSS_QUEUE_MAX / 2);
	/* while there is half of it nobody is told */
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(send_text(c, "more"), GN_OK);
	UNTIL(wss_waiting((const struct wss_conn *)c) == 0);
	turn();
	assert_int_equal(client.rooms, 1);
}

static void who_takes_nothing_is_left(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.ms.stall = 300;
	open_client(&config);
	struct gn_carrier *c = joined(true);
	gn_err err = GN_OK;
	proxy.frozen = true;
	while (!client.closed) { /* until the kernel's buffers are full, too */
		(void)send_batch(c, 20, 1200, &err);
		turn();
	}
	assert_int_equal(client.why, GN_TIMEOUT);
	assert_int_equal(counted(&client, "wss-timeout-stall"), 1);
}

/* Neither an end nor a reset comes of a peer that lost power: silence tells. */
static void who_says_nothing_is_left(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.ms.idle = 700;
	config.ms.ping = 200;
	open_client(&config);
	joined(true);
	proxy.frozen = true;
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_TIMEOUT);
	assert_int_equal(counted(&client, "wss-timeout-idle"), 1);
}

/* Pings and pongs keep alive what carries nothing. */
static void the_quiet_stay(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.ms.idle = 2500;
	config.ms.ping = 300;
	open_client(&config);
	struct gn_carrier *c = joined(false);
	uint64_t begun = uv_now(&loop);
	UNTIL(uv_now(&loop) - begun > 3000);
	assert_int_equal(client.closed + server.closed, 0);
	assert_int_equal(send_text(c, "still here"), GN_OK);
	UNTIL(server.received == 1);
}

/* ---- what does not work ---- */

static void nobody_is_there(void **state)
{
	(void)state;
	uint16_t port;
	int fd = listen_at(&port);
	close(fd); /* refused from now on */
	open_client(NULL);
	dial("127.0.0.1", port, "");
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_UNREACHABLE);
	dial("127.0.0.1", port, "http://999.0.0.1:1"); /* no name, no number */
	UNTIL(client.closed == 2);
}

static void nobody_answers(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	uint16_t port;
	int fd = listen_at(&port);
	config.ms.dial = 300;
	open_client(&config);
	dial("127.0.0.1", port, "");
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_TIMEOUT);
	assert_int_equal(counted(&client, "wss-timeout-dial"), 1);
	close(fd);
}

static void what_answers_is_no_tls(void **state)
{
	(void)state;
	uint16_t port;
	int fd = listen_at(&port), peer = -1;
	open_client(NULL);
	dial("127.0.0.1", port, "");
	UNTIL((peer = accept(fd, NULL, NULL)) >= 0);
	assert_true(write(peer, "220 mail.example ESMTP\r\n", 24) == 24);
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_CRYPTO);
	assert_int_equal(counted(&client, "wss-broken"), 1);
	close(peer);
	close(fd);
}

static void words_that_are_none(void **state)
{
	(void)state;
	struct gn_carrier *c;
	open_client(NULL);
	assert_int_equal(gn_wss_dial(client.wss, "https://x/geonet/1", "", &c), GN_TEXT);
	assert_int_equal(gn_wss_dial(client.wss, "wss://x/geonet/1", "socks5://x:1", &c),
			 GN_UNSUPPORTED);
	assert_int_equal(counted(&client, "wss-dialled"), 0);
}

/* What somebody else says leads not to who is on this machine, by number or by name. */
static void others_do_not_lead_us_inside(void **state)
{
	(void)state;
	static const char *const inside[] = {"127.0.0.1", "[::1]", "10.0.0.1",
					     "[::ffff:127.0.0.1]"};
	struct gn_carrier *c;
	char url[64];
	open_server(NULL);
	open_client(NULL);
	for (unsigned i = 0; i < GN_COUNT(inside); i++) {
		snprintf(url, sizeof url, "wss://%s:%u/geonet/1", inside[i],
			 gn_wss_port(server.wss));
		assert_int_not_equal(gn_wss_dial_others(client.wss, url, "", &c), GN_OK);
	}
	snprintf(url, sizeof url, "wss://localhost:%u/geonet/1", gn_wss_port(server.wss));
	assert_int_equal(gn_wss_dial_others(client.wss, url, "", &c), GN_OK);
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_DENIED);
	assert_int_equal(counted(&server, "wss-accepted"), 0);
}

static void ports_and_files_that_do_not_do(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	struct gn_wss *none;
	char path[] = "/tmp/wss_test.XXXXXX";
	open_server(NULL);
	config.at.port = gn_wss_port(server.wss);
	assert_int_equal(gn_wss_new(&config, &none), GN_PORT_TAKEN);
	config.at.port = 0;
	config.cert_file = "/nowhere/at/all";
	assert_int_equal(gn_wss_new(&config, &none), GN_KEY); /* a certificate and no key */
	config.key_file = config.cert_file;
	assert_int_equal(gn_wss_new(&config, &none), GN_NOT_FOUND);
	int fd = mkstemp(path);
	config.cert_file = config.key_file = path;
	assert_int_equal(gn_wss_new(&config, &none), GN_KEY); /* empty */
	assert_int_equal(ftruncate(fd, 65536), 0);
	assert_int_equal(gn_wss_new(&config, &none), GN_KEY);
	assert_int_equal(ftruncate(fd, 65537), 0);
	assert_int_equal(gn_wss_new(&config, &none), GN_TOO_LARGE);
	assert_int_equal(gn_wss_certificate(server.wss, path, path), GN_TOO_LARGE);
	close(fd);
	unlink(path);
	joined(false); /* the old certificate stayed */
	assert_int_equal(gn_wss_certificate(server.wss, NULL, NULL), GN_OK);
	joined(false);
}

/* The owner closes at any time, also from inside an event, and frees all. */
static void closing_at_any_time(void **state)
{
	(void)state;
	open_server(NULL);
	open_client(NULL);
	uint16_t port = gn_wss_port(server.wss);
	for (unsigned turns = 0; turns < 12; turns++) {
		struct gn_carrier *c = dial(turns & 1 ? "127.0.0.1" : "localhost", port, "");
		unsigned opened = client.opened;
		for (unsigned i = 0; i < turns && client.opened == opened; i++)
			turn();
		c->close(c);
	}
	assert_int_equal(client.closed, 0);
	client.closes_on_open = true;
	unsigned opened = client.opened;
	dial("127.0.0.1", port, "");
	UNTIL(client.opened == opened + 1);
	client.closes_on_open = false;
	server.closes_on_receive = true;
	opened = client.opened;
	struct gn_carrier *c = dial("127.0.0.1", port, "");
	UNTIL(client.opened > opened);
	gn_err err;
	(void)send_batch(c, 10, 1000, &err);
	UNTIL(client.closed == 1);
	assert_int_equal(client.why, GN_CLOSED);
	assert_int_equal(server.received, 1); /* and none after it */
}

static void freeing_within_an_event(void **state)
{
	(void)state;
	open_server(NULL);
	open_client(NULL);
	server.frees_on_open = true;
	dial("127.0.0.1", gn_wss_port(server.wss), "");
	client.frees_on_close = true;
	UNTIL(client.closed == 1);
	assert_null(client.wss);
	assert_null(server.wss);
}

int main(void)
{
	gn_os_process();
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	const struct CMUnitTest tests[] = {
		TEST(datagrams_both_ways),
		TEST(the_last_words_arrive),
		TEST(nothing_is_seen_on_the_way),
		TEST(a_name_is_said),
		TEST(a_proxy_that_asks_who),
		TEST(the_proxy_of_the_environment),
		TEST(two_beside_each_other),
		TEST(the_socket_is_as_it_should_be),
		TEST(writes_stop_and_go_on),
		TEST(who_asks_for_room_hears_of_more),
		TEST(who_takes_nothing_is_left),
		TEST(who_says_nothing_is_left),
		TEST(the_quiet_stay),
		TEST(nobody_is_there),
		TEST(nobody_answers),
		TEST(what_answers_is_no_tls),
		TEST(words_that_are_none),
		TEST(others_do_not_lead_us_inside),
		TEST(ports_and_files_that_do_not_do),
		TEST(closing_at_any_time),
		TEST(freeing_within_an_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
