/* What comes to the calling end of app/1: bytes become frames, one at a time as the owner asks for
 * events, and each is judged before anything changes (client.h, 2 and 3). */
#include "host/client_int.h"

#include "crypto/crypto.h"

#include <stdlib.h>

/* ---- bytes ---- */

/* The last event's bytes go. */
static void let_go(struct gn_host_client *c)
{
	if (c->used)
		memmove(c->in, c->in + c->used, c->in_len - c->used);
	c->in_len -= c->used;
	c->used = 0;
	if (c->in_len == 0 && c->in_cap > GN_HOST_APP_KEEP) {
		free(c->in);
		c->in = NULL;
		c->in_cap = 0;
	}
}

size_t gn_host_client_recv(struct gn_host_client *c, struct gn_slice in, gn_time now)
{
	let_go(c);
	if (c->state == CLIENT_BYE)
		return in.len; /* nobody listens */
	size_t most = GN_APP_PREFIX + (size_t)c->frame_max + GN_HOST_CLIENT_READ;
	GN_ASSERT(c->in_len <= most);
	if (in.len > most - c->in_len)
		in.len = most - c->in_len;
	if (in.len == 0)
		return 0;
	if (c->in_len + in.len > c->in_cap) {
		size_t cap = 2 * (c->in_len + in.len);
		uint8_t *grown = realloc(c->in, cap);
		if (!grown) {
			gn_host_client_end(c, GN_NOMEM);
			return in.len;
		}
		c->in = grown;
		c->in_cap = cap;
	}
	memcpy(c->in + c->in_len, in.p, in.len);
	c->in_len += in.len;
	c->heard = now;
	return in.len;
}

void gn_host_client_closed(struct gn_host_client *c, gn_time now)
{
	(void)now;
	c->ended = true;
}

/* ---- the session's own frames ---- */

static bool take_ready(struct gn_host_client *c, const struct gn_app_frame *f,
		       struct gn_host_client_event *out, gn_time now)
{
	struct gn_fb_app_ready ready = {f->table};
	if (gn_fb_app_ready_version(ready) != GN_APP_VERSION) {
		gn_host_client_bye(c, GN_VERSION, "this end speaks version 1 of app/1", now);
		return false;
	}
	uint32_t most = gn_fb_app_ready_frame_max(ready),
		 calls = gn_fb_app_ready_outstanding(ready);
	c->server_max = most && most < GN_APP_FRAME_MAX ? most : GN_APP_FRAME_MAX;
	c->outstanding = calls < GN_HOST_CLIENT_CALLS ? calls : GN_HOST_CLIENT_CALLS;
	if (c->outstanding < c->config.calls_least || c->server_max < c->config.frame_least) {
		gn_host_client_bye(c, GN_PROTOCOL, "fewer or smaller calls than are needed", now);
		return false;
	}
	c->state = CLIENT_READY;
	c->pinged = now;
	*out = (struct gn_host_client_event){
		.what = GN_HOST_CLIENT_READY, .kind = f->kind, .type = f->type, .table = f->table};
	return true;
}

/* The server knows the secret: it is shown that we do. */
static void take_challenge(struct gn_host_client *c, const struct gn_app_frame *f, gn_time now)
{
	const struct gn_host_client_config *config = &c->config;
	struct gn_fb_app_challenge said = {f->table};
	struct gn_fb_hash nonce = gn_fb_app_challenge_nonce(said),
			  mac = gn_fb_app_challenge_mac(said), proof;
	struct gn_hash want;
	gn_host_proof(config->secret, true, config->nonce, nonce.b, config->origin, &want);
	if (!gn_equal_ct(want.b, mac.b, sizeof mac.b)) {
		gn_host_client_bye(c, GN_DENIED, "the server does not know the secret", now);
		return;
	}
	gn_host_proof(config->secret, false, config->nonce, nonce.b, config->origin, &want);
	memcpy(proof.b, want.b, sizeof proof.b);
	gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_PROOF), 0,
			   &(struct gn_fb_app_proof_args){.mac = &proof}, now);
	c->state = CLIENT_PROOF;
}

