/* The calling end of app/1: client.h says what it promises. What comes is client_in.c's; here are
 * its calls, its streams, what it says, and time. */
#include "host/client_int.h"

#include <stdlib.h>

struct gn_host_client *gn_host_client_new(const struct gn_host_client_config *config)
{
	struct gn_host_client *c = calloc(1, sizeof *c);
	GN_ASSERT(!config->frame_max || (config->frame_max >= GN_HOST_APP_FRAME_MIN &&
					 config->frame_max <= GN_APP_FRAME_MAX));
	if (!c)
		return NULL;
	c->config = *config;
	c->frame_max = config->frame_max ? config->frame_max : GN_APP_FRAME_MAX;
	c->heard = c->pinged = config->now;
	struct gn_fb_hash nonce, id;
	memcpy(nonce.b, config->nonce, sizeof nonce.b);
	memcpy(id.b, config->id, sizeof id.b);
	struct gn_fb_app_hello_args args = {.version_min = GN_APP_VERSION,
					    .version_max = GN_APP_VERSION,
					    .role = (uint8_t)config->role,
					    .software = gn_host_said(config->software),
					    .client = config->origin ? &id : NULL,
					    .nonce = &nonce,
					    .frame_max = c->frame_max};
	gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_HELLO), 0, &args, config->now);
	return c;
}

void gn_host_client_forget(struct gn_host_client *c, struct client_call **link)
{
	struct client_call *call = *link;
	*link = call->next;
	GN_ASSERT(c->count > 0);
	c->count--;
	gn_host_flow_fini(&call->flow);
	free(call);
}

void gn_host_client_free(struct gn_host_client *c)
{
	if (!c)
		return;
	while (c->calls)
		gn_host_client_forget(c, &c->calls);
	free(c->in);
	gn_host_out_fini(&c->out);
	free(c->large);
	gn_wipe(c->config.secret, sizeof c->config.secret);
	free(c);
}

/* ---- what it says ---- */

void gn_host_client_end(struct gn_host_client *c, gn_err err)
{
	if (c->state == CLIENT_BYE)
		return;
	c->state = CLIENT_BYE;
	c->why = err;
}

void gn_host_client_put(struct gn_host_client *c, struct gn_app_kind kind, uint64_t call,
			const void *args, gn_time now)
{
	struct gn_slice frame;
	struct gn_app_frame head = {.call = call, .kind = kind};
	gn_err err = gn_app_frame_of(c->storage, sizeof c->storage, &head, args, &frame);
	GN_ASSERT(err == GN_OK); /* its texts are cut to GN_HOST_SAID */
	if (c->state != CLIENT_BYE)
		err = gn_host_out_put(&c->out, frame, GN_HOST_CLIENT_UNSENT, now);
	if (err)
		gn_host_client_end(c, err);
}

void gn_host_client_bye(struct gn_host_client *c, gn_err err, const char *detail, gn_time now)
{
	struct gn_fb_app_bye_args args = {
		.code = (uint16_t)err, .detail = gn_host_said(detail ? detail : gn_err_text(err))};
	gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_BYE), 0, &args, now);
	gn_host_client_end(c, err);
}

/* ---- calls ---- */

struct client_call **gn_host_client_find(struct gn_host_client *c, uint64_t number)
{
	struct client_call **link = &c->calls;
	while (*link && (*link)->number != number)
		link = &(*link)->next;
	return *link ? link : NULL;
}

/* One that is still waited for. */
static struct client_call *call_of(struct gn_host_client *c, uint64_t number)
{
	struct client_call **link = gn_host_client_find(c, number);
	return link && !(*link)->failed ? *link : NULL;
}

struct gn_fbb *gn_host_client_builder(struct gn_host_client *c)
{
	if (!c->large)
		c->large = malloc(GN_HOST_APP_LARGE);
	c->builder = c->large ? gn_app_fbb(c->large, GN_HOST_APP_LARGE)
			      : gn_app_fbb(c->storage, sizeof c->storage);
	return &c->builder;
}

gn_err gn_host_client_call(struct gn_host_client *c, struct gn_app_kind kind, gn_fbref table,
			   uint32_t deadline_ms, gn_time now, uint64_t *call)
{
	struct gn_app_frame head = {.call = c->last + 1, .kind = kind};
	struct gn_slice frame;
	if (c->state != CLIENT_READY)
		return c->state == CLIENT_BYE ? GN_CLOSED : GN_AGAIN;
	if (c->count >= c->outstanding)
		return GN_LIMIT;
	bool lasts = deadline_ms == GN_HOST_CLIENT_LASTS;
	head.deadline_ms = lasts ? 0 : deadline_ms;
	GN_TRY(gn_app_frame_make(&c->builder, &head, table, &frame));
	if (frame.len > (size_t)c->server_max + GN_APP_PREFIX)
		return GN_TOO_LARGE;
	struct client_call *made = calloc(1, sizeof *made);
	if (!made)
		return GN_NOMEM;
	gn_err err = gn_host_out_put(&c->out, frame, GN_HOST_CLIENT_UNSENT, now);
	if (err) {
		free(made);
		return err;
	}
	uint64_t ms = deadline_ms ? deadline_ms : GN_HOST_APP_CALL_MS;
	*made = (struct client_call){.number = ++c->last, .next = c->calls};
	made->until = lasts ? GN_NEVER : now + (gn_time)ms * GN_MSEC + GN_HOST_CLIENT_GRACE;
	gn_host_flow_init(&made->flow);
	c->calls = made;
	c->count++;
	*call = made->number;
	return GN_OK;
}

