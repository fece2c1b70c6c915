/* The HTTP server does what it promises: answers, bodies and streams of all sizes, keep-alive,
 * sockets. */
#include "net/testing/http_harness.h"

static void answers_and_counts(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_ask(&site, &c, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	assert_int_equal(status_of(&c), 200);
	assert_string_equal(body_of(&c), "hello");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5\r\n"));
	assert_non_null(strstr(c.in, "\r\nDate: "));
	assert_non_null(strstr(c.in, "\r\nConnection: close\r\n"));
	assert_null(strstr(c.in, "Server:"));
	client_close(&c);
	client_ask(&site, &c,
		   "GET /headers HTTP/1.1\r\nHOST: A.b:1\r\nRange:  bytes=0-  \r\nConnection: "
		   "close\r\n\r\n");
	assert_string_equal(body_of(&c), "host=A.b:1 range=bytes=0- unix=0");
	client_close(&c);
	client_ask(&site, &c, "GET http://other:9/headers HTTP/1.1\r\n" CLOSE "\r\n");
	assert_string_equal(body_of(&c), "host=other:9 range=absent unix=0");
	client_close(&c);
	client_ask(&site, &c, "GET / HTTP/1.0\r\n\r\n");
	assert_string_equal(body_of(&c), "hello");
	client_close(&c);
	assert_int_equal(site_counter(&site, "requests"), 4);
	site_close(&site);
}

static void head_and_304_have_no_body(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_ask(&site, &c, "HEAD / HTTP/1.1\r\n" CLOSE "\r\n");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5\r\n"));
	assert_string_equal(body_of(&c), "");
	client_close(&c);
	client_ask(&site, &c, "HEAD /gen?n=5000000&known=1 HTTP/1.1\r\n" CLOSE "\r\n");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5000000\r\n"));
	assert_string_equal(body_of(&c), "");
	client_close(&c);
	client_ask(&site, &c, "GET /none HTTP/1.1\r\n" CLOSE "\r\n");
	assert_int_equal(status_of(&c), 304);
	assert_null(strstr(c.in, "Content-Length"));
	client_close(&c);
	site_close(&site);
}

static void fields_that_would_break_the_head_are_dropped(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_ask(&site, &c, "GET /fields HTTP/1.1\r\n" CLOSE "\r\n");
	assert_null(strstr(c.in, "X-Injected"));
	assert_null(strstr(c.in, "Bad Name"));
	assert_null(strstr(c.in, ": 99"));
	assert_null(strstr(c.in, "chunked"));
	assert_non_null(strstr(c.in, "X-Good: yes\r\n"));
	assert_string_equal(body_of(&c), "fields");
	client_close(&c);
	site_close(&site);
}

static void keeps_alive_and_takes_pipelined_requests_in_order(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n\r\n"
				   "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
				   "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
				   "GET /gen?n=3 HTTP/1.1\r\n" CLOSE "\r\n"
				   "GET /never HTTP/1.1\r\nHost: x\r\n\r\n";
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_ask(&site, &c, text);
	const char *p = strstr(c.in, "hello"), *q = p ? strstr(p, "\r\n\r\n3 ") : NULL;
	assert_non_null(q);
	assert_int_equal(site.opened, 4); /* nothing after Connection: close */
	client_close(&c);
	/* the same byte by byte */
	client_open(&c, client_dial(gn_http_port(site.http)));
	for (size_t i = 0; i < sizeof text - 1 && !c.eof; i++) {
		c.out = text + i;
		c.out_len = 1;
		client_move(&c);
		site_turn(&site);
	}
	client_finish(&site, &c);
	assert_int_equal(site.opened, 8);
	client_close(&c);
	assert_int_equal(site_counter(&site, "connections"), 2);
	site_close(&site);
}

static void upload(struct site *site, uint64_t n, bool chunked, const char *path, bool over_unix)
{
	struct client c;
	size_t cap = (size_t)n + n / 1000 * 16 + 4096, len;
	char *text = malloc(cap), want[96];
	assert_non_null(text);
	if (chunked) {
		len = (size_t)snprintf(text, cap,
				       "POST %s HTTP/1.1\r\n" CLOSE "Transfer-Encoding: "
				       "chunked\r\n\r\n",
				       path);
		for (uint64_t at = 0; at < n;) {
			size_t k = n - at < 7001 ? (size_t)(n - at) : 7001;
			len += (size_t)snprintf(text + len, cap - len, "%zX;ext=1\r\n", k);
			for (size_t i = 0; i < k; i++)
				text[len++] = (char)pattern(at + i);
			len += (size_t)snprintf(text + len, cap - len, "\r\n");
			at += k;
		}
		len += (size_t)snprintf(text + len, cap - len, "0\r\nTrailer: 1\r\n\r\n");
	} else {
		len = (size_t)snprintf(text, cap,
				       "POST %s HTTP/1.1\r\n" CLOSE "Content-Length: "
				       "%llu\r\n\r\n",
				       path, (unsigned long long)n);
		for (uint64_t i = 0; i < n; i++)
			text[len++] = (char)pattern(i);
	}
	client_open(&c, over_unix ? client_dial_unix(site->path)
				  : client_dial(gn_http_port(site->http)));
	c.out = text;
	c.out_len = len;
	client_finish(site, &c);
	snprintf(want, sizeof want, "%llu %llu", (unsigned long long)n,
		 (unsigned long long)pattern_sum(n));
	assert_int_equal(status_of(&c), 200);
	assert_string_equal(body_of(&c), want);
	client_close(&c);
	free(text);
}

static void bodies_of_all_sizes_arrive(void **state)
{
	static const uint64_t sizes[] = {0, 1, 1000, 65536, 65537, 8 << 20};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		upload(&site, sizes[i], false, "/sink", false);
		upload(&site, sizes[i], true, "/sink", i % 2);
	}
	site_close(&site);
}

