/* Whose request is begun next, and who may go on writing (NO-30). Places in line are counted,
 * never times. */
#include "net/http_conn.h"
#include "net/testing/http_harness.h"

enum { MANY = 40 };

/* From 127.0.0.host. */
static int dial_from(uint16_t port, unsigned host)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = {htonl(0x7f000000u | host)}},
			   to = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void move_all(struct client *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		client_move(&list[i]);
}

static void close_all(struct client *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		client_close(&list[i]);
}

/* How many requests are begun from now to that of /hold, it among them. */
static unsigned place_of_held(struct site *site)
{
	unsigned before = site->opened;
	for (int i = 0; i < PATIENCE && !site->held; i++)
		site_turn(site);
	assert_non_null(site->held);
	return site->opened - before;
}

/* A site whose answer to the client's request (and to one that may follow it) the test writes. */
static struct gn_http_request *hold(struct site *site, struct client *c, uint32_t write_high,
				    const char *text)
{
	site_open(site, (struct gn_http_config){.write_high = write_high});
	client_open(c, client_dial(gn_http_port(site->http)));
	client_say(c, text);
	client_move(c);
	place_of_held(site);
	gn_http_start(site->held, 200, NULL, 0, UINT64_MAX);
	return site->held;
}

static void who_asks_now_and_then_goes_ahead(void **state)
{
	static struct client many[MANY];
	static char text[MANY * 40];
	struct site site;
	struct client seldom;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (unsigned i = 0; i < MANY; i++)
		strcat(text, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_open(&seldom, client_dial(gn_http_port(site.http)));
	client_say(&seldom, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_expect(&site, &seldom, 50);
	for (unsigned i = 0; i < MANY; i++) { /* each wants its next answer at once, MANY times */
		client_open(&many[i], client_dial(gn_http_port(site.http)));
		client_say(&many[i], text);
	}
	for (int i = 0; i < PATIENCE && site.opened < 4 * MANY; i++) {
		site_turn(&site);
		move_all(many, MANY);
	}
	client_say(&seldom, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	client_move(&seldom);
	unsigned place = place_of_held(&site);
	assert_in_range(place, 1, 2 * GN_HTTP_TURNS);
	for (int i = 0; i < PATIENCE && site.opened < MANY * MANY + 2; i++) {
		/* and nobody is forgotten */
		site_turn(&site);
		move_all(many, MANY);
	}
	assert_int_equal(site.opened, MANY * MANY + 2);
	close_all(many, MANY);
	client_close(&seldom);
	site_close(&site);
}

static void newcomers_stop_nobody(void **state)
{
	static struct client many[MANY];
	struct site site;
	struct client often;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_open(&often, client_dial(gn_http_port(site.http)));
	for (unsigned i = 0; i < 4; i++) {
		often.in_len = 0;
		client_say(&often, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		client_expect(&site, &often, 50);
	}
	for (unsigned i = 0; i < MANY; i++) {
		client_open(&many[i], dial_from(gn_http_port(site.http), i + 2));
		client_say(&many[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (int i = 0; i < PATIENCE && site_counter(&site, "open") <= MANY; i++)
		site_turn(&site);
	move_all(many, MANY);
	client_say(&often, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	client_move(&often);
	unsigned place = place_of_held(&site);
	assert_in_range(place, 1, 2 * GN_HTTP_TURNS);
	close_all(many, MANY);
	client_close(&often);
	site_close(&site);
}

/* A connection that ends while it waits leaves the line whole. */
static void who_waits_may_be_closed(void **state)
{
	static struct client many[MANY];
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (unsigned i = 0; i < MANY; i++) {
		client_open(&many[i], client_dial(gn_http_port(site.http)));
		client_say(&many[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (int i = 0; i < PATIENCE && site_counter(&site, "open") < MANY; i++)
		site_turn(&site);
	move_all(many, MANY);
	for (int i = 0; i < PATIENCE && site.opened == 0; i++)
		site_turn(&site);
	assert_in_range(site.opened, 1, MANY - 1);
	assert_true(line_waits(site.http));
	while (site.http->conns)
		conn_close(site.http->conns);
	assert_false(line_waits(site.http));
	close_all(many, MANY);
	site_close(&site);
}

static void downloads_go_on_by_turns(void **state)
{
	enum { DOWNLOADS = 8, TURNS = 400, PIECE = 20000 };
	static struct client many[DOWNLOADS];
	struct site site;
	size_t all = 0, least = SIZE_MAX, most = 0;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (unsigned i = 0; i < DOWNLOADS; i++) {
		client_open(&many[i], client_dial(gn_http_port(site.http)));
		client_say(&many[i], "GET /gen?n=100000000&known=1 HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (int i = 0; i < PATIENCE && site.opened < DOWNLOADS; i++) {
		site_turn(&site);
		move_all(many, DOWNLOADS);
	}
	for (unsigned i = 0; i < DOWNLOADS; i++)
		many[i].in_len = 0;
	for (int k = 0; k < TURNS; k++) {
		site_turn(&site);
		for (int j = 0; j < 8; j++) /* what there is */
			move_all(many, DOWNLOADS);
	}
	for (unsigned i = 0; i < DOWNLOADS; i++) {
		all += many[i].in_len;
		least = many[i].in_len < least ? many[i].in_len : least;
		most = many[i].in_len > most ? many[i].in_len : most;
	}
	/* beside what lay in the kernel before */
	assert_in_range(all, 1,
			(size_t)TURNS * (GN_HTTP_TURN_BYTES + PIECE) +
				(size_t)DOWNLOADS * (8u << 20));
	assert_true(least > most / 2);
	close_all(many, DOWNLOADS);
	site_close(&site);
}

/* An answer that ends while it waits for its turn to go on leaves the line, which the next
 * request enters. */
static void an_answer_may_end_in_line(void **state)
{
	static const uint8_t piece[65536];
	struct site site;
	struct client c;
	(void)state;
	struct gn_http_request *first = hold(&site, &c, 0,
					     "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /hold "
					     "HTTP/1.1\r\nHost: x\r\n\r\n");
	while (gn_http_write(first, GN_SLICE(piece))) /* the client reads nothing yet */
		;
	for (int i = 0; i < PATIENCE && !first->conn->in_line; i++) {
		client_move(&c);
		site_turn(&site);
	}
	assert_true(first->conn->in_line);
	gn_http_end(first);
	for (int i = 0; i < PATIENCE && (!site.held || site.held == first); i++) {
		site_turn(&site);
		client_move(&c);
	}
	assert_int_equal(site.opened, 2);
	client_close(&c);
	site_close(&site);
}

/* Who writes now and then is told to stop only by a client that does not keep up, however much
 * it was in all. */
static void a_listener_that_keeps_up_is_kept(void **state)
{
	static const uint8_t piece[4000];
	struct site site;
	struct client c;
	(void)state;
	struct gn_http_request *held = hold(&site, &c, 16384,
					    "GET /hold HTTP/1.1\r\nHost: "
					    "x\r\n\r\n");
	for (size_t sent = 0; sent < 100 * sizeof piece; sent += sizeof piece) {
		assert_true(gn_http_write(held, GN_SLICE(piece)));
		client_expect(&site, &c, sent + sizeof piece);
	}
	gn_http_end(held);
	client_close(&c);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_now_and_then_goes_ahead),
		cmocka_unit_test(newcomers_stop_nobody),
		cmocka_unit_test(who_waits_may_be_closed),
		cmocka_unit_test(downloads_go_on_by_turns),
		cmocka_unit_test(an_answer_may_end_in_line),
		cmocka_unit_test(a_listener_that_keeps_up_is_kept),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
