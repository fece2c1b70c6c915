/* Frames for tests: app_peer.h. */
#include "host/testing/app_peer.h"

#include <stdio.h>

struct gn_slice app_frame(struct gn_app_frame head, const void *args)
{
	static uint8_t room[GN_APP_FRAME_MAX + 64];
	struct gn_slice out;
	gn_err err = gn_app_frame_of(room, sizeof room, &head, args, &out);
	GN_ASSERT(err == GN_OK);
	return out;
}

struct gn_app_frame app_take(struct gn_host_app *app, gn_time now)
{
	static uint8_t copy[GN_APP_FRAME_MAX];
	struct gn_app_frame f = {0};
	struct gn_slice frame, out = gn_host_app_out(app);
	size_t used;
	if (gn_app_frame_split(out, GN_APP_FRAME_MAX, &frame, &used) != GN_OK)
		return f;
	memcpy(copy, frame.p, frame.len);
	gn_err err = gn_app_frame_open(gn_slice(copy, frame.len), &f);
	GN_ASSERT(err == GN_OK);
	gn_host_app_sent(app, used, now);
	return f;
}

static const struct gn_app_kind hello_kind = {GN_FB_APP_BODY_APP_HELLO, 0},
				status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS};

/* {operation, length} and a frame. */
static bool put_piece(struct gn_buf *b, uint8_t op, struct gn_slice frame)
{
	uint8_t piece[2] = {op, (uint8_t)frame.len};
	return gn_buf_put(b, GN_SLICE(piece)) == GN_OK && gn_buf_put(b, frame) == GN_OK;
}

static bool write_seed(const char *folder, const char *name, unsigned n, struct gn_slice bytes)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s-%u", folder, name, n);
	FILE *out = fopen(path, "wb");
	return out && fwrite(bytes.p, 1, bytes.len, out) == bytes.len && fclose(out) == 0;
}

static bool put_stream(struct gn_buf *b, uint8_t op, uint64_t call)
{
	const struct gn_app_kind data = {GN_FB_APP_BODY_APP_STREAM,
					 GN_FB_APP_STREAM_BODY_STREAM_DATA},
				 grant = {GN_FB_APP_BODY_APP_STREAM,
					  GN_FB_APP_STREAM_BODY_STREAM_GRANT},
				 end = {GN_FB_APP_BODY_APP_STREAM,
					GN_FB_APP_STREAM_BODY_STREAM_END};
	return put_piece(b, op,
			 app_frame((struct gn_app_frame){.kind = data},
				   &(struct gn_fb_stream_data_args){.stream = call,
								    .bytes = gn_str("bytes")})) &&
	       put_piece(b, op,
			 app_frame((struct gn_app_frame){.kind = grant},
				   &(struct gn_fb_stream_grant_args){.stream = call,
								     .bytes = 70000})) &&
	       put_piece(b, op,
			 app_frame((struct gn_app_frame){.kind = end},
				   &(struct gn_fb_stream_end_args){.stream = call}));
}

static bool put_calls(struct gn_buf *b, unsigned n)
{
	struct gn_fb_hash nonce = {{1}};
	for (uint64_t i = 0; i < 6; i++) {
		struct gn_app_frame head = {.call = i, .kind = i ? status_kind : hello_kind};
		if (i == 4)
			head = (struct gn_app_frame){.call = 2,
						     .kind = {GN_FB_APP_BODY_APP_CANCEL, 0}};
		struct gn_fb_app_hello_args hello_args = {
			.version_min = 1, .version_max = 1, .nonce = &nonce};
		struct gn_fb_node_status_args none = {0};
		if (!put_piece(b, (uint8_t)(n + 8 * i),
			       app_frame(head, i ? (void *)&none : (void *)&hello_args)))
			return false;
	}
	return put_stream(b, (uint8_t)(68 + n), 3);
}

static bool put_answers(struct gn_buf *b, unsigned n)
{
	static const struct gn_app_kind status_is = {GN_FB_APP_BODY_APP_NODE,
						     GN_FB_APP_NODE_BODY_NODE_STATUS_IS};
	struct gn_app_frame ready = {.kind = {GN_FB_APP_BODY_APP_READY, 0}},
			    error = {.call = 2, .kind = {GN_FB_APP_BODY_APP_ERROR, 0}};
	return put_piece(b, 0,
			 app_frame(ready, &(struct gn_fb_app_ready_args){.version = 1,
									 .outstanding = 9})) &&
	       put_piece(
		       b, (uint8_t)n,
		       app_frame((struct gn_app_frame){.call = 1, .more = n & 1, .kind = status_is},
				 &(struct gn_fb_node_status_is_args){.links = n})) &&
	       put_piece(
		       b, 0,
		       app_frame(error, &(struct gn_fb_app_error_args){.code = (uint16_t)n,
								       .detail = gn_str("so")})) &&
	       put_stream(b, (uint8_t)(64 + n), 3) &&
	       put_piece(b, 7,
			 app_frame((struct gn_app_frame){.cursor = n, .kind = status_is},
				   &(struct gn_fb_node_status_is_args){.links = n}));
}

int app_write_corpus(const char *folder)
{
	uint8_t bytes[2048];
	for (unsigned n = 0; n < 8; n++) {
		struct gn_buf calls = {bytes, 0, sizeof bytes};
		if (!put_calls(&calls, n) ||
		    !write_seed(folder, "host_app_fuzz/calls", n, gn_buf_slice(&calls)))
			return 1;
		struct gn_buf answers = {bytes, 0, sizeof bytes};
		if (!put_answers(&answers, n) ||
		    !write_seed(folder, "host_client_fuzz/answers", n, gn_buf_slice(&answers)))
			return 1;
	}
	return 0;
}
