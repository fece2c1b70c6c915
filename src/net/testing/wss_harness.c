#include "net/testing/wss_harness.h"

/* ---- two ends ---- */

uv_loop_t loop;
static struct gn_prng prng;
struct gn_rand source;
struct end server, client;

static void on_opened(void *user, struct gn_carrier *c)
{
	struct end *e = user;
	e->opened++;
	e->from = c->peer;
	if (c->incoming)
		e->carriers[e->count++ % GN_COUNT(e->carriers)] = c;
	if (e->proves)
		c->proven(c);
	if (e->closes_on_open)
		c->close(c);
	if (e->frees_on_open) {
		gn_wss_free(e->wss);
		e->wss = NULL;
	}
}

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	struct end *e = user;
	e->received++;
	e->bytes += datagram.len;
	for (size_t i = 0; i < datagram.len; i++)
		e->sum = e->sum * 31 + datagram.p[i];
	memcpy(e->last, datagram.p, datagram.len);
	e->last_len = datagram.len;
	assert_true(gn_addr_eq(from, &c->peer));
	if (e->closes_on_receive)
		c->close(c);
}

static void on_room(void *user, struct gn_carrier *c)
{
	(void)c;
	((struct end *)user)->rooms++;
}

static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	struct end *e = user;
	e->closed++;
	e->why = why;
	for (unsigned i = 0; i < GN_COUNT(e->carriers); i++)
		if (e->carriers[i] == c)
			e->carriers[i] = NULL;
	c->close(c); /* does no harm */
	if (e->frees_on_close) {
		gn_wss_free(e->wss);
		e->wss = NULL;
	}
}

static struct gn_wss_config config_of(struct end *e)
{
	return (struct gn_wss_config){.loop = &loop,
				      .rand = &source,
				      .now = INT64_C(1790000000) * GN_SEC,
				      .events = {on_opened, on_received, on_room, on_closed, e},
				      .hellos_prefix = 200};
}

void open_client(const struct gn_wss_config *like)
{
	struct gn_wss_config config = config_of(&client);
	if (like)
		config.ms = like->ms;
	assert_int_equal(gn_wss_new(&config, &client.wss), GN_OK);
}

struct gn_wss_config server_config(void)
{
	struct gn_wss_config config = config_of(&server);
	config.listen = true;
	config.at = gn_addr_v4(127, 0, 0, 1, 0);
	return config;
}

void open_server(const struct gn_wss_config *config)
{
	struct gn_wss_config own = server_config();
	assert_int_equal(gn_wss_new(config ? config : &own, &server.wss), GN_OK);
	assert_int_not_equal(gn_wss_port(server.wss), 0);
}

