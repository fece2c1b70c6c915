/* A call's answer, by the way it came, and its twin in JSON: call.h. */
#include "host/call.h"

#include "host/limits.h"
#include "host/link.h"
#include "host/table.h"

#include <stdlib.h>

const struct gn_host_call_route *gn_host_call_find(const struct gn_host_calls *calls,
						   struct gn_app_kind kind)
{
	const uint8_t *at = calls->routes;
	for (;; at += calls->route_size) {
		const struct gn_host_call_route *route = (const void *)at;
		if (!route->kind.area)
			return NULL;
		if (route->kind.area == kind.area && route->kind.member == kind.member)
			return route;
	}
}

/* ---- answers ---- */

struct gn_fbb *gn_host_answer_begin(struct gn_host_request *r)
{
	if (r->via)
		return gn_host_app_builder(r->via->app);
	if (!r->room)
		r->room = malloc(GN_HOST_APP_LARGE);
	r->builder = gn_fbb(r->room, r->room ? GN_HOST_APP_LARGE : 0);
	return &r->builder;
}

static void answer_json(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table)
{
	const struct gn_fb_type *type = gn_app_type(kind);
	struct gn_slice bytes;
	struct gn_fbt t;
	gn_err err = gn_fbb_finish(&r->builder, table, NULL, &bytes);
	if (err == GN_OK && bytes.len > GN_APP_FRAME_MAX)
		err = GN_TOO_LARGE;
	if (err) {
		gn_host_error(r, err, "%s", "");
		return;
	}
	err = gn_fb_verify(bytes, type, &t);
	GN_ASSERT(err == GN_OK); /* we built it */
	gn_host_json(r, 200, gn_host_table_json(type, t));
}

void gn_host_answer(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table)
{
	GN_ASSERT(gn_app_type(kind));
	if (r->answered)
		return;
	if (r->reply)
		r->reply(r, kind, table, false);
	else
		answer_json(r, kind, table);
}

void gn_host_answer_more(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table)
{
	GN_ASSERT(gn_app_type(kind));
	if (!r->answered && r->reply)
		r->reply(r, kind, table, true);
}

void gn_host_answer_ok(struct gn_host_request *r)
{
	static const struct gn_app_kind ok = {GN_FB_APP_BODY_APP_OK, 0};
	struct gn_fbb *b = gn_host_answer_begin(r);
	gn_host_answer(r, ok, gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0}));
}

/* ---- the twin ---- */

/* "name-resolve" -> "NameResolve", after what is there; false: no room. */
static bool put_camel(struct gn_buf *out, struct gn_slice words)
{
	bool first = true;
	for (size_t i = 0; i < words.len; i++) {
		uint8_t c = words.p[i];
		if (c == '-') {
			first = true;
			continue;
		}
		if (first && c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		first = false;
		if (gn_buf_put(out, gn_slice(&c, 1)) != GN_OK)
			return false;
	}
	return true;
}

bool gn_host_call_named(struct gn_slice area, struct gn_slice call, struct gn_app_kind *out)
{
	uint8_t names[2][2 * GN_HOST_ARG + 8];
	struct gn_buf a = {names[0], 0, sizeof names[0]}, c = {names[1], 0, sizeof names[1]};
	if (gn_buf_put(&a, GN_LIT("App")) || !put_camel(&a, area) || !put_camel(&c, area) ||
	    !put_camel(&c, call))
		return false;
	if (gn_app_kind_named(gn_buf_slice(&a), gn_buf_slice(&c), out))
		return true;
	c.len = 0;
	return put_camel(&c, call) && gn_app_kind_named(gn_buf_slice(&a), gn_buf_slice(&c), out);
}

/* The body as the call's table, in r->frame. GN_OK after answering too, then without a route. */
static gn_err read_twin(struct gn_host_request *r, const struct gn_fb_type *type)
{
	char why[GN_HOST_TABLE_WHY];
	size_t cap = 2 * r->body_len + 4096;
	struct gn_slice bytes, body = gn_host_body(r);
	gn_fbref ref;
	json_t *json =
		body.len ? json_loadb((const char *)body.p, body.len, JSON_REJECT_DUPLICATES, NULL)
			 : json_object();
	r->frame = malloc(cap);
	r->frame_cap = cap;
	struct gn_fbb b = gn_fbb(r->frame, r->frame ? cap : 0);
	gn_err err = json ? gn_host_table_parse(type, json, &b, &ref, why) : GN_USAGE;
	if (err == GN_USAGE)
		gn_host_error(r, err, "%s", json ? why : "the body is not JSON");
	json_decref(json);
	if (err)
		return err == GN_USAGE ? GN_OK : err;
	GN_TRY(gn_fbb_finish(&b, ref, NULL, &bytes));
	return gn_fb_verify(bytes, type, &r->table);
}

void gn_host_twin(struct gn_host_request *r)
{
	const struct gn_host_calls *calls = r->api->calls;
	struct gn_app_kind kind;
	GN_ASSERT(calls);
	bool known = gn_host_call_named(gn_str(r->args[0]), gn_str(r->args[1]), &kind);
	const struct gn_host_call_route *asked = known ? gn_host_call_find(calls, kind) : NULL;
	if (!asked) {
		gn_host_error(r, GN_NOT_FOUND, "there is no call '%s' of '%s'; see docs/api.md",
			      r->args[1], r->args[0]);
		return;
	}
	if (asked->flags & GN_HOST_CALL_STREAM) {
		gn_host_error(r, GN_UNSUPPORTED, "the bytes of '%s' go over app/1", r->args[1]);
		return;
	}
	gn_err err = read_twin(r, gn_app_type(kind));
	if (r->answered)
		return;
	r->asked = asked;
	if (!err)
		err = calls->run(r);
	if (err)
		gn_host_error(r, err, "%s", "");
}
