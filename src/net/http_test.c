/* The server against raw sockets: one thread turns the loop and moves the clients' bytes in between, so every run does the same.
 * The handler below is a small site: what a path does is said where it is handled. */
#include "net/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#define PATIENCE 200000 /* turns of the loop before a test gives up */

/* ---- the site ---- */

struct site {
	uv_loop_t loop;
	struct gn_http *http;
	struct gn_http_request *held; /* of /hold */
	unsigned opened, closed, drains;
	char dir[64], path[128];
};

struct job { /* what a request of the site is at */
	uint64_t got, sum;  /* body bytes, their position-dependent sum */
	uint64_t left;      /* of /gen */
	uint64_t at;
	unsigned bites;     /* of /nibble */
	bool echo, nibble;
	bool stopped;       /* /echo waits for on_drain */
};

static uint8_t pattern(uint64_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

static uint64_t pattern_sum(uint64_t n)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < n; i++)
		sum = sum * 3 + pattern(i);
	return sum;
}

static void generate(struct gn_http_request *r, struct job *job)
{
	uint8_t data[20000];
	for (;;) {
		size_t n = job->left < sizeof data ? (size_t)job->left : sizeof data;
		if (n == 0) {
			gn_http_end(r);
			return;
		}
		for (size_t i = 0; i < n; i++)
			data[i] = pattern(job->at + i);
		job->at += n;
		job->left -= n;
		if (!gn_http_write(r, gn_slice(data, n)))
			return;
	}
}

static bool path_is(const struct gn_http_request *r, const char *path)
{
	return gn_slice_eq(gn_http_path(r), gn_str(path));
}

static uint64_t query_number(const struct gn_http_request *r, const char *name)
{
	uint8_t text[32];
	struct gn_buf buf = {text, 0, sizeof text - 1};
	if (gn_http_query_value(gn_http_query(r), name, &buf) != GN_OK)
		return 0;
	text[buf.len] = 0;
	return strtoull((char *)text, NULL, 10);
}

static void on_request(void *user, struct gn_http_request *r)
{
	struct site *site = user;
	struct job *job = calloc(1, sizeof *job);
	assert_non_null(job);
	gn_http_set_user(r, job);
	site->opened++;
	if (path_is(r, "/gen")) { /* n bytes of the pattern; known=1 with a length, else in chunks; cut=k: abort after k */
		job->left = query_number(r, "n");
		gn_http_start(r, 200, NULL, 0, query_number(r, "known") ? job->left : UINT64_MAX);
		uint64_t cut = query_number(r, "cut");
		if (cut) {
			uint8_t data[1000];
			memset(data, 'x', sizeof data);
			gn_http_write(r, gn_slice(data, cut < sizeof data ? (size_t)cut : sizeof data));
			gn_http_abort(r);
		} else {
			generate(r, job);
		}
	} else if (path_is(r, "/echo")) { /* the body comes back in chunks while it arrives */
		job->echo = true;
		gn_http_start(r, 200, NULL, 0, UINT64_MAX);
	} else if (path_is(r, "/early")) { /* refuses without reading */
		gn_http_respond(r, 413, NULL, 0, GN_LIT("too much"));
	} else if (path_is(r, "/hold")) { /* answered by the test, or never */
		site->held = r;
	} else if (path_is(r, "/nibble")) {
		job->nibble = true;
	} else if (path_is(r, "/fields")) {
		const struct gn_http_field fields[] = {{"Content-Type", GN_LIT("text/plain")},
		                                       {"X-Split", GN_LIT("a\r\nX-Injected: 1")},
		                                       {"Bad Name", GN_LIT("1")},
		                                       {"Content-Length", GN_LIT("99")},
		                                       {"transfer-encoding", GN_LIT("chunked")},
		                                       {"X-Good", GN_LIT("yes")}};
		gn_http_respond(r, 200, fields, GN_COUNT(fields), GN_LIT("fields"));
	} else if (path_is(r, "/none")) {
		gn_http_respond(r, 304, NULL, 0, GN_LIT(""));
	} else if (path_is(r, "/short")) { /* announces 10 and writes 3 */
		gn_http_start(r, 200, NULL, 0, 10);
		gn_http_write(r, GN_LIT("abc"));
		gn_http_end(r);
	} else if (path_is(r, "/headers")) {
		char text[512];
		struct gn_slice host = gn_http_header(r, "host"), range = gn_http_header(r, "range");
		int n = snprintf(text, sizeof text, "host=%.*s range=%.*s%s unix=%d", (int)host.len, host.p ? (const char *)host.p : "",
		                 (int)range.len, range.p ? (const char *)range.p : "", range.p ? "" : "absent", gn_http_is_unix(r));
		gn_http_respond(r, 200, NULL, 0, gn_slice(text, (size_t)n));
	}
}

