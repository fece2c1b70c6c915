/* One app/1 connection, the server's end: app.h says what it promises. Bytes are gathered until a
 * frame is whole; a frame is opened once. Its calls are app_call.c's, their streams
 * app_stream.c's, what it says app_out.c's. Who names a client proves it (AP-12, AP-15). */
#include "host/app_int.h"

#include "host/wipe.h"

#include "crypto/crypto.h"

#include <stdlib.h>

struct gn_host_app *gn_host_app_new(const struct gn_host_app_config *config)
{
	struct gn_host_app *app = calloc(1, sizeof *app);
	GN_ASSERT(!config->origin || config->secret);
	if (app) {
		app->config = *config;
		app->out.moved = config->now;
		app->frame_max = GN_APP_FRAME_MAX;
	}
	return app;
}

void gn_host_app_free(struct gn_host_app *app)
{
	if (!app)
		return;
	while (app->calls)
		gn_host_app_forget(app, &app->calls);
	gn_host_wipe_free(app->in, app->in_cap);
	gn_host_out_fini(&app->out);
	free(app->large);
	gn_wipe(&app->proof, sizeof app->proof);
	free(app);
}

/* ---- in ---- */

static void put_ready(struct gn_host_app *app, gn_time now)
{
	const struct gn_host_app_config *config = &app->config;
	struct gn_slice own[GN_HOST_CLIENT_RIGHTS_MAX];
	const struct gn_slice *rights = config->rights;
	size_t right_count = config->right_count;
	if (app->named && config->client_rights) {
		rights = own;
		right_count = config->client_rights(config->user, app->client, own, GN_COUNT(own));
	}
	struct gn_fb_app_ready_args args = {.version = GN_APP_VERSION,
					    .role = (uint8_t)config->role,
					    .software = gn_host_said(config->software),
					    .rights = {rights, right_count},
					    .outstanding = GN_HOST_APP_CALLS,
					    .subscriptions = GN_HOST_APP_CALLS,
					    .streams = GN_HOST_APP_STREAMS,
					    .unread_max = GN_HOST_APP_UNREAD,
					    .frame_max = GN_APP_FRAME_MAX,
					    .epoch = config->epoch,
					    .cursor = config->cursor,
					    .time = config->unix_ms};
	struct gn_app_frame head = {.kind = gn_host_session(GN_FB_APP_BODY_APP_READY)};
	gn_host_app_put(app, &head, &args, now);
	app->state = APP_READY;
}

/* AP-12: the secret is shown to whoever knows it, by a proof of ours first. */
static void put_challenge(struct gn_host_app *app, struct gn_fb_app_hello hello, gn_time now)
{
	const struct gn_host_app_config *config = &app->config;
	uint8_t secret[32];
	struct gn_hash mac;
	struct gn_fb_hash id = gn_fb_app_hello_client(hello), theirs = gn_fb_app_hello_nonce(hello);
	if (!gn_fb_app_hello_has_client(hello) || !config->secret(config->user, id.b, secret)) {
		gn_host_app_bye(app, GN_DENIED, "a client's secret is asked for here", now);
		return;
	}
	struct gn_fb_hash nonce, said;
	memcpy(nonce.b, config->nonce, sizeof nonce.b);
	gn_host_proof(secret, true, theirs.b, nonce.b, config->origin, &mac);
	memcpy(said.b, mac.b, sizeof said.b);
	gn_host_proof(secret, false, theirs.b, nonce.b, config->origin, &app->proof);
	gn_wipe(secret, sizeof secret);
	memcpy(app->client, id.b, sizeof app->client);
	gn_host_app_put(
		app, &(struct gn_app_frame){.kind = gn_host_session(GN_FB_APP_BODY_APP_CHALLENGE)},
		&(struct gn_fb_app_challenge_args){.nonce = &nonce, .mac = &said}, now);
	app->state = APP_PROOF;
}

