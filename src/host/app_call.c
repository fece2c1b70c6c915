/* The calls of one app/1 connection: begun, told to their owner, answered once (app.h). A call's
 * bytes are copied, as it outlives the input. */
#include "host/app_int.h"

#include "host/wipe.h"

#include <stdlib.h>

struct app_call **gn_host_app_find(struct gn_host_app *app, uint64_t number)
{
	struct app_call **link = &app->calls;
	while (*link && (*link)->number != number)
		link = &(*link)->next;
	return *link ? link : NULL;
}

void gn_host_app_forget(struct gn_host_app *app, struct app_call **link)
{
	struct app_call *c = *link;
	*link = c->next;
	size_t bytes = c->len + c->flow.in_len;
	GN_ASSERT(app->count > 0 && app->bytes >= bytes);
	app->count--;
	app->bytes -= bytes;
	gn_host_flow_fini(&c->flow);
	gn_host_wipe_free(c->bytes, c->len); /* a passphrase may be in it */
	free(c);
}

void gn_host_app_give_up(struct gn_host_app *app, struct app_call **link, gn_err why, gn_time now)
{
	struct app_call *c = *link;
	gn_host_app_error(app, c->number, &(struct gn_host_app_fault){.err = why}, now);
	if (c->told) {
		GN_ASSERT(app->gone_count < GN_COUNT(app->gone));
		app->gone[app->gone_count++] = (struct app_gone){c->number, why};
	}
	gn_host_app_forget(app, link);
}

static gn_err add_call(struct gn_host_app *app, const struct gn_app_frame *f, struct gn_slice frame,
		       gn_time now)
{
	struct app_call *c = calloc(1, sizeof *c), **end = &app->calls;
	uint8_t *bytes = malloc(frame.len);
	if (!c || !bytes) {
		free(c);
		free(bytes);
		return GN_NOMEM;
	}
	memcpy(bytes, frame.p, frame.len);
	uint64_t ms = f->deadline_ms ? f->deadline_ms : GN_HOST_APP_CALL_MS;
	*c = (struct app_call){.number = f->call, .frame = *f, .bytes = bytes, .len = frame.len};
	c->until = now +
		   (gn_time)(ms < GN_HOST_APP_CALL_MS_MAX ? ms : GN_HOST_APP_CALL_MS_MAX) * GN_MSEC;
	c->frame.table.buf = bytes; /* the same bytes, in their own place */
	gn_host_flow_init(&c->flow);
	while (*end)
		end = &(*end)->next;
	*end = c;
	app->count++;
	app->bytes += frame.len;
	return GN_OK;
}

void gn_host_app_call_came(struct gn_host_app *app, const struct gn_app_frame *f,
			   struct gn_slice frame, gn_time now)
{
	struct gn_host_app_fault fault = {.err = GN_OK};
	if (f->call <= app->last) {
		gn_host_app_bye(app, GN_PROTOCOL,
				"the number of a call must be above the last one's", now);
		return;
	}
	app->last = f->call;
	if (!f->type)
		fault = (struct gn_host_app_fault){
			.err = GN_UNSUPPORTED, .detail = "this version does not know this call"};
	else if (app->count + app->gone_count >= GN_HOST_APP_CALLS)
		fault = (struct gn_host_app_fault){
			.err = GN_LIMIT, .limit = "GN_HOST_APP_CALLS", .retry_ms = 1000};
	else if (app->bytes + frame.len > GN_HOST_APP_CALL_BYTES)
		fault = (struct gn_host_app_fault){
			.err = GN_LIMIT, .limit = "GN_HOST_APP_CALL_BYTES", .retry_ms = 1000};
	else
		fault.err = add_call(app, f, frame, now);
	if (fault.err)
		gn_host_app_error(app, f->call, &fault, now);
}

/* ---- what the owner says ---- */

struct gn_fbb *gn_host_app_builder(struct gn_host_app *app)
{
	if (!app->large)
		app->large = malloc(GN_HOST_APP_LARGE);
	app->builder = app->large ? gn_app_fbb(app->large, GN_HOST_APP_LARGE)
				  : gn_app_fbb(app->storage, sizeof app->storage);
	return &app->builder;
}

gn_err gn_host_app_answer(struct gn_host_app *app, uint64_t call, struct gn_app_kind kind,
			  gn_fbref table, bool more, gn_time now)
{
	struct app_call **link = gn_host_app_find(app, call);
	struct gn_app_frame head = {.call = call, .more = more, .kind = kind};
	struct gn_slice frame;
	if (!link)
		return GN_NOT_FOUND;
	gn_err err = gn_app_frame_make(&app->builder, &head, table, &frame);
	if (!err && frame.len > app->frame_max + GN_APP_PREFIX)
		err = GN_TOO_LARGE;
	if (err)
		gn_host_app_error(app, call, &(struct gn_host_app_fault){.err = err}, now);
	else
		gn_host_app_queue(app, frame, now);
	if (!err) /* a client's secret may be in it; the room is our own */
		gn_wipe((void *)(uintptr_t)frame.p, frame.len);
	if (err || !more)
		gn_host_app_forget(app, link);
	return err;
}

gn_err gn_host_app_refuse(struct gn_host_app *app, uint64_t call,
			  const struct gn_host_app_fault *fault, gn_time now)
{
	struct app_call **link = gn_host_app_find(app, call);
	GN_ASSERT(fault->err != GN_OK);
	if (!link)
		return GN_NOT_FOUND;
	gn_host_app_error(app, call, fault, now);
	gn_host_app_forget(app, link);
	return GN_OK;
}

gn_time gn_host_app_until(struct gn_host_app *app, uint64_t call)
{
	struct app_call **link = gn_host_app_find(app, call);
	return link ? (*link)->until : GN_NEVER;
}

void gn_host_app_lasts(struct gn_host_app *app, uint64_t call)
{
	struct app_call **link = gn_host_app_find(app, call);
	if (link)
		(*link)->until = GN_NEVER;
}

size_t gn_host_app_calls(const struct gn_host_app *app)
{
	return app->count;
}
