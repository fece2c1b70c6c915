/* What the server's end of app/1 says of its own: errors, its last word. Frames go out whole; one
 * that finds no room cuts the connection (AP-8). */
#include "host/app_int.h"

void gn_host_app_cut(struct gn_host_app *app)
{
	app->state = APP_BYE;
	app->cut = true;
}

void gn_host_app_queue(struct gn_host_app *app, struct gn_slice frame, gn_time now)
{
	if (!app->cut && gn_host_out_put(&app->out, frame, GN_HOST_APP_UNREAD, now) != GN_OK)
		gn_host_app_cut(app);
}

/* A frame of our own, whose size is bounded. */
void gn_host_app_put(struct gn_host_app *app, const struct gn_app_frame *head, const void *args,
		     gn_time now)
{
	struct gn_slice frame;
	gn_err err = gn_app_frame_of(app->storage, sizeof app->storage, head, args, &frame);
	GN_ASSERT(err == GN_OK); /* our texts are cut to GN_HOST_SAID */
	gn_host_app_queue(app, frame, now);
}

void gn_host_app_error(struct gn_host_app *app, uint64_t call, const struct gn_host_app_fault *f,
		       gn_time now)
{
	struct gn_fb_app_error_args args = {
		.code = (uint16_t)f->err,
		.detail = gn_host_said(f->detail ? f->detail : gn_err_text(f->err)),
		.next = gn_host_said(f->next),
		.limit = gn_host_said(f->limit),
		.retry_ms = f->retry_ms,
		.unknown = f->unknown,
		.kind = gn_host_said(f->kind)};
	struct gn_app_frame head = {.call = call,
				    .kind = gn_host_session(GN_FB_APP_BODY_APP_ERROR)};
	gn_host_app_put(app, &head, &args, now);
}

void gn_host_app_bye(struct gn_host_app *app, gn_err err, const char *detail, gn_time now)
{
	if (app->state == APP_BYE)
		return;
	struct gn_fb_app_bye_args args = {
		.code = (uint16_t)err, .detail = gn_host_said(detail ? detail : gn_err_text(err))};
	struct gn_app_frame head = {.kind = gn_host_session(GN_FB_APP_BODY_APP_BYE)};
	gn_host_app_put(app, &head, &args, now);
	app->state = APP_BYE;
}

struct gn_slice gn_host_app_out(const struct gn_host_app *app)
{
	return gn_host_out_bytes(&app->out);
}

void gn_host_app_sent(struct gn_host_app *app, size_t len, gn_time now)
{
	gn_host_out_sent(&app->out, len, now);
}

bool gn_host_app_over(const struct gn_host_app *app, bool *cut)
{
	*cut = app->cut;
	return app->state == APP_BYE;
}

/* ---- events ---- */

bool gn_host_app_listens(const struct gn_host_app *app)
{
	return app->state == APP_READY && app->out.len < GN_HOST_APP_PIPE;
}

void gn_host_app_tell(struct gn_host_app *app, struct gn_slice frame, gn_time now)
{
	if (app->state == APP_READY)
		gn_host_app_queue(app, frame, now);
}

void gn_host_app_gap(struct gn_host_app *app, uint64_t first, gn_time now)
{
	struct gn_app_frame head = {.kind = gn_host_session(GN_FB_APP_BODY_APP_GAP)};
	if (app->state == APP_READY)
		gn_host_app_put(app, &head, &(struct gn_fb_app_gap_args){.first = first}, now);
}