static void on_body(void *user, struct gn_http_request *r, struct gn_slice data, size_t *taken)
{
	struct job *job = gn_http_user(r);
	size_t n = data.len;
	(void)user;
	if (job->nibble) { /* nothing and a thousand bytes in turn, resumed from within */
		n = n < 1000 ? n : job->bites++ % 2 ? 1000 : 0;
		gn_http_body_resume(r);
	}
	if (job->stopped)
		n = 0;
	for (size_t i = 0; i < n; i++)
		job->sum = job->sum * 3 + data.p[i];
	job->got += n;
	*taken = n;
	if (job->echo && n)
		job->stopped = !gn_http_write(r, data);
}

static void on_body_end(void *user, struct gn_http_request *r)
{
	struct job *job = gn_http_user(r);
	char text[96];
	(void)user;
	if (job->echo) {
		gn_http_end(r);
	} else if (path_is(r, "/sink") || job->nibble) {
		int n = snprintf(text, sizeof text, "%llu %llu", (unsigned long long)job->got, (unsigned long long)job->sum);
		gn_http_respond(r, 200, NULL, 0, gn_slice(text, (size_t)n));
	} else if (path_is(r, "/")) {
		gn_http_respond(r, 200, NULL, 0, GN_LIT("hello"));
	}
}

static void on_drain(void *user, struct gn_http_request *r)
{
	struct site *site = user;
	struct job *job = gn_http_user(r);
	site->drains++;
	if (path_is(r, "/gen")) {
		generate(r, job);
	} else {
		job->stopped = false;
		gn_http_body_resume(r);
	}
}

static void on_closed(void *user, struct gn_http_request *r)
{
	struct site *site = user;
	site->closed++;
	if (site->held == r)
		site->held = NULL;
	free(gn_http_user(r));
}

static const struct gn_http_handler handler_table = {on_request, on_body, on_body_end, on_drain, on_closed, NULL};

