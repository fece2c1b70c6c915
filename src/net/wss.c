/* All connections of the TLS carrier: listening, dialling, and the sweep that looks at deadlines.
 *
 * 1. Memory goes when libuv has closed the last handle (wss_release).
 * 2. The sweep runs while there is a connection, or a listener that waits for files. */
#define _GNU_SOURCE /* accept4 */
#include "net/wss_int.h"
#include "os/os.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
#define PEM_MAX 65536 /* bytes of a certificate's or key's file (crypto) */

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
	wss_release(handle->data);
}

void gn_wss_free(struct gn_wss *wss)
{
	if (!wss || wss->freeing)
		return;
	wss->freeing = true;
	while (wss->first)
		wss_conn_drop(wss->first);
	if (wss->fd >= 0) {
		uv_close((uv_handle_t *)&wss->poll, on_closed);
		close(wss->fd);
	}
	uv_close((uv_handle_t *)&wss->sweep, on_closed);
}

/* ---- the sweep ---- */

static void on_accept(uv_poll_t *handle, int status, int events);

/* One of this round whose deadlines were not looked at; the list changes under who ends one. */
static bool sweep_some(struct gn_wss *wss, uint64_t now)
{
	for (struct wss_conn *c = wss->first; c; c = c->next) {
		if (c->round == wss->round)
			continue;
		c->round = wss->round;
		if (wss_conn_sweep(c, now))
			return true;
	}
	return false;
}

static void on_sweep(uv_timer_t *timer)
{
	struct gn_wss *wss = timer->data;
	wss->round++;
	while (!wss->freeing && sweep_some(wss, uv_now(wss->config.loop)))
		;
	if (wss->freeing)
		return;
	if (wss->paused && uv_poll_start(&wss->poll, UV_READABLE, on_accept) == 0)
		wss->paused = false;
	if (!wss->first && !wss->paused) {
		wss->swept = false;
		uv_timer_stop(timer);
	}
}

/* ---- listening ---- */

static void accept_one(struct gn_wss *wss, int fd, const struct gn_addr *from)
{
	bool ok = (wss->config.behind || wss_admit_newcomer(wss, from)) &&
		  wss_conn_place(wss, from, NULL);
	struct wss_conn *c = ok && !wss->freeing ? wss_conn_new(wss, fd, from) : NULL;
	if (!c) {
		close(fd);
		return;
	}
	wss->counters[GN_WSS_C_ACCEPTED]++;
	gn_err err = wss_conn_begin(c);
	if (err) {
		wss->counters[GN_WSS_C_NOMEM] += err == GN_NOMEM;
		wss_conn_drop(c);
	}
}

static void on_accept(uv_poll_t *handle, int status, int events)
{
	struct gn_wss *wss = handle->data;
	(void)status, (void)events;
	for (unsigned i = 0; i < WSS_ACCEPTS && !wss->freeing; i++) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof sa;
		struct gn_addr from;
		int fd = accept4(wss->fd, (struct sockaddr *)&sa, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 &&
		    (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			wss->paused = true; /* until the sweep */
			uv_poll_stop(handle);
			wss_sweep_on(wss);
		}
		if (fd < 0)
			return;
		if (gn_os_addr((const struct sockaddr *)&sa, &from))
			accept_one(wss, fd, &from);
		else
			close(fd);
	}
}

