/* A connection that speaks app/1: bytes of the Unix socket go into its engine, calls come out as
 * requests, answers go back.
 *
 * 1. The connection is a gn_host_request itself, so it lives and ends like one; so is each call
 *    (link_call.c).
 * 2. What the socket does not take stays in the engine, which counts it (AP-8).
 * 3. There are gn_http_raw_max of them, apart from HTTP's, and a quarter of that of each user who
 *    does not own the program. When all are taken the one that has been idle for longest, of the
 *    user that has most, gives way; when none is idle the newcomer is told to come later (AP-14).
 *
 *   begin [on_raw] -> data -> calls -> answers -> end [over, or the client's]
 *         -> refused [no place] */
#include "host/link.h"

#include "host/limits.h"
#include "os/os.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- bytes ---- */

/* True: bytes left, so there is room for others. */
static bool flush_out(struct gn_host_link *l)
{
	struct gn_host_request *base = l->base;
	bool cut, any = false;
	while (base->http && !l->blocked && gn_host_app_out(l->app).len &&
	       gn_http_more(base->http)) {
		struct gn_slice out = gn_host_app_out(l->app);
		if (out.len > GN_HOST_APP_KEEP)
			out.len = GN_HOST_APP_KEEP;
		l->blocked = !gn_http_write(base->http, out);
		gn_host_app_sent(l->app, out.len, gn_os_steady());
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
		gn_http_end(base->http);
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

static struct gn_host_app *make_app(struct gn_host_api *api, bool owner)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	const struct gn_host_calls *calls = api->calls;
	struct gn_host_app_config config = {
		.role = calls->role,
		.software = calls->software,
		.rights = owner ? all : calls->stranger_rights,
		.right_count = owner ? GN_COUNT(all) : calls->stranger_right_count,
		.epoch = api->epoch,
		.cursor = api->told ? gn_host_told_cursor(api->told) : 0,
		.unix_ms = calls->unix_ms(api->user),
		.open = true,
		.user = api->user,
		.now = gn_os_steady()};
	if (owner && calls->origin && *calls->origin(api->user)) {
		config.origin = calls->origin(api->user);
		config.secret = calls->secret;
		config.client_rights = calls->client_rights;
		calls->random(api->user, config.nonce, sizeof config.nonce);
	}
	return gn_host_app_new(&config);
}

/* The link, with its place counted; *err: there is no room for it. */
static struct gn_host_link *make_link(struct gn_host_api *api, struct gn_http_request *http,
				      gn_err *err)
{
	uint32_t uid;
	bool owner = gn_host_is_owner(http, &uid);
	struct gn_host_who *who = gn_host_who_get(&api->whos, uid, owner);
	struct gn_host_request *base = NULL;
	struct gn_host_link *l = NULL;
	struct gn_host_app *app = NULL;
	*err = who ? make_room(api, who, api->links_max) : GN_NOMEM;
	if (*err)
		goto fail;
	*err = GN_NOMEM;
	base = gn_host_request_new(api);
	l = base ? gn_host_state(base, sizeof *l) : NULL;
	app = l ? make_app(api, owner) : NULL;
	if (!app)
		goto fail;
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
	*err = GN_OK;
	return l;
fail:
	if (base)
		gn_host_release(base);
	if (who)
		gn_host_who_put(&api->whos, who);
	return NULL;
}

static void on_raw(void *user, struct gn_http_request *http)
{
	struct gn_host_api *api = user;
	gn_err err;
	struct gn_host_link *l = make_link(api, http, &err);
	if (!l) {
		turn_away(http, err);
		return;
	}
	l->base->http = http;
	gn_http_set_user(http, l->base);
	l->base->data = link_data;
	l->base->drain = link_drain;
	l->base->gone = link_gone;
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