static void take_bye(struct gn_host_client *c, const struct gn_app_frame *f)
{
	struct gn_fb_app_bye bye = {f->table};
	uint16_t code = gn_fb_app_bye_code(bye);
	gn_host_client_end(c, code ? gn_host_err_of(code) : GN_CLOSED);
}

/* Before READY: a challenge where we have a secret, READY where it was proven or we have none. */
static bool take_greeting(struct gn_host_client *c, const struct gn_app_frame *f,
			  struct gn_host_client_event *out, gn_time now)
{
	bool asked = c->config.origin && c->state == CLIENT_HELLO;
	if (f->kind.area == GN_FB_APP_BODY_APP_BYE)
		take_bye(c, f);
	else if (asked && f->kind.area == GN_FB_APP_BODY_APP_CHALLENGE)
		take_challenge(c, f, now);
	else if (!asked && f->kind.area == GN_FB_APP_BODY_APP_READY)
		return take_ready(c, f, out, now);
	else
		gn_host_client_bye(c, GN_PROTOCOL, "AppReady was to come", now);
	return false;
}

/* ---- answers ---- */

static struct gn_host_client_fault fault_of(const struct gn_app_frame *f)
{
	struct gn_fb_app_error e = {f->table};
	return (struct gn_host_client_fault){.err = gn_host_err_of(gn_fb_app_error_code(e)),
					     .code = gn_fb_app_error_code(e),
					     .detail = gn_fb_app_error_detail(e),
					     .next = gn_fb_app_error_next(e),
					     .limit = gn_fb_app_error_limit(e),
					     .retry_ms = gn_fb_app_error_retry_ms(e),
					     .unknown = gn_fb_app_error_unknown(e)};
}

static bool take_answer(struct gn_host_client *c, const struct gn_app_frame *f,
			struct gn_host_client_event *out, gn_time now)
{
	struct client_call **link = gn_host_client_find(c, f->call);
	bool failed = f->kind.area == GN_FB_APP_BODY_APP_ERROR;
	if (f->call > c->last) {
		gn_host_client_bye(c, GN_PROTOCOL, "an answer to a call that was never made", now);
		return false;
	}
	if (!link || (*link)->failed)
		return false; /* it crossed our end of it */
	*out = (struct gn_host_client_event){.what = failed ? GN_HOST_CLIENT_FAILED
							    : GN_HOST_CLIENT_ANSWER,
					     .call = f->call,
					     .more = f->more && !failed,
					     .kind = f->kind,
					     .type = f->type,
					     .table = f->table};
	if (failed)
		out->fault = fault_of(f);
	if (!out->more)
		gn_host_client_forget(c, link);
	return true;
}

/* ---- streams ---- */

static bool take_stream(struct gn_host_client *c, const struct gn_app_frame *f,
			struct gn_host_client_event *out, gn_time now)
{
	struct gn_fb_stream_data data = {f->table};
	uint64_t number = gn_fb_stream_data_stream(data); /* each of the three has it there */
	struct client_call **link = gn_host_client_find(c, number), *of = link ? *link : NULL;
	gn_err err = number > c->last ? GN_PROTOCOL : GN_OK;
	*out = (struct gn_host_client_event){.call = number};
	bool told = false;
	if (err || !of || of->failed)
		goto out;
	switch ((enum gn_fb_app_stream_body)f->kind.member) {
	case GN_FB_APP_STREAM_BODY_STREAM_DATA:
		out->what = GN_HOST_CLIENT_DATA;
		out->bytes = gn_fb_stream_data_bytes(data);
		err = gn_host_flow_come(&of->flow, out->bytes.len);
		of->held += err ? 0 : out->bytes.len;
		told = !err && out->bytes.len;
		break;
	case GN_FB_APP_STREAM_BODY_STREAM_GRANT:
		err = gn_host_flow_granted(
			&of->flow, gn_fb_stream_grant_bytes((struct gn_fb_stream_grant){f->table}));
		break;
	case GN_FB_APP_STREAM_BODY_STREAM_END: {
		uint16_t code = gn_fb_stream_end_code((struct gn_fb_stream_end){f->table});
		out->what = GN_HOST_CLIENT_END;
		out->fault.err = code ? gn_host_err_of(code) : GN_OK;
		told = !of->flow.in_ended;
		of->flow.in_ended = true;
		break;
	}
	case GN_FB_APP_STREAM_BODY_NONE: break;
	}
out:
	if (err)
		gn_host_client_bye(c, err, "a stream that is none, or more than was granted", now);
	return told;
}