/* A listening socket of the family, or -1 with errno. */
static int bound(const struct gn_addr *at, bool v6)
{
	struct sockaddr_in6 sa6 = {.sin6_family = AF_INET6, .sin6_port = htons(at->port)};
	struct sockaddr_in sa4 = {.sin_family = AF_INET, .sin_port = htons(at->port)};
	int on = 1, off = 0;
	memcpy(&sa6.sin6_addr, at->ip, 16);
	memcpy(&sa4.sin_addr, at->ip + 12, 4);
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
	    (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off)) ||
	    bind(fd, v6 ? (const void *)&sa6 : &sa4, v6 ? sizeof sa6 : sizeof sa4) ||
	    listen(fd, BACKLOG)) {
		int e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

static gn_err begin_listening(struct gn_wss *wss)
{
	const struct gn_addr *at = &wss->config.at;
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	struct gn_addr own = {0};
	bool any = gn_is_zero(at->ip, 16);
	wss->fd = bound(at, any || !gn_addr_is_v4(at));
	if (wss->fd < 0 && any && errno != EADDRINUSE && errno != EACCES) /* no IPv6 here */
		wss->fd = bound(at, false);
	if (wss->fd < 0) {
		char what[32];
		snprintf(what, sizeof what, "TCP port %u", at->port);
		return gn_os_fail(what);
	}
	if (getsockname(wss->fd, (struct sockaddr *)&sa, &len) ||
	    !gn_os_addr((const struct sockaddr *)&sa, &own) ||
	    uv_poll_init(wss->config.loop, &wss->poll, wss->fd) != 0) {
		close(wss->fd);
		wss->fd = -1;
		return GN_IO;
	}
	wss->poll.data = wss;
	wss->handles++;
	wss->port = own.port;
	return uv_poll_start(&wss->poll, UV_READABLE, on_accept) == 0 ? GN_OK : GN_IO;
}

/* ---- certificates ---- */

static gn_err read_pem(const char *path, struct gn_buf *out)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return gn_os_fail(path);
	out->len = fread(out->p, 1, out->cap, f);
	fclose(f);
	return out->len > PEM_MAX ? GN_TOO_LARGE : GN_OK;
}

gn_err gn_wss_certificate(struct gn_wss *wss, const char *cert_file, const char *key_file)
{
	struct gn_tls_pipe_ctx *ctx = NULL;
	const size_t room = PEM_MAX + 1; /* one more tells a file that is too large */
	uint8_t *bytes = malloc(2 * room);
	if (!bytes)
		return GN_NOMEM;
	struct gn_buf cert = {bytes, 0, room}, key = {bytes + room, 0, room};
	gn_err err = GN_OK;
	if (cert_file || key_file)
		err = cert_file && key_file ? read_pem(cert_file, &cert) : GN_KEY;
	if (!err && key_file)
		err = read_pem(key_file, &key);
	if (!err && key_file && !(cert.len && key.len))
		err = GN_KEY;
	if (!err)
		err = gn_tls_pipe_server(gn_buf_slice(&cert), gn_buf_slice(&key), wss->config.now,
					 &ctx);
	gn_wipe(bytes, 2 * room);
	free(bytes);
	if (err)
		return err;
	gn_tls_pipe_ctx_free(wss->server_tls);
	wss->server_tls = ctx;
	return GN_OK;
}

/* ---- making one ---- */

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static void fill_in(struct gn_wss_config *c)
{
	c->connections = or_default(c->connections, WSS_CONNECTIONS);
	c->per_prefix = or_default(c->per_prefix, WSS_PER_PREFIX);
	c->strangers = or_default(c->strangers, WSS_STRANGERS);
	c->hellos_prefix = or_default(c->hellos_prefix, WSS_HELLOS_PREFIX);
	c->ms.connect = or_default(c->ms.connect, WSS_CONNECT_MS);
	c->ms.dial = or_default(c->ms.dial, WSS_DIAL_MS);
	c->ms.tls = or_default(c->ms.tls, WSS_TLS_MS);
	c->ms.upgrade = or_default(c->ms.upgrade, WSS_UPGRADE_MS);
	c->ms.proof = or_default(c->ms.proof, WSS_PROOF_MS);
	c->ms.ping = or_default(c->ms.ping, WSS_PING_MS);
	c->ms.idle = or_default(c->ms.idle, WSS_IDLE_MS);
	c->ms.stall = or_default(c->ms.stall, WSS_STALL_MS);
	c->ms.linger = or_default(c->ms.linger, WSS_LINGER_MS);
	c->cert_file = c->key_file = NULL;
}

gn_err gn_wss_new(const struct gn_wss_config *config, struct gn_wss **out)
{
	if (config->listen && config->behind && !gn_addr_is_loopback(&config->at))
		return GN_RANGE;
	struct gn_wss *wss = calloc(1, sizeof *wss);
	if (!wss)
		return GN_NOMEM;
	wss->config = *config;
	fill_in(&wss->config);
	wss->fd = -1;
	wss->hellos.salt = gn_rand_u64(config->rand);
	if (uv_timer_init(config->loop, &wss->sweep) != 0) {
		free(wss);
		return GN_NOMEM;
	}
	wss->sweep.data = wss;
	wss->on_sweep = on_sweep;
	wss->handles = 1;
	gn_err err = gn_tls_pipe_client(&wss->client_tls);
	if (!err && config->listen && !config->behind)
		err = gn_wss_certificate(wss, config->cert_file, config->key_file);
	if (!err && config->listen)
		err = begin_listening(wss);
	if (err) {
		gn_wss_free(wss);
		return err;
	}
	*out = wss;
	return GN_OK;
}

