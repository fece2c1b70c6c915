/* The TLS carrier's own limits, at the limit and one past it: deadlines by a sweep that is told the
 * time, what waits, addresses that are tried, connections taken in at once (RE-45). */
#include "net/testing/wss_harness.h"
#include "os/os.h"

static struct wss_conn *conn(struct gn_carrier *c)
{
	return (struct wss_conn *)c;
}

/* The server's newest, whatever it is at. */
static struct wss_conn *newcomer(uint16_t net, int *fd)
{
	uint64_t before = counted(&server, "wss-accepted");
	*fd = dial_from((uint8_t)net, gn_wss_port(server.wss));
	UNTIL(counted(&server, "wss-accepted") == before + 1);
	return server.wss->last;
}

static void pings_and_silence(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(false);
	uint64_t heard = conn(c)->heard;
	assert_int_equal(counted(&server, "wss-opened"), 1);
	assert_int_equal(uv_timer_get_repeat(&client.wss->sweep), WSS_SWEEP_MS);
	assert_false(wss_conn_sweep(conn(c), heard + WSS_PING_MS - 1));
	assert_false(conn(c)->pinged);
	assert_false(wss_conn_sweep(conn(c), heard + WSS_PING_MS));
	assert_true(conn(c)->pinged);
	UNTIL(!conn(c)->pinged); /* it was answered */
	heard = conn(c)->heard;
	assert_false(wss_conn_sweep(conn(c), heard + WSS_IDLE_MS - 1));
	assert_true(wss_conn_sweep(conn(c), heard + WSS_IDLE_MS));
	assert_int_equal(client.why, GN_TIMEOUT);
	assert_int_equal(counted(&client, "wss-timeout-idle"), 1);
}

static void what_waits_too_long(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	gn_err err = GN_OK;
	proxy.frozen = true;
	while (!err)
		(void)send_batch(c, 20, 1200, &err);
	struct wss_conn *w = conn(c);
	w->heard = w->took;
	assert_true(wss_waiting(w) > 0);
	assert_false(wss_conn_sweep(w, w->took + WSS_STALL_MS - 1));
	assert_true(wss_conn_sweep(w, w->took + WSS_STALL_MS));
	assert_int_equal(counted(&client, "wss-timeout-stall"), 1);
}

static void the_steps_of_a_newcomer(void **state)
{
	(void)state;
	struct gn_wss_config config = server_config();
	int fd;
	open_server(NULL);
	struct wss_conn *c = newcomer(1, &fd);
	assert_false(wss_conn_sweep(c, c->since + WSS_TLS_MS - 1));
	assert_true(wss_conn_sweep(c, c->since + WSS_TLS_MS));
	assert_int_equal(counted(&server, "wss-timeout-tls"), 1);
	assert_false(wss_conn_sweep(c, c->since + WSS_LINGER_MS - 1));
	assert_true(wss_conn_sweep(c, c->since + WSS_LINGER_MS));
	assert_null(server.wss->first);
	close(fd);
	server.proves = false;
	joined(false);
	c = conn(server.carriers[0]);
	assert_false(wss_conn_sweep(c, c->since + WSS_PROOF_MS - 1));
	assert_true(wss_conn_sweep(c, c->since + WSS_PROOF_MS));
	assert_int_equal(counted(&server, "wss-timeout-proof"), 1);
	gn_wss_free(server.wss);
	config.behind = true;
	open_server(&config);
	c = newcomer(1, &fd);
	assert_false(wss_conn_sweep(c, c->since + WSS_UPGRADE_MS - 1));
	assert_true(wss_conn_sweep(c, c->since + WSS_UPGRADE_MS));
	assert_int_equal(counted(&server, "wss-timeout-upgrade"), 1);
	close(fd);
}

static void the_steps_of_a_dial(void **state)
{
	(void)state;
	uint16_t port;
	int fd = listen_at(&port);
	open_client(NULL);
	struct wss_conn *c = conn(dial("127.0.0.1", port, ""));
	UNTIL(c->state == WSS_TLS);
	assert_false(wss_conn_sweep(c, c->born + WSS_DIAL_MS - 1));
	assert_true(wss_conn_sweep(c, c->born + WSS_DIAL_MS));
	assert_int_equal(counted(&client, "wss-timeout-dial"), 1);
	c = conn(dial("127.0.0.1", port, ""));
	UNTIL(c->state == WSS_CONNECT || c->state == WSS_TLS);
	c->state = WSS_CONNECT; /* as if nobody had answered */
	c->at[c->at_count++] = gn_addr_v4(127, 0, 0, 1, port);
	assert_false(wss_conn_sweep(c, c->since + WSS_CONNECT_MS - 1));
	assert_int_equal(c->at_next, 1);
	assert_false(wss_conn_sweep(c, c->since + WSS_CONNECT_MS)); /* the next address */
	assert_int_equal(c->at_next, 2);
	c->state = WSS_CONNECT;
	assert_true(wss_conn_sweep(c, c->since + WSS_CONNECT_MS)); /* and none is left */
	assert_int_equal(client.closed, 2);
	close(fd);
}