/* ---- frames ---- */

/* True: there is an event. */
static bool take_ready_frame(struct gn_host_client *c, const struct gn_app_frame *f,
			     struct gn_host_client_event *out, gn_time now)
{
	bool session = f->type && !f->kind.member;
	if (f->type && f->kind.area == GN_FB_APP_BODY_APP_STREAM)
		return take_stream(c, f, out, now);
	if (f->call)
		return take_answer(c, f, out, now);
	if (session && f->kind.area == GN_FB_APP_BODY_APP_BYE) {
		take_bye(c, f);
		return false;
	}
	if (session && f->kind.area == GN_FB_APP_BODY_APP_PING) {
		gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_PONG), 0,
				   &(struct gn_fb_app_pong_args){0}, now);
		return false;
	}
	*out = (struct gn_host_client_event){.what = GN_HOST_CLIENT_EVENT,
					     .kind = f->kind,
					     .type = f->type,
					     .table = f->table,
					     .cursor = f->cursor};
	if (session && f->kind.area == GN_FB_APP_BODY_APP_GAP) {
		out->what = GN_HOST_CLIENT_GAP;
		out->cursor = gn_fb_app_gap_first((struct gn_fb_app_gap){f->table});
		return true;
	}
	return f->type && f->kind.member; /* what is unknown, and what a server has no use for */
}

static bool next_frame(struct gn_host_client *c, struct gn_host_client_event *out, gn_time now)
{
	struct gn_slice frame;
	struct gn_app_frame f;
	while (c->state != CLIENT_BYE) {
		let_go(c);
		gn_err err = gn_app_frame_split(gn_slice(c->in, c->in_len), c->frame_max, &frame,
						&c->used);
		if (err == GN_AGAIN) {
			c->used = 0;
			if (c->ended)
				gn_host_client_end(c, GN_CLOSED);
			return false;
		}
		if (!err)
			err = gn_app_frame_open(frame, &f);
		if (err) {
			c->used = 0;
			gn_host_client_bye(c, GN_PROTOCOL, "a frame does not parse", now);
			return false;
		}
		if (c->state == CLIENT_READY ? take_ready_frame(c, &f, out, now)
					     : take_greeting(c, &f, out, now))
			return true;
	}
	return false;
}

/* ---- events ---- */

static bool next_failed(struct gn_host_client *c, struct gn_host_client_event *out)
{
	struct client_call **link = &c->calls;
	while (*link && !(*link)->failed && c->state != CLIENT_BYE)
		link = &(*link)->next;
	if (!*link)
		return false;
	gn_err err = (*link)->failed ? (*link)->failed : GN_CLOSED;
	*out = (struct gn_host_client_event){
		.what = GN_HOST_CLIENT_FAILED,
		.call = (*link)->number,
		.fault = {.err = err, .code = (uint16_t)err, .unknown = true}};
	gn_host_client_forget(c, link);
	return true;
}

static bool next_room(struct gn_host_client *c, struct gn_host_client_event *out)
{
	for (struct client_call *call = c->calls; call; call = call->next) {
		if (!call->wants || call->failed || !gn_host_client_room(c, call->number))
			continue;
		call->wants = false;
		*out = (struct gn_host_client_event){.what = GN_HOST_CLIENT_ROOM,
						     .call = call->number};
		return true;
	}
	return false;
}

bool gn_host_client_next(struct gn_host_client *c, gn_time now, struct gn_host_client_event *out)
{
	if (next_failed(c, out) || (c->state == CLIENT_READY && next_room(c, out)) ||
	    next_frame(c, out, now) || next_failed(c, out) || next_room(c, out))
		return true;
	if (c->state != CLIENT_BYE || c->over)
		return false;
	c->over = true;
	*out = (struct gn_host_client_event){.what = GN_HOST_CLIENT_OVER,
					     .fault = {.err = c->why, .code = (uint16_t)c->why}};
	return true;
}
