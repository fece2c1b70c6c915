/* A connection that speaks app/1: bytes of the Unix socket, or messages of a WebSocket, go into its
 * engine, calls come out as requests, answers go back.
 *
 * 1. The connection is a gn_host_request itself, so it lives and ends like one; so is each call
 *    (link_call.c).
 * 2. What the socket does not take stays in the engine, which counts it (AP-8).
 * 3. There are gn_http_raw_max of them, apart from HTTP's, and a quarter of that of each user who
 *    does not own the program. When all are taken the one that has been idle for longest, of the
 *    user that has most, gives way; when none is idle the newcomer is told to come later (AP-14).
 *
 * 4. On WebSocket (AP-19) only clients with a secret are let in. There are GN_HOST_WEB_LINKS of
 *    them; then the one that was heard of longest ago gives way.
 *
 *   begin [on_raw, upgrade] -> data -> calls -> answers -> end [over, or the client's]
 *         -> refused [no place] */
#include "host/link.h"

#include "host/limits.h"
#include "os/os.h"

#include <stdlib.h>
#include <unistd.h>

enum { APP_LENGTH = 4 }; /* bytes before a frame on a stream (AP-1) */

/* ---- bytes ---- */

/* What is first: on WebSocket one frame, whole and without its length (AP-1). How many bytes. */
static size_t put_out(struct gn_host_link *l)
{
	struct gn_slice out = gn_host_app_out(l->app);
	if (!l->base->ws) {
		size_t len = out.len < GN_HOST_APP_KEEP ? out.len : GN_HOST_APP_KEEP;
		l->blocked = !gn_http_write(l->base->http, gn_slice(out.p, len));
		return len;
	}
	size_t len = APP_LENGTH + gn_be32(out.p);
	GN_ASSERT(len <= out.len); /* frames are queued and taken whole */
	l->blocked = !gn_ws_send_binary(l->base->ws, gn_slice_sub(out, APP_LENGTH, len));
	return len;
}

static void end_socket(struct gn_host_request *base)
{
	if (base->ws)
		gn_ws_close(base->ws, 1000, "");
	else
		gn_http_end(base->http);
}

/* True: bytes left, so there is room for others. */
static bool flush_out(struct gn_host_link *l)
{
	struct gn_host_request *base = l->base;
	bool cut, any = false;
	while (base->http && !l->blocked && gn_host_app_out(l->app).len &&
	       gn_http_more(base->http)) {
		gn_host_app_sent(l->app, put_out(l), gn_os_steady());
		any = true;
	}
	bool over = gn_host_app_over(l->app, &cut);
	if (!over || !base->http || base->answered)
		return any;
	if (cut) {
		base->answered = true;
		gn_http_abort(base->http);
	} else if (gn_host_app_out(l->app).len == 0) {
		base->answered = true;
		end_socket(base);
	}
	return false;
}

/* Streams and events wait for room, so they are looked at again once bytes have left. */
static void run_link(struct gn_host_link *l)
{
	do
		gn_host_link_hear(l);
	while (flush_out(l));
}

static gn_err link_data(struct gn_host_request *base, struct gn_slice in, size_t *taken)
{
	struct gn_host_link *l = base->state;
	*taken = in.len;
	l->used = gn_os_steady();
	if (gn_host_app_recv(l->app, in, gn_os_steady()) != GN_OK)
		gn_host_app_bye(l->app, GN_NOMEM, NULL, gn_os_steady());
	run_link(l);
	return GN_OK;
}

static void link_drain(struct gn_host_request *base)
{
	struct gn_host_link *l = base->state;
	l->blocked = false;
	(void)flush_out(l);
	run_link(l);
}

static void link_gone(struct gn_host_request *base)
{
	struct gn_host_link *l = base->state;
	gn_host_link_let_go(l, true);
	if (base->api->left)
		base->api->left(base->api, l);
	gn_host_link_unlisten(l);
	gn_host_who_sub(&base->api->whos, l->who, GN_HOST_USE_LINKS);
	gn_host_who_put(&base->api->whos, l->who);
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	gn_host_app_free(l->app);
	l->app = NULL;
}

/* ---- who may come in ---- */

