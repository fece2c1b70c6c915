/* The API's frame: which route, and the life of a request.
 *
 * States: HEAD -> (body) -> RUN -> waits for worker, ledger or history (refs) -> answered ->
 * closed */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

static bool match_path(const char *pattern, struct gn_slice path, char args[2][HUB_ARG_MAX])
{
	unsigned n = 0;
	while (*pattern && path.len) {
		if (*pattern != '*') {
			if ((uint8_t)*pattern++ != path.p[0])
				return false;
			path = gn_slice_sub(path, 1, path.len);
			continue;
		}
		size_t len = 0;
		while (len < path.len && path.p[len] != '/')
			len++;
		struct gn_buf out = {(uint8_t *)args[n], 0, HUB_ARG_MAX - 1};
		if (len == 0 || n == 2 || gn_http_unescape(gn_slice_sub(path, 0, len), &out) ||
		    /* of such a name there is nothing */
		    !gn_utf8_ok(gn_buf_slice(&out)) || memchr(args[n], 0, out.len))
			return false;
		args[n++][out.len] = 0;
		path = gn_slice_sub(path, len, path.len);
		pattern++;
	}
	return !*pattern && path.len == 0;
}

static const struct gn_hub_route *find_route(struct gn_hub_request *r, bool *other_method)
{
	struct gn_slice path = gn_http_path(r->http);
	enum gn_http_method method = gn_http_method(r->http);
	const struct gn_hub_route *found = NULL;
	char args[2][HUB_ARG_MAX] = {"", ""};
	if (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	for (const struct gn_hub_route *route = gn_hub_routes; route->path && !found; route++) {
		if (!match_path(route->path, path, args))
			continue;
		if (route->method == method ||
		    (route->method == GN_HTTP_GET && method == GN_HTTP_HEAD)) {
			found = route;
			memcpy(r->args, args, sizeof args);
		} else {
			*other_method = true;
		}
	}
	return found;
}

static void run(struct gn_hub_request *r)
{
	if (gn_hub_is_open(r))
		r->route->run(r);
}

static void on_request(void *user, struct gn_http_request *http)
{
	struct gn_hub *hub = user;
	struct gn_hub_request *r = calloc(1, sizeof *r);
	bool other_method = false;
	if (!r) {
		char id[GN_HTTP_ID_MAX];
		gn_hub_new_id(hub, id);
		gn_http_respond(http, 503, &(struct gn_http_field){"X-Request-ID", gn_str(id)}, 1,
				GN_LIT("{\"error\":{\"code\":\"E010\",\"message\":\"out of "
				       "memory\",\"details\":{}}}"));
		return;
	}
	gn_hub_look_at_clocks(hub);
	hub->count.requests++;
	gn_hub_link_request(hub, r);
	r->http = http;
	gn_http_set_user(http, r);
	gn_hub_take_id(r);
	const struct gn_hub_route *route = find_route(r, &other_method);
	struct gn_slice length = gn_http_header(http, "content-length");
	if (!route) {
		if (other_method)
			gn_hub_fail_as(r, 405, "E009", NULL,
				       "another method is meant for this path");
		else
			gn_hub_fail_as(r, 404, "E001", NULL,
				       "there is no such path; see docs/openapi-hub.json");
		return;
	}
	r->route = route;
	if (!gn_hub_admit(r))
		return;
	if (length.p &&
	    (length.len > 6 || strtoul((const char *)length.p, NULL, 10) > HUB_BODY_MAX)) {
		hub->count.refused_body++;
		gn_hub_fail_as(r, 413, "E009", NULL, "the body is larger than %u bytes",
			       HUB_BODY_MAX);
		return;
	}
	if (strcmp(route->path, "/api/v1/ws") == 0)
		run(r);
}

static void on_body(void *user, struct gn_http_request *http, struct gn_slice data, size_t *taken)
{
	struct gn_hub_request *r = gn_http_user(http);
	(void)user;
	*taken = data.len;
	if (r && r->ws) {
		gn_hub_look_at_clocks(r->hub);
		gn_ws_recv(r->ws, data);
		return;
	}
	if (!r || !r->route || r->answered)
		return;
	if (r->body_len + data.len > HUB_BODY_MAX) {
		r->hub->count.refused_body++;
		gn_hub_fail_as(r, 413, "E009", NULL, "the body is larger than %u bytes",
			       HUB_BODY_MAX);
		return;
	}
	if (r->route->method == GN_HTTP_GET) { /* it has no use for one */
		r->body_len += data.len;
		return;
	}
	if (r->body_len + data.len > r->body_cap) {
		size_t cap = (r->body_len + data.len) * 2;
		uint8_t *grown = realloc(r->body, cap);
		if (!grown) {
			gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
			return;
		}
		r->body = grown;
		r->body_cap = cap;
	}
	if (data.len)
		memcpy(r->body + r->body_len, data.p, data.len);
	r->body_len += data.len;
}

static void on_body_end(void *user, struct gn_http_request *http)
{
	struct gn_hub_request *r = gn_http_user(http);
	(void)user;
	if (r && r->route && !r->answered && !r->ws)
		run(r);
}

static void on_drain(void *user, struct gn_http_request *http)
{
	(void)user;
	(void)http; /* answers are whole; a WebSocket that does not take its events is dropped */
}

static void on_closed(void *user, struct gn_http_request *http)
{
	struct gn_hub_request *r = gn_http_user(http);
	(void)user;
	if (!r)
		return;
	r->http = NULL;
	if (r->ws)
		gn_hub_ws_end(r);
	r->refs++;
	gn_hub_places_gone(r->hub, r);
	gn_hub_release(r);
}

void gn_hub_api_handler(struct gn_hub *hub, struct gn_http_handler *out)
{
	*out = (struct gn_http_handler){on_request, on_body, on_body_end, on_drain, on_closed, hub};
}