static void an_owner_that_nibbles_gets_every_byte_once(void **state)
{
	static const uint64_t sizes[] = {0, 1, 999, 1000, 1001, 300000};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		upload(&site, sizes[i], false, "/nibble", true);
		upload(&site, sizes[i], true, "/nibble", false);
	}
	site_close(&site);
}

static void answers_of_all_sizes_leave(void **state)
{
	static const size_t sizes[] = {0, 1, 65536, 8 << 20};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(sizes) * 2; i++) {
		struct client c;
		char text[128];
		snprintf(text, sizeof text, "GET /gen?n=%zu&known=%zu HTTP/1.1\r\n" CLOSE "\r\n",
			 sizes[i / 2], i % 2);
		client_ask(&site, &c, text);
		size_t head = (size_t)(body_of(&c) - c.in);
		size_t len = i % 2 ? c.in_len - head : dechunk(c.in + head);
		assert_int_equal(len, sizes[i / 2]);
		assert_pattern(c.in + head, len);
		client_close(&c);
	}
	assert_true(site.drains > 10); /* 8 MiB did not go out in one piece */
	/* an old client: the end of the connection is the end of the answer */
	struct client c;
	client_ask(&site, &c, "GET /gen?n=70000 HTTP/1.0\r\n\r\n");
	assert_int_equal(c.in_len - (size_t)(body_of(&c) - c.in), 70000);
	client_close(&c);
	site_close(&site);
}

static void a_body_can_be_echoed_while_it_arrives(void **state)
{
	struct site site;
	struct client c;
	static char text[300000 + 256];
	(void)state;
	site_open(&site, (struct gn_http_config){.write_high = 4096});
	int head = snprintf(text, 256,
			    "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: "
			    "300000\r\n\r\n");
	for (size_t i = 0; i < 300000; i++)
		text[(size_t)head + i] = (char)pattern(i);
	client_open(&c, client_dial(gn_http_port(site.http)));
	c.out = text;
	c.out_len = (size_t)head + 300000;
	client_finish(&site, &c);
	char *body = c.in + (body_of(&c) - c.in);
	assert_int_equal(dechunk(body), 300000);
	assert_pattern(body, 300000);
	client_close(&c);
	site_close(&site);
}

