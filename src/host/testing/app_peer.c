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

int app_write_corpus(const char *folder)
{
	char path[512];
	uint8_t bytes[2048];
	struct gn_fb_hash nonce = {{1}};
	for (unsigned n = 0; n < 8; n++) {
		struct gn_buf b = {bytes, 0, sizeof bytes};
		for (uint64_t i = 0; i < 6; i++) {
			struct gn_app_frame head = {.call = i,
						    .kind = i ? status_kind : hello_kind};
			if (i == 4)
				head = (struct gn_app_frame){
					.call = 2, .kind = {GN_FB_APP_BODY_APP_CANCEL, 0}};
			struct gn_fb_app_hello_args hello_args = {
				.version_min = 1, .version_max = 1, .nonce = &nonce};
			struct gn_fb_node_status_args none = {0};
			struct gn_slice f =
				app_frame(head, i ? (void *)&none : (void *)&hello_args);
			uint8_t piece[2] = {(uint8_t)(n + 8 * i), (uint8_t)f.len};
			if (gn_buf_put(&b, GN_SLICE(piece)) || gn_buf_put(&b, f))
				return 1;
		}
		snprintf(path, sizeof path, "%s/host_app_fuzz/calls-%u", folder, n);
		FILE *out = fopen(path, "wb");
		if (!out || fwrite(bytes, 1, b.len, out) != b.len || fclose(out) != 0)
			return 1;
	}
	return 0;
}
