/* The calls of a connection that speaks app/1: each is a request like any other, with its stream
 * and its answers; and the events that the connection is told of.
 *
 * 1. A call that was answered is let go in a later turn, since its handler may still look at it.
 * 2. Calls in work and subscriptions are counted by user (who.h) from their beginning until they
 *    are let go.
 * 3. Events are taken from the program's log as the other end reads: who reads slowly hears the
 *    newest of each object, or that some are gone. */
#include "host/link.h"

#include "host/limits.h"
#include "os/os.h"

#include <stdio.h>

/* ---- answers ---- */

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
		.err = err, .detail = *said ? said : NULL, .retry_ms = r->retry_s * 1000,
		.kind = r->kind};
	if (r->via && !r->answered)
		(void)gn_host_app_refuse(r->via->app, r->call, &fault, gn_os_steady());
	mark_ended(r);
	gn_host_wait_end(r);
}

static void reply_call(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table,
		       bool more)
{
	gn_err err = gn_host_app_answer(r->via->app, r->call, kind, table, more, gn_os_steady());
	if (more && !err)
		return;
	if (more && r->api->closed) /* it was too large, which ended the call */
		r->api->closed(r);
	mark_ended(r);
	gn_host_wait_end(r);
}

/* ---- events ---- */

void gn_host_link_unlisten(struct gn_host_link *l)
{
	if (l->listens)
		gn_host_who_sub(&l->base->api->whos, l->who, GN_HOST_USE_SUBS);
	l->listens = false;
}

/* What it may hear of now: a client may have lost rights since it began to listen. */
static bool may_hear(struct gn_host_link *l, uint64_t *kinds)
{
	const struct gn_host_api *api = l->base->api;
	const uint8_t *client = gn_host_app_client(l->app);
	*kinds = l->kinds;
	if (client)
		*kinds &= api->calls->client_kinds(api->user, client);
	if (!client || *kinds)
		return true;
	gn_host_link_unlisten(l);
	gn_host_app_bye(l->app, GN_DENIED, "this client may hear nothing any more", gn_os_steady());
	return false;
}

void gn_host_link_tell(struct gn_host_link *l)
{
	const struct gn_host_told *told = l->base->api->told;
	struct gn_slice frame;
	uint64_t gap, kinds;
	if (!l->listens || gn_host_told_cursor(told) == l->heard || !may_hear(l, &kinds))
		return;
	while (l->listens && gn_host_app_listens(l->app)) {
		bool any = gn_host_told_next(told, kinds, &l->heard, &frame, &gap);
		if (gap)
			gn_host_app_gap(l->app, gap, gn_os_steady());
		if (!any)
			return;
		gn_host_app_tell(l->app, frame, gn_os_steady());
	}
}

static void events_on(struct gn_host_request *r)
{
	struct gn_host_link *l = r->via;
	struct gn_host_api *api = r->api;
	struct gn_fb_events_on t = {r->table};
	uint64_t kinds = gn_fb_events_on_kinds(t), epoch = gn_fb_events_on_epoch(t);
	if (!l->who->owner)
		kinds = kinds ? kinds & api->calls->stranger_kinds : api->calls->stranger_kinds;
	const uint8_t *client = gn_host_app_client(l->app);
	uint64_t most = client ? api->calls->client_kinds(api->user, client) : UINT64_MAX;
	if (client)
		kinds = kinds ? kinds & most : most;
	gn_err err = GN_OK;
	if ((!l->who->owner || client) && !kinds)
		err = GN_DENIED;
	else if (!l->listens)
		err = gn_host_who_ask(&api->whos, l->who, GN_HOST_USE_SUBS, GN_HOST_SUBS);
	if (err) {
		gn_host_error(r, err, "%s", "");
		return;
	}
	if (!l->listens)
		gn_host_who_add(&api->whos, l->who, GN_HOST_USE_SUBS);
	l->listens = true;
	l->kinds = kinds;
	/* cursors of another life of this program mean nothing: all before now is gone */
	l->heard = epoch == api->epoch ? gn_fb_events_on_cursor(t)
		   : epoch             ? GN_HOST_TOLD_ELSEWHERE
				       : gn_host_told_cursor(api->told);
	gn_host_answer_ok(r);
}

/* True: it is of the session's events, and answered. */
static bool take_events(struct gn_host_request *r, struct gn_app_kind kind)
{
	if (kind.area != GN_FB_APP_BODY_APP_EVENT || !r->api->told)
		return false;
	if (kind.member == GN_FB_APP_EVENT_BODY_EVENTS_ON) {
		events_on(r);
		return true;
	}
	if (kind.member != GN_FB_APP_EVENT_BODY_EVENTS_OFF)
		return false;
	gn_host_link_unlisten(r->via);
	gn_host_answer_ok(r);
	return true;
}

/* ---- calls ---- */

static gn_err run_call(struct gn_host_request *r, struct gn_app_kind kind)
{
	struct gn_host_link *l = r->via;
	struct gn_host_api *api = r->api;
	if (take_events(r, kind))
		return GN_OK;
	r->asked = gn_host_call_find(api->calls, kind);
	if (!r->asked)
		return GN_UNSUPPORTED;
	gn_err err = gn_host_who_ask(&api->whos, l->who, GN_HOST_USE_WORK, GN_HOST_WORK);
	if (err) {
		gn_host_error(r, err,
			      err == GN_QUOTA
				      ? "this user has as many calls in work as one may have"
				      : "as many calls are in work as this program does at once");
		return GN_OK;
	}
	gn_host_who_add(&api->whos, l->who, GN_HOST_USE_WORK);
	r->in_work = true;
	api->moved = true;
	return api->calls->run(r);
}