bool gn_host_is_owner(const struct gn_http_request *http, uint32_t *uid)
{
	*uid = UINT32_MAX;
	return gn_http_peer_uid(http, uid) && (*uid == 0 || *uid == geteuid());
}

static bool is_idle(const struct gn_host_link *l)
{
	bool cut;
	return gn_host_app_calls(l->app) == 0 && !l->listens && !gn_host_app_over(l->app, &cut);
}

/* The one that has been idle for longest: of this user, NULL: of all. */
static struct gn_host_link *find_idle(const struct gn_host_api *api, const struct gn_host_who *who)
{
	struct gn_host_link *best = NULL;
	for (struct gn_host_link *l = api->links; l; l = l->next)
		if ((!who || l->who == who) && is_idle(l) && (!best || l->used <= best->used))
			best = l;
	return best;
}

static gn_err make_room(struct gn_host_api *api, const struct gn_host_who *who, unsigned most)
{
	gn_err err = gn_host_who_ask(&api->whos, who, GN_HOST_USE_LINKS, most);
	if (err != GN_BUSY)
		return err;
	struct gn_host_link *idle = find_idle(api, gn_host_who_most(&api->whos, GN_HOST_USE_LINKS));
	idle = idle ? idle : find_idle(api, NULL);
	if (!idle)
		return GN_BUSY;
	gn_host_app_bye(idle->app, GN_BUSY, "others need this connection's place", gn_os_steady());
	(void)flush_out(idle);
	return GN_OK;
}

/* One without a place: AppBye is all that it is sent. */
static void turn_away(struct gn_http_request *http, gn_err err)
{
	uint8_t room[GN_HOST_SAID];
	struct gn_fb_app_bye_args args = {.code = (uint16_t)err,
					  .detail = gn_str(err == GN_QUOTA
								   ? "this user has as many "
								     "connections as one may have"
								   : gn_err_text(err)),
					  .retry_ms = 1000};
	struct gn_app_frame head = {.kind = {GN_FB_APP_BODY_APP_BYE, 0}};
	struct gn_slice frame;
	if (gn_app_frame_of(room, sizeof room, &head, &args, &frame) == GN_OK)
		(void)gn_http_write(http, frame);
	gn_http_end(http);
}

/* web: who connected proves a secret (AP-12), whatever user it is. */
static struct gn_host_app *make_app(struct gn_host_api *api, bool owner, bool web)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	const struct gn_host_calls *calls = api->calls;
	const char *(*origin)(void *user) = web ? calls->web_origin : calls->origin;
	struct gn_host_app_config config = {
		.role = calls->role,
		.software = calls->software,
		.rights = owner ? all : calls->stranger_rights,
		.right_count = owner ? GN_COUNT(all) : calls->stranger_right_count,
		.epoch = api->epoch,
		.cursor = api->told ? gn_host_told_cursor(api->told) : 0,
		.unix_ms = calls->unix_ms(api->user),
		.open = !web,
		.user = api->user,
		.now = gn_os_steady()};
	GN_ASSERT(!web || (origin && *origin(api->user)));
	if (owner && origin && *origin(api->user)) {
		config.origin = origin(api->user);
		config.secret = calls->secret;
		config.client_rights = calls->client_rights;
		calls->random(api->user, config.nonce, sizeof config.nonce);
	}
	return gn_host_app_new(&config);
}

/* The request becomes a connection with a place of its own. */
static gn_err become_link(struct gn_host_request *base, struct gn_host_who *who, bool web)
{
	struct gn_host_api *api = base->api;
	struct gn_host_link *l = gn_host_state(base, sizeof *l);
	struct gn_host_app *app = l ? make_app(api, who->owner, web) : NULL;
	if (!app)
		return GN_NOMEM;
	gn_host_who_add(&api->whos, who, GN_HOST_USE_LINKS);
	*l = (struct gn_host_link){.base = base,
				   .app = app,
				   .who = who,
				   .used = gn_os_steady(),
				   .next = api->links,
				   .link = &api->links};
	if (l->next)
		l->next->link = &l->next;
	api->links = l;
	base->data = link_data;
	base->drain = link_drain;
	base->gone = link_gone;
	return GN_OK;
}