uint16_t gn_wss_port(const struct gn_wss *wss)
{
	return wss->port;
}

/* ---- dialling ---- */

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
	struct wss_conn *c = request->data;
	c->resolving = false;
	bool direct = !c->proxy.at.host[0];
	for (const struct addrinfo *a = found; a && c->at_count < WSS_ADDRESSES; a = a->ai_next)
		c->at_count += gn_os_addr(a->ai_addr, &c->at[c->at_count]) &&
			       !(c->by_others && direct && gn_addr_is_private(&c->at[c->at_count]));
	bool denied = found && !c->at_count;
	uv_freeaddrinfo(found);
	if (c->state != WSS_GONE) {
		gn_err err = status ? GN_NOT_FOUND : denied ? GN_DENIED : wss_conn_dial(c);
		if (err != GN_AGAIN && err)
			wss_conn_end(c, err);
	}
	wss_conn_let_go(c);
}

/* Always by libuv, numbers too, so that what fails is told by an event. */
static gn_err resolve(struct wss_conn *c, const struct wss_host *of)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = of->is_name ? 0 : AI_NUMERICHOST};
	char name[sizeof of->host], port[8];
	size_t len = strlen(of->host);
	bool bracketed = of->host[0] == '[';
	memcpy(name, of->host + bracketed, len + 1 - bracketed);
	if (bracketed)
		name[len - 2] = 0;
	snprintf(port, sizeof port, "%u", of->port);
	c->resolve.data = c;
	if (uv_getaddrinfo(c->wss->config.loop, &c->resolve, on_resolved, name, port, &hints) != 0)
		return GN_NOMEM;
	c->resolving = true;
	c->handles++;
	return GN_OK;
}

static const char *proxy_of_environment(const struct wss_host *to)
{
	const char *proxy = getenv("https_proxy"), *spared = getenv("no_proxy");
	proxy = proxy ? proxy : getenv("HTTPS_PROXY");
	spared = spared ? spared : getenv("NO_PROXY");
	return spared && wss_proxy_spared(gn_str(spared), to) ? NULL : proxy;
}

/* A number that is this machine's, or of a private network. */
static bool is_inside(const struct wss_host *to)
{
	char text[sizeof to->host + 8];
	struct gn_addr addr;
	snprintf(text, sizeof text, "%s:%u", to->host, to->port);
	return !to->is_name && gn_addr_parse(gn_str(text), &addr) == GN_OK &&
	       gn_addr_is_private(&addr);
}

static gn_err dial(struct gn_wss *wss, const char *url, const char *proxy, bool by_others,
		   struct gn_carrier **out)
{
	struct wss_host to;
	struct wss_proxy through = {0};
	GN_TRY(wss_url_parse(gn_str(url), &to));
	if (by_others && is_inside(&to))
		return GN_DENIED;
	if (!proxy)
		proxy = proxy_of_environment(&to);
	if (proxy && *proxy)
		GN_TRY(wss_proxy_parse(gn_str(proxy), &through));
	struct wss_conn *c = wss_conn_new(wss, -1, NULL);
	gn_err err = c ? GN_OK : GN_NOMEM;
	if (c) {
		c->to = to;
		c->proxy = through;
		c->by_others = by_others;
		err = resolve(c, through.at.host[0] ? &c->proxy.at : &c->to);
		if (err)
			wss_conn_drop(c);
	}
	gn_wipe(&through, sizeof through);
	if (err)
		return err;
	c->told = true;
	wss->counters[GN_WSS_C_DIALLED]++;
	*out = &c->carrier;
	return GN_OK;
}

gn_err gn_wss_dial(struct gn_wss *wss, const char *url, const char *proxy, struct gn_carrier **out)
{
	return dial(wss, url, proxy, false, out);
}

gn_err gn_wss_dial_others(struct gn_wss *wss, const char *url, const char *proxy,
			  struct gn_carrier **out)
{
	return dial(wss, url, proxy, true, out);
}

/* ---- the rest ---- */

bool gn_wss_counter_at(const struct gn_wss *wss, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "net/counters.def"
#undef X
	};
	return gn_counter_at(names, wss->counters, GN_COUNT(names), i, out);
}