static void begin_call(struct gn_host_link *l, const struct gn_host_app_event *e)
{
	struct gn_host_request *r = gn_host_request_new(l->base->api); /* the link's reference */
	if (!r) {
		struct gn_host_app_fault fault = {.err = GN_NOMEM};
		(void)gn_host_app_refuse(l->app, e->call, &fault, gn_os_steady());
		return;
	}
	r->via = l;
	r->call = e->call;
	r->table = e->table;
	r->stranger = !l->who->owner;
	r->refuse = refuse_call;
	r->reply = reply_call;
	if (l->base->api->born)
		l->base->api->born(r);
	gn_err err = run_call(r, e->kind);
	if (err)
		gn_host_error(r, err, "%s", "");
}

static struct gn_host_request *find_call(const struct gn_host_link *l, uint64_t call)
{
	struct gn_host_request *r = l->base->api->requests;
	while (r && !(r->via == l && r->call == call))
		r = r->next;
	return r;
}

/* What it waits for is given up; its engine has answered. */
static void end_call(struct gn_host_request *r, gn_err why)
{
	r->gave_up = why;
	if (!r->answered && r->api->closed)
		r->api->closed(r);
	mark_ended(r);
}

/* ---- streams ---- */

/* What came of its stream goes to its handler, as much as that takes. */
static void give_data(struct gn_host_request *r)
{
	bool ended, more = true;
	gn_err gave_up, err = GN_OK;
	r->paused = false;
	while (more && !r->answered && r->data && !err) {
		struct gn_slice in = gn_host_app_data(r->via->app, r->call, &ended, &gave_up);
		size_t taken = in.len;
		if (ended && gave_up)
			err = GN_CANCELLED;
		else if (in.len)
			err = r->data(r, in, &taken);
		if (err)
			break;
		gn_host_app_taken(r->via->app, r->call, taken, gn_os_steady());
		r->api->moved |= taken > 0;
		more = taken && taken < in.len;
		if (taken < in.len) {
			r->paused = true;
		} else if (ended && r->data_end) {
			r->data = NULL;
			r->data_end(r);
		}
	}
	if (!err || r->answered)
		return;
	r->gave_up = ended && gave_up ? gave_up : err;
	if (r->api->closed)
		r->api->closed(r);
	gn_host_error(r, err, "%s", "");
}

void gn_host_streams(struct gn_host_request *r)
{
	GN_ASSERT(r->via);
	gn_host_app_streams(r->via->app, r->call, gn_os_steady());
}

void gn_host_resume(struct gn_host_request *r)
{
	if (r->via) {
		r->resumed = r->via->resumed = true;
		r->api->moved = true;
	} else if (r->http) {
		gn_http_body_resume(r->http);
	}
}

size_t gn_host_room(struct gn_host_request *r)
{
	return r->via && !r->answered ? gn_host_app_room(r->via->app, r->call) : 0;
}

void gn_host_send(struct gn_host_request *r, struct gn_slice bytes)
{
	if (r->via && !r->answered)
		gn_host_app_send(r->via->app, r->call, bytes, gn_os_steady());
}

void gn_host_send_end(struct gn_host_request *r)
{
	if (r->via && !r->answered)
		gn_host_app_send_end(r->via->app, r->call, GN_OK, gn_os_steady());
}

const struct gn_host_who *gn_host_user(const struct gn_host_request *r)
{
	return r->via ? r->via->who : NULL;
}

const uint8_t *gn_host_client(const struct gn_host_request *r)
{
	return r->via ? gn_host_app_client(r->via->app) : NULL;
}

void gn_host_lasts(struct gn_host_request *r)
{
	if (r->via)
		gn_host_app_lasts(r->via->app, r->call);
}

/* ---- what came ---- */

static void hear_one(struct gn_host_link *l, const struct gn_host_app_event *e)
{
	struct gn_host_request *r = e->what == GN_HOST_APP_CALL ? NULL : find_call(l, e->call);
	switch (e->what) {
	case GN_HOST_APP_CALL: begin_call(l, e); break;
	case GN_HOST_APP_GONE:
		if (r)
			end_call(r, e->why);
		break;
	case GN_HOST_APP_DATA:
		if (r && !r->answered)
			give_data(r);
		break;
	case GN_HOST_APP_ROOM:
		if (r && !r->answered && r->drain) {
			r->api->moved = true;
			r->drain(r);
		}
		break;
	}
}

static void resume_calls(struct gn_host_link *l)
{
	if (!l->resumed)
		return;
	l->resumed = false;
	for (struct gn_host_request *r = l->base->api->requests; r; r = r->next)
		if (r->via == l && r->resumed && !r->answered) {
			r->resumed = false;
			give_data(r);
		}
}

void gn_host_link_hear(struct gn_host_link *l)
{
	struct gn_host_app_event e;
	while (gn_host_app_next(l->app, &e))
		hear_one(l, &e);
	resume_calls(l);
	gn_host_link_tell(l);
}

void gn_host_link_let_go(struct gn_host_link *l, bool all)
{
	if (!l->ended && !all)
		return; /* most turns of the loop: nothing is looked through */
	l->ended = false;
	for (struct gn_host_request *r = l->base->api->requests, *next; r; r = next) {
		next = r->next;
		if (r->via != l || !(r->answered || all))
			continue;
		if (all)
			end_call(r, GN_CLOSED);
		if (r->in_work)
			gn_host_who_sub(&r->api->whos, l->who, GN_HOST_USE_WORK);
		r->in_work = false;
		r->via = NULL;
		gn_host_release(r);
	}
}
