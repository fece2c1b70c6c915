/* One app/1 connection, the server's end: app.h says what it promises. Bytes are gathered until a
 * frame is whole; a frame is opened once; a call's bytes are copied, as it outlives the input. */
#include "host/app.h"

#include "host/limits.h"

#include <stdlib.h>

enum app_state { APP_HELLO, APP_READY, APP_BYE };

struct app_call {
	uint64_t number;
	gn_time until; /* GN_NEVER: lasts */
	struct gn_app_frame frame;
	uint8_t *bytes; /* owned */
	size_t len;
	bool told; /* its owner knows of it */
	struct app_call *next;
};

/* A call that ended before its owner said so. */
struct app_gone {
	uint64_t call;
	gn_err why;
};

struct gn_host_app {
	struct gn_host_app_config config;
	enum app_state state;
	bool cut;
	uint64_t last;          /* highest number of a call */
	struct app_call *calls; /* oldest first */
	size_t count, bytes;    /* of calls */
	struct app_gone gone[GN_HOST_APP_CALLS];
	size_t gone_count;
	uint8_t *in, *out; /* owned */
	size_t in_len, in_cap, out_at, out_len, out_cap;
	gn_time moved; /* when the other end last took something, or had taken all */
	struct gn_fbb builder;
	uint8_t storage[GN_HOST_APP_SMALL]; /* for frames of our own: greetings, errors */
	uint8_t *large; /* for the owner's; owned, made when it is first wanted */
};

static struct gn_app_kind session_kind(enum gn_fb_app_body area)
{
	return (struct gn_app_kind){.area = area};
}

struct gn_host_app *gn_host_app_new(const struct gn_host_app_config *config)
{
	struct gn_host_app *app = calloc(1, sizeof *app);
	if (app) {
		app->config = *config;
		app->moved = config->now;
	}
	return app;
}

static void free_call(struct gn_host_app *app, struct app_call **link)
{
	struct app_call *c = *link;
	*link = c->next;
	GN_ASSERT(app->count > 0 && app->bytes >= c->len);
	app->count--;
	app->bytes -= c->len;
	free(c->bytes);
	free(c);
}

void gn_host_app_free(struct gn_host_app *app)
{
	if (!app)
		return;
	while (app->calls)
		free_call(app, &app->calls);
	free(app->in);
	free(app->out);
	free(app->large);
	free(app);
}

/* ---- out ---- */

static void cut_off(struct gn_host_app *app)
{
	app->state = APP_BYE;
	app->cut = true;
}

/* Frames go out whole: one that finds no room cuts the connection (AP-8). */
static void queue_frame(struct gn_host_app *app, struct gn_slice frame, gn_time now)
{
	if (app->cut)
		return;
	if (app->out_len == 0)
		app->moved = now;
	if (app->out_len + frame.len > GN_HOST_APP_UNREAD) {
		cut_off(app);
		return;
	}
	if (app->out_at) {
		memmove(app->out, app->out + app->out_at, app->out_len);
		app->out_at = 0;
	}
	if (app->out_len + frame.len > app->out_cap) {
		size_t cap = 2 * (app->out_len + frame.len);
		uint8_t *grown = realloc(app->out, cap);
		if (!grown) {
			cut_off(app);
			return;
		}
		app->out = grown;
		app->out_cap = cap;
	}
	memcpy(app->out + app->out_len, frame.p, frame.len);
	app->out_len += frame.len;
}

/* A frame of our own, whose size is bounded. */
static void put_small(struct gn_host_app *app, const struct gn_app_frame *head, const void *args,
		      gn_time now)
{
	struct gn_slice frame;
	gn_err err = gn_app_frame_of(app->storage, sizeof app->storage, head, args, &frame);
	GN_ASSERT(err == GN_OK); /* our texts are cut to GN_HOST_SAID */
	queue_frame(app, frame, now);
}

/* At most GN_HOST_SAID bytes of a text; absent when it is NULL. */
static struct gn_slice said_text(const char *text)
{
	struct gn_slice s = text ? gn_str(text) : gn_slice(NULL, 0);
	while (s.len > GN_HOST_SAID || !gn_utf8_ok(s))
		s.len--;
	return s;
}

