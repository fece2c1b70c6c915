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
