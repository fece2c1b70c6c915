/* The world of app_pair.h. The byte at place i of call n's stream is (n * 7 + i) mod 251. */
#include "host/testing/app_pair.h"

#include "host/limits.h"

#include <stdlib.h>

#define CALLS 4096u
#define MOST (3u * GN_HOST_APP_WINDOW)

enum what { ASK, ADD, GET };
struct pair_call {
	enum what what;
	bool lives, served; /* at the client; at the server */
	uint64_t size, up, down, sent, taken;
	unsigned more; /* answers still to be given before the last */
	bool got_end;
};
struct pair {
	struct gn_prng prng;
	gn_time now;
	struct gn_host_app *app;
	struct gn_host_client *client;
	struct pair_call calls[CALLS];
	uint64_t last;
	bool ready, quiet;
	struct app_pair_seen seen;
};

static const struct gn_app_kind status = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_STATUS},
				status_is = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_STATUS_IS},
				file_add = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_FILE_ADD},
				file_added = {GN_FB_APP_BODY_APP_FILE,
					      GN_FB_APP_FILE_BODY_FILE_ADDED},
				file_get = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_FILE_GET},
				ok = {GN_FB_APP_BODY_APP_OK, 0};

static bool secret_of(void *user, const uint8_t id[32], uint8_t out[32])
{
	(void)user;
	memset(out, 5, 32);
	return id[0] == 7;
}

static uint64_t draw(struct pair *p, uint64_t below)
{
	return gn_prng_next(&p->prng) % below;
}

static uint8_t byte_of(uint64_t call, uint64_t at)
{
	return (uint8_t)((call * 7 + at) % 251);
}

static struct gn_slice piece_of(uint64_t call, uint64_t at, size_t len)
{
	static uint8_t room[GN_HOST_APP_PIPE];
	GN_ASSERT(len <= sizeof room);
	for (size_t i = 0; i < len; i++)
		room[i] = byte_of(call, at + i);
	return gn_slice(room, len);
}

static void check_piece(uint64_t call, uint64_t at, struct gn_slice s)
{
	for (size_t i = 0; s.p && i < s.len; i++)
		GN_ASSERT(s.p[i] == byte_of(call, at + i));
}

/* ---- the client's side ---- */

static void client_calls(struct pair *p)
{
	struct gn_fbb *b = gn_host_client_builder(p->client);
	struct pair_call c = {.what = (enum what)draw(p, 3), .lives = true, .size = draw(p, MOST)};
	struct gn_app_kind kind = c.what == ASK ? status : c.what == ADD ? file_add : file_get;
	struct gn_fb_hash root = {{1}};
	uint64_t number;
	gn_fbref t = c.what == ASK ? gn_fb_node_status_make(b, &(struct gn_fb_node_status_args){0})
		     : c.what == ADD
			     ? gn_fb_file_add_make(b, &(struct gn_fb_file_add_args){.size = c.size})
			     : gn_fb_file_get_make(b, &(struct gn_fb_file_get_args){
							      .root = &root, .size = c.size});
	uint32_t ms = draw(p, 4) ? 0 : (uint32_t)draw(p, 20000);
	gn_err err = gn_host_client_call(p->client, kind, t, ms, p->now, &number);
	if (err) {
		GN_ASSERT(err == GN_LIMIT || err == GN_CLOSED);
		return;
	}
	GN_ASSERT(number == p->last + 1 && number < CALLS);
	p->last = number;
	p->calls[number] = c;
	p->seen.made++;
}

static void client_sends(struct pair *p)
{
	for (uint64_t n = 1; n <= p->last; n++) {
		struct pair_call *c = &p->calls[n];
		if (!c->lives || c->what != ADD || c->sent > c->size)
			continue;
		size_t room = gn_host_client_room(p->client, n), left = (size_t)(c->size - c->sent),
		       len = room < left ? room : left;
		len = len ? (size_t)draw(p, len + 1) : 0;
		gn_host_client_send(p->client, n, piece_of(n, c->sent, len), p->now);
		c->sent += len;
		if (c->sent == c->size) {
			gn_host_client_send_end(p->client, n, GN_OK, p->now);
			c->sent++; /* once */
		}
	}
}

