/* Who may ask, and how often. Rates are taken before anything costly: per address without a
 * token, per key with one. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

void gn_hub_address(const struct gn_hub_request *r, struct gn_addr *out)
{
	/* v4:port, [v6]:port; v4, [v6]; v6 */
	static const char *const forms[][2] = {{"", ""}, {"", ":0"}, {"[", "]:0"}};
	struct gn_slice via = gn_http_header(r->base.http, "x-forwarded-for");
	size_t at = via.len, end = via.len;
	char text[64];
	gn_http_peer(r->base.http, out);
	if (!r->hub->config.trust_proxy || !via.p)
		return;
	while (at > 0 && via.p[at - 1] != ',')
		at--;
	while (at < end && (via.p[at] == ' ' || via.p[at] == '\t'))
		at++;
	for (size_t i = 0; i < GN_COUNT(forms); i++) {
		snprintf(text, sizeof text, "%s%.*s%s", forms[i][0],
			 (int)(end - at < 56 ? end - at : 56), (const char *)via.p + at,
			 forms[i][1]);
		if (gn_addr_parse(gn_str(text), out) == GN_OK)
			return;
	}
}

/* /64 of IPv6. */
static void address_key(const struct gn_hub_request *r, uint8_t key[16])
{
	struct gn_addr addr;
	gn_hub_address(r, &addr);
	memset(key, 0, 16);
	memcpy(key, addr.ip, gn_addr_is_v4(&addr) ? 16 : 8);
}

static bool rate_ok(struct gn_hub_request *r, struct gn_hub_rate *rate, const uint8_t key[16])
{
	uint32_t wait;
	memcpy(r->asker, key, sizeof r->asker);
	if (gn_hub_rate_take(rate, key, r->hub->now, &wait))
		return true;
	gn_hub_too_fast(r, wait, "too many requests");
	return false;
}

static bool refuse_asker(struct gn_hub_request *r, int status, const char *text)
{
	r->hub->count.refused_auth++;
	gn_hub_fail_as(r, status, "E006", NULL, "%s", text);
	return false;
}

/* Fills who asks from the token; false after answering. */
static bool identify_asker(struct gn_hub_request *r, struct gn_slice token)
{
	struct gn_hub *hub = r->hub;
	struct gn_hub_jwt jwt;
	gn_err err = gn_hub_jwt_open(hub->jwt_key, token, false, gn_unix(hub->time), &jwt);
	if (err)
		return refuse_asker(r, 401,
				    err == GN_EXPIRED ? "the access token has expired; refresh it "
							"or log in again"
						      : "the access token is not valid here");
	struct gn_ledger_officer o;
	r->pid = jwt.sub;
	r->is_participant = gn_ledger_find_participant(hub->ledger, &jwt.sub, &r->me) == GN_OK;
	if (gn_hub_officer_find(hub, &jwt.sub, &o)) {
		r->role = o.role;
		r->actor = o.pk;
	}
	return true;
}

/* HB-6: the bootstrap token is an admin until there is one with a key. */
static bool take_bootstrap(struct gn_hub_request *r, struct gn_slice token)
{
	size_t len = strlen(r->hub->admin_token);
	if (token.len != len || !gn_equal_ct(token.p, r->hub->admin_token, len))
		return refuse_asker(r, 403, "the admin token is wrong");
	if (gn_ledger_has_admin(r->hub->ledger))
		return refuse_asker(
			r, 403,
			"the admin token was for the beginning; there is an admin with a key now: "
			"log in with it");
	r->role = GN_ROLE_ADMIN;
	return true;
}

/* A proxy in front that the hub was not told of: to it everybody has one address. */
static void note_proxy(const struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	if (hub->told_proxy || hub->config.trust_proxy ||
	    !gn_http_header(r->base.http, "x-forwarded-for").p)
		return;
	hub->told_proxy = true;
	gn_host_log(&hub->host, GN_LOG_WARN, "rate.proxy",
		    "requests of many come through a proxy and count as one address, which has "
		    "reached its rate: if the "
		    "proxy sets X-Forwarded-For itself, start the hub with --trust-proxy yes");
}

static bool is_name_of(const struct gn_hub *hub, struct gn_slice host)
{
	bool found = gn_http_is_local(host);
	for (size_t i = 0; i < hub->config.host_names; i++)
		found |= gn_slice_eq(host, gn_str(hub->config.host_name[i]));
	return found;
}

/* HB-54: this machine, or a name that the hub was given. A trusted proxy answers for names until
 * it was given one. False after answering. */
