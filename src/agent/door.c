/* The port: which one, who may ask, the app's files, the WebSocket.
 *
 * 1. Hosts other than localhost reach nothing: 127.0.0.1 and [::1] are sent to localhost, so that
 *    the app has one origin, which is what secrets are shown for (AP-12).
 * 2. Pages of other origins reach nothing but the app's first page, by going there.
 * 3. A WebSocket is opened for this user's programs alone, as the kernel knows whose the other end
 *    is; what they may do their secret decides.
 * 4. The files are bytes of this program. What the app may load is said by each answer
 *    (Content-Security-Policy): itself, and nothing from elsewhere. */
#include "agent/door.h"

#include <stdio.h>
#include <unistd.h>

/* The app's files; app.cmake makes it. */
extern const struct gn_page {
	const char *name, *mime;
	const unsigned char *bytes;
	size_t len;
} agent_pages[];

/* ---- which port ---- */

static gn_err try_port(struct gn_agent *a, const struct gn_http_handler *handler, uint16_t port,
		       struct gn_http **out)
{
	struct gn_http_config config = {.loop = &a->host.loop,
					.unix_path = a->config.socket,
					.port = port,
					.no_port = a->config.app_off};
	return gn_http_new(&config, handler, out);
}

gn_err agent_door_open(struct gn_agent *a, const struct gn_http_handler *handler,
		       struct gn_http **out)
{
	uint16_t wanted = a->config.app;
	gn_err err = try_port(a, handler, wanted, out);
	for (uint16_t i = 1; err == GN_PORT_TAKEN && wanted && i <= AGENT_DOOR_TRIES; i++)
		err = try_port(a, handler, i < AGENT_DOOR_TRIES ? (uint16_t)(wanted + i) : 0, out);
	if (err || a->config.app_off)
		return err;
	uint16_t port = gn_http_port(*out);
	snprintf(a->web_origin, sizeof a->web_origin, "http://localhost:%u", port);
	snprintf(a->csp, sizeof a->csp,
		 "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' "
		 "ws://localhost:%u; img-src 'self' blob: data:; media-src blob:; worker-src "
		 "'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
		 "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		 port);
	if (wanted && port != wanted)
		gn_host_log(&a->host, GN_LOG_WARN, "app",
			    "port %u is another program's: the app is at %s, where browsers know "
			    "nothing of before (geonet app opens it)",
			    wanted, a->web_origin);
	return GN_OK;
}

const char *agent_door_origin(void *user)
{
	return ((struct gn_agent *)user)->web_origin;
}

/* ---- who may ask ---- */

enum host_is { HOST_OURS, HOST_NUMBER, HOST_FOREIGN };

static enum host_is host_of(const struct gn_http_request *http, uint16_t wanted)
{
	uint8_t room[256];
	struct gn_buf buf = {room, 0, sizeof room};
	uint16_t port;
	struct gn_slice value = gn_http_header(http, "host");
	if (!value.p || gn_http_host(value, &buf, &port) != GN_OK ||
	    !gn_http_is_local(gn_buf_slice(&buf)) || port != wanted)
		return HOST_FOREIGN;
	return gn_slice_eq(gn_buf_slice(&buf), GN_LIT("localhost")) ? HOST_OURS : HOST_NUMBER;
}

/* A person goes to the page, from whatever page. */
static bool is_visit(const struct gn_host_request *r)
{
	return gn_http_method(r->http) == GN_HTTP_GET &&
	       gn_slice_eq(gn_http_path(r->http), GN_LIT("/")) &&
	       gn_slice_eq(gn_http_header(r->http, "sec-fetch-mode"), GN_LIT("navigate")) &&
	       gn_slice_eq(gn_http_header(r->http, "sec-fetch-dest"), GN_LIT("document")) &&
	       !gn_http_is_prefetch(r->http);
}

static void send_to_localhost(struct gn_host_request *r)
{
	const struct gn_agent *a = r->api->user;
	char place[sizeof a->web_origin + 2];
	snprintf(place, sizeof place, "%s/", a->web_origin);
	struct gn_http_field fields[] = {{"location", gn_str(place)},
					 {"cache-control", GN_LIT("no-store")}};
	gn_host_respond(r, 307, fields, GN_COUNT(fields), gn_slice(NULL, 0));
}

bool agent_door_admit(struct gn_host_request *r, bool other_method)
{
	const struct gn_agent *a = r->api->user;
	enum host_is host = host_of(r->http, gn_http_port(a->http));
	if (host == HOST_FOREIGN || (gn_http_is_foreign(r->http, false) && !is_visit(r))) {
		gn_host_error(r, GN_DENIED,
			      "this address answers to localhost only, and not to pages of other "
			      "sites");
		return false;
	}
	if (host == HOST_NUMBER && !gn_ws_wanted(r->http)) {
		send_to_localhost(r);
		return false;
	}
	if (r->route && r->route->flags & GN_HOST_ROUTE_OPEN)
		return true;
	gn_host_error(r, other_method ? GN_UNSUPPORTED : GN_NOT_FOUND, "%s",
		      "the app is here, and nothing else: calls go to the agent's socket, or by "
		      "app/1 on the WebSocket /api/v1/app");
	return false;
}

/* ---- what is served ---- */

static const struct gn_page *find_page(const char *folder, const char *name)
{
	char path[2 * GN_HOST_ARG + 2];
	snprintf(path, sizeof path, "%s%s%s", folder, *folder && *name ? "/" : "", name);
	for (const struct gn_page *p = agent_pages; p->name; p++)
		if (strcmp(p->name, *path ? path : "index.html") == 0)
			return p;
	return NULL;
}

gn_err agent_door_file(struct agent_request *r)
{
	const struct gn_agent *a = r->base.api->user;
	const struct gn_page *p = find_page(r->base.args[0], r->base.args[1]);
	if (!p) {
		gn_host_error(&r->base, GN_NOT_FOUND, "the app has no such file");
		return GN_OK;
	}
	/* names below a/ have their hash in them */
	bool fixed = strncmp(p->name, "a/", 2) == 0;
	struct gn_http_field fields[] = {
		{"content-type", gn_str(p->mime)},
		{"cache-control",
		 fixed ? GN_LIT("public, max-age=31536000, immutable") : GN_LIT("no-cache")},
		{"content-security-policy", gn_str(a->csp)},
		{"x-content-type-options", GN_LIT("nosniff")},
		{"referrer-policy", GN_LIT("no-referrer")},
		{"cross-origin-opener-policy", GN_LIT("same-origin")},
		{"cross-origin-resource-policy", GN_LIT("same-origin")},
		{"permissions-policy", GN_LIT("camera=(self), microphone=(self), geolocation=()")},
	};
	gn_host_respond(&r->base, 200, fields, GN_COUNT(fields), gn_slice(p->bytes, p->len));
	return GN_OK;
}

gn_err agent_door_upgrade(struct agent_request *r)
{
	uint32_t uid;
	const struct gn_agent *a = r->base.api->user;
	if (host_of(r->base.http, gn_http_port(a->http)) != HOST_OURS) {
		gn_host_error(&r->base, GN_DENIED,
			      "dial it as localhost: that is what secrets are shown for");
		return GN_OK;
	}
	if (gn_http_loopback_uid(r->base.http, &uid) && uid != geteuid() && uid != 0) {
		gn_host_error(&r->base, GN_DENIED, "this agent is another user's");
		return GN_OK;
	}
	gn_host_link_upgrade(&r->base);
	return GN_OK;
}
