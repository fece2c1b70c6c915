/* Streams of calls, the server's end: bytes that came wait for their owner within the call's
 * window; bytes that go wait for grants, and behind what the other end has not read (AP-11). */
#include "host/app_int.h"

static struct app_call *call_of(struct gn_host_app *app, uint64_t number)
{
	struct app_call **link = gn_host_app_find(app, number);
	return link ? *link : NULL;
}

/* Its stream moves. */
static void move(struct app_call *c, gn_time now)
{
	if (c->streams)
		c->until = now + GN_HOST_APP_STALL;
}

static void take_data(struct gn_host_app *app, struct app_call *c, struct gn_slice bytes,
		      gn_time now)
{
	gn_err err = gn_host_flow_come(&c->flow, bytes.len);
	if (err) {
		gn_host_app_bye(app, err, "more of a stream came than was granted", now);
		return;
	}
	if (app->bytes + bytes.len > GN_HOST_APP_CALL_BYTES)
		err = GN_LIMIT;
	if (!err)
		err = gn_host_flow_keep(&c->flow, bytes);
	if (err) {
		gn_host_app_give_up(app, gn_host_app_find(app, c->number), err, now);
		return;
	}
	app->bytes += bytes.len;
	c->came = true;
	move(c, now);
}

static void take_end(struct app_call *c, struct gn_fb_stream_end end)
{
	uint16_t code = gn_fb_stream_end_code(end);
	if (c->flow.in_ended)
		return;
	c->flow.in_ended = c->came = true;
	c->flow.in_err = code ? gn_host_err_of(code) : GN_OK;
}

void gn_host_app_stream_came(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now)
{
	struct gn_fb_stream_data data = {f->table};
	uint64_t number = gn_fb_stream_data_stream(data); /* each of the three has it there */
	struct app_call *c = call_of(app, number);
	if (!c) { /* it ended meanwhile, or there never was one */
		if (number > app->last)
			gn_host_app_bye(app, GN_PROTOCOL, "a stream is a call's", now);
		return;
	}
	switch ((enum gn_fb_app_stream_body)f->kind.member) {
	case GN_FB_APP_STREAM_BODY_STREAM_DATA:
		take_data(app, c, gn_fb_stream_data_bytes(data), now);
		break;
	case GN_FB_APP_STREAM_BODY_STREAM_GRANT:
		if (gn_host_flow_granted(&c->flow, gn_fb_stream_grant_bytes(
							   (struct gn_fb_stream_grant){f->table})))
			gn_host_app_bye(app, GN_PROTOCOL, "a stream was granted too much", now);
		move(c, now);
		break;
	case GN_FB_APP_STREAM_BODY_STREAM_END:
		take_end(c, (struct gn_fb_stream_end){f->table});
		break;
	case GN_FB_APP_STREAM_BODY_NONE: break;
	}
}

void gn_host_app_streams(struct gn_host_app *app, uint64_t call, gn_time now)
{
	struct app_call *c = call_of(app, call);
	if (!c)
		return;
	c->streams = true;
	move(c, now);
}

struct gn_slice gn_host_app_data(struct gn_host_app *app, uint64_t call, bool *ended, gn_err *err)
{
	const struct app_call *c = call_of(app, call);
	*ended = c && c->flow.in_ended;
	*err = c ? c->flow.in_err : GN_CLOSED;
	return c && c->flow.in_len ? gn_slice(c->flow.in + c->flow.in_at, c->flow.in_len)
				   : gn_slice(NULL, 0);
}

void gn_host_app_taken(struct gn_host_app *app, uint64_t call, size_t len, gn_time now)
{
	struct app_call *c = call_of(app, call);
	if (!c || !len)
		return;
	GN_ASSERT(len <= c->flow.in_len && len <= app->bytes);
	move(c, now);
	c->flow.in_at += len;
	c->flow.in_len -= len;
	app->bytes -= len;
	if (c->flow.in_len == 0)
		gn_host_flow_fini(&c->flow);
	struct gn_fb_stream_grant_args args = {.stream = call,
					       .bytes = gn_host_flow_taken(&c->flow, len)};
	struct gn_app_frame head = {.kind = gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_GRANT)};
	if (args.bytes)
		gn_host_app_put(app, &head, &args, now);
}

size_t gn_host_app_room(struct gn_host_app *app, uint64_t call)
{
	struct app_call *c = call_of(app, call);
	if (!c || c->flow.out_ended || app->state == APP_BYE)
		return 0;
	size_t room = app->out.len < GN_HOST_APP_PIPE ? GN_HOST_APP_PIPE - app->out.len : 0;
	room = c->flow.out_left < room ? (size_t)c->flow.out_left : room;
	c->wants = c->wants || !room;
	return room;
}

void gn_host_app_send(struct gn_host_app *app, uint64_t call, struct gn_slice bytes, gn_time now)
{
	struct app_call *c = call_of(app, call);
	struct gn_app_frame head = {.kind = gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_DATA)};
	if (!c || c->flow.out_ended)
		return;
	GN_ASSERT(bytes.len <= c->flow.out_left);
	c->flow.out_left -= bytes.len;
	move(c, now);
	size_t most =
		app->frame_max - 256 < GN_HOST_APP_PIECE ? app->frame_max - 256 : GN_HOST_APP_PIECE;
	while (bytes.len) {
		size_t piece = bytes.len < most ? bytes.len : most;
		struct gn_slice frame;
		struct gn_fbb *b = gn_host_app_builder(app);
		gn_fbref t = gn_fb_stream_data_make(
			b, &(struct gn_fb_stream_data_args){
				   .stream = call, .bytes = gn_slice_sub(bytes, 0, piece)});
		if (gn_app_frame_make(b, &head, t, &frame) != GN_OK)
			gn_host_app_cut(app); /* there was no memory for it */
		else
			gn_host_app_queue(app, frame, now);
		bytes = gn_slice_sub(bytes, piece, bytes.len);
	}
}

void gn_host_app_send_end(struct gn_host_app *app, uint64_t call, gn_err err, gn_time now)
{
	struct app_call *c = call_of(app, call);
	struct gn_fb_stream_end_args args = {.stream = call, .code = (uint16_t)err};
	struct gn_app_frame head = {.kind = gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_END)};
	if (!c || c->flow.out_ended)
		return;
	c->flow.out_ended = true;
	gn_host_app_put(app, &head, &args, now);
}