static void take_proof(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now)
{
	if (f->kind.area != GN_FB_APP_BODY_APP_PROOF) {
		gn_host_app_bye(app, GN_PROTOCOL, "AppProof answers AppChallenge", now);
		return;
	}
	struct gn_fb_hash mac = gn_fb_app_proof_mac((struct gn_fb_app_proof){f->table});
	bool right = gn_equal_ct(mac.b, app->proof.b, sizeof mac.b);
	gn_wipe(&app->proof, sizeof app->proof);
	app->named = right;
	if (right)
		put_ready(app, now);
	else
		gn_host_app_bye(app, GN_DENIED, "the client's secret is another", now);
}

static void take_hello(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now)
{
	struct gn_fb_app_hello hello = {f->table};
	if (f->kind.area != GN_FB_APP_BODY_APP_HELLO) {
		gn_host_app_bye(app, GN_PROTOCOL, "the first frame must be AppHello", now);
		return;
	}
	if (gn_fb_app_hello_version_min(hello) > GN_APP_VERSION ||
	    gn_fb_app_hello_version_max(hello) < GN_APP_VERSION) {
		gn_host_app_bye(app, GN_VERSION, "this end speaks version 1 of app/1", now);
		return;
	}
	uint32_t most = gn_fb_app_hello_frame_max(hello);
	if (most && most < GN_HOST_APP_FRAME_MIN) {
		gn_host_app_bye(app, GN_RANGE, "frames of 8 KiB must be taken", now);
		return;
	}
	if (most && most < app->frame_max)
		app->frame_max = most;
	if (app->config.origin && (!app->config.open || gn_fb_app_hello_has_client(hello)))
		put_challenge(app, hello, now);
	else
		put_ready(app, now);
}

static void take_session(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now)
{
	struct app_call **link;
	switch (f->kind.area) { /* enum gn_fb_app_body, which grows with every area */
	case GN_FB_APP_BODY_APP_CANCEL:
		link = gn_host_app_find(app, f->call);
		if (link) /* else it crossed its answer */
			gn_host_app_give_up(app, link, GN_CANCELLED, now);
		break;
	case GN_FB_APP_BODY_APP_PING:
		gn_host_app_put(
			app,
			&(struct gn_app_frame){.kind = gn_host_session(GN_FB_APP_BODY_APP_PONG)},
			&(struct gn_fb_app_pong_args){0}, now);
		break;
	case GN_FB_APP_BODY_APP_BYE: app->state = APP_BYE; break;
	case GN_FB_APP_BODY_APP_HELLO:
		gn_host_app_bye(app, GN_PROTOCOL, "AppHello comes once", now);
		break;
	default: break; /* a server asked nothing that the others answer */
	}
}

static void take_frame(struct gn_host_app *app, struct gn_slice frame, gn_time now)
{
	struct gn_app_frame f;
	if (gn_app_frame_open(frame, &f) != GN_OK)
		gn_host_app_bye(app, GN_MALFORMED, "a frame does not parse", now);
	else if (app->state == APP_HELLO)
		take_hello(app, &f, now);
	else if (app->state == APP_PROOF)
		take_proof(app, &f, now);
	else if (f.type && !f.kind.member)
		take_session(app, &f, now);
	else if (f.type && f.kind.area == GN_FB_APP_BODY_APP_STREAM)
		gn_host_app_stream_came(app, &f, now);
	else if (f.call)
		gn_host_app_call_came(app, &f, frame, now);
}

/* Takes whole frames from the front; how many bytes of `in` they were. */
static size_t take_frames(struct gn_host_app *app, struct gn_slice in, gn_time now)
{
	size_t at = 0, used;
	struct gn_slice frame;
	while (app->state != APP_BYE) {
		gn_err err = gn_app_frame_split(gn_slice_sub(in, at, in.len - at), GN_APP_FRAME_MAX,
						&frame, &used);
		if (err == GN_AGAIN)
			return at;
		if (err) {
			gn_host_app_bye(app, err, "a frame has between 1 byte and 1 MiB", now);
			break;
		}
		take_frame(app, frame, now);
		at += used;
	}
	return in.len; /* what comes after the end is forgotten */
}

