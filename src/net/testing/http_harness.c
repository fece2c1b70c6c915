/* A small site and raw clients, as http_harness.h says. */
#include "net/testing/http_harness.h"

uint8_t pattern(uint64_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

uint64_t pattern_sum(uint64_t n)
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
		if (!gn_http_write(r, gn_slice(data, n)) || !gn_http_more(r))
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
	if (path_is(r, "/gen")) {
		/* n bytes of the pattern; known=1 with a length, else in chunks; cut=k:
		    	 * abort after k */
		job->left = query_number(r, "n");
		gn_http_start(r, 200, NULL, 0, query_number(r, "known") ? job->left : UINT64_MAX);
		uint64_t cut = query_number(r, "cut");
		if (cut) {
			uint8_t data[1000];
			memset(data, 'x', sizeof data);
			gn_http_write(
				r, gn_slice(data, cut < sizeof data ? (size_t)cut : sizeof data));
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
		struct gn_slice host = gn_http_header(r, "host"),
				range = gn_http_header(r, "range");
		int n = snprintf(text, sizeof text, "host=%.*s range=%.*s%s unix=%d", (int)host.len,
				 host.p ? (const char *)host.p : "", (int)range.len,
				 range.p ? (const char *)range.p : "", range.p ? "" : "absent",
				 gn_http_is_unix(r));
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
		int n = snprintf(text, sizeof text, "%llu %llu", (unsigned long long)job->got,
				 (unsigned long long)job->sum);
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

const struct gn_http_handler site_handler = {.on_request = on_request,
					     .on_body = on_body,
					     .on_body_end = on_body_end,
					     .on_drain = on_drain,
					     .on_closed = on_closed};

void site_open(struct site *site, struct gn_http_config config)
{
	struct gn_http_handler handler = site_handler;
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

void site_close(struct site *site)
{
	gn_http_free(site->http);
	assert_int_equal(uv_run(&site->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&site->loop), 0); /* every handle is gone */
	assert_int_equal(site->opened, site->closed);
	assert_int_equal(access(site->path, F_OK), -1);
	rmdir(site->dir);
}

uint64_t site_counter(const struct site *site, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_http_counter_at(site->http, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

void client_open(struct client *c, int fd)
{
	memset(c, 0, sizeof *c);
	c->fd = fd;
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

int client_dial(uint16_t port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	GN_ASSERT(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

int client_dial_unix(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	GN_ASSERT(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	c->fd = -1;
	c->in = NULL;
}

void client_move(struct client *c)
{
	if (c->out_len) {
		ssize_t n =
			send(c->fd, c->out, c->out_len < 65536 ? c->out_len : 65536, MSG_NOSIGNAL);
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
		char *in = realloc(c->in, c->in_cap + 1);
		assert_non_null(in);
		c->in = in;
	}
	ssize_t n = recv(c->fd, c->in + c->in_len, 65536, 0);
	if (n > 0)
		c->in_len += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		c->eof = true;
	c->reset |= n < 0 && errno == ECONNRESET;
	c->in[c->in_len] = 0;
}

void site_turn(struct site *site)
{
	uv_run(&site->loop, UV_RUN_NOWAIT);
}

void client_finish(struct site *site, struct client *c)
{
	for (int i = 0; i < PATIENCE && !c->eof; i++) {
		site_turn(site);
		client_move(c);
	}
	assert_true(c->eof);
}

void client_expect(struct site *site, struct client *c, size_t n)
{
	for (int i = 0; i < PATIENCE && c->in_len < n; i++) {
		site_turn(site);
		client_move(c);
		assert_false(c->eof);
	}
	assert_true(c->in_len >= n);
}

void client_say(struct client *c, const char *text)
{
	c->out = text;
	c->out_len = strlen(text);
}

int status_of(const struct client *c)
{
	return c->in_len > 12 && strncmp(c->in, "HTTP/1.1 ", 9) == 0
		       ? (int)strtol(c->in + 9, NULL, 10)
		       : 0;
}

const char *body_of(const struct client *c)
{
	const char *p = strstr(c->in, "\r\n\r\n");
	return p ? p + 4 : "";
}

void client_ask(struct site *site, struct client *c, const char *text)
{
	client_open(c, client_dial(gn_http_port(site->http)));
	client_say(c, text);
	client_finish(site, c);
}

size_t dechunk(char *p)
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

void assert_pattern(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)p[i] != pattern(i))
			fail_msg("byte %zu of %zu is wrong", i, n);
}