static bool is_host_ok(struct gn_hub_request *r)
{
	uint8_t text[256];
	struct gn_buf host = {text, 0, sizeof text - 1};
	struct gn_hub *hub = r->hub;
	uint16_t port;
	struct gn_slice value = gn_http_header(r->base.http, "host");
	if (hub->config.trust_proxy && !hub->config.host_names)
		return true;
	bool read = value.p && gn_http_host(value, &host, &port) == GN_OK;
	if (read && is_name_of(hub, gn_buf_slice(&host)))
		return true;
	text[host.len] = 0;
	if (read && !hub->told_name) {
		hub->told_name = true;
		gn_host_log(
			&hub->host, GN_LOG_WARN, "host.name",
			"asked as '%s', which is not its name: if a proxy brings such requests, "
			"start the hub with "
			"--host-name %s",
			text, text);
	}
	return refuse_asker(r, 403,
			    read ? "nobody told this hub that it goes by this name: its operator "
				   "starts it with --host-name and the name, if it does"
				 : "the Host of the request is no host");
}

/* HB-47, HB-54: that page can read no answer, so it has no use but harm. False after answering. */
static bool is_page_ok(struct gn_hub_request *r)
{
	return !gn_http_is_foreign(r->base.http, true) || refuse_asker(r, 403,
								       "a page of another site "
								       "may not ask a hub");
}

/* RFC 9110 section 11.1: the scheme in any case. */
static bool is_bearer(struct gn_slice header)
{
	return header.p && header.len > 7 && strncasecmp((const char *)header.p, "Bearer ", 7) == 0;
}

static const char *missing_right(const struct gn_hub_request *r, enum gn_hub_auth auth)
{
	return r->base.route->flags & GN_ROUTE_REGISTERS
		       ? "this hub's officers register people: give the signed text to one of them"
	       : auth == GN_AUTH_USER ? "only a participant of this hub may do this"
				      : "this key has no role that may do this";
}

/* Clients of the reference are told there that they may not, whether they said who they are or
 * not. */
static bool is_officers(const struct gn_host_route *route)
{
	static const char prefix[] = "/api/v1/admin/";
	return strncmp(route->path, prefix, sizeof prefix - 1) == 0;
}

static bool is_allowed(struct gn_hub_request *r, enum gn_hub_auth auth)
{
	struct gn_slice header = gn_http_header(r->base.http, "authorization"),
			token = gn_http_header(r->base.http, "x-admin-token");
	uint8_t key[16];
	bool bearer = is_bearer(header);
	if (bearer && auth != GN_AUTH_NONE) {
		if (!identify_asker(r, gn_slice_sub(header, 7, header.len)) ||
		    !rate_ok(r, &r->hub->rate_key, r->pid.b))
			return false;
	} else {
		address_key(r, key);
		/* a bucket of their own (HB-47): in an address' key this byte is 0 */
		key[8] |= (r->base.route->flags & GN_ROUTE_ALWAYS) != 0;
		if (!rate_ok(r, &r->hub->rate_address, key)) {
			note_proxy(r);
			return false;
		}
		if (token.p && auth >= GN_AUTH_READ && !take_bootstrap(r, token))
			return false;
	}
	bool user = r->is_participant, officer = r->role >= GN_ROLE_AUDITOR;
	switch (auth) {
	case GN_AUTH_NONE: return true;
	case GN_AUTH_USER:
		user = user && true;
		officer = false;
		break;
	case GN_AUTH_READ: break;
	case GN_AUTH_AUDITOR: user = false; break;
	case GN_AUTH_OPERATOR:
		user = false;
		officer = r->role >= GN_ROLE_OPERATOR;
		break;
	case GN_AUTH_ADMIN:
		user = false;
		officer = r->role >= GN_ROLE_ADMIN;
		break;
	}
	if (user || officer)
		return true;
	if (!bearer && !token.p && !(r->base.route->flags & GN_ROUTE_REGISTERS))
		return refuse_asker(r, is_officers(r->base.route) ? 403 : 401,
				    "this needs \"Authorization: Bearer TOKEN\"; log in with "
				    "/api/v1/auth/challenge and /api/v1/auth/login");
	return refuse_asker(r, 403, missing_right(r, auth));
}

/* HB-18: who may come in. */
static enum gn_hub_auth auth_of(const struct gn_hub_request *r)
{
	bool closed =
		r->hub->config.registration_officers && r->base.route->flags & GN_ROUTE_REGISTERS;
	return closed ? GN_AUTH_OPERATOR : gn_hub_route_of(r)->auth;
}

/* False after answering. */
bool gn_hub_is_open(struct gn_hub_request *r)
{
	if (r->base.route->flags & GN_ROUTE_ALWAYS ||
	    (r->hub->ready && !gn_ledger_failed(r->hub->ledger)))
		return true;
	if (r->hub->ready)
		gn_hub_stopped(r);
	else
		gn_hub_fail_as(r, 503, "E010", NULL,
			       "the hub is reading its journal; try again in a moment");
	return false;
}

bool gn_hub_admit(struct gn_hub_request *r)
{
	return is_host_ok(r) && is_page_ok(r) && gn_hub_is_open(r) && is_allowed(r, auth_of(r));
}