static void a_slow_reader_costs_bounded_memory(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){.write_high = 100000});
	client_open(&c, client_dial(gn_http_port(site.http)));
	client_say(&c, "GET /gen?n=100000000&known=1 HTTP/1.1\r\nHost: x\r\n\r\n");
	c.lazy = true;
	for (int i = 0; i < 2000; i++) {
		site_turn(&site);
		client_move(&c);
	}
	unsigned drains = site.drains;
	for (int i = 0; i < 2000; i++)
		site_turn(&site);
	assert_int_equal(drains,
			 /* it waits: what was written is the sockets' buffers and the high-water
			  * mark */
			 site.drains);
	assert_true(drains < 200);
	client_close(&c); /* and a reader that leaves is noticed */
	for (int i = 0; i < PATIENCE && site.closed == 0; i++)
		site_turn(&site);
	assert_int_equal(site.closed, 1);
	assert_int_equal(site_counter(&site, "open"), 0);
	site_close(&site);
}

static void many_at_once(void **state)
{
	enum { N = 100 };
	struct site site;
	struct client *c = calloc(N, sizeof *c);
	(void)state;
	assert_non_null(c);
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < N; i++) {
		client_open(&c[i], i % 3 ? client_dial(gn_http_port(site.http))
					 : client_dial_unix(site.path));
		client_say(&c[i], i % 2 ? "GET /gen?n=200000 HTTP/1.1\r\n" CLOSE "\r\n"
					: "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	}
	for (int turns = 0, left = N; left && turns < PATIENCE; turns++) {
		site_turn(&site);
		left = 0;
		for (size_t i = 0; i < N; i++) {
			client_move(&c[i]);
			left += !c[i].eof;
		}
	}
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(status_of(&c[i]), 200);
		char *body = c[i].in + (body_of(&c[i]) - c[i].in);
		if (i % 2)
			assert_int_equal(dechunk(body), 200000);
		else
			assert_string_equal(body, "hello");
		client_close(&c[i]);
	}
	free(c);
	site_close(&site);
}

static void expect_100_is_answered(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_open(&c, client_dial(gn_http_port(site.http)));
	client_say(&c, "POST /sink HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\nExpect: "
		       "100-continue\r\n\r\n");
	client_expect(&site, &c, 25);
	assert_string_equal(c.in, "HTTP/1.1 100 Continue\r\n\r\n");
	client_say(&c, "abc");
	client_finish(&site, &c);
	assert_non_null(strstr(c.in + 25, "HTTP/1.1 200 OK\r\n"));
	client_close(&c);
	client_ask(&site, &c,
		   "POST /early HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\nExpect: "
		   "100-continue\r\n\r\n");
	assert_int_equal(status_of(&c), 413); /* and no 100 before it */
	client_close(&c);
	site_close(&site);
}

static void a_held_answer_comes_later_and_calls_on_a_dead_one_do_nothing(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site,
		  (struct gn_http_config){.timeouts = {.stall = 30, .idle = 30, .head = 30}});
	client_open(&c, client_dial(gn_http_port(site.http)));
	client_say(&c, "GET /hold HTTP/1.1\r\n" CLOSE "\r\n");
	for (int i = 0; i < 1000; i++) {
		/* longer than every timeout: the owner may think as long as it likes */
		usleep(100);
		client_move(&c);
		site_turn(&site);
	}
	assert_non_null(site.held);
	gn_http_start(site.held, 200, NULL, 0, UINT64_MAX);
	assert_true(gn_http_write(site.held, GN_LIT("late")));
	gn_http_end(site.held);
	client_finish(&site, &c);
	assert_int_equal(status_of(&c), 200);
	client_close(&c);

	client_open(&c, client_dial(gn_http_port(site.http)));
	client_say(&c, "GET /hold HTTP/1.1\r\n" CLOSE "\r\n");
	for (int i = 0; i < PATIENCE && !site.held; i++) {
		client_move(&c);
		site_turn(&site);
	}
	gn_http_abort(site.held);
	gn_http_respond(site.held, 200, NULL, 0, GN_LIT("no"));
	assert_false(gn_http_write(site.held, GN_LIT("no")));
	gn_http_end(site.held);
	client_finish(&site, &c);
	assert_int_equal(c.in_len, 0);
	client_close(&c);
	site_close(&site);
}