static void client_ended(struct pair *p, const struct gn_host_client_event *e)
{
	struct pair_call *c = &p->calls[e->call];
	GN_ASSERT(e->call && e->call <= p->last && c->lives);
	c->lives = false;
	p->seen.failed += e->what == GN_HOST_CLIENT_FAILED;
	p->seen.answered += e->what == GN_HOST_CLIENT_ANSWER;
	if (e->what == GN_HOST_CLIENT_ANSWER && c->what == GET) {
		GN_ASSERT(c->got_end && c->down == c->size);
		p->seen.streams++;
	}
	if (e->what == GN_HOST_CLIENT_ANSWER && c->what == ADD) {
		GN_ASSERT(gn_fb_file_added_size((struct gn_fb_file_added){e->table}) == c->size);
		p->seen.streams++;
	}
}

static void client_hears(struct pair *p)
{
	struct gn_host_client_event e;
	while (gn_host_client_next(p->client, p->now, &e)) {
		struct pair_call *c = &p->calls[e.call];
		GN_ASSERT(!p->seen.over);
		switch (e.what) {
		case GN_HOST_CLIENT_READY: p->ready = true; break;
		case GN_HOST_CLIENT_ANSWER:
			if (e.more)
				GN_ASSERT(c->lives);
			else
				client_ended(p, &e);
			break;
		case GN_HOST_CLIENT_FAILED: client_ended(p, &e); break;
		case GN_HOST_CLIENT_DATA:
			GN_ASSERT(c->lives && c->what == GET && !c->got_end);
			check_piece(e.call, c->down, e.bytes);
			c->down += e.bytes.len;
			p->seen.bytes += e.bytes.len;
			gn_host_client_taken(p->client, e.call, e.bytes.len, p->now);
			break;
		case GN_HOST_CLIENT_END: c->got_end = true; break;
		case GN_HOST_CLIENT_OVER: p->seen.over = true; break;
		case GN_HOST_CLIENT_EVENT:
		case GN_HOST_CLIENT_GAP:
		case GN_HOST_CLIENT_ROOM: break;
		}
	}
}

/* ---- the server's ---- */

static void server_answers(struct pair *p, uint64_t n, struct pair_call *c)
{
	struct gn_fbb *b = gn_host_app_builder(p->app);
	bool more = c->what == ASK && c->more;
	gn_fbref t =
		c->what == ASK
			? gn_fb_node_status_is_make(
				  b, &(struct gn_fb_node_status_is_args){.links = (uint32_t)n})
		: c->what == ADD
			? gn_fb_file_added_make(b, &(struct gn_fb_file_added_args){.size = c->up})
			: gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0});
	struct gn_app_kind kind = c->what == ASK ? status_is : c->what == ADD ? file_added : ok;
	GN_ASSERT(gn_host_app_answer(p->app, n, kind, t, more, p->now) == GN_OK);
	c->more -= more;
	c->served = more;
}

static void server_streams(struct pair *p, uint64_t n, struct pair_call *c)
{
	bool ended;
	gn_err err;
	if (c->what == ADD) {
		struct gn_slice s = gn_host_app_data(p->app, n, &ended, &err);
		size_t len = s.len ? (size_t)draw(p, s.len + 1) : 0;
		check_piece(n, c->up, gn_slice_sub(s, 0, len));
		c->up += len;
		p->seen.bytes += len;
		gn_host_app_taken(p->app, n, len, p->now);
		if (ended && len == s.len)
			server_answers(p, n, c);
		return;
	}
	size_t room = gn_host_app_room(p->app, n), left = (size_t)(c->size - c->taken),
	       len = room < left ? room : left;
	len = len ? (size_t)draw(p, len + 1) : 0;
	gn_host_app_send(p->app, n, piece_of(n, c->taken, len), p->now);
	c->taken += len;
	if (c->taken == c->size) {
		gn_host_app_send_end(p->app, n, GN_OK, p->now);
		server_answers(p, n, c);
	}
}

static void server_works(struct pair *p)
{
	for (uint64_t n = 1; n <= p->last; n++) {
		struct pair_call *c = &p->calls[n];
		if (!c->served || (!p->quiet && draw(p, 3)))
			continue;
		if (!p->quiet && draw(p, 50) == 0) {
			GN_ASSERT(gn_host_app_refuse(p->app, n,
						     &(struct gn_host_app_fault){.err = GN_BUSY},
						     p->now) == GN_OK);
			c->served = false;
		} else if (c->what == ASK) {
			server_answers(p, n, c);
		} else {
			server_streams(p, n, c);
		}
	}
}