uint64_t counted(const struct end *e, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_wss_counter_at(e->wss, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

/* ---- a proxy ---- */

struct tiny_proxy proxy;

int listen_at(uint16_t *port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	GN_ASSERT(fd >= 0);
	assert_true(bind(fd, (struct sockaddr *)&sa, len) == 0 && listen(fd, 16) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	return fd;
}

int dial_from(uint8_t net, uint16_t port)
{
	struct sockaddr_in own = {.sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(0x7f000001u + ((uint32_t)net << 8))};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	GN_ASSERT(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void pair_end(struct pair *p)
{
	for (unsigned i = 0; i < 2; i++)
		if (p->fd[i] >= 0)
			close(p->fd[i]);
	*p = (struct pair){.fd = {-1, -1}};
}

/* The head is whole: to whom, and may it? */
static void pair_join(struct pair *p)
{
	static const char yes[] = "HTTP/1.1 200 Connection established\r\n\r\n",
			  no[] = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
	char *head = (char *)p->bytes[0], *port = strchr(head, ':');
	assert_memory_equal(head, "CONNECT ", 8);
	bool may = !proxy.basic || strstr(head, proxy.basic);
	proxy.refused += !may;
	assert_true(write(p->fd[0], may ? yes : no, may ? sizeof yes - 1 : sizeof no - 1) > 0);
	if (!may) {
		pair_end(p);
		return;
	}
	p->fd[1] = dial_from(0, (uint16_t)strtoul(port + 1, NULL, 10));
	p->joined = true;
	p->held[0].len = 0;
	proxy.joined++;
}

static void pair_move(struct pair *p, unsigned from)
{
	struct gn_buf *held = &p->held[from];
	*held = (struct gn_buf){p->bytes[from], held->len, sizeof p->bytes[from] - 1};
	if (held->len == 0 || !p->joined) {
		ssize_t n = read(p->fd[from], held->p + held->len, held->cap - held->len);
		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			pair_end(p);
			return;
		}
		if (n > 0 && p->joined)
			(void)!gn_buf_put(&proxy.tap, gn_slice(held->p, (size_t)n));
		held->len += n > 0 ? (size_t)n : 0;
	}
	held->p[held->len] = 0;
	if (!p->joined) {
		if (strstr((char *)held->p, "\r\n\r\n"))
			pair_join(p);
		return;
	}
	GN_ASSERT(p->fd[!from] >= 0);
	ssize_t n = held->len ? send(p->fd[!from], held->p, held->len, MSG_NOSIGNAL) : 0;
	if (n > 0) {
		held->len -= (size_t)n;
		memmove(held->p, held->p + n, held->len);
	}
}

static void proxy_move(void)
{
	if (proxy.fd < 0 || proxy.frozen)
		return;
	int fd = accept(proxy.fd, NULL, NULL);
	for (unsigned i = 0; i < GN_COUNT(proxy.pairs); i++) {
		struct pair *p = &proxy.pairs[i];
		if (p->fd[0] < 0 && fd >= 0) {
			fcntl(fd, F_SETFL, O_NONBLOCK);
			p->fd[0] = fd;
			fd = -1;
		}
		if (p->fd[0] >= 0 && !(proxy.deaf && p->joined))
			pair_move(p, 0);
		if (p->joined)
			pair_move(p, 1);
	}
	if (fd >= 0)
		close(fd);
}

const char *proxy_url(const char *user)
{
	static char text[100];
	snprintf(text, sizeof text, "http://%s127.0.0.1:%u", user, proxy.port);
	return text;
}

bool tapped(const char *what)
{
	size_t n = strlen(what);
	for (size_t i = 0; i + n <= proxy.tap.len; i++)
		if (memcmp(proxy.tap.p + i, what, n) == 0)
			return true;
	return false;
}

/* ---- the turns ---- */

void turn(void)
{
	struct pollfd none = {.fd = uv_backend_fd(&loop), .events = POLLIN};
	proxy_move();
	poll(&none, 1, 1);
	uv_run(&loop, UV_RUN_NOWAIT);
}

int set_up(void **state)
{
	(void)state;
	gn_prng_init(&prng, 11);
	source = gn_prng_rand(&prng);
	assert_int_equal(uv_loop_init(&loop), 0);
	server = (struct end){.proves = true};
	client = (struct end){0};
	memset(&proxy, 0, sizeof proxy);
	for (unsigned i = 0; i < GN_COUNT(proxy.pairs); i++)
		proxy.pairs[i].fd[0] = proxy.pairs[i].fd[1] = -1;
	proxy.tap = (struct gn_buf){proxy.tap_bytes, 0, sizeof proxy.tap_bytes};
	proxy.fd = listen_at(&proxy.port);
	return 0;
}

int tear_down(void **state)
{
	(void)state;
	gn_wss_free(client.wss);
	gn_wss_free(server.wss);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	for (unsigned i = 0; i < GN_COUNT(proxy.pairs); i++)
		pair_end(&proxy.pairs[i]);
	close(proxy.fd);
	return 0;
}

struct gn_carrier *dial(const char *host, uint16_t port, const char *through)
{
	char url[100];
	struct gn_carrier *c;
	snprintf(url, sizeof url, "wss://%s:%u/geonet/1", host, port);
	assert_int_equal(gn_wss_dial(client.wss, url, through, &c), GN_OK);
	return c;
}

struct gn_carrier *joined(bool proxied)
{
	unsigned before = server.opened;
	if (!server.wss)
		open_server(NULL);
	if (!client.wss)
		open_client(NULL);
	struct gn_carrier *c =
		dial("127.0.0.1", gn_wss_port(server.wss), proxied ? proxy_url("") : "");
	assert_int_equal(c->room(c), 0);
	UNTIL(client.opened > before && server.opened > before);
	assert_true(c->room(c) > 0);
	return c;
}

uint8_t batch_bytes[64 * (WSS_PREFIX_CLIENT + WSS_MESSAGE_MAX)];
size_t send_batch(struct gn_carrier *c, unsigned count, size_t n, gn_err *err)
{
	size_t segment = c->info->prefix + n, sent;
	struct gn_buf b = {batch_bytes, (count - 1) * segment + c->info->prefix + 1,
			   sizeof batch_bytes};
	for (size_t i = 0; i < b.len; i++)
		b.p[i] = (uint8_t)(i * 7 + i / 256);
	*err = c->send(c, &c->peer, &b, (uint16_t)segment, &sent);
	return sent;
}

gn_err send_text(struct gn_carrier *c, const char *text)
{
	uint8_t bytes[WSS_PREFIX_CLIENT + 100];
	size_t n = c->info->prefix + strlen(text), sent;
	memcpy(bytes + c->info->prefix, text, strlen(text));
	return c->send(c, &c->peer, &(struct gn_buf){bytes, n, sizeof bytes}, (uint16_t)n, &sent);
}

bool is_closed(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN);
}

void close_all(const int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(fds[i]);
}
