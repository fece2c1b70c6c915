#include "agent/link.h"
#include "agent/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum link_state { DOWN, DIALLING, UP }; /* DIALLING: connected, and not greeted yet */

struct link_call {
	uint64_t call; /* 0: a free place */
	gn_agent_link_fn *fn;
	void *user;
};

/* One attempt. It outlives the link's interest in it until libuv has let go of its handle. */
struct wire {
	struct gn_agent_link *link; /* NULL: nobody's any more */
	uv_pipe_t pipe;
	uv_write_t write;
	bool writing;
	uint8_t in[AGENT_LINK_READ], out[AGENT_LINK_READ];
};

struct gn_agent_link {
	struct gn_agent_link_config config;
	char *path; /* owned */
	enum link_state state;
	struct wire *wire;             /* NULL while DOWN */
	struct gn_host_client *client; /* owned; NULL while DOWN */
	struct link_call calls[AGENT_LINK_CALLS];
	size_t call_count;
	gn_time again, wait; /* DOWN: when to dial, and how long it waited */
	bool telling;        /* inside of an event: nothing is freed under it */
	gn_err lost;         /* the connection is gone and that is still to be told */
};

/* ---- the socket ---- */

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void wire_drop(struct gn_agent_link *l)
{
	l->wire->link = NULL;
	uv_close((uv_handle_t *)&l->wire->pipe, on_closed);
	l->wire = NULL;
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct wire *w = handle->data;
	(void)hint;
	*buf = uv_buf_init((char *)w->in, sizeof w->in);
}

static void tell_events(struct gn_agent_link *l, gn_time now);

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct wire *w = stream->data;
	struct gn_agent_link *l = w->link;
	(void)buf;
	if (!l || len == 0)
		return;
	gn_time now = gn_os_steady();
	if (len < 0) {
		l->lost = GN_CLOSED;
		gn_host_client_closed(l->client, now);
		tell_events(l, now);
		return;
	}
	struct gn_slice in = gn_slice(w->in, (size_t)len);
	while (in.len && w->link && !l->lost) {
		size_t taken = gn_host_client_recv(l->client, in, now);
		in = gn_slice_sub(in, taken, in.len - taken);
		tell_events(l, now);
		if (taken == 0 && in.len) { /* it takes no more although all was told */
			l->lost = GN_PROTOCOL;
			break;
		}
	}
}

static void flush_out(struct gn_agent_link *l, gn_time now);

static void on_written(uv_write_t *write, int status)
{
	struct wire *w = write->data;
	struct gn_agent_link *l = w->link;
	w->writing = false;
	if (!l)
		return;
	if (status < 0)
		l->lost = GN_CLOSED;
	else
		flush_out(l, gn_os_steady());
}

static void flush_out(struct gn_agent_link *l, gn_time now)
{
	struct wire *w = l->wire;
	if (!w || w->writing || l->lost)
		return;
	struct gn_slice out = gn_host_client_out(l->client);
	size_t len = out.len < sizeof w->out ? out.len : sizeof w->out;
	if (len == 0)
		return;
	memcpy(w->out, out.p, len);
	gn_host_client_sent(l->client, len, now);
	uv_buf_t buf = uv_buf_init((char *)w->out, (unsigned)len);
	w->write.data = w;
	w->writing = true;
	if (uv_write(&w->write, (uv_stream_t *)&w->pipe, &buf, 1, on_written) != 0) {
		w->writing = false;
		l->lost = GN_CLOSED;
	}
}

/* ---- calls ---- */

static struct link_call *call_find(struct gn_agent_link *l, uint64_t call)
{
	for (size_t i = 0; i < AGENT_LINK_CALLS; i++)
		if (l->calls[i].call == call)
			return &l->calls[i];
	return NULL;
}

static void tell_call(struct gn_agent_link *l, const struct gn_host_client_event *e)
{
	struct link_call *c = e->call ? call_find(l, e->call) : NULL;
	if (!c)
		return; /* dropped */
	struct link_call heard = *c;
	bool last =
		e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more);
	if (last) {
		*c = (struct link_call){0};
		l->call_count--;
	}
	heard.fn(heard.user, e);
}

/* ---- states ---- */

static void go_down(struct gn_agent_link *l, gn_err err, const char *why, gn_time now)
{
	if (l->wire)
		wire_drop(l);
	gn_host_client_free(l->client);
	l->client = NULL;
	l->state = DOWN;
	l->lost = GN_OK;
	l->wait = l->wait ? gn_time_min(2 * l->wait, AGENT_LINK_WAIT_MAX) : AGENT_LINK_WAIT;
	l->again = now + l->wait;
	for (size_t i = 0; i < AGENT_LINK_CALLS; i++) { /* of an attempt that never was up: none */
		struct link_call c = l->calls[i];
		if (!c.call)
			continue;
		l->calls[i] = (struct link_call){0};
		l->call_count--;
		struct gn_host_client_event e = {.what = GN_HOST_CLIENT_FAILED,
						 .call = c.call,
						 .fault = {.err = err, .unknown = true}};
		c.fn(c.user, &e);
	}
	if (l->config.down)
		l->config.down(l->config.user, err, why);
}