static void write_before_the_poll(uv_prepare_t *prepare)
{
	struct site *site = prepare->data;
	if (site->closed == 0)
		(void)gn_http_write(site->held, GN_LIT("more"));
}

/* Found by streaming over real nodes: bytes written before the poll that learns that the client
 * left. */
static void a_client_that_leaves_between_a_write_and_its_turn(void **state)
{
	struct site site;
	struct client c;
	uv_prepare_t prepare;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_open(&c, client_dial(gn_http_port(site.http)));
	client_say(&c, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < PATIENCE && !site.held; i++) {
		client_move(&c);
		site_turn(&site);
	}
	gn_http_start(site.held, 200, NULL, 0, UINT64_MAX);
	uv_prepare_init(&site.loop, &prepare);
	prepare.data = &site;
	uv_prepare_start(&prepare, write_before_the_poll);
	client_close(&c);
	for (int i = 0; i < PATIENCE && site.closed == 0; i++)
		site_turn(&site);
	assert_int_equal(site.closed, 1);
	for (int i = 0; i < 3; i++)
		site_turn(&site);
	uv_close((uv_handle_t *)&prepare, NULL);
	site_close(&site);
}

/* What speaks another protocol from its first byte on is a stream both ways, on the Unix socket
 * alone, and only when its owner wants that. */
static struct gn_http_request *raw_request;
static char raw_got[64];

static void raw_begin(void *user, struct gn_http_request *r)
{
	(void)user;
	raw_request = r;
	assert_true(gn_http_is_unix(r));
	assert_null(gn_http_header(r, "host").p);
}

static void raw_body(void *user, struct gn_http_request *r, struct gn_slice data, size_t *taken)
{
	(void)user;
	if (r == raw_request) {
		memcpy(raw_got + 1, data.p, data.len < 8 ? data.len : 8);
		raw_got[0] += (char)data.len;
		gn_http_write(r, GN_LIT("said"));
		gn_http_end(r);
	}
	*taken = data.len;
}

static void raw_quiet(void *user, struct gn_http_request *r)
{
	(void)user;
	(void)r;
}

static void raw_closed(void *user, struct gn_http_request *r)
{
	(void)user;
	raw_request = r == raw_request ? NULL : raw_request;
}

static void a_first_byte_of_nought_is_no_http(void **state)
{
	(void)state;
	struct site site;
	struct client c;
	static const struct gn_http_handler raw = {.on_request = raw_begin,
						   .on_body = raw_body,
						   .on_body_end = raw_quiet,
						   .on_drain = raw_quiet,
						   .on_closed = raw_closed,
						   .on_raw = raw_begin};
	for (int with = 0; with < 2; with++) {
		struct gn_http *other = NULL;
		char path[80];
		site_open(&site, (struct gn_http_config){.no_port = true});
		snprintf(path, sizeof path, "%s.raw", site.path);
		struct gn_http_handler handler = raw;
		if (!with)
			handler.on_raw = NULL;
		struct gn_http_config config = {
			.loop = &site.loop, .unix_path = path, .no_port = true};
		assert_int_equal(gn_http_new(&config, &handler, &other), GN_OK);
		client_open(&c, client_dial_unix(path));
		c.out = "\0abc\r\n\r\n";
		c.out_len = 8;
		client_finish(&site, &c);
		if (with)
			assert_string_equal(c.in, "said");
		else
			assert_int_equal(status_of(&c), 400);
		assert_int_equal(raw_got[0], with ? 8 : 0);
		assert_null(raw_request);
		client_close(&c);
		gn_http_free(other);
		site_close(&site);
	}
}

