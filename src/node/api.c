/* The local API's frame: who may ask, which route, the life of a request from its head to its
 * last byte.
 *
 *   HEAD -> (body) -> RUN -> WAIT for an engine's event -> answered
 *                                                       -> closed by the client [on_closed: the
 *                                                          operation is cancelled]
 * 1. A gn_node_request lives from on_request to on_closed.
 * 2. It waits for at most one operation.
 * 3. Requests of foreign pages never reach a route (NO-5: Host and Origin are checked first). */
#include "node/node_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void gn_node_request_wait(struct gn_node_request *r, enum gn_node_engine engine, gn_op op,
			  void (*done)(struct gn_node_request *, const void *))
{
	r->engine = engine;
	r->op = op;
	r->done = done;
}

void gn_node_request_event(struct gn_node *node, enum gn_node_engine engine, gn_op op,
			   const void *event)
{
	for (struct gn_node_request *r = node->requests; r; r = r->next)
		if (r->engine == engine && r->op == op) {
			r->done(r, event);
			return;
		}
}

/* later: the same words may do better in a while. */
static void answer(struct gn_node_request *r, int status, json_t *json, bool later)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (r->http && text) {
		char at[24];
		snprintf(at, sizeof at, "%llu", (unsigned long long)gn_node_unix(r->node));
		struct gn_http_field fields[] = {{"content-type", GN_LIT("application/json")},
						 {"cache-control", GN_LIT("no-store")},
						 {"geonet-time", gn_str(at)},
						 {"retry-after", GN_LIT("5")}};
		gn_http_respond(r->http, status, fields, GN_COUNT(fields) - !later, gn_str(text));
	} else if (r->http) {
		gn_http_respond(
			r->http, 500, NULL, 0,
			GN_LIT("{\"error\":{\"code\":\"internal\",\"message\":\"the answer could "
			       "not be written\"}}"));
	}
	free(text);
	r->engine = GN_OP_NONE;
}

void gn_node_request_json(struct gn_node_request *r, int status, json_t *json)
{
	answer(r, status, json, false);
}

void gn_node_request_error(struct gn_node_request *r, gn_err err, const char *fmt, ...)
{
	char text[512 + GN_NODE_CLOCK_TEXT], clock[GN_NODE_CLOCK_TEXT];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, 512, fmt, args);
	va_end(args);
	bool by_time = err == GN_NOT_FOUND || err == GN_EXPIRED || err == GN_RANGE;
	if (by_time && *text && gn_node_clock_text(r->node, clock)) /* then the time may be why */
		snprintf(text + strlen(text), sizeof clock + 2, "; %s", clock);
	if (r->http && r->streaming) {
		gn_http_abort(r->http);
		return;
	}
	answer(r, gn_err_http(err),
	       json_pack("{s{ss ss}}", "error", "code", gn_err_name(err), "message",
			 *text ? text : gn_node_reach_text(r->node, err)),
	       err == GN_LIMIT || gn_err_class(err) == GN_CLASS_AGAIN);
}

json_t *gn_node_json_hex(const void *p, size_t len)
{
	char hex[129];
	GN_ASSERT(len <= 64);
	gn_hex(gn_slice(p, len), hex);
	return json_string(hex);
}

json_t *gn_node_json_base64(struct gn_slice s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = malloc((s.len + 2) / 3 * 4 + 1), *out = text;
	if (!text)
		return NULL;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v = (uint32_t)s.p[i] << 16 | (n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
			     (n > 2 ? s.p[i + 2] : 0);
		for (size_t k = 0; k < 4; k++)
			*out++ = k <= n ? digits[v >> (18 - 6 * k) & 63] : '=';
	}
	*out = 0;
	json_t *json = json_string(text);
	free(text);
	return json;
}

json_t *gn_node_json_slice(struct gn_slice s)
{
	return gn_utf8_ok(s) ? json_stringn((const char *)s.p, s.len) : gn_node_json_base64(s);
}

gn_err gn_node_request_number(const struct gn_node_request *r, const char *name, uint64_t fallback,
			      uint64_t max, uint64_t *out)
{
	uint8_t text[32];
	struct gn_buf buf = {text, 0, sizeof text - 1};
	gn_err err = gn_http_query_value(gn_http_query(r->http), name, &buf);
	if (err == GN_NOT_FOUND) {
		*out = fallback;
		return GN_OK;
	}
	return err ? err : gn_node_number(gn_buf_slice(&buf), max, out);
}