static void tell_events(struct gn_agent_link *l, gn_time now)
{
	struct gn_host_client_event e;
	if (l->telling)
		return;
	l->telling = true;
	while (l->client && gn_host_client_next(l->client, now, &e)) {
		switch (e.what) {
		case GN_HOST_CLIENT_READY:
			l->state = UP;
			l->wait = 0;
			if (l->config.up)
				l->config.up(l->config.user);
			break;
		case GN_HOST_CLIENT_OVER: l->lost = e.fault.err ? e.fault.err : GN_CLOSED; break;
		case GN_HOST_CLIENT_EVENT: /* none is asked for */
		case GN_HOST_CLIENT_GAP: break;
		case GN_HOST_CLIENT_ANSWER:
		case GN_HOST_CLIENT_FAILED:
		case GN_HOST_CLIENT_DATA:
		case GN_HOST_CLIENT_END:
		case GN_HOST_CLIENT_ROOM: tell_call(l, &e); break;
		}
	}
	l->telling = false;
}

static gn_err try_dial(struct gn_agent_link *l, gn_time now)
{
	int fd;
	GN_TRY(gn_local_dial(l->path, &fd));
	struct gn_host_client_config config = {.role = GN_FB_APP_ROLE_AGENT,
					       .software = l->config.software,
					       .ping = AGENT_LINK_PING,
					       .calls_least = AGENT_LINK_CALLS,
					       .frame_least = AGENT_LINK_FRAME,
					       .now = now};
	struct wire *w = calloc(1, sizeof *w);
	gn_rand_fill(&l->config.host->rand, config.nonce, sizeof config.nonce);
	l->client = w ? gn_host_client_new(&config) : NULL;
	if (!l->client) {
		free(w);
		close(fd);
		return GN_NOMEM;
	}
	w->link = l;
	uv_pipe_init(&l->config.host->loop, &w->pipe, 0);
	w->pipe.data = w;
	l->wire = w;
	l->state = DIALLING;
	if (uv_pipe_open(&w->pipe, fd) != 0) {
		close(fd);
		return GN_IO;
	}
	return uv_read_start((uv_stream_t *)&w->pipe, on_alloc, on_read) == 0 ? GN_OK : GN_IO;
}

static void dial(struct gn_agent_link *l, gn_time now)
{
	char why[GN_HOST_WHY];
	gn_err err = try_dial(l, now);
	if (!err)
		return;
	if (err == GN_NOT_FOUND || err == GN_CLOSED)
		snprintf(why, sizeof why, "no node runs at %.400s: start one (geonet up)", l->path);
	else
		snprintf(why, sizeof why, "the node at %.400s cannot be reached: %s", l->path,
			 gn_err_text(err));
	go_down(l, err, why, now);
}

/* ---- the outside ---- */

gn_err gn_agent_link_new(const struct gn_agent_link_config *config, struct gn_agent_link **out)
{
	struct gn_agent_link *l = calloc(1, sizeof *l);
	char *path = strdup(config->path);
	if (!l || !path) {
		free(l);
		free(path);
		return GN_NOMEM;
	}
	l->config = *config;
	l->path = path;
	l->again = gn_os_steady();
	*out = l;
	return GN_OK;
}

void gn_agent_link_free(struct gn_agent_link *l)
{
	if (!l)
		return;
	GN_ASSERT(!l->telling);
	l->config.down = NULL;
	go_down(l, GN_CANCELLED, "", gn_os_steady());
	free(l->path);
	free(l);
}

bool gn_agent_link_is_up(const struct gn_agent_link *l)
{
	return l->state == UP && !l->lost;
}

struct gn_fbb *gn_agent_link_builder(struct gn_agent_link *l)
{
	GN_ASSERT(l->client);
	return gn_host_client_builder(l->client);
}

gn_err gn_agent_link_call(struct gn_agent_link *l, struct gn_app_kind kind, gn_fbref table,
			  uint32_t deadline_ms, gn_agent_link_fn *fn, void *user, uint64_t *call)
{
	struct link_call *place = call_find(l, 0);
	uint64_t number;
	if (!gn_agent_link_is_up(l))
		return GN_CLOSED;
	if (!place)
		return GN_LIMIT;
	GN_TRY(gn_host_client_call(l->client, kind, table, deadline_ms, gn_os_steady(), &number));
	*place = (struct link_call){number, fn, user};
	l->call_count++;
	if (call)
		*call = number;
	return GN_OK;
}

void gn_agent_link_drop(struct gn_agent_link *l, uint64_t call)
{
	struct link_call *c = call ? call_find(l, call) : NULL;
	if (!c)
		return;
	*c = (struct link_call){0};
	l->call_count--;
	if (l->client)
		gn_host_client_cancel(l->client, call, gn_os_steady());
}

size_t gn_agent_link_room(const struct gn_agent_link *l)
{
	return gn_agent_link_is_up(l) ? AGENT_LINK_CALLS - l->call_count : 0;
}

struct gn_host_client *gn_agent_link_client(struct gn_agent_link *l)
{
	return l->state == UP ? l->client : NULL;
}

gn_time gn_agent_link_pump(struct gn_agent_link *l, gn_time now)
{
	if (l->client && !l->lost) {
		gn_host_client_tick(l->client, now);
		tell_events(l, now);
		flush_out(l, now);
	}
	if (l->lost)
		go_down(l, l->lost,
			l->state == UP ? "the node is gone" : "the node does not answer", now);
	if (l->state == DOWN && l->again <= now)
		dial(l, now);
	if (l->client) {
		flush_out(l, now);
		return gn_host_client_deadline(l->client);
	}
	return l->again;
}

gn_time gn_agent_link_flush(struct gn_agent_link *l, gn_time now)
{
	if (l->client && !l->lost)
		flush_out(l, now);
	if (l->lost)
		return now;
	return l->client ? gn_host_client_deadline(l->client) : l->again;
}