static void site_open(struct site *site, struct gn_http_config config)
{
	struct gn_http_handler handler = handler_table;
	memset(site, 0, sizeof *site);
	assert_int_equal(uv_loop_init(&site->loop), 0);
	snprintf(site->dir, sizeof site->dir, "/tmp/gn_http_test.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	snprintf(site->path, sizeof site->path, "%s/api.sock", site->dir);
	handler.user = site;
	config.loop = &site->loop;
	config.unix_path = site->path;
	assert_int_equal(gn_http_new(&config, &handler, &site->http), GN_OK);
}

static void site_close(struct site *site)
{
	gn_http_free(site->http);
	assert_int_equal(uv_run(&site->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&site->loop), 0); /* every handle is gone */
	assert_int_equal(site->opened, site->closed);
	assert_int_equal(access(site->path, F_OK), -1);
	rmdir(site->dir);
}

static uint64_t counter(const struct site *site, const char *name)
{
	struct gn_http_counter c;
	for (size_t i = 0; gn_http_counter_at(site->http, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

/* ---- clients ---- */

struct client {
	int fd;
	const char *out;
	size_t out_len;
	char *in;
	size_t in_len, in_cap;
	bool eof, reset, lazy; /* lazy: does not read */
};

static void client_open(struct client *c, int fd)
{
	memset(c, 0, sizeof *c);
	c->fd = fd;
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int dial(uint16_t port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static int dial_unix(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	c->fd = -1;
	c->in = NULL;
}

static void client_move(struct client *c)
{
	if (c->out_len) {
		ssize_t n = send(c->fd, c->out, c->out_len < 65536 ? c->out_len : 65536, MSG_NOSIGNAL);
		if (n > 0) {
			c->out += n;
			c->out_len -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN) {
			c->out_len = 0;
		}
	}
	if (c->lazy || c->eof)
		return;
	if (c->in_cap - c->in_len < 65536) {
		c->in_cap = c->in_cap * 2 + 131072;
		c->in = realloc(c->in, c->in_cap + 1);
		assert_non_null(c->in);
	}
	ssize_t n = recv(c->fd, c->in + c->in_len, 65536, 0);
	if (n > 0)
		c->in_len += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		c->eof = true;
	c->reset |= n < 0 && errno == ECONNRESET;
	c->in[c->in_len] = 0;
}

static void turn(struct site *site)
{
	uv_run(&site->loop, UV_RUN_NOWAIT);
}

/* Until the server closed. */
static void client_finish(struct site *site, struct client *c)
{
	for (int i = 0; i < PATIENCE && !c->eof; i++) {
		turn(site);
		client_move(c);
	}
	assert_true(c->eof);
}

/* Until n bytes are in. */
static void client_expect(struct site *site, struct client *c, size_t n)
{
	for (int i = 0; i < PATIENCE && c->in_len < n; i++) {
		turn(site);
		client_move(c);
		assert_false(c->eof);
	}
	assert_true(c->in_len >= n);
}

static void client_say(struct client *c, const char *text)
{
	c->out = text;
	c->out_len = strlen(text);
}

static int status_of(const struct client *c)
{
	return c->in_len > 12 && strncmp(c->in, "HTTP/1.1 ", 9) == 0 ? atoi(c->in + 9) : 0;
}

static const char *body_of(const struct client *c)
{
	const char *p = strstr(c->in, "\r\n\r\n");
	return p ? p + 4 : "";
}

/* Sends text on a new connection, reads to its end; the client is to be closed by the caller. */
static void ask(struct site *site, struct client *c, const char *text)
{
	client_open(c, dial(gn_http_port(site->http)));
	client_say(c, text);
	client_finish(site, c);
}

#define CLOSE "Host: x\r\nConnection: close\r\n"

static size_t dechunk(char *p)
{
	char *out = p, *in = p;
	for (;;) {
		char *end;
		size_t n = strtoul(in, &end, 16);
		assert_true(end > in && end[0] == '\r' && end[1] == '\n');
		in = end + 2;
		if (n == 0) {
			assert_memory_equal(in, "\r\n", 2);
			return (size_t)(out - p);
		}
		memmove(out, in, n);
		assert_memory_equal(in + n, "\r\n", 2);
		out += n;
		in += n + 2;
	}
}

static void assert_pattern(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)p[i] != pattern(i))
			fail_msg("byte %zu of %zu is wrong", i, n);
}

/* ---- tests ---- */

static void answers_and_counts(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	ask(&site, &c, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	assert_int_equal(status_of(&c), 200);
	assert_string_equal(body_of(&c), "hello");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5\r\n"));
	assert_non_null(strstr(c.in, "\r\nDate: "));
	assert_non_null(strstr(c.in, "\r\nConnection: close\r\n"));
	assert_null(strstr(c.in, "Server:"));
	client_close(&c);
	ask(&site, &c, "GET /headers HTTP/1.1\r\nHOST: A.b:1\r\nRange:  bytes=0-  \r\nConnection: close\r\n\r\n");
	assert_string_equal(body_of(&c), "host=A.b:1 range=bytes=0- unix=0");
	client_close(&c);
	ask(&site, &c, "GET http://other:9/headers HTTP/1.1\r\n" CLOSE "\r\n");
	assert_string_equal(body_of(&c), "host=other:9 range=absent unix=0");
	client_close(&c);
	ask(&site, &c, "GET / HTTP/1.0\r\n\r\n");
	assert_string_equal(body_of(&c), "hello");
	client_close(&c);
	assert_int_equal(counter(&site, "requests"), 4);
	site_close(&site);
}

static void head_and_304_have_no_body(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	ask(&site, &c, "HEAD / HTTP/1.1\r\n" CLOSE "\r\n");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5\r\n"));
	assert_string_equal(body_of(&c), "");
	client_close(&c);
	ask(&site, &c, "HEAD /gen?n=5000000&known=1 HTTP/1.1\r\n" CLOSE "\r\n");
	assert_non_null(strstr(c.in, "\r\nContent-Length: 5000000\r\n"));
	assert_string_equal(body_of(&c), "");
	client_close(&c);
	ask(&site, &c, "GET /none HTTP/1.1\r\n" CLOSE "\r\n");
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
	ask(&site, &c, "GET /fields HTTP/1.1\r\n" CLOSE "\r\n");
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
	ask(&site, &c, text);
	const char *p = strstr(c.in, "hello"), *q = p ? strstr(p, "\r\n\r\n3 ") : NULL;
	assert_non_null(q);
	assert_int_equal(site.opened, 4); /* nothing after Connection: close */
	client_close(&c);
	/* the same byte by byte */
	client_open(&c, dial(gn_http_port(site.http)));
	for (size_t i = 0; i < sizeof text - 1 && !c.eof; i++) {
		c.out = text + i;
		c.out_len = 1;
		client_move(&c);
		turn(&site);
	}
	client_finish(&site, &c);
	assert_int_equal(site.opened, 8);
	client_close(&c);
	assert_int_equal(counter(&site, "connections"), 2);
	site_close(&site);
}

static void upload(struct site *site, uint64_t n, bool chunked, const char *path, bool over_unix)
{
	struct client c;
	size_t cap = (size_t)n + n / 1000 * 16 + 4096, len;
	char *text = malloc(cap), want[96];
	assert_non_null(text);
	if (chunked) {
		len = (size_t)snprintf(text, cap, "POST %s HTTP/1.1\r\n" CLOSE "Transfer-Encoding: chunked\r\n\r\n", path);
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
		len = (size_t)snprintf(text, cap, "POST %s HTTP/1.1\r\n" CLOSE "Content-Length: %llu\r\n\r\n", path, (unsigned long long)n);
		for (uint64_t i = 0; i < n; i++)
			text[len++] = (char)pattern(i);
	}
	client_open(&c, over_unix ? dial_unix(site->path) : dial(gn_http_port(site->http)));
	c.out = text;
	c.out_len = len;
	client_finish(site, &c);
	snprintf(want, sizeof want, "%llu %llu", (unsigned long long)n, (unsigned long long)pattern_sum(n));
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
		snprintf(text, sizeof text, "GET /gen?n=%zu&known=%zu HTTP/1.1\r\n" CLOSE "\r\n", sizes[i / 2], i % 2);
		ask(&site, &c, text);
		size_t head = (size_t)(body_of(&c) - c.in);
		size_t len = i % 2 ? c.in_len - head : dechunk(c.in + head);
		assert_int_equal(len, sizes[i / 2]);
		assert_pattern(c.in + head, len);
		client_close(&c);
	}
	assert_true(site.drains > 10); /* 8 MiB did not go out in one piece */
	struct client c; /* an old client: the end of the connection is the end of the answer */
	ask(&site, &c, "GET /gen?n=70000 HTTP/1.0\r\n\r\n");
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
	int head = snprintf(text, 256, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 300000\r\n\r\n");
	for (size_t i = 0; i < 300000; i++)
		text[(size_t)head + i] = (char)pattern(i);
	client_open(&c, dial(gn_http_port(site.http)));
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
	client_open(&c, dial(gn_http_port(site.http)));
	client_say(&c, "GET /gen?n=100000000&known=1 HTTP/1.1\r\nHost: x\r\n\r\n");
	c.lazy = true;
	for (int i = 0; i < 2000; i++) {
		turn(&site);
		client_move(&c);
	}
	unsigned drains = site.drains;
	for (int i = 0; i < 2000; i++)
		turn(&site);
	assert_int_equal(drains, site.drains); /* it waits: what was written is the sockets' buffers and the high-water mark */
	assert_true(drains < 200);
	client_close(&c); /* and a reader that leaves is noticed */
	for (int i = 0; i < PATIENCE && site.closed == 0; i++)
		turn(&site);
	assert_int_equal(site.closed, 1);
	assert_int_equal(counter(&site, "open"), 0);
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
		client_open(&c[i], i % 3 ? dial(gn_http_port(site.http)) : dial_unix(site.path));
		client_say(&c[i], i % 2 ? "GET /gen?n=200000 HTTP/1.1\r\n" CLOSE "\r\n" : "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	}
	for (int turns = 0, left = N; left && turns < PATIENCE; turns++) {
		turn(&site);
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

static void over_the_limit_idle_ones_give_way_and_then_503(void **state)
{
	struct site site;
	struct client busy, idle, third, fourth;
	(void)state;
	site_open(&site, (struct gn_http_config){.requests_max = 2});
	client_open(&idle, dial(gn_http_port(site.http)));
	client_say(&idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	client_expect(&site, &idle, 50);
	client_open(&busy, dial(gn_http_port(site.http)));
	client_say(&busy, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < PATIENCE && !site.held; i++) {
		turn(&site);
		client_move(&busy);
	}
	client_open(&third, dial(gn_http_port(site.http)));
	client_say(&third, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < PATIENCE && site.opened < 3; i++) {
		turn(&site);
		client_move(&third);
	}
	assert_int_equal(site.opened, 3);
	client_finish(&site, &idle); /* was closed for the third */
	ask(&site, &fourth, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(status_of(&fourth), 503);
	assert_int_equal(counter(&site, "refused_busy"), 1);
	client_close(&idle);
	client_close(&busy);
	client_close(&third);
	client_close(&fourth);
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
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"},
		{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{400, "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
		{417, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n"},
		{505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
		{505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na"},
		{400, "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1111111111111111111\r\n"},
	};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct client c;
		ask(&site, &c, table[i].text);
		if (status_of(&c) != table[i].status)
			fail_msg("%d instead of %d for: %s", status_of(&c), table[i].status, table[i].text);
		assert_non_null(strstr(c.in, "{\"error\": {\"code\": \""));
		assert_false(c.reset);
		client_close(&c);
	}
	assert_int_equal(counter(&site, "refused_head"), GN_COUNT(table) - 4);
	assert_int_equal(counter(&site, "refused_body"), 4);
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
	p += sprintf(p, "\r\n");
	ask(site, &c, text);
	int status = status_of(&c);
	client_close(&c);
	free(text);
	return status;
}

static void limits_hold_at_the_limit_and_one_past_it(void **state)
{
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){.limits = {.path = 100, .header = 200, .headers = 1000}, .timeouts = {.stall = 50}});
	/* the site leaves such paths to time out: 0 is "taken, not answered" */
	struct client c;
	char text[400];
	int head = snprintf(text, sizeof text, "GET /gen?n=0&");
	memset(text + head, 'a', 99);
	strcpy(text + 104, " HTTP/1.1\r\n" CLOSE "\r\n");
	ask(&site, &c, text); /* a target of exactly 100 bytes */
	assert_int_equal(status_of(&c), 200);
	client_close(&c);
	assert_int_equal(status_for(&site, 101, 10, 1), 414);
	assert_int_equal(status_for(&site, 5000, 10, 1), 414);
	assert_int_equal(status_for(&site, 10, 201, 1), 431);
	assert_int_equal(status_for(&site, 10, 200, 6), 431);
	assert_int_equal(status_for(&site, 10, 200, 600), 431);
	assert_int_equal(counter(&site, "requests"), 1);
	site_close(&site);
}

static void the_limits_of_headers_let_through_what_fits(void **state)
{
	struct site site;
	struct client c;
	char text[1024];
	(void)state;
	site_open(&site, (struct gn_http_config){.limits = {.path = 100, .header = 200, .headers = 400}});
	int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" CLOSE "X: ");
	memset(text + n, 'h', 197);
	strcpy(text + n + 197, "\r\n\r\n");
	ask(&site, &c, text);
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
	ask(&site, &c, text);
	assert_int_equal(status_of(&c), 413);
	assert_string_equal(body_of(&c), "too much");
	assert_non_null(strstr(c.in, "Connection: close"));
	client_close(&c);
	site_close(&site);
}

static void expect_100_is_answered(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	client_open(&c, dial(gn_http_port(site.http)));
	client_say(&c, "POST /sink HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	client_expect(&site, &c, 25);
	assert_string_equal(c.in, "HTTP/1.1 100 Continue\r\n\r\n");
	client_say(&c, "abc");
	client_finish(&site, &c);
	assert_non_null(strstr(c.in + 25, "HTTP/1.1 200 OK\r\n"));
	client_close(&c);
	ask(&site, &c, "POST /early HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(status_of(&c), 413); /* and no 100 before it */
	client_close(&c);
	site_close(&site);
}

static void a_cut_answer_is_seen_as_cut(void **state)
{
	static const char *const targets[] = {"/gen?n=5000&known=1&cut=700", "/gen?n=5000&cut=700", "/short"};
	struct site site;
	struct client c;
	char text[128];
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(targets); i++) {
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n" CLOSE "\r\n", targets[i]);
		ask(&site, &c, text);
		assert_true(c.in_len < 1200);
		assert_null(strstr(c.in, "\r\n0\r\n\r\n"));
		client_close(&c);
	}
	ask(&site, &c, "GET /gen?n=5000&cut=700 HTTP/1.0\r\n\r\n");
	assert_true(c.reset);
	client_close(&c);
	assert_int_equal(counter(&site, "aborted"), 4);
	site_close(&site);
}

static void a_client_that_leaves_is_noticed_in_every_state(void **state)
{
	static const char *const texts[] = {"GET / HT", "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
	                                    "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
	                                    "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"};
	struct site site;
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(texts); i++) {
		struct client c;
		client_open(&c, dial(gn_http_port(site.http)));
		client_say(&c, texts[i]);
		for (int k = 0; k < 20; k++) {
			client_move(&c);
			turn(&site);
		}
		assert_int_equal(counter(&site, "open"), 1);
		client_close(&c);
		for (int k = 0; k < PATIENCE && counter(&site, "open"); k++)
			turn(&site);
		assert_int_equal(counter(&site, "open"), 0);
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
	site_open(&site, (struct gn_http_config){.write_high = 50000, .timeouts = {.head = 60, .idle = 60, .stall = 60}});
	client_open(&head, dial(gn_http_port(site.http)));
	client_say(&head, "GET / HTTP/1.1\r\nHost:");
	client_open(&body, dial(gn_http_port(site.http)));
	client_say(&body, "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
	client_open(&idle, dial(gn_http_port(site.http)));
	client_open(&reader, dial(gn_http_port(site.http)));
	client_say(&reader, "GET /gen?n=100000000 HTTP/1.1\r\nHost: x\r\n\r\n");
	reader.lazy = true;
	for (int i = 0; i < PATIENCE && (!head.eof || !body.eof || !idle.eof || counter(&site, "open")); i++) {
		usleep(100);
		turn(&site);
		client_move(&head);
		client_move(&body);
		client_move(&idle);
		client_move(&reader);
	}
	assert_int_equal(status_of(&head), 408);
	assert_int_equal(status_of(&body), 408);
	assert_int_equal(idle.in_len, 0);
	assert_int_equal(counter(&site, "timeout_head"), 1);
	assert_int_equal(counter(&site, "timeout_idle"), 1);
	assert_int_equal(counter(&site, "timeout_stall"), 2);
	client_close(&head);
	client_close(&body);
	client_close(&idle);
	client_close(&reader);
	site_close(&site);
}

static void a_held_answer_comes_later_and_calls_on_a_dead_one_do_nothing(void **state)
{
	struct site site;
	struct client c;
	(void)state;
	site_open(&site, (struct gn_http_config){.timeouts = {.stall = 30, .idle = 30, .head = 30}});
	client_open(&c, dial(gn_http_port(site.http)));
	client_say(&c, "GET /hold HTTP/1.1\r\n" CLOSE "\r\n");
	for (int i = 0; i < 1000; i++) { /* longer than every timeout: the owner may think as long as it likes */
		usleep(100);
		client_move(&c);
		turn(&site);
	}
	assert_non_null(site.held);
	gn_http_start(site.held, 200, NULL, 0, UINT64_MAX);
	assert_true(gn_http_write(site.held, GN_LIT("late")));
	gn_http_end(site.held);
	client_finish(&site, &c);
	assert_int_equal(status_of(&c), 200);
	client_close(&c);

	client_open(&c, dial(gn_http_port(site.http)));
	client_say(&c, "GET /hold HTTP/1.1\r\n" CLOSE "\r\n");
	for (int i = 0; i < PATIENCE && !site.held; i++) {
		client_move(&c);
		turn(&site);
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

static void freeing_in_the_middle_of_everything_leaks_nothing(void **state)
{
	static const char *const texts[] = {"GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n", "GET / HT",
	                                    "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
	                                    "GET /gen?n=10000000 HTTP/1.1\r\nHost: x\r\n\r\n", "BAD\r\n\r\n", ""};
	struct site site;
	struct client c[GN_COUNT(texts)];
	(void)state;
	site_open(&site, (struct gn_http_config){0});
	for (size_t i = 0; i < GN_COUNT(texts); i++) {
		client_open(&c[i], dial(gn_http_port(site.http)));
		client_say(&c[i], texts[i]);
		c[i].lazy = true;
	}
	for (int k = 0; k < 50; k++) {
		turn(&site);
		for (size_t i = 0; i < GN_COUNT(texts); i++)
			client_move(&c[i]);
	}
	assert_int_equal(counter(&site, "open"), GN_COUNT(texts));
	site_close(&site);
	for (size_t i = 0; i < GN_COUNT(texts); i++)
		client_close(&c[i]);
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
	client_open(&c, dial_unix(site.path));
	client_say(&c, "GET /headers HTTP/1.1\r\n" CLOSE "\r\n");
	client_finish(&site, &c);
	assert_string_equal(body_of(&c), "host=x range=absent unix=1");
	client_close(&c);

	struct gn_http_handler handler = handler_table;
	struct gn_http *second = NULL;
	struct gn_http_config config = {.loop = &site.loop, .unix_path = site.path, .no_port = true};
	handler.user = &site;
	assert_int_equal(gn_http_new(&config, &handler, &second), GN_PORT_TAKEN); /* somebody lives there */
	assert_int_equal(access(site.path, F_OK), 0);
	site_close(&site);

	/* a socket nobody listens on, as after a crash */
	memset(&other, 0, sizeof other);
	char dir[] = "/tmp/gn_http_test.XXXXXX", path[320], deep[256];
	assert_non_null(mkdtemp(dir));
	memset(deep, 'd', 120);
	deep[120] = 0;
	snprintf(path, sizeof path, "%s/%s", dir, deep); /* and deeper than a socket's address can say */
	assert_int_equal(mkdir(path, 0700), 0);
	strcat(path, "/api.sock");
	for (int round = 0; round < 2; round++) {
		assert_int_equal(uv_loop_init(&other.loop), 0);
		config = (struct gn_http_config){.loop = &other.loop, .unix_path = path, .no_port = true};
		handler.user = &other;
		assert_int_equal(gn_http_new(&config, &handler, &other.http), GN_OK);
		char keep[340];
		snprintf(keep, sizeof keep, "%s.old", path);
		if (round == 0)
			assert_int_equal(rename(path, keep), 0); /* survives gn_http_free, which removes only its own */
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
	struct gn_http_handler handler = handler_table;
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
		cmocka_unit_test(over_the_limit_idle_ones_give_way_and_then_503),
		cmocka_unit_test(what_breaks_the_protocol_is_answered),
		cmocka_unit_test(limits_hold_at_the_limit_and_one_past_it),
		cmocka_unit_test(the_limits_of_headers_let_through_what_fits),
		cmocka_unit_test(a_refusal_before_the_body_arrives_whole),
		cmocka_unit_test(expect_100_is_answered),
		cmocka_unit_test(a_cut_answer_is_seen_as_cut),
		cmocka_unit_test(a_client_that_leaves_is_noticed_in_every_state),
		cmocka_unit_test(slow_ones_are_timed_out),
		cmocka_unit_test(a_held_answer_comes_later_and_calls_on_a_dead_one_do_nothing),
		cmocka_unit_test(freeing_in_the_middle_of_everything_leaks_nothing),
		cmocka_unit_test(unix_socket_is_private_and_stale_ones_are_replaced),
		cmocka_unit_test(a_taken_port_is_told),
		cmocka_unit_test(listens_on_both_loopbacks),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