static void on_raw(void *user, struct gn_http_request *http)
{
	struct gn_host_api *api = user;
	struct gn_host_request *base = NULL;
	uint32_t uid;
	bool owner = gn_host_is_owner(http, &uid);
	struct gn_host_who *who = gn_host_who_get(&api->whos, uid, owner);
	gn_err err = who ? make_room(api, who, api->links_max) : GN_NOMEM;
	if (!err) {
		base = gn_host_request_new(api);
		err = base ? become_link(base, who, false) : GN_NOMEM;
	}
	if (!err) {
		base->http = http;
		gn_http_set_user(http, base);
		return;
	}
	if (base)
		gn_host_release(base);
	if (who)
		gn_host_who_put(&api->whos, who);
	turn_away(http, err);
}

/* ---- on WebSocket ---- */

static void on_message(void *user, struct gn_ws *ws, struct gn_slice bytes)
{
	struct gn_host_request *base = user;
	uint8_t head[APP_LENGTH];
	size_t taken;
	(void)ws;
	gn_put_be32(head, (uint32_t)bytes.len); /* GN_APP_FRAME_MAX at most */
	(void)link_data(base, gn_slice(head, sizeof head), &taken);
	(void)link_data(base, bytes, &taken);
}

/* One more finds a place: the one that was heard of longest ago has none any more. */
static void make_web_room(struct gn_host_api *api)
{
	struct gn_host_link *oldest = NULL;
	unsigned count = 0;
	bool cut;
	for (struct gn_host_link *l = api->links; l; l = l->next) {
		if (!l->base->ws || gn_host_app_over(l->app, &cut))
			continue;
		count++;
		if (!oldest || l->used <= oldest->used)
			oldest = l;
	}
	if (count < GN_HOST_WEB_LINKS)
		return;
	gn_host_app_bye(oldest->app, GN_BUSY, "others need this connection's place",
			gn_os_steady());
	(void)flush_out(oldest);
}

void gn_host_link_upgrade(struct gn_host_request *r)
{
	static const struct gn_ws_handler none;
	struct gn_host_api *api = r->api;
	struct gn_ws_handler handler = none;
	struct gn_host_who *who = gn_host_who_get(&api->whos, (uint32_t)geteuid(), true);
	struct gn_http_request *http = r->http;
	handler.on_binary = on_message;
	handler.user = r;
	gn_err err = who ? GN_OK : GN_NOMEM;
	if (!err) {
		make_web_room(api);
		err = gn_ws_open(http, NULL, GN_APP_FRAME_MAX, &handler, &r->ws);
	}
	if (err) {
		gn_host_error(r, err, "%s",
			      err == GN_USAGE ? "this path is a WebSocket's (RFC 6455)" : "");
	} else if (become_link(r, who, true) == GN_OK) {
		return;
	} else {
		gn_ws_close(r->ws, 1011, "out of memory");
		r->answered = true;
	}
	if (who)
		gn_host_who_put(&api->whos, who);
}

void gn_host_links_handler(struct gn_http_handler *out)
{
	out->on_raw = on_raw;
}

/* ---- turns of the loop ---- */

gn_time gn_host_links_pump(struct gn_host_api *api, gn_time now)
{
	gn_time at = GN_NEVER;
	api->moved = false;
	if (api->told)
		gn_host_told_tick(api->told, now);
	for (struct gn_host_link *l = api->links; l; l = l->next) {
		gn_host_app_tick(l->app, now);
		run_link(l);
		gn_host_link_let_go(l, false);
		at = gn_time_min(at, gn_host_app_deadline(l->app));
	}
	return api->moved ? now : at; /* what began has to be done */
}

void gn_host_links_forget(struct gn_host_api *api)
{
	for (struct gn_host_link *l = api->links; l; l = l->next)
		l->heard = GN_HOST_TOLD_ELSEWHERE;
}

void gn_host_links_end(struct gn_host_api *api, gn_time now)
{
	for (struct gn_host_link *l = api->links; l; l = l->next) {
		gn_host_app_bye(l->app, GN_CLOSED, "the program ends", now);
		run_link(l);
	}
}