/* ---- admission ---- */

/* NO-5: the Host is this machine. */
static bool host_ok(const struct gn_node_request *r)
{
	uint8_t host[256];
	struct gn_buf buf = {host, 0, sizeof host};
	uint16_t port;
	struct gn_slice value = gn_http_header(r->http, "host");
	if (gn_http_is_unix(r->http))
		return true;
	if (!value.p || gn_http_host(value, &buf, &port))
		return false;
	return gn_http_is_local(gn_buf_slice(&buf));
}

static bool token_ok(const struct gn_node_request *r)
{
	struct gn_slice auth = gn_http_header(r->http, "authorization"), token = {0};
	if (gn_http_is_unix(r->http))
		return true;
	if (auth.len > 7 && memcmp(auth.p, "Bearer ", 7) == 0)
		token = gn_slice_sub(auth, 7, auth.len);
	else if (!gn_ws_bearer(r->http, &token)) /* a browser's WebSocket sends no other header */
		return false;
	size_t want = strlen(r->node->token);
	return token.len == want && gn_equal_ct(token.p, r->node->token, want);
}

static const struct gn_node_route *route_find(struct gn_node_request *r, bool *other_method)
{
	enum gn_http_method method = gn_http_method(r->http);
	struct gn_slice path = gn_http_path(r->http);
	for (const struct gn_node_route *route = gn_node_routes; route->path; route++) {
		if (!gn_node_path_match(route->path, path, r->args))
			continue;
		if (route->method == method ||
		    (route->method == GN_HTTP_GET && method == GN_HTTP_HEAD))
			return route;
		*other_method = true;
	}
	return NULL;
}

/* ---- life of a request ---- */

static void run(struct gn_node_request *r)
{
	gn_err full = r->route->op ? gn_overlay_room(r->node->overlay) : GN_OK,
	       err = full ? full : r->route->run(r);
	if (err)
		gn_node_request_error(r, err, "%s",
				      full ? "as many operations run as clients may have "
					     "at once"
					   : "");
}

static void on_request(void *user, struct gn_http_request *http)
{
	struct gn_node *node = user;
	struct gn_node_request *r = calloc(1, sizeof *r);
	if (!r) {
		gn_http_respond(http, 503, NULL, 0, GN_LIT("out of memory\n"));
		return;
	}
	r->node = node;
	r->http = http;
	r->started = node->now;
	r->next = node->requests;
	r->link = &node->requests;
	if (r->next)
		r->next->link = &r->next;
	node->requests = r;
	gn_http_set_user(http, r);
	if (gn_node_gateway_take(r))
		return;
	bool other_method = false;
	const struct gn_node_route *route = route_find(r, &other_method);
	if (!host_ok(r) || gn_http_is_foreign(r->http, false)) {
		gn_node_request_error(r, GN_DENIED,
				      "this address answers to localhost only, and not to pages of "
				      "other sites");
	} else if (!route) {
		gn_node_request_error(r, other_method ? GN_UNSUPPORTED : GN_NOT_FOUND,
				      other_method ? "another method is meant for this path"
						   : "there is no such path; see docs/api.md");
	} else if (!route->open && !token_ok(r)) {
		gn_node_request_error(
			r, GN_DENIED,
			"the header \"Authorization: Bearer TOKEN\" is missing or wrong; the token "
			"is in %s/token",
			node->config.data);
	} else {
		r->route = route;
		if (!route->body)
			run(r);
	}
}