static void put_error(struct gn_host_app *app, uint64_t call, const struct gn_host_app_fault *f,
		      gn_time now)
{
	struct gn_fb_app_error_args args = {
		.code = (uint16_t)f->err,
		.detail = said_text(f->detail ? f->detail : gn_err_text(f->err)),
		.next = said_text(f->next),
		.limit = said_text(f->limit),
		.retry_ms = f->retry_ms,
		.unknown = f->unknown};
	struct gn_app_frame head = {.call = call, .kind = session_kind(GN_FB_APP_BODY_APP_ERROR)};
	put_small(app, &head, &args, now);
}

void gn_host_app_bye(struct gn_host_app *app, gn_err err, const char *detail, gn_time now)
{
	if (app->state == APP_BYE)
		return;
	struct gn_fb_app_bye_args args = {.code = (uint16_t)err,
					  .detail = said_text(detail ? detail : gn_err_text(err))};
	struct gn_app_frame head = {.kind = session_kind(GN_FB_APP_BODY_APP_BYE)};
	put_small(app, &head, &args, now);
	app->state = APP_BYE;
}

/* ---- calls ---- */

static struct app_call **find_call(struct gn_host_app *app, uint64_t number)
{
	struct app_call **link = &app->calls;
	while (*link && (*link)->number != number)
		link = &(*link)->next;
	return *link ? link : NULL;
}

/* Answered here; its owner, who knows of it, is told. */
static void give_up(struct gn_host_app *app, struct app_call **link, gn_err why, gn_time now)
{
	struct app_call *c = *link;
	put_error(app, c->number, &(struct gn_host_app_fault){.err = why}, now);
	if (c->told) {
		GN_ASSERT(app->gone_count < GN_COUNT(app->gone));
		app->gone[app->gone_count++] = (struct app_gone){c->number, why};
	}
	free_call(app, link);
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
	while (*end)
		end = &(*end)->next;
	*end = c;
	app->count++;
	app->bytes += frame.len;
	return GN_OK;
}

static void take_call(struct gn_host_app *app, const struct gn_app_frame *f, struct gn_slice frame,
		      gn_time now)
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
		put_error(app, f->call, &fault, now);
}

/* ---- in ---- */

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
	const struct gn_host_app_config *config = &app->config;
	struct gn_fb_app_ready_args args = {.version = GN_APP_VERSION,
					    .role = (uint8_t)config->role,
					    .software = said_text(config->software),
					    .rights = {config->rights, config->right_count},
					    .outstanding = GN_HOST_APP_CALLS,
					    .unread_max = GN_HOST_APP_UNREAD,
					    .frame_max = GN_APP_FRAME_MAX,
					    .epoch = config->epoch,
					    .time = config->unix_ms};
	struct gn_app_frame head = {.kind = session_kind(GN_FB_APP_BODY_APP_READY)};
	put_small(app, &head, &args, now);
	app->state = APP_READY;
}

static void take_session(struct gn_host_app *app, const struct gn_app_frame *f, gn_time now)
{
	struct app_call **link;
	switch ((enum gn_fb_app_body)f->kind.area) {
	case GN_FB_APP_BODY_APP_CANCEL:
		link = find_call(app, f->call);
		if (link) /* else it crossed its answer */
			give_up(app, link, GN_CANCELLED, now);
		break;
	case GN_FB_APP_BODY_APP_PING:
		put_small(app,
			  &(struct gn_app_frame){.kind = session_kind(GN_FB_APP_BODY_APP_PONG)},
			  &(struct gn_fb_app_pong_args){0}, now);
		break;
	case GN_FB_APP_BODY_APP_BYE: app->state = APP_BYE; break;
	case GN_FB_APP_BODY_APP_HELLO:
		gn_host_app_bye(app, GN_PROTOCOL, "AppHello comes once", now);
		break;
	case GN_FB_APP_BODY_NONE:
	case GN_FB_APP_BODY_APP_CHALLENGE:
	case GN_FB_APP_BODY_APP_PROOF:
	case GN_FB_APP_BODY_APP_READY:
	case GN_FB_APP_BODY_APP_ERROR:
	case GN_FB_APP_BODY_APP_OK:
	case GN_FB_APP_BODY_APP_PONG:
	case GN_FB_APP_BODY_APP_GAP:
	case GN_FB_APP_BODY_APP_NODE:
	case GN_FB_APP_BODY_APP_RECORD: break; /* a server asked nothing that these answer */
	}
}

