/* Who comes in by TLS: places, shares, who gives way, and how long each step may take (RE-45). */
#include "net/testing/wss_harness.h"
#include "os/os.h"

/* Many who hold a connection and say nothing do not keep another out: their own oldest goes. */
static void a_crowd_displaces_itself(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	int fds[6];
	config.strangers = 5;
	open_server(&config);
	fds[0] = dial_from(9, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-accepted") == 1);
	for (unsigned i = 1; i < 6; i++)
		fds[i] = dial_from(1, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-accepted") == 6);
	assert_int_equal(counted(&server, "wss-evicted"), 1);
	UNTIL(is_closed(fds[1]));
	assert_false(is_closed(fds[0]) || is_closed(fds[5]));
	joined(false); /* and an honest one comes in */
	UNTIL(is_closed(fds[2]));
	assert_false(is_closed(fds[0]) || is_closed(fds[5]));
	close_all(fds, 6);
}

/* Who sends nothing gives way to who comes, before anybody who began a handshake, and begins none:
 * connections alone, of many networks, keep nobody out. */
static void the_silent_give_way_first(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	int fds[6];
	config.strangers = 4;
	open_server(&config);
	fds[0] = dial_from(1, gn_wss_port(server.wss));
	assert_true(write(fds[0], "\x16\x03\x01\x02", 4) == 4);
	UNTIL(server.wss->hellos.all == 1);
	server.wss->hellos.all = WSS_HELLOS;
	for (unsigned i = 1; i < 6; i++) {
		fds[i] = dial_from(1 + i, gn_wss_port(server.wss));
		UNTIL(counted(&server, "wss-accepted") == i + 1);
	}
	assert_int_equal(server.wss->hellos.all, WSS_HELLOS);
	UNTIL(is_closed(fds[1]) && is_closed(fds[2]));
	assert_false(is_closed(fds[0]) || is_closed(fds[3]) || is_closed(fds[5]));
	/* one too many a second is closed when it begins */
	memset(server.wss->hellos.of, 1, sizeof server.wss->hellos.of);
	assert_true(write(fds[5], "\x16\x03\x01\x02", 4) == 4);
	UNTIL(is_closed(fds[5]));
	assert_int_equal(counted(&server, "wss-refused-rate"), 1);
	close_all(fds, 6);
}

/* Who proved a key is not a stranger any more; who did not, is told to its owner as it goes. */
static void the_proven_stay(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.strangers = 1;
	open_server(&config);
	joined(false);
	server.proves = false;
	joined(false);
	assert_int_equal(server.closed, 0);
	joined(false);
	assert_int_equal(server.closed, 1);
	assert_int_equal(server.why, GN_LIMIT);
	assert_non_null(server.carriers[0]);
	assert_null(server.carriers[1]);
	assert_non_null(server.carriers[2]);
}

static void a_prefix_has_its_share(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.per_prefix = 2;
	open_server(&config);
	joined(false);
	joined(false);
	int own = dial_from(0, gn_wss_port(server.wss)), other;
	UNTIL(counted(&server, "wss-refused-prefix") == 1);
	UNTIL(is_closed(own));
	other = dial_from(1, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-accepted") == 3);
	assert_false(is_closed(other));
	assert_int_equal(server.closed, 0);
	close(own);
	close(other);
}

static void places_are_few(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.connections = 2;
	open_server(&config);
	joined(false);
	joined(false);
	int fd = dial_from(0, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-refused-full") == 1);
	UNTIL(is_closed(fd));
	assert_int_equal(server.closed, 0);
	close(fd);
	fd = dial_from(1, gn_wss_port(server.wss)); /* of a network that has none */
	UNTIL(server.closed == 1);
	assert_false(is_closed(fd));
	assert_null(server.carriers[0]);
	assert_non_null(server.carriers[1]);
	close(fd);
}

/* The defaults, as they are counted (the clock of the loop stands still within a turn). */
static void handshakes_in_a_second(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	unsigned begun = 0;
	config.hellos_prefix = 0;
	open_server(&config);
	struct gn_addr a = gn_addr_v4(192, 0, 2, 1, 5);
	for (unsigned i = 0; i < WSS_HELLOS_PREFIX; i++)
		assert_true(wss_admit_hello(server.wss, &a));
	assert_false(wss_admit_hello(server.wss, &a));
	assert_int_equal(counted(&server, "wss-refused-rate"), 1);
	for (unsigned i = 0; i < 20000; i++) { /* as many as there are prefixes */
		a = gn_addr_v4(10, (uint8_t)(i >> 8), (uint8_t)i, 1, 5);
		begun += wss_admit_hello(server.wss, &a);
	}
	begun += WSS_HELLOS_PREFIX;
	assert_true(begun >= WSS_HELLOS && begun < WSS_HELLOS + WSS_HELLO_SLOTS);
	server.wss->hellos.second--; /* the next second */
	assert_true(wss_admit_hello(server.wss, &a));
	for (unsigned i = 0; i < WSS_HELLOS_PREFIX; i++)
		assert_true(wss_admit_newcomer(server.wss, &a));
	assert_false(wss_admit_newcomer(server.wss, &a));
	unsigned came = 0;
	for (unsigned i = 0; i < WSS_CAME_SLOTS; i++) { /* with others it hardly shares a slot */
		struct gn_addr b = gn_addr_v4(10, (uint8_t)(i >> 8), (uint8_t)i, 1, 5);
		came += wss_admit_newcomer(server.wss, &b);
	}
	assert_true(came > WSS_CAME_SLOTS * 9 / 10);
}

/* The limits as they are by default, over a list that is made by hand. */
static void the_default_limits(void **state)
{
	(void)state;
	static struct wss_conn conns[WSS_CONNECTIONS + 1];
	struct wss_conn *gives_way;
	struct gn_addr one = gn_addr_v4(192, 0, 2, 1, 5), other = gn_addr_v4(198, 51, 100, 1, 5);
	open_server(NULL);
	assert_int_equal(server.wss->config.per_prefix, WSS_PER_PREFIX);
	assert_int_equal(server.wss->config.strangers, WSS_STRANGERS);
	for (unsigned i = 0; i < GN_COUNT(conns); i++) {
		struct gn_addr a = gn_addr_v4(10, (uint8_t)(i >> 8), (uint8_t)i, 1, 5);
		conns[i] =
			(struct wss_conn){.carrier.incoming = true,
					  .proven = i >= WSS_STRANGERS,
					  .state = WSS_OPEN,
					  .prefix = gn_addr_prefix(i < WSS_PER_PREFIX ? &one : &a),
					  .next = i + 1 < GN_COUNT(conns) ? &conns[i + 1] : NULL};
	}
	struct gn_wss *w = server.wss;
	w->first = conns;
	conns[WSS_PER_PREFIX - 2].next = NULL; /* one less than its share */
	assert_true(wss_admit(w, &one, NULL, &gives_way) && !gives_way);
	conns[WSS_PER_PREFIX - 2].next = &conns[WSS_PER_PREFIX - 1];
	conns[WSS_STRANGERS - 2].next = NULL;
	assert_true(wss_admit(w, &one, NULL, &gives_way) && gives_way == &conns[0]);
	assert_true(wss_admit(w, &other, NULL, &gives_way) && !gives_way);
	conns[WSS_STRANGERS - 2].next = &conns[WSS_STRANGERS - 1];
	conns[WSS_STRANGERS - 1].next = NULL; /* strangers have all their places */
	assert_true(wss_admit(w, &other, NULL, &gives_way) && gives_way == &conns[0]);
	for (unsigned i = 0; i < WSS_STRANGERS; i++)
		conns[i].proven = true;
	assert_true(wss_admit(w, &other, NULL, &gives_way) && !gives_way);
	assert_false(wss_admit(w, &one, NULL, &gives_way)); /* all of its share are proven */
	conns[WSS_STRANGERS - 1].next = &conns[WSS_STRANGERS];
	conns[WSS_CONNECTIONS - 2].next = NULL;
	assert_true(wss_admit(w, &other, NULL, &gives_way) && !gives_way);
	conns[WSS_CONNECTIONS - 2].next = &conns[WSS_CONNECTIONS - 1];
	conns[WSS_CONNECTIONS - 1].next = NULL; /* all are taken by who proved a key */
	assert_true(wss_admit(w, &other, NULL, &gives_way) && gives_way == &conns[0]);
	for (unsigned i = 2; i < WSS_PER_PREFIX; i++)
		conns[i].prefix = i;
	assert_true(wss_admit(w, &other, NULL, &gives_way) && gives_way == &conns[0]);
	w->config.behind = true; /* nobody knows yet who it is */
	assert_false(wss_admit(w, &other, NULL, &gives_way));
	w->config.behind = false;
	conns[1].prefix = gn_addr_prefix(&other); /* that has one, as all have */
	assert_false(wss_admit(w, &other, NULL, &gives_way));
	w->first = NULL;
}

/* Each step of a newcomer has its time. */
static void newcomers_who_dawdle(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	config.ms.tls = config.ms.upgrade = config.ms.proof = config.ms.linger = 200;
	open_server(&config);
	int fd = dial_from(0, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-timeout-tls") == 1);
	UNTIL(is_closed(fd));
	close(fd);
	server.proves = false;
	joined(false);
	UNTIL(server.closed == 1);
	assert_int_equal(server.why, GN_TIMEOUT);
	assert_int_equal(counted(&server, "wss-timeout-proof"), 1);
	gn_wss_free(server.wss);
	config.behind = true;
	open_server(&config);
	fd = dial_from(0, gn_wss_port(server.wss));
	assert_true(write(fd, "GET /geonet/1 HT", 16) == 16);
	UNTIL(counted(&server, "wss-timeout-upgrade") == 1);
	UNTIL(is_closed(fd));
	close(fd);
}

/* ---- behind a web server ---- */

#define ASK                                                                                        \
	"GET /geonet/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"       \
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"             \
	"Sec-WebSocket-Protocol: geonet.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"

static void a_web_server_names_who_asks(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	struct gn_wss *none;
	uint8_t frame[] = {0x82, 0x83, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2, 'c' ^ 3}, back[300];
	int fds[3];
	config.behind = true;
	config.per_prefix = 2;
	open_server(&config);
	for (unsigned i = 0; i < 3; i++) {
		fds[i] = dial_from(0, gn_wss_port(server.wss));
		assert_true(write(fds[i], ASK, strlen(ASK)) > 0);
		assert_true(write(fds[i], frame, sizeof frame) > 0);
		UNTIL(server.opened + counted(&server, "wss-refused-prefix") == i + 1);
	}
	UNTIL(is_closed(fds[2])); /* the third of one person's network */
	assert_int_equal(server.opened, 2);
	UNTIL(server.received == 2);
	assert_memory_equal(server.last, "abc", 3);
	struct gn_addr named = gn_addr_v4(203, 0, 113, 9, 1);
	assert_true(gn_addr_eq(&server.from, &named));
	assert_int_equal(send_text(server.carriers[0], "back"), GN_OK);
	turn();
	ssize_t n = read(fds[0], back, sizeof back);
	assert_true(n > 6 && memcmp(back, "HTTP/1.1 101 ", 13) == 0);
	assert_memory_equal(back + n - 6,
			    "\x82\x04"
			    "back",
			    6);
	close_all(fds, 3);
	UNTIL(server.closed == 2);
	config.at = gn_addr_v4(0, 0, 0, 0, 0);
	assert_int_equal(gn_wss_new(&config, &none), GN_RANGE);
}

int main(void)
{
	gn_os_process();
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	const struct CMUnitTest tests[] = {
		TEST(a_crowd_displaces_itself),
		TEST(the_silent_give_way_first),
		TEST(the_proven_stay),
		TEST(a_prefix_has_its_share),
		TEST(places_are_few),
		TEST(handshakes_in_a_second),
		TEST(the_default_limits),
		TEST(newcomers_who_dawdle),
		TEST(a_web_server_names_who_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