void gn_host_client_cancel(struct gn_host_client *c, uint64_t call, gn_time now)
{
	if (call_of(c, call))
		gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_CANCEL), call,
				   &(struct gn_fb_app_cancel_args){0}, now);
}

size_t gn_host_client_calls(const struct gn_host_client *c)
{
	return c->count;
}

/* ---- streams ---- */

size_t gn_host_client_room(struct gn_host_client *c, uint64_t call)
{
	struct client_call *of = call_of(c, call);
	if (!of || of->flow.out_ended || c->state == CLIENT_BYE)
		return 0;
	size_t room = c->out.len < GN_HOST_APP_PIPE ? GN_HOST_APP_PIPE - c->out.len : 0;
	room = of->flow.out_left < room ? (size_t)of->flow.out_left : room;
	of->wants = of->wants || !room;
	return room;
}

void gn_host_client_send(struct gn_host_client *c, uint64_t call, struct gn_slice bytes,
			 gn_time now)
{
	struct client_call *of = call_of(c, call);
	struct gn_app_frame head = {.kind = gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_DATA)};
	if (!of || of->flow.out_ended)
		return;
	GN_ASSERT(bytes.len <= of->flow.out_left);
	of->flow.out_left -= bytes.len;
	while (bytes.len && c->state != CLIENT_BYE) {
		size_t piece = bytes.len < GN_HOST_APP_PIECE ? bytes.len : GN_HOST_APP_PIECE;
		struct gn_slice frame;
		struct gn_fbb *b = gn_host_client_builder(c);
		gn_fbref t = gn_fb_stream_data_make(
			b, &(struct gn_fb_stream_data_args){
				   .stream = call, .bytes = gn_slice_sub(bytes, 0, piece)});
		gn_err err = gn_app_frame_make(b, &head, t, &frame);
		if (!err)
			err = gn_host_out_put(&c->out, frame, GN_HOST_CLIENT_UNSENT, now);
		if (err)
			gn_host_client_end(c, err);
		bytes = gn_slice_sub(bytes, piece, bytes.len);
	}
}

void gn_host_client_send_end(struct gn_host_client *c, uint64_t call, gn_err err, gn_time now)
{
	struct client_call *of = call_of(c, call);
	struct gn_fb_stream_end_args args = {.stream = call, .code = (uint16_t)err};
	if (!of || of->flow.out_ended)
		return;
	of->flow.out_ended = true;
	gn_host_client_put(c, gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_END), 0, &args, now);
}

void gn_host_client_taken(struct gn_host_client *c, uint64_t call, size_t len, gn_time now)
{
	struct client_call *of = call_of(c, call);
	if (!of || !len)
		return;
	GN_ASSERT(len <= of->held);
	of->held -= len;
	struct gn_fb_stream_grant_args args = {.stream = call,
					       .bytes = gn_host_flow_taken(&of->flow, len)};
	if (args.bytes)
		gn_host_client_put(c, gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_GRANT), 0,
				   &args, now);
}

/* ---- time ---- */

gn_time gn_host_client_deadline(const struct gn_host_client *c)
{
	gn_time at = GN_NEVER;
	if (c->state == CLIENT_BYE)
		return GN_NEVER;
	if (c->state != CLIENT_READY)
		return c->config.now + GN_HOST_APP_GREET;
	if (c->config.ping)
		at = gn_time_min(c->pinged + c->config.ping, c->heard + GN_HOST_CLIENT_DEAD);
	for (const struct client_call *call = c->calls; call; call = call->next)
		at = call->failed ? at : gn_time_min(at, call->until);
	return at;
}

void gn_host_client_tick(struct gn_host_client *c, gn_time now)
{
	if (c->state == CLIENT_BYE)
		return;
	if (c->state != CLIENT_READY) {
		if (now >= c->config.now + GN_HOST_APP_GREET)
			gn_host_client_bye(c, GN_TIMEOUT, "no AppReady came", now);
		return;
	}
	for (struct client_call *call = c->calls; call; call = call->next) {
		if (call->failed || now < call->until)
			continue;
		gn_host_client_cancel(c, call->number, now);
		call->failed = GN_TIMEOUT;
	}
	if (!c->config.ping)
		return;
	if (now >= c->heard + GN_HOST_CLIENT_DEAD) {
		gn_host_client_bye(c, GN_TIMEOUT, "nothing came for 15 seconds", now);
	} else if (now >= c->pinged + c->config.ping) {
		c->pinged = now;
		gn_host_client_put(c, gn_host_session(GN_FB_APP_BODY_APP_PING), 0,
				   &(struct gn_fb_app_ping_args){0}, now);
	}
}

/* ---- bytes ---- */

struct gn_slice gn_host_client_out(const struct gn_host_client *c)
{
	return gn_host_out_bytes(&c->out);
}

void gn_host_client_sent(struct gn_host_client *c, size_t len, gn_time now)
{
	gn_host_out_sent(&c->out, len, now);
}

bool gn_host_client_over(const struct gn_host_client *c)
{
	return c->state == CLIENT_BYE;
}