static void take_frame(struct gn_host_app *app, struct gn_slice frame, gn_time now)
{
	struct gn_app_frame f;
	if (gn_app_frame_open(frame, &f) != GN_OK)
		gn_host_app_bye(app, GN_MALFORMED, "a frame does not parse", now);
	else if (app->state == APP_HELLO)
		take_hello(app, &f, now);
	else if (f.type && !f.kind.member)
		take_session(app, &f, now);
	else if (f.call)
		take_call(app, &f, frame, now);
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
		uint8_t *grown = realloc(app->in, cap);
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
	if (app->in_len == 0) { /* a large frame's room is not kept */
		free(app->in);
		app->in = NULL;
		app->in_cap = 0;
	}
	return GN_OK;
}

/* ---- time ---- */

gn_time gn_host_app_deadline(const struct gn_host_app *app)
{
	gn_time at = app->out_len ? app->moved + GN_HOST_APP_STALL : GN_NEVER;
	if (app->state == APP_HELLO)
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
	if (app->out_len && now >= app->moved + GN_HOST_APP_STALL)
		cut_off(app);
	if (app->state == APP_HELLO && now >= app->config.now + GN_HOST_APP_GREET)
		gn_host_app_bye(app, GN_TIMEOUT, "no AppHello came", now);
	for (struct app_call **link = &app->calls; *link;)
		if (now >= (*link)->until)
			give_up(app, link, GN_TIMEOUT, now);
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

bool gn_host_app_next(struct gn_host_app *app, struct gn_host_app_event *out)
{
	if (next_gone(app, out))
		return true;
	struct app_call *c = app->calls;
	if (app->state == APP_BYE) { /* whoever asked is gone */
		while (app->calls && !app->calls->told)
			free_call(app, &app->calls);
		if (!app->calls)
			return false;
		*out = (struct gn_host_app_event){
			.what = GN_HOST_APP_GONE, .call = app->calls->number, .why = GN_CLOSED};
		free_call(app, &app->calls);
		return true;
	}
	while (c && c->told)
		c = c->next;
	if (!c)
		return false;
	c->told = true;
	*out = (struct gn_host_app_event){.what = GN_HOST_APP_CALL,
					  .call = c->number,
					  .kind = c->frame.kind,
					  .type = c->frame.type,
					  .table = c->frame.table,
					  .until = c->until};
	return true;
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
	struct app_call **link = find_call(app, call);
	struct gn_app_frame head = {.call = call, .more = more, .kind = kind};
	struct gn_slice frame;
	if (!link)
		return GN_NOT_FOUND;
	gn_err err = gn_app_frame_make(&app->builder, &head, table, &frame);
	if (err)
		put_error(app, call, &(struct gn_host_app_fault){.err = err}, now);
	else
		queue_frame(app, frame, now);
	if (err || !more)
		free_call(app, link);
	return err;
}

gn_err gn_host_app_refuse(struct gn_host_app *app, uint64_t call,
			  const struct gn_host_app_fault *fault, gn_time now)
{
	struct app_call **link = find_call(app, call);
	GN_ASSERT(fault->err != GN_OK);
	if (!link)
		return GN_NOT_FOUND;
	put_error(app, call, fault, now);
	free_call(app, link);
	return GN_OK;
}

void gn_host_app_tell(struct gn_host_app *app, struct gn_app_kind kind, gn_fbref table,
		      uint64_t cursor, gn_time now)
{
	struct gn_app_frame head = {.cursor = cursor, .kind = kind};
	struct gn_slice frame;
	if (app->state == APP_READY &&
	    gn_app_frame_make(&app->builder, &head, table, &frame) == GN_OK)
		queue_frame(app, frame, now);
}

void gn_host_app_lasts(struct gn_host_app *app, uint64_t call)
{
	struct app_call **link = find_call(app, call);
	if (link)
		(*link)->until = GN_NEVER;
}

struct gn_slice gn_host_app_out(const struct gn_host_app *app)
{
	return gn_slice(app->out + app->out_at, app->out_len);
}

void gn_host_app_sent(struct gn_host_app *app, size_t len, gn_time now)
{
	GN_ASSERT(len <= app->out_len);
	app->out_at += len;
	app->out_len -= len;
	if (len)
		app->moved = now;
	if (app->out_len == 0) {
		app->out_at = 0;
		if (app->out_cap > GN_HOST_APP_KEEP) {
			free(app->out);
			app->out = NULL;
			app->out_cap = 0;
		}
	}
}

bool gn_host_app_over(const struct gn_host_app *app, bool *cut)
{
	*cut = app->cut;
	return app->state == APP_BYE;
}

size_t gn_host_app_calls(const struct gn_host_app *app)
{
	return app->count;
}
