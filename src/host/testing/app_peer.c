/* Frames for tests: app_peer.h. */
#include "host/testing/app_peer.h"

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
