/* The HTTP server against what it must bear: malformed and oversized requests, slow clients,
 * clients that leave, its own end. */
#include "net/testing/http_harness.h"

static void over_the_limit_idle_ones_give_way_and_then_503(void **state)
{
	struct site site;
	struct client busy, idle, third, fourth;
	(void)state;
	site_open(&site, (struct gn_http_config){.requests_max = 2});
	client_open(&idle, client_dial(gn_http_port(site.http)));
	client_say(&idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_expect(&site, &idle, 50);
	client_open(&busy, client_dial(gn_http_port(site.http)));
	client_say(&busy, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < PATIENCE && !site.held; i++) {
		site_turn(&site);
		client_move(&busy);
	}
	client_open(&third, client_dial(gn_http_port(site.http)));
	client_say(&third, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < PATIENCE && site.opened < 3; i++) {
		site_turn(&site);
		client_move(&third);
	}
	assert_int_equal(site.opened, 3);
	client_finish(&site, &idle); /* was closed for the third */
	client_ask(&site, &fourth, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(status_of(&fourth), 503);
	assert_int_equal(site_counter(&site, "refused_busy"), 1);
	client_close(&idle);
	client_close(&busy);
	client_close(&third);
	client_close(&fourth);
	site_close(&site);
}

static void who_does_not_read_gives_way_when_all_are_taken(void **state)
{
	struct site site;
	struct client stalled[2], reader;
	(void)state;
	site_open(&site,
		  (struct gn_http_config){.requests_max = 2,
					  .timeouts = {.stall = 60000, .give = 40, .idle = 40}});
	for (int k = 0; k < 2; k++) {
		client_open(&stalled[k], client_dial(gn_http_port(site.http)));
		client_say(&stalled[k], "GET /gen?n=100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
		stalled[k].lazy = true;
		for (int i = 0; i < PATIENCE && (int)site.opened <= k; i++) {
			site_turn(&site);
			client_move(&stalled[k]);
		}
	}
	int status = 0;
	for (int i = 0; i < 500 && status != 200; i++) { /* until they have been seen to stall */
		client_ask(&site, &reader, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
		status = status_of(&reader);
		client_close(&reader);
		poll(NULL, 0, 10);
	}
	assert_int_equal(status, 200);
	assert_int_equal(site_counter(&site, "gave_way"), 1);
	/* the one further behind was cut, and sees it; the other goes on */
	stalled[0].lazy = stalled[1].lazy = false;
	client_finish(&site, &stalled[0]);
	if (strstr(stalled[0].in + stalled[0].in_len - 5, "0\r\n\r\n") == NULL) {
		client_expect(&site, &stalled[1], 8000000);
	} else {
		client_finish(&site, &stalled[1]);
		assert_true(strstr(stalled[1].in + stalled[1].in_len - 5, "0\r\n\r\n") == NULL);
	}
	client_close(&stalled[0]);
	client_close(&stalled[1]);
	site_close(&site);
}

static void what_breaks_the_protocol_is_answered(void **state)
{
	static const struct {
		int status;
		const char *text;
	} table[] = {
		{400, "GET /\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\n\r\n"},
		{400, "GET / HTTP/1.1\n\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n"},
		{400, "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"},
		{400, "GET x HTTP/1.1\r\nHost: x\r\n\r\n"},
		{400, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
		{400, "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"},
		{400, "GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"},
		{400, "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
		{400, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
		{400, "GET / http/1.1\r\nHost: x\r\n\r\n"},
		{400, "\x16\x03\x01\x02\n\n"},
		{400, "\x16\x03\x01\x02\x05"}, /* TLS: its hello need have no line's end */
		{400, "\r\n\x16\x03"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: "
		      "chunked\r\n\r\n"},
		{400, "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
		{417, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n"},
		{505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
		{505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
		{400,
		 "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
		{400,
		 "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
		      "chunked\r\n\r\n1111111111111111111\r\n"},
	};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct client c;
		client_ask(&site, &c, table[i].text);
		if (status_of(&c) != table[i].status)
			fail_msg("%d instead of %d for: %s", status_of(&c), table[i].status,
				 table[i].text);
		assert_non_null(strstr(c.in, "{\"error\": {\"code\": \""));
		assert_false(c.reset);
		client_close(&c);
	}
	assert_int_equal(site_counter(&site, "refused_head"), GN_COUNT(table) - 4);
	assert_int_equal(site_counter(&site, "refused_body"), 4);
	site_close(&site);
}

static int status_for(struct site *site, size_t path, size_t header, size_t count)
{
	struct client c;
	char *text = malloc(path + (header + 8) * count + 256), *p = text;
	assert_non_null(text);
	p += sprintf(p, "GET /");
	memset(p, 'p', path - 1);
	p += path - 1;
	p += sprintf(p, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
	for (size_t i = 0; i < count; i++) {
		p += sprintf(p, "X: ");
		memset(p, 'h', header - 3);
		p += header - 3;
		p += sprintf(p, "\r\n");
	}
	memcpy(p, "\r\n", 3);
	client_ask(site, &c, text);
	int status = status_of(&c);
	client_close(&c);
	free(text);
	return status;
}

static void limits_hold_at_the_limit_and_one_past_it(void **state)
{
	struct site site;
	(void)state;
	site_open(&site,
		  (struct gn_http_config){.limits = {.path = 100, .header = 200, .headers = 1000},
					  .timeouts = {.stall = 50}});
	/* the site leaves such paths to time out: 0 is "taken, not answered" */
	struct client c;
	char text[400];
	int head = snprintf(text, sizeof text, "GET /gen?n=0&");
	memset(text + head, 'a', 99);
	strcpy(text + 104, " HTTP/1.1\r\n" CLOSE "\r\n");
	client_ask(&site, &c, text); /* a target of exactly 100 bytes */
	assert_int_equal(status_of(&c), 200);
	client_close(&c);
	assert_int_equal(status_for(&site, 101, 10, 1), 414);
	assert_int_equal(status_for(&site, 5000, 10, 1), 414);
	assert_int_equal(status_for(&site, 10, 201, 1), 431);
	assert_int_equal(status_for(&site, 10, 200, 6), 431);
	assert_int_equal(status_for(&site, 10, 200, 600), 431);
	assert_int_equal(site_counter(&site, "requests"), 1);
	site_close(&site);
}

static void the_limits_of_headers_let_through_what_fits(void **state)
{
	struct site site;
	struct client c;
	char text[1024];
	(void)state;
	site_open(&site,
		  (struct gn_http_config){.limits = {.path = 100, .header = 200, .headers = 400}});
	int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" CLOSE "X: ");
	memset(text + n, 'h', 197);
	strcpy(text + n + 197, "\r\n\r\n");
	client_ask(&site, &c, text);
	assert_int_equal(status_of(&c), 200);
	client_close(&c);
	site_close(&site);
}

static void a_refusal_before_the_body_arrives_whole(void **state)
{
	struct site site;
	struct client c;
	static char text[2 << 20];
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	memset(text, 'b', sizeof text - 1);
	memcpy(text, "POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n", 61);
	client_ask(&site, &c, text);
	assert_int_equal(status_of(&c), 413);
	assert_string_equal(body_of(&c), "too much");
	assert_non_null(strstr(c.in, "Connection: close"));
	client_close(&c);
	site_close(&site);
}

static void a_cut_answer_is_seen_as_cut(void **state)
{
	static const char *const targets[] = {"/gen?n=5000&known=1&cut=700", "/gen?n=5000&cut=700",
					      "/short"};
	struct site site;
	struct client c;
	char text[128];
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(targets); i++) {
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n" CLOSE "\r\n", targets[i]);
		client_ask(&site, &c, text);
		assert_true(c.in_len < 1200);
		assert_null(strstr(c.in, "\r\n0\r\n\r\n"));
		client_close(&c);
	}
	client_ask(&site, &c, "GET /gen?n=5000&cut=700 HTTP/1.0\r\n\r\n");
	assert_true(c.reset);
	client_close(&c);
	assert_int_equal(site_counter(&site, "aborted"), 4);
	site_close(&site);
}

static void a_client_that_leaves_is_noticed_in_every_state(void **state)
{
	static const char *const texts[] = {
		"GET / HT", "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
		"POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(texts); i++) {
		struct client c;
		client_open(&c, client_dial(gn_http_port(site.http)));
		client_say(&c, texts[i]);
		for (int k = 0; k < 20; k++) {
			client_move(&c);
			site_turn(&site);
		}
		assert_int_equal(site_counter(&site, "open"), 1);
		client_close(&c);
		for (int k = 0; k < PATIENCE && site_counter(&site, "open"); k++)
			site_turn(&site);
		assert_int_equal(site_counter(&site, "open"), 0);
	}
	assert_int_equal(site.opened, 4);
	assert_int_equal(site.closed, 4);
	site_close(&site);
}

static void slow_ones_are_timed_out(void **state)
{
	struct site site;
	struct client head, body, idle, reader;
	(void)state;
	site_open(&site,
		  (struct gn_http_config){.write_high = 50000,
					  .timeouts = {.head = 60, .idle = 60, .stall = 60}});
	client_open(&head, client_dial(gn_http_port(site.http)));
	client_say(&head, "GET / HTTP/1.1\r\nHost:");
	client_open(&body, client_dial(gn_http_port(site.http)));
	client_say(&body, "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
	client_open(&idle, client_dial(gn_http_port(site.http)));
	client_open(&reader, client_dial(gn_http_port(site.http)));
	client_say(&reader, "GET /gen?n=100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
	reader.lazy = true;
	for (int i = 0;
	     i < PATIENCE && (!head.eof || !body.eof || !idle.eof || site_counter(&site, "open"));
	     i++) {
		usleep(100);
		site_turn(&site);
		client_move(&head);
		client_move(&body);
		client_move(&idle);
		client_move(&reader);
	}
	assert_int_equal(status_of(&head), 408);
	assert_int_equal(status_of(&body), 408);
	assert_int_equal(idle.in_len, 0);
	assert_int_equal(site_counter(&site, "timeout_head"), 1);
	assert_int_equal(site_counter(&site, "timeout_idle"), 1);
	assert_int_equal(site_counter(&site, "timeout_stall"), 2);
	client_close(&head);
	client_close(&body);
	client_close(&idle);
	client_close(&reader);
	site_close(&site);
}

static void who_sends_slowly_gives_way_to_whole_requests(void **state)
{
	struct site site;
	struct client slow[2], whole;
	(void)state;
	site_open(&site, (struct gn_http_config){.requests_max = 2});
	for (int i = 0; i < 2; i++) {
		client_open(&slow[i], client_dial(gn_http_port(site.http)));
		client_say(&slow[i], i ? "GET / HTTP/1.1\r\nHost:"
				       : "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: "
					 "10\r\n\r\nabc");
		for (int k = 0; k < PATIENCE && site_counter(&site, "open") < (uint64_t)i + 1;
		     k++) {
			site_turn(&site);
			client_move(&slow[i]);
		}
		for (int k = 0; k < 50; k++) { /* its bytes arrive, and the next one is younger */
			usleep(100);
			site_turn(&site);
			client_move(&slow[i]);
		}
	}
	client_ask(&site, &whole, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	assert_int_equal(status_of(&whole), 200);
	client_finish(&site, &slow[0]);
	assert_int_equal(status_of(&slow[0]), 503);
	assert_int_equal(site_counter(&site, "gave_way"), 1);
	assert_int_equal(site_counter(&site, "refused_busy"), 0);
	assert_false(slow[1].eof);
	client_close(&slow[0]);
	client_close(&slow[1]);
	client_close(&whole);
	site_close(&site);
}

static void a_body_that_drips_is_timed_out(void **state)
{
	struct site site;
	struct client body;
	(void)state;
	site_open(&site,
		  (struct gn_http_config){
			  .timeouts = {.head = 60000, .idle = 60000, .stall = 60000, .body = 60}});
	client_open(&body, client_dial(gn_http_port(site.http)));
	client_say(&body, "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc");
	for (int i = 0; i < PATIENCE && !body.eof; i++) {
		usleep(1000);
		if (i % 8 == 7 && body.out_len == 0)
			client_say(&body, "x");
		site_turn(&site);
		client_move(&body);
	}
	assert_int_equal(status_of(&body), 408);
	assert_int_equal(site_counter(&site, "timeout_body"), 1);
	client_close(&body);
	site_close(&site);
}

static void name_it(void *user, struct gn_http_request *r, char out[GN_HTTP_ID_MAX])
{
	(void)user;
	strcpy(out, r ? "of-its-request" : "of-nothing");
}

static void answers_made_here_have_an_id_when_the_owner_gives_one(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){.request_id = name_it});
	client_ask(&site, &c, "GET / HTTP/9.9\r\n\r\n");
	assert_non_null(strstr((const char *)c.in, "\r\nX-Request-ID: of-nothing\r\n"));
	client_close(&c);
	client_ask(&site, &c,
		   "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	assert_int_equal(status_of(&c), 400);
	assert_non_null(strstr((const char *)c.in, "\r\nX-Request-ID: of-its-request\r\n"));
	client_close(&c);
	site_close(&site);
}

static void freeing_in_the_middle_of_everything_leaks_nothing(void **state)
{
	static const char *const texts[] = {"GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET / "
					    "HTTP/1.1\r\n",
					    "GET / HT",
					    "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: "
					    "10\r\n\r\nabc",
					    "GET /gen?n=10000000 HTTP/1.1\r\nHost: x\r\n\r\n",
					    "BAD\r\n\r\n",
					    ""};
	struct site site;
	struct client c[GN_COUNT(texts)];
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(texts); i++) {
		client_open(&c[i], client_dial(gn_http_port(site.http)));
		client_say(&c[i], texts[i]);
		c[i].lazy = true;
	}
	for (int k = 0; k < 50; k++) {
		site_turn(&site);
		for (size_t i = 0; i < GN_COUNT(texts); i++)
			client_move(&c[i]);
	}
	assert_int_equal(site_counter(&site, "open"), GN_COUNT(texts));
	site_close(&site);
	for (size_t i = 0; i < GN_COUNT(texts); i++)
		client_close(&c[i]);
}

/* Sends often and little, so that something moves all the time. */
static int dial_small(uint16_t port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0), segment = 536, window = 4096;
	if (fd < 0)
		fail();
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static void who_reads_slowly_gives_way_too(void **state)
{
	struct site site;
	struct client slow, reader;
	char bite[640];
	(void)state;
	site_open(&site, (struct gn_http_config){.requests_max = 1,
						 .timeouts = {.give = 1000, .idle = 40}});
	client_open(&slow, dial_small(gn_http_port(site.http)));
	client_say(&slow, "GET /gen?n=100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
	client_expect(&site, &slow, 1000);
	int status = 0;
	for (int i = 0; i < 3000 && status != 200; i++) { /* at 64 KB/s at most */
		ssize_t n = recv(slow.fd, bite, sizeof bite, 0);
		assert_true(n > 0 || (n < 0 && errno == EAGAIN));
		client_ask(&site, &reader, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
		status = status_of(&reader);
		client_close(&reader);
		poll(NULL, 0, 10);
	}
	assert_int_equal(status, 200);
	assert_int_equal(site_counter(&site, "gave_way"), 1);
	assert_int_equal(site_counter(&site, "timeout_stall"), 0);
	client_finish(&site, &slow);
	client_close(&slow);
	site_close(&site);
}

static void an_answer_taken_below_the_least_rate_ends(void **state)
{
	struct site site;
	struct client slow;
	char bite[3];
	(void)state;
	site_open(&site, (struct gn_http_config){.timeouts = {.stall = 200, .idle = 40}});
	client_open(&slow, dial_small(gn_http_port(site.http)));
	client_say(&slow, "GET /gen?n=100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
	client_expect(&site, &slow, 1000);
	for (int i = 0; i < 3000 && site_counter(&site, "timeout_stall") == 0; i++) {
		ssize_t n = recv(slow.fd, bite, sizeof bite, 0);
		assert_true(n > 0 || (n < 0 && errno == EAGAIN));
		site_turn(&site);
		poll(NULL, 0, 10);
	}
	assert_int_equal(site_counter(&site, "timeout_stall"), 1);
	client_close(&slow);
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_the_limit_idle_ones_give_way_and_then_503),
		cmocka_unit_test(who_does_not_read_gives_way_when_all_are_taken),
		cmocka_unit_test(who_reads_slowly_gives_way_too),
		cmocka_unit_test(an_answer_taken_below_the_least_rate_ends),
		cmocka_unit_test(what_breaks_the_protocol_is_answered),
		cmocka_unit_test(limits_hold_at_the_limit_and_one_past_it),
		cmocka_unit_test(the_limits_of_headers_let_through_what_fits),
		cmocka_unit_test(a_refusal_before_the_body_arrives_whole),
		cmocka_unit_test(a_cut_answer_is_seen_as_cut),
		cmocka_unit_test(a_client_that_leaves_is_noticed_in_every_state),
		cmocka_unit_test(slow_ones_are_timed_out),
		cmocka_unit_test(who_sends_slowly_gives_way_to_whole_requests),
		cmocka_unit_test(a_body_that_drips_is_timed_out),
		cmocka_unit_test(answers_made_here_have_an_id_when_the_owner_gives_one),
		cmocka_unit_test(freeing_in_the_middle_of_everything_leaks_nothing),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