/* The name's address comes after others that refuse: as one of the first it is tried. */
static void addresses_that_are_tried(void **state)
{
	(void)state;
	uint16_t port;
	int fd = listen_at(&port);
	close(fd); /* refused from now on */
	open_server(NULL);
	open_client(NULL);
	for (unsigned over = 0; over < 2; over++) {
		struct wss_conn *c = conn(dial("127.0.0.1", gn_wss_port(server.wss), ""));
		while (c->at_count < WSS_ADDRESSES - 1 + over)
			c->at[c->at_count++] = gn_addr_v4(127, 0, 0, 1, port);
		UNTIL(client.opened + client.closed == 1 + over);
	}
	assert_int_equal(client.opened, 1);
	assert_int_equal(client.why, GN_UNREACHABLE);
}

/* Words find room where packets find none, and that is bounded, too. */
static void words_beside_a_full_queue(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	uint8_t word[100] = {0};
	struct gn_buf words = {word, sizeof word, sizeof word};
	gn_err err = GN_OK;
	size_t most = 0;
	proxy.frozen = true;
	while (!err)
		(void)send_batch(c, 20, 1200, &err);
	assert_true(c->room(c) < 1208 + WSS_RECORD);
	for (unsigned i = 0; i < 1000; i++) {
		wss_say(conn(c), &words);
		most = wss_waiting(conn(c));
	}
	assert_true(most > WSS_QUEUE_MAX + WSS_SLACK - 200 && most <= WSS_QUEUE_MAX + WSS_SLACK);
	assert_int_equal(c->room(c), 0);
}

/* TLS answers by itself when the peer wants new keys: who takes no answer is not listened to. */
static void who_takes_no_answer_is_not_heard(void **state)
{
	(void)state;
	struct gn_carrier *c = joined(true);
	uint8_t word[1000] = {0};
	proxy.deaf = true;
	assert_int_equal(send_text(server.carriers[0], "before"), GN_OK);
	UNTIL(client.received == 1);
	for (unsigned i = 0; i < 50; i++) { /* until the kernel's buffers are full, too */
		while (wss_waiting(conn(c)) <= WSS_QUEUE_MAX + WSS_SLACK) {
			assert_int_equal(gn_tls_pipe_write(conn(c)->tls, GN_SLICE(word)), GN_OK);
			wss_flush(conn(c));
			i = 0;
		}
		wss_poll_for(conn(c));
		turn();
	}
	assert_true(wss_waiting(conn(c)) > WSS_QUEUE_MAX + WSS_SLACK);
	assert_int_equal(send_text(server.carriers[0], "after"), GN_OK);
	for (unsigned i = 0; i < 100; i++)
		turn();
	assert_int_equal(client.received, 1);
	proxy.deaf = false;
	UNTIL(client.received == 2 || client.closed == 1);
}

static void taken_in_at_once(void **state)
{
	(void)state;
	int fds[WSS_ACCEPTS + 1];
	open_server(NULL);
	for (unsigned i = 0; i < GN_COUNT(fds); i++)
		fds[i] = dial_from(0, gn_wss_port(server.wss));
	turn();
	assert_int_equal(counted(&server, "wss-accepted"), WSS_ACCEPTS);
	turn();
	assert_int_equal(counted(&server, "wss-accepted"), WSS_ACCEPTS + 1);
	close_all(fds, GN_COUNT(fds));
}

static void something_else_is_asked_for(void **state)
{
	(void)state;
	static const char text[] = "GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n";
	struct gn_wss_config config = server_config();
	char answer[200];
	config.behind = true;
	open_server(&config);
	int fd = dial_from(0, gn_wss_port(server.wss));
	assert_true(write(fd, text, sizeof text - 1) > 0);
	UNTIL(counted(&server, "wss-not-found") == 1);
	ssize_t n = 0;
	UNTIL((n = read(fd, answer, sizeof answer)) > 0);
	assert_memory_equal(answer, "HTTP/1.1 404 ", 13);
	UNTIL(is_closed(fd));
	assert_int_equal(server.opened, 0);
	close(fd);
	UNTIL(!server.wss->first);
}

int main(void)
{
	gn_os_process();
	const struct CMUnitTest tests[] = {
		TEST(pings_and_silence),
		TEST(what_waits_too_long),
		TEST(the_steps_of_a_newcomer),
		TEST(the_steps_of_a_dial),
		TEST(addresses_that_are_tried),
		TEST(words_beside_a_full_queue),
		TEST(who_takes_no_answer_is_not_heard),
		TEST(taken_in_at_once),
		TEST(something_else_is_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