static void unix_socket_is_private_and_stale_ones_are_replaced(void **state)
{
	struct site site, other;
	struct client c;
	struct stat st;
	(void)state;
	site_open(&site, (struct gn_http_config){.no_port = true});
	assert_int_equal(gn_http_port(site.http), 0);
	assert_int_equal(stat(site.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	client_open(&c, client_dial_unix(site.path));
	client_say(&c, "GET /headers HTTP/1.1\r\n" CLOSE "\r\n");
	client_finish(&site, &c);
	assert_string_equal(body_of(&c), "host=x range=absent unix=1");
	client_close(&c);

	struct gn_http_handler handler = site_handler;
	struct gn_http *second = NULL;
	struct gn_http_config config = {
		.loop = &site.loop, .unix_path = site.path, .no_port = true};
	handler.user = &site;
	/* somebody lives there */
	assert_int_equal(gn_http_new(&config, &handler, &second), GN_PORT_TAKEN);
	assert_int_equal(access(site.path, F_OK), 0);
	site_close(&site);

	/* a socket nobody listens on, as after a crash */
	memset(&other, 0, sizeof other);
	char dir[] = "/tmp/gn_http_test.XXXXXX", path[320], deep[256];
	assert_non_null(mkdtemp(dir));
	memset(deep, 'd', 120);
	deep[120] = 0;
	/* and deeper than a socket's address can say */
	snprintf(path, sizeof path, "%s/%s", dir, deep);
	assert_int_equal(mkdir(path, 0700), 0);
	strcat(path, "/api.sock");
	for (int round = 0; round < 2; round++) {
		assert_int_equal(uv_loop_init(&other.loop), 0);
		config = (struct gn_http_config){
			.loop = &other.loop, .unix_path = path, .no_port = true};
		handler.user = &other;
		assert_int_equal(gn_http_new(&config, &handler, &other.http), GN_OK);
		char keep[340];
		snprintf(keep, sizeof keep, "%s.old", path);
		if (round == 0)
			/* survives gn_http_free, which removes only its own */
			assert_int_equal(rename(path, keep), 0);
		gn_http_free(other.http);
		uv_run(&other.loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&other.loop), 0);
		if (round == 0)
			assert_int_equal(rename(keep, path), 0);
	}
	assert_int_equal(access(path, F_OK), -1);
	*strrchr(path, '/') = 0;
	rmdir(path);
	rmdir(dir);
}

static void a_taken_port_is_told(void **state)
{
	struct site site;
	struct gn_http *second = NULL;
	struct gn_http_handler handler = site_handler;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	struct gn_http_config config = {.loop = &site.loop, .port = gn_http_port(site.http)};
	handler.user = &site;
	assert_int_equal(gn_http_new(&config, &handler, &second), GN_PORT_TAKEN);
	assert_null(second);
	site_close(&site);
}

static void listens_on_both_loopbacks(void **state)
{
	struct site site;
	struct client c;
	struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	addr.sin6_port = htons(gn_http_port(site.http));
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
		print_message("no IPv6 here\n");
		if (fd >= 0)
			close(fd);
	} else {
		client_open(&c, fd);
		client_say(&c, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
		client_finish(&site, &c);
		assert_string_equal(body_of(&c), "hello");
		client_close(&c);
	}
	site_close(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_counts),
		cmocka_unit_test(head_and_304_have_no_body),
		cmocka_unit_test(fields_that_would_break_the_head_are_dropped),
		cmocka_unit_test(keeps_alive_and_takes_pipelined_requests_in_order),
		cmocka_unit_test(bodies_of_all_sizes_arrive),
		cmocka_unit_test(an_owner_that_nibbles_gets_every_byte_once),
		cmocka_unit_test(answers_of_all_sizes_leave),
		cmocka_unit_test(a_body_can_be_echoed_while_it_arrives),
		cmocka_unit_test(a_slow_reader_costs_bounded_memory),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(expect_100_is_answered),
		cmocka_unit_test(a_held_answer_comes_later_and_calls_on_a_dead_one_do_nothing),
		cmocka_unit_test(a_client_that_leaves_between_a_write_and_its_turn),
		cmocka_unit_test(a_first_byte_of_nought_is_no_http),
		cmocka_unit_test(unix_socket_is_private_and_stale_ones_are_replaced),
		cmocka_unit_test(a_taken_port_is_told),
		cmocka_unit_test(listens_on_both_loopbacks),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