static void server_hears(struct pair *p)
{
	struct gn_host_app_event e;
	while (gn_host_app_next(p->app, &e)) {
		struct pair_call *c = &p->calls[e.call];
		GN_ASSERT(e.call && e.call <= p->last);
		if (e.what == GN_HOST_APP_CALL) {
			GN_ASSERT(!c->served);
			c->served = true;
			c->more = (unsigned)draw(p, 4);
		} else if (e.what == GN_HOST_APP_GONE) {
			GN_ASSERT(c->served);
			c->served = false;
		}
	}
	GN_ASSERT(gn_host_app_calls(p->app) <= GN_HOST_APP_CALLS);
	GN_ASSERT(gn_host_app_out(p->app).len <= GN_HOST_APP_UNREAD);
}

/* ---- between them ---- */

static size_t some(struct pair *p, size_t len)
{
	return len && !p->quiet ? (size_t)draw(p, len + 1) : len;
}

static void carry(struct pair *p)
{
	struct gn_slice up = gn_host_client_out(p->client);
	size_t len = some(p, up.len);
	GN_ASSERT(gn_host_app_recv(p->app, gn_slice_sub(up, 0, len), p->now) == GN_OK);
	gn_host_client_sent(p->client, len, p->now);
	server_hears(p);
	struct gn_slice down = gn_host_app_out(p->app);
	len = gn_host_client_recv(p->client, gn_slice_sub(down, 0, some(p, down.len)), p->now);
	gn_host_app_sent(p->app, len, p->now);
	client_hears(p);
}

static void pass_time(struct pair *p)
{
	p->now += (gn_time)draw(p, 20) * GN_MSEC;
	if (!p->quiet && draw(p, 100) == 0)
		p->now += (gn_time)draw(p, 5) * GN_SEC;
	if (gn_host_app_deadline(p->app) <= p->now)
		gn_host_app_tick(p->app, p->now);
	if (gn_host_client_deadline(p->client) <= p->now)
		gn_host_client_tick(p->client, p->now);
}

static void open_pair(struct pair *p, const char *origin)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	struct gn_host_client_config client = {.role = GN_FB_APP_ROLE_CLIENT,
					       .software = "pair",
					       .nonce = {9},
					       .id = {7},
					       .origin = origin,
					       .ping = 5 * GN_SEC,
					       .now = p->now};
	memset(client.secret, 5, sizeof client.secret);
	p->app = gn_host_app_new(&(struct gn_host_app_config){.role = GN_FB_APP_ROLE_NODE,
							      .software = "pair",
							      .rights = all,
							      .right_count = 1,
							      .origin = origin,
							      .nonce = {3},
							      .secret = secret_of,
							      .now = p->now});
	p->client = gn_host_client_new(&client);
	GN_ASSERT(p->app && p->client);
}

struct app_pair_seen app_pair_run(uint64_t seed, unsigned turns, const char *origin)
{
	struct pair *p = calloc(1, sizeof *p);
	GN_ASSERT(p);
	p->now = 1000 * GN_SEC;
	gn_prng_init(&p->prng, seed);
	open_pair(p, origin);
	for (unsigned i = 0; i < turns && !p->seen.over; i++) {
		carry(p);
		if (p->ready && p->last + 1 < CALLS && draw(p, 3) == 0)
			client_calls(p);
		if (p->last && draw(p, 20) == 0) {
			gn_host_client_cancel(p->client, 1 + draw(p, p->last), p->now);
			p->seen.cancelled++;
		}
		client_sends(p);
		server_works(p);
		pass_time(p);
	}
	p->quiet = true;
	for (unsigned i = 0; i < 10000 && gn_host_client_calls(p->client); i++) {
		carry(p);
		client_sends(p);
		server_works(p);
		pass_time(p);
	}
	GN_ASSERT(gn_host_client_calls(p->client) == 0);
	struct app_pair_seen seen = p->seen;
	gn_host_client_bye(p->client, GN_OK, NULL, p->now);
	carry(p);
	carry(p);
	GN_ASSERT(p->seen.over);
	bool cut;
	GN_ASSERT(gn_host_app_over(p->app, &cut));
	gn_host_client_free(p->client);
	gn_host_app_free(p->app);
	free(p);
	return seen;
}
