/* The local API's frame: who may ask, which route. The life of a request is host's
 * (host/request.h); what it waits for, request.c's.
 *
 * 1. The gateway is asked first: a Host that names a site is its own.
 * 2. Requests of foreign pages never reach a route (NO-5: Host and Origin are checked first). */
#include "node/api.h"

#include "node/call.h"
#include "node/calls.h"
#include "node/gateway.h"
#include "node/node_int.h"

/* ---- admission ---- */

/* NO-5: the Host is this machine. */
static bool is_host_ok(const struct gn_http_request *http)
{
	uint8_t host[256];
	struct gn_buf buf = {host, 0, sizeof host};
	uint16_t port;
	struct gn_slice value = gn_http_header(http, "host");
	if (gn_http_is_unix(http))
		return true;
	if (!value.p || gn_http_host(value, &buf, &port))
		return false;
	return gn_http_is_local(gn_buf_slice(&buf));
}

static bool is_token_ok(const struct gn_node *node, const struct gn_http_request *http)
{
	struct gn_slice auth = gn_http_header(http, "authorization"), token = {0};
	uint32_t uid;
	if (gn_host_is_owner(http, &uid))
		return true;
	if (auth.len > 7 && memcmp(auth.p, "Bearer ", 7) == 0)
		token = gn_slice_sub(auth, 7, auth.len);
	else if (!gn_ws_bearer(http, &token)) /* a browser's WebSocket sends no other header */
		return false;
	size_t want = strlen(node->token);
	return token.len == want && gn_equal_ct(token.p, node->token, want);
}

static bool request_begin(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	r->node = base->api->user;
	r->started = r->node->now;
	return !gn_node_gateway_take(r);
}

static bool request_admit(struct gn_host_request *r, bool other_method)
{
	const struct gn_node *node = r->api->user;
	if (!is_host_ok(r->http) || gn_http_is_foreign(r->http, false)) {
		gn_host_error(r, GN_DENIED,
			      "this address answers to localhost only, and not to pages of "
			      "other sites");
		return false;
	}
	if (!r->route) {
		gn_host_error(r, other_method ? GN_UNSUPPORTED : GN_NOT_FOUND,
			      other_method ? "another method is meant for this path"
					   : "there is no such path; see docs/api.md");
		return false;
	}
	if (!(r->route->flags & GN_HOST_ROUTE_OPEN) && !is_token_ok(node, r->http)) {
		gn_host_error(
			r, GN_DENIED,
			"the header \"Authorization: Bearer TOKEN\" is missing or wrong; the token "
			"is in %s/token",
			node->config.data);
		return false;
	}
	return true;
}

static void run_route(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	const struct gn_node_route *route = (const void *)base->route; /* its first member */
	bool op = route->route.flags & GN_NODE_ROUTE_OP;
	gn_err full = op ? gn_overlay_room(r->node->overlay) : GN_OK,
	       err = full ? full : route->run(r);
	if (err)
		gn_host_error(base, err, "%s",
			      full ? "as many operations run as clients may have at once" : "");
}

static void request_fini(struct gn_host_request *r)
{
	gn_node_gateway_free(gn_node_request_of(r));
	gn_node_call_reading_end(gn_node_request_of(r));
}

static void no_memory(void *user, struct gn_http_request *http)
{
	(void)user;
	gn_http_respond(http, 503, NULL, 0, GN_LIT("out of memory\n"));
}

/* ---- routes ---- */

#define V1 "/api/v1"

enum { OPEN = GN_HOST_ROUTE_OPEN, BODY = GN_HOST_ROUTE_BODY, OP = GN_NODE_ROUTE_OP };

static const struct gn_node_route routes[] = {
	{{GN_HTTP_GET, "/", OPEN}, gn_node_api_page},
	{{GN_HTTP_GET, "/a/*", OPEN}, gn_node_api_page_part},
	{{GN_HTTP_GET, "/mark.svg", OPEN}, gn_node_api_page_mark},
	{{GN_HTTP_GET, "/metrics", OPEN}, gn_node_api_metrics},
	{{GN_HTTP_GET, V1 "/status", OPEN}, gn_node_api_status},
	{{GN_HTTP_GET, V1 "/peers", 0}, gn_node_api_peers},
	{{GN_HTTP_GET, V1 "/lookups", 0}, gn_node_api_lookups},
	{{GN_HTTP_GET, V1 "/counters", OPEN}, gn_node_api_counters},
	{{GN_HTTP_GET, V1 "/events", 0}, gn_node_api_events},
	{{GN_HTTP_GET, V1 "/held", 0}, gn_node_api_held},
	{{GN_HTTP_GET, V1 "/guard", 0}, gn_node_api_guard},
	{{GN_HTTP_GET, V1 "/guard/why", 0}, gn_node_api_guard_why},
	{{GN_HTTP_POST, V1 "/guard/allow", BODY}, gn_node_api_guard_allow},
	{{GN_HTTP_POST, V1 "/guard/forgive", BODY}, gn_node_api_guard_forgive},
	{{GN_HTTP_GET, V1 "/find/*", OP}, gn_node_api_find},
	{{GN_HTTP_POST, V1 "/records", BODY | OP}, gn_node_api_record_put},
	{{GN_HTTP_GET, V1 "/records/*", OP}, gn_node_api_record_get},
	{{GN_HTTP_GET, V1 "/names/*", OP}, gn_node_api_name_get},
	{{GN_HTTP_POST, V1 "/names", BODY | OP}, gn_node_api_name_put},
	{{GN_HTTP_POST, V1 "/files", 0}, gn_node_api_file_put},
	{{GN_HTTP_POST, V1 "/spread", BODY | OP}, gn_node_api_spread},
	{{GN_HTTP_GET, V1 "/sites", 0}, gn_node_api_sites},
	{{GN_HTTP_GET, V1 "/sites/*/*", 0}, gn_node_api_site_get},
	{{GN_HTTP_DELETE, V1 "/sites/*/*", 0}, gn_node_api_site_remove},
	{{GN_HTTP_GET, V1 "/sites/*/*/manifest", 0}, gn_node_api_site_manifest},
	{{GN_HTTP_GET, V1 "/sites/*/*/file", 0}, gn_node_api_site_file},
	{{GN_HTTP_POST, V1 "/shutdown", 0}, gn_node_api_shutdown},
	{{GN_HTTP_POST, V1 "/*/*", BODY}, gn_node_api_twin}, /* calls of app/1, last */
	{{0}, NULL},
};

void gn_node_api_init(struct gn_node *node)
{
	node->api = (struct gn_host_api){
		.paths = {.routes = routes, .route_size = sizeof routes[0], .arg_max = GN_HOST_ARG},
		.request_size = sizeof(struct gn_node_request),
		.body_max = GN_NODE_BODY,
		.begin = request_begin,
		.admit = request_admit,
		.run = run_route,
		.answer = gn_node_answer,
		.refuse = gn_node_refuse,
		.explain = gn_node_explain,
		.closed = gn_node_request_closed,
		.fini = request_fini,
		.no_memory = no_memory,
		.unwritten =
			"{\"error\":{\"code\":\"internal\",\"message\":\"the answer could not be "
			"written\"}}",
		.calls = &gn_node_calls,
		.born = gn_node_call_born,
		.user = node};
}