static void on_body(void *user, struct gn_http_request *http, struct gn_slice data, size_t *taken)
{
	struct gn_node_request *r = gn_http_user(http);
	(void)user;
	*taken = data.len; /* what nobody waits for is read and forgotten */
	if (!r || !r->route)
		return;
	if (r->ws) {
		gn_ws_recv(r->ws, data);
		return;
	}
	if (r->data) {
		gn_err err = r->data(r, data, taken);
		if (err) {
			*taken = data.len;
			r->data = NULL;
			r->data_end = NULL;
			gn_node_request_error(r, err, "%s", "");
		}
		return;
	}
	if (!r->route->body)
		return;
	if (r->body_len + data.len > GN_NODE_BODY) {
		r->route = NULL;
		gn_node_request_error(r, GN_TOO_LARGE, "the body is larger than %u bytes",
				      GN_NODE_BODY);
		return;
	}
	if (r->body_len + data.len > r->body_cap) {
		size_t cap = (r->body_len + data.len) * 2;
		uint8_t *grown = realloc(r->body, cap);
		if (!grown) {
			r->route = NULL;
			gn_node_request_error(r, GN_NOMEM, "%s", "");
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
	struct gn_node_request *r = gn_http_user(http);
	(void)user;
	if (!r || !r->route)
		return;
	if (r->data_end)
		r->data_end(r);
	else if (r->route->body)
		run(r);
}

static void on_drain(void *user, struct gn_http_request *http)
{
	struct gn_node_request *r = gn_http_user(http);
	(void)user;
	if (r && r->drain)
		r->drain(r);
}

static void on_closed(void *user, struct gn_http_request *http)
{
	struct gn_node_request *r = gn_http_user(http);
	(void)user;
	if (!r)
		return;
	if (r->engine == GN_OP_OVERLAY)
		gn_overlay_cancel(r->node->overlay, r->op);
	else if (r->engine == GN_OP_BUNDLES)
		gn_bundles_cancel(r->node->bundles, r->op, r->node->now);
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	gn_node_gateway_free(r);
	gn_ws_free(r->ws);
	free(r->body);
	free(r);
}

void gn_node_handler(struct gn_node *node, struct gn_http_handler *out)
{
	*out = (struct gn_http_handler){on_request, on_body,   on_body_end,
					on_drain,   on_closed, node};
}

const struct gn_node_route gn_node_routes[] = {
	{GN_HTTP_GET, "/", true, false, false, gn_node_api_page},
	{GN_HTTP_GET, "/page/*", true, false, false, gn_node_api_page},
	{GN_HTTP_GET, "/metrics", true, false, false, gn_node_api_metrics},
	{GN_HTTP_GET, "/api/v1/status", true, false, false, gn_node_api_status},
	{GN_HTTP_GET, "/api/v1/peers", false, false, false, gn_node_api_peers},
	{GN_HTTP_GET, "/api/v1/lookups", false, false, false, gn_node_api_lookups},
	{GN_HTTP_GET, "/api/v1/counters", true, false, false, gn_node_api_counters},
	{GN_HTTP_GET, "/api/v1/events", false, false, false, gn_node_api_events},
	{GN_HTTP_GET, "/api/v1/held", false, false, false, gn_node_api_held},
	{GN_HTTP_GET, "/api/v1/guard", false, false, false, gn_node_api_guard},
	{GN_HTTP_GET, "/api/v1/guard/why", false, false, false, gn_node_api_guard_why},
	{GN_HTTP_POST, "/api/v1/guard/allow", false, true, false, gn_node_api_guard_allow},
	{GN_HTTP_POST, "/api/v1/guard/forgive", false, true, false, gn_node_api_guard_forgive},
	{GN_HTTP_GET, "/api/v1/find/*", false, false, true, gn_node_api_find},
	{GN_HTTP_POST, "/api/v1/records", false, true, true, gn_node_api_record_put},
	{GN_HTTP_GET, "/api/v1/records/*", false, false, true, gn_node_api_record_get},
	{GN_HTTP_GET, "/api/v1/names/*", false, false, true, gn_node_api_name_get},
	{GN_HTTP_POST, "/api/v1/names", false, true, true, gn_node_api_name_put},
	{GN_HTTP_POST, "/api/v1/files", false, false, false, gn_node_api_file_put},
	{GN_HTTP_POST, "/api/v1/spread", false, true, true, gn_node_api_spread},
	{GN_HTTP_GET, "/api/v1/sites", false, false, false, gn_node_api_sites},
	{GN_HTTP_GET, "/api/v1/sites/*/*", false, false, false, gn_node_api_site_get},
	{GN_HTTP_DELETE, "/api/v1/sites/*/*", false, false, false, gn_node_api_site_remove},
	{GN_HTTP_GET, "/api/v1/sites/*/*/manifest", false, false, false, gn_node_api_site_manifest},
	{GN_HTTP_GET, "/api/v1/sites/*/*/file", false, false, false, gn_node_api_site_file},
	{GN_HTTP_POST, "/api/v1/shutdown", false, false, false, gn_node_api_shutdown},
	{0},
};