gn_err gn_host_app_recv(struct gn_host_app *app, struct gn_slice in, gn_time now)
{
	if (app->state == APP_BYE)
		return GN_OK;
	if (app->in_len == 0) {
		size_t used = take_frames(app, in, now);
		in = gn_slice_sub(in, used, in.len - used);
	}
	if (in.len == 0)
		return GN_OK;
	if (app->in_len + in.len > app->in_cap) {
		size_t cap = 2 * (app->in_len + in.len);
		uint8_t *grown = gn_host_wipe_resize(app->in, app->in_len, cap);
		if (!grown)
			return GN_NOMEM;
		app->in = grown;
		app->in_cap = cap;
	}
	memcpy(app->in + app->in_len, in.p, in.len);
	app->in_len += in.len;
	size_t used = take_frames(app, gn_slice(app->in, app->in_len), now);
	memmove(app->in, app->in + used, app->in_len - used);
	app->in_len -= used;
	gn_wipe(app->in + app->in_len, used);
	if (app->in_len == 0) { /* a large frame's room is not kept */
		free(app->in);
		app->in = NULL;
		app->in_cap = 0;
	}
	return GN_OK;
}

const uint8_t *gn_host_app_client(const struct gn_host_app *app)
{
	return app->named ? app->client : NULL;
}

/* ---- time ---- */

gn_time gn_host_app_deadline(const struct gn_host_app *app)
{
	gn_time at = app->out.len ? app->out.moved + GN_HOST_APP_STALL : GN_NEVER;
	if (app->state == APP_HELLO || app->state == APP_PROOF)
		at = app->config.now + GN_HOST_APP_GREET;
	if (app->cut)
		return GN_NEVER;
	for (const struct app_call *c = app->calls; c; c = c->next)
		if (c->until < at)
			at = c->until;
	return at;
}

void gn_host_app_tick(struct gn_host_app *app, gn_time now)
{
	if (app->out.len && now >= app->out.moved + GN_HOST_APP_STALL)
		gn_host_app_cut(app);
	if ((app->state == APP_HELLO || app->state == APP_PROOF) &&
	    now >= app->config.now + GN_HOST_APP_GREET)
		gn_host_app_bye(app, GN_TIMEOUT, "no AppHello came", now);
	for (struct app_call **link = &app->calls; *link;)
		if (now >= (*link)->until)
			gn_host_app_give_up(app, link, GN_TIMEOUT, now);
		else
			link = &(*link)->next;
}

/* ---- events ---- */

static bool next_gone(struct gn_host_app *app, struct gn_host_app_event *out)
{
	if (!app->gone_count)
		return false;
	*out = (struct gn_host_app_event){
		.what = GN_HOST_APP_GONE, .call = app->gone[0].call, .why = app->gone[0].why};
	memmove(&app->gone[0], &app->gone[1], --app->gone_count * sizeof app->gone[0]);
	return true;
}

/* Whoever asked is gone. */
static bool next_ended(struct gn_host_app *app, struct gn_host_app_event *out)
{
	while (app->calls && !app->calls->told)
		gn_host_app_forget(app, &app->calls);
	if (!app->calls)
		return false;
	*out = (struct gn_host_app_event){
		.what = GN_HOST_APP_GONE, .call = app->calls->number, .why = GN_CLOSED};
	gn_host_app_forget(app, &app->calls);
	return true;
}

/* What there is to say of a call that lives. */
static bool next_of(struct gn_host_app *app, struct app_call *c, enum gn_host_app_said *what)
{
	if (!c->told) {
		*what = GN_HOST_APP_CALL;
		return c->told = true;
	}
	if (c->came) {
		*what = GN_HOST_APP_DATA;
		c->came = false;
		return true;
	}
	if (!c->wants || !gn_host_app_room(app, c->number))
		return false;
	*what = GN_HOST_APP_ROOM;
	c->wants = false;
	return true;
}

bool gn_host_app_next(struct gn_host_app *app, struct gn_host_app_event *out)
{
	enum gn_host_app_said what;
	if (next_gone(app, out))
		return true;
	if (app->state == APP_BYE)
		return next_ended(app, out);
	struct app_call *c = app->calls;
	while (c && !next_of(app, c, &what))
		c = c->next;
	if (!c)
		return false;
	*out = (struct gn_host_app_event){.what = what,
					  .call = c->number,
					  .kind = c->frame.kind,
					  .type = c->frame.type,
					  .table = c->frame.table,
					  .until = c->until};
	return true;
}
