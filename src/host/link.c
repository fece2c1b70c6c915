/* A connection that speaks app/1: bytes of the Unix socket go into its engine, calls come out as
 * requests, answers go back.
 *
 * 1. The connection is a gn_host_request itself, so it lives and ends like one; so is each call.
 * 2. What the socket does not take stays in the engine, which counts it (AP-8).
 * 3. A call that was answered is let go in a later turn, since its handler may still look at it.
 *
 *   begin [on_raw] -> data -> calls -> answers -> end [over, or the client's] */
#include "host/link.h"

#include "host/limits.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- calls ---- */

/* It is let go in a later turn. */
static void mark_ended(struct gn_host_request *r)
{
	r->answered = true;
	if (r->via)
		r->via->ended = true;
}

static void refuse_call(struct gn_host_request *r, gn_err err, const char *text)
{
	char said[GN_HOST_SAID + 1] = "";
	if (r->api->explain)
		r->api->explain(r, err, text, said, sizeof said);
	else
		snprintf(said, sizeof said, "%s", text);
	struct gn_host_app_fault fault = {
		.err = err, .detail = *said ? said : NULL, .retry_ms = r->retry_s * 1000};
	if (r->via && !r->answered)
		(void)gn_host_app_refuse(r->via->app, r->call, &fault, gn_os_steady());
	mark_ended(r);
	gn_host_wait_end(r);
}

static void reply_call(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table)
{
	(void)gn_host_app_answer(r->via->app, r->call, kind, table, false, gn_os_steady());
	mark_ended(r);
	gn_host_wait_end(r);
}

static void begin_call(struct gn_host_link *l, const struct gn_host_app_event *e)
{
	struct gn_host_api *api = l->base->api;
	struct gn_host_request *r = gn_host_request_new(api); /* the link's reference */
	struct gn_host_app_fault fault = {.err = r ? GN_UNSUPPORTED : GN_NOMEM};
	const struct gn_host_call_route *asked = gn_host_call_find(api->calls, e->kind);
	if (r && asked) {
		r->via = l;
		r->call = e->call;
		r->asked = asked;
		r->table = e->table;
		r->refuse = refuse_call;
		r->reply = reply_call;
		gn_err err = api->calls->run(r);
		if (err)
			gn_host_error(r, err, "%s", "");
		return;
	}
	if (r)
		gn_host_release(r);
	(void)gn_host_app_refuse(l->app, e->call, &fault, gn_os_steady());
}

static struct gn_host_request *find_call(const struct gn_host_link *l, uint64_t call)
{
	struct gn_host_request *r = l->base->api->requests;
	while (r && !(r->via == l && r->call == call))
		r = r->next;
	return r;
}

/* What it waits for is given up; its engine has answered. */
static void end_call(struct gn_host_request *r)
{
	if (!r->answered && r->api->closed)
		r->api->closed(r);
	mark_ended(r);
}

static void hear_events(struct gn_host_link *l)
{
	struct gn_host_app_event e;
	while (gn_host_app_next(l->app, &e)) {
		struct gn_host_request *r =
			e.what == GN_HOST_APP_GONE ? find_call(l, e.call) : NULL;
		if (e.what == GN_HOST_APP_CALL)
			begin_call(l, &e);
		else if (r)
			end_call(r);
	}
}

static void let_go(struct gn_host_link *l, bool all)
{
	if (!l->ended && !all)
		return; /* most turns of the loop: nothing is looked through */
	l->ended = false;
	for (struct gn_host_request *r = l->base->api->requests, *next; r; r = next) {
		next = r->next;
		if (r->via != l || !(r->answered || all))
			continue;
		if (all)
			end_call(r);
		r->via = NULL;
		gn_host_release(r);
	}
}

/* ---- bytes ---- */

static void flush_out(struct gn_host_link *l)
{
	struct gn_host_request *base = l->base;
	bool cut;
	while (base->http && gn_host_app_out(l->app).len && gn_http_more(base->http)) {
		struct gn_slice out = gn_host_app_out(l->app);
		if (out.len > GN_HOST_APP_KEEP)
			out.len = GN_HOST_APP_KEEP;
		(void)gn_http_write(base->http, out);
		gn_host_app_sent(l->app, out.len, gn_os_steady());
	}
	bool over = gn_host_app_over(l->app, &cut);
	if (!over || !base->http || base->answered)
		return;
	if (cut) {
		base->answered = true;
		gn_http_abort(base->http);
	} else if (gn_host_app_out(l->app).len == 0) {
		base->answered = true;
		gn_http_end(base->http);
	}
}

static void run_link(struct gn_host_link *l)
{
	hear_events(l);
	flush_out(l);
}

static gn_err link_data(struct gn_host_request *base, struct gn_slice in, size_t *taken)
{
	struct gn_host_link *l = base->state;
	*taken = in.len;
	if (gn_host_app_recv(l->app, in, gn_os_steady()) != GN_OK)
		gn_host_app_bye(l->app, GN_NOMEM, NULL, gn_os_steady());
	run_link(l);
	return GN_OK;
}

static void link_drain(struct gn_host_request *base)
{
	flush_out(base->state);
}

static void link_gone(struct gn_host_request *base)
{
	struct gn_host_link *l = base->state;
	let_go(l, true);
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	gn_host_app_free(l->app);
	l->app = NULL;
}

static void on_raw(void *user, struct gn_http_request *http)
{
	struct gn_host_api *api = user;
	struct gn_host_request *base = gn_host_request_new(api);
	struct gn_host_link *l = base ? gn_host_state(base, sizeof *l) : NULL;
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	struct gn_host_app_config config = {.role = api->calls->role,
					    .software = api->calls->software,
					    .rights = all,
					    .right_count = GN_COUNT(all),
					    .epoch = api->calls->epoch,
					    .unix_ms = api->calls->unix_ms(api->user),
					    .now = gn_os_steady()};
	if (l)
		l->app = gn_host_app_new(&config);
	if (!l || !l->app) {
		if (base)
			gn_host_release(base);
		gn_http_abort(http);
		return;
	}
	base->http = http;
	gn_http_set_user(http, base);
	base->data = link_data;
	base->drain = link_drain;
	base->gone = link_gone;
	l->base = base;
	l->next = api->links;
	l->link = &api->links;
	if (l->next)
		l->next->link = &l->next;
	api->links = l;
}

void gn_host_links_handler(struct gn_http_handler *out)
{
	out->on_raw = on_raw;
}

gn_time gn_host_links_pump(struct gn_host_api *api, gn_time now)
{
	gn_time at = GN_NEVER;
	for (struct gn_host_link *l = api->links; l; l = l->next) {
		gn_host_app_tick(l->app, now);
		run_link(l);
		let_go(l, false);
		gn_time due = gn_host_app_deadline(l->app);
		at = due < at ? due : at;
	}
	return at;
}

void gn_host_links_end(struct gn_host_api *api, gn_time now)
{
	for (struct gn_host_link *l = api->links; l; l = l->next) {
		gn_host_app_bye(l->app, GN_CLOSED, "the program ends", now);
		run_link(l);
	}
}
