/* The API's frame: who may ask, how often, which route; the life of a request; the envelope of
 * every answer.
 *
 * States: HEAD -> (body) -> RUN -> waits for worker, ledger or history (refs) -> answered ->
 * closed
 * 1. A request lives until it is closed and nothing works for it any more. What comes back later
 *    finds `answered` or `http` gone.
 * 2. HB-3: every answer has X-Request-ID; every error is {"error": {"code", "message",
 *    "details"}}.
 * 3. Rates are taken before anything costly: per address without a token, per key with one.
 * 4. HB-16: an answer that may show state ahead of the disk waits until that is durable. HB-17:
 *    once the ledger stopped, nothing is told of the state, and whoever changed something learns
 *    that its outcome is unknown. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- answers ---- */

const char *gn_hub_error_code(gn_err err)
{
	switch (err) {
	case GN_DENIED:
	case GN_AUTH: return "E006";
	case GN_BUSY:
	case GN_TIMEOUT:
	case GN_TOO_LARGE:
	case GN_USAGE:
	case GN_UNSUPPORTED:
	case GN_VERSION: return "E009";
	default: return gn_ledger_code(err);
	}
}

int gn_hub_status_of(gn_err err)
{
	const char *code = gn_hub_error_code(err);
	if (err == GN_NOT_FOUND)
		return 404;
	if (err == GN_DENIED)
		return 403;
	if (err == GN_TOO_LARGE)
		return 413;
	if (err == GN_BUSY)
		return 429;
	switch (code[3]) {
	case '0': return 500; /* E010 */
	case '6': return 401;
	case '7': return 504;
	case '8': return 409;
	default: return 400;
	}
}

static void send_answer(struct gn_hub_request *r, int status, const char *type,
			struct gn_slice body)
{
	struct gn_http_field fields[5] = {{"X-Request-ID", gn_str(r->id)},
					  {"Content-Type", gn_str(type)},
					  {"Cache-Control", GN_LIT("no-store")}};
	size_t n = 3;
	char wait[24];
	if (status == 429 || (status == 503 && !r->hub->ready)) {
		bool rate = status == 429 && r->note[0] > 0;
		snprintf(wait, sizeof wait, "%lld", (long long)(rate ? r->note[0] : 1));
		fields[n++] = (struct gn_http_field){"Retry-After", gn_str(wait)};
	}
	if (status == 401)
		fields[n++] = (struct gn_http_field){"WWW-Authenticate", GN_LIT("Bearer")};
	r->hub->count.answers[status / 100 < 6 ? status / 100 : 5]++;
	if (r->http)
		gn_http_respond(r->http, status, fields, n, body);
}

static bool is_about_state(const struct gn_hub_request *r)
{
	return r->route &&
	       (r->route->auth != GN_AUTH_NONE || r->route->run == gn_hub_api_participant_create);
}

static bool is_ledger_ahead(const struct gn_hub *hub)
{
	return hub->ready && gn_ledger_seq(hub->ledger) > gn_ledger_durable_seq(hub->ledger);
}

/* A refusal looked at the state as an answer does; who may ask, how often and how much does not
 * hang on it, and a fault is none. What a payment or an answer to one is told is the outcome of
 * its own record, which is durable. */
static bool is_ahead(const struct gn_hub_request *r, int status)
{
	return status < 500 && status != 401 && status != 413 && status != 429 &&
	       is_about_state(r) && r->kind != GN_OP_PAYMENT && r->kind != GN_OP_VOTE &&
	       r->kind != GN_OP_CONSENT && is_ledger_ahead(r->hub);
}

static void wait_in_line(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	r->held.after = gn_ledger_seq(hub->ledger);
	r->held.next = NULL;
	*hub->held_last = r;
	hub->held_last = &r->held.next;
	r->refs++;
}

static bool hold(struct gn_hub_request *r, int status, const char *type, struct gn_slice body)
{
	r->held.text = malloc(body.len + 1);
	if (!r->held.text)
		return false;
	if (body.len)
		memcpy(r->held.text, body.p, body.len);
	r->held.len = body.len;
	r->held.status = status;
	r->held.type = type;
	wait_in_line(r);
	return true;
}

static void respond(struct gn_hub_request *r, int status, const char *type, struct gn_slice body)
{
	if (r->answered)
		return;
	r->answered = true;
	if (!is_ahead(r, status))
		send_answer(r, status, type, body);
	else if (!hold(r, status, type, body))
		send_answer(r, 500, "application/json",
			    GN_LIT("{\"error\":{\"code\":\"E010\",\"message\":\"out of "
				   "memory\",\"details\":{}}}"));
}

void gn_hub_when_durable(struct gn_hub_request *r, void (*then)(struct gn_hub_request *))
{
	r->held.then = then;
	if (is_ledger_ahead(r->hub))
		wait_in_line(r);
	else
		then(r);
}

void gn_hub_held(struct gn_hub *hub)
{
	struct gn_hub_request *r;
	bool failed = gn_ledger_failed(hub->ledger);
	while ((r = hub->held_first) &&
	       (failed || r->held.after <= gn_ledger_durable_seq(hub->ledger))) {
		hub->held_first = r->held.next;
		if (!hub->held_first)
			hub->held_last = &hub->held_first;
		if (r->held.after <= gn_ledger_durable_seq(hub->ledger)) {
			if (r->held.text)
				send_answer(r, r->held.status, r->held.type,
					    gn_slice(r->held.text, r->held.len));
			else
				r->held.then(r);
		} else {
			r->answered = false;
			gn_hub_stopped(r);
		}
		gn_hub_release(r);
	}
}

void gn_hub_json(struct gn_hub_request *r, int status, json_t *json)
{
	char *text = json && !r->answered ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	json_decref(json);
	if (text)
		respond(r, status, "application/json", gn_str(text));
	else
		respond(r, 500, "application/json",
			GN_LIT("{\"error\":{\"code\":\"E010\",\"message\":\"the answer could not "
			       "be "
			       "written\",\"details\":{}}}"));
	free(text);
}

void gn_hub_text(struct gn_hub_request *r, const char *type, struct gn_slice text)
{
	respond(r, 200, type, text);
}

void gn_hub_items(struct gn_hub_request *r, json_t *list)
{
	gn_hub_json(r, 200, json_pack("{so}", "items", list));
}

static bool changes(const struct gn_hub_request *r)
{
	enum gn_http_method method = r->route ? r->route->method : GN_HTTP_GET;
	return is_about_state(r) && method != GN_HTTP_GET;
}

void gn_hub_stopped(struct gn_hub_request *r)
{
	if (changes(r))
		gn_hub_json(
			r, 503,
			json_pack("{s{ss ss s{ss}}}", "error", "code", "E010", "message",
				  "the hub's journal could not be written: whether this was done "
				  "is unknown. Send the "
				  "very "
				  "same request again (a payment with the same tx_id) after the "
				  "hub was started again",
				  "details", "outcome", "unknown"));
	else
		gn_hub_json(r, 503,
			    json_pack("{s{ss ss s{}}}", "error", "code", "E010", "message",
				      "the hub's journal could not be written: what it knows is "
				      "not certain. Ask again "
				      "after it "
				      "was started again",
				      "details"));
}

/* What a bound on bytes cut inside a character goes, so that JSON takes the rest. */
static void keep_characters(char *text)
{
	size_t to = 0, len = strlen(text);
	for (size_t at = 0, n; at < len; at += n) {
		for (n = 1; n < 4 && at + n < len && !gn_utf8_ok(gn_slice(text + at, n));)
			n++;
		if (!gn_utf8_ok(gn_slice(text + at, n))) {
			n = 1;
			continue;
		}
		memmove(text + to, text + at, n);
		to += n;
	}
	text[to] = 0;
}

static void fail(struct gn_hub_request *r, int status, const char *code, json_t *details,
		 const char *text)
{
	if (changes(r) && gn_ledger_failed(r->hub->ledger)) {
		/* a refusal now says nothing of what was taken before */
		json_decref(details);
		gn_hub_stopped(r);
		return;
	}
	gn_hub_json(r, status,
		    json_pack("{s{ss ss so}}", "error", "code", code, "message", text, "details",
			      details ? details : json_object()));
}

/* HB-40: it is the one who asks that may not, not what he asks about. NULL: he may. */
static const char *standing_of(const struct gn_hub_request *r)
{
	static const char *const words[] = {
		NULL,
		"you are suspended on this hub: you neither pay nor change anything until "
		"its officers lift that",
		"you have left this hub: you neither pay nor change anything, but for its "
		"officers' letting you in "
		"again",
		"you are deleted from this hub, which is for good"};
	struct gn_ledger_participant p;
	bool known = r->is_participant &&
		     gn_ledger_participant(r->hub->ledger, r->me.number, &p) == GN_OK;
	return known ? words[p.status & 3] : NULL;
}

void gn_hub_fail(struct gn_hub_request *r, gn_err err, json_t *details, const char *fmt, ...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	keep_characters(text);
	const char *standing = err == GN_INACTIVE ? standing_of(r) : NULL;
	if (standing)
		fail(r, 403, gn_hub_error_code(err), details, standing);
	else
		fail(r, gn_hub_status_of(err), gn_hub_error_code(err), details,
		     *text ? text : gn_err_text(err));
}

void gn_hub_fail_as(struct gn_hub_request *r, int status, const char *code, json_t *details,
		    const char *fmt, ...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	keep_characters(text);
	fail(r, status, code, details, text);
}

/* ---- what was asked ---- */

json_t *gn_hub_body(struct gn_hub_request *r)
{
	json_error_t why;
	if (r->in)
		return r->in;
	r->in = r->body ? json_loadb((const char *)r->body, r->body_len, JSON_REJECT_DUPLICATES,
				     &why)
			: json_object();
	if (!json_is_object(r->in)) {
		json_decref(r->in);
		r->in = NULL;
		gn_hub_fail_as(r, 400, "E009", NULL, "the body is not a JSON object%s%.100s",
			       r->body_len ? ": " : "", r->body_len ? why.text : "");
	}
	return r->in;
}

const char *gn_hub_body_text(struct gn_hub_request *r, const char *name)
{
	json_t *in = gn_hub_body(r);
	const char *s = json_string_value(json_object_get(in, name));
	if (in && !s)
		gn_hub_fail_as(r, 422, "E009",
			       json_pack("{s[{s[ss] ss}]}", "errors", "loc", "body", name, "msg",
					 "a string is required"),
			       "the body's \"%s\" must be a string", name);
	return s;
}

void gn_hub_ask(struct gn_hub_request *r, const struct gn_history_query *q,
		void (*told)(struct gn_hub_request *, json_t *))
{
	r->told = told;
	gn_hub_feed_ask(r->hub->feed, r, q);
}

/* ---- admission ---- */

static bool match(const char *pattern, struct gn_slice path, char args[2][HUB_ARG_MAX])
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
		if (!match(route->path, path, args))
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

/* An echo of what the client sent when it is harmless, else a new one. */
static void new_id(struct gn_hub *hub, char out[GN_HTTP_ID_MAX])
{
	uint8_t raw[16];
	gn_rand_fill(&hub->rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), out);
}

static void link_request(struct gn_hub *hub, struct gn_hub_request *r)
{
	r->hub = hub;
	r->next = hub->requests;
	r->link = &hub->requests;
	if (r->next)
		r->next->link = &r->next;
	hub->requests = r;
}

void gn_hub_request_id(void *user, struct gn_http_request *http, char out[GN_HTTP_ID_MAX])
{
	const struct gn_hub_request *r = http ? gn_http_user(http) : NULL;
	if (r)
		memcpy(out, r->id, sizeof r->id);
	else
		new_id(user, out);
}

struct gn_hub_request *gn_hub_own_request(struct gn_hub *hub)
{
	struct gn_hub_request *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->refs = 1;
	link_request(hub, r);
	new_id(hub, r->id);
	return r;
}

static void request_id(struct gn_hub_request *r)
{
	struct gn_slice given = gn_http_header(r->http, "x-request-id");
	bool ok = given.p && given.len > 0 && given.len <= HUB_REQUEST_ID_MAX;
	for (size_t i = 0; ok && i < given.len; i++)
		ok = (given.p[i] >= '0' && given.p[i] <= '9') ||
		     ((given.p[i] | 0x20) >= 'a' && (given.p[i] | 0x20) <= 'z') ||
		     strchr("-_.:", given.p[i]);
	if (ok) {
		memcpy(r->id, given.p, given.len);
		r->id[given.len] = 0;
	} else {
		new_id(r->hub, r->id);
	}
}

void gn_hub_address(const struct gn_hub_request *r, struct gn_addr *out)
{
	/* v4:port, [v6]:port; v4, [v6]; v6 */
	static const char *const forms[][2] = {{"", ""}, {"", ":0"}, {"[", "]:0"}};
	struct gn_slice via = gn_http_header(r->http, "x-forwarded-for");
	size_t at = via.len, end = via.len;
	char text[64];
	gn_http_peer(r->http, out);
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

void gn_hub_too_fast(struct gn_hub_request *r, uint32_t wait, const char *what)
{
	r->hub->count.refused_rate++;
	r->note[0] = wait;
	gn_hub_fail_as(r, 429, "E009", json_pack("{si}", "retry_after_s", (int)wait),
		       "%s; try again in %u s", what, wait);
}

static bool unauthorised(struct gn_hub_request *r, int status, const char *text)
{
	r->hub->count.refused_auth++;
	gn_hub_fail_as(r, status, "E006", NULL, "%s", text);
	return false;
}

/* Fills who asks from the token; false after answering. */
static bool identify(struct gn_hub_request *r, struct gn_slice token)
{
	struct gn_hub *hub = r->hub;
	struct gn_hub_jwt jwt;
	gn_err err = gn_hub_jwt_open(hub->jwt_key, token, false, gn_unix(hub->time), &jwt);
	if (err)
		return unauthorised(r, 401,
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
static bool bootstrap(struct gn_hub_request *r, struct gn_slice token)
{
	size_t len = strlen(r->hub->admin_token);
	if (token.len != len || !gn_equal_ct(token.p, r->hub->admin_token, len))
		return unauthorised(r, 403, "the admin token is wrong");
	if (gn_ledger_has_admin(r->hub->ledger))
		return unauthorised(
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
	    !gn_http_header(r->http, "x-forwarded-for").p)
		return;
	hub->told_proxy = true;
	gn_hub_log(hub, GN_LOG_WARN, "rate.proxy",
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
	struct gn_slice value = gn_http_header(r->http, "host");
	if (hub->config.trust_proxy && !hub->config.host_names)
		return true;
	bool read = value.p && gn_http_host(value, &host, &port) == GN_OK;
	if (read && is_name_of(hub, gn_buf_slice(&host)))
		return true;
	text[host.len] = 0;
	if (read && !hub->told_name) {
		hub->told_name = true;
		gn_hub_log(hub, GN_LOG_WARN, "host.name",
			   "asked as '%s', which is not its name: if a proxy brings such requests, "
			   "start the hub with "
			   "--host-name %s",
			   text, text);
	}
	return unauthorised(r, 403,
			    read ? "nobody told this hub that it goes by this name: its operator "
				   "starts it with "
				   "--host-name and the name, if it does"
				 : "the Host of the request is no host");
}

/* HB-47, HB-54: that page can read no answer, so it has no use but harm. False after answering. */
static bool is_page_ok(struct gn_hub_request *r)
{
	return !gn_http_is_foreign(r->http, true) || unauthorised(r, 403,
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
	return r->route->run == gn_hub_api_participant_create
		       ? "this hub's officers register people: give the signed text to one of them"
	       : auth == GN_AUTH_USER ? "only a participant of this hub may do this"
				      : "this key has no role that may do this";
}

/* Clients of the reference are told there that they may not, whether they said who they are or
 * not. */
static bool is_officers(const struct gn_hub_route *route)
{
	static const char prefix[] = "/api/v1/admin/";
	return strncmp(route->path, prefix, sizeof prefix - 1) == 0;
}

/* HB-2: what is told while the journal is not read yet, and when it cannot be written any more. */
static bool is_always(const struct gn_hub_route *route)
{
	return route->auth == GN_AUTH_NONE &&
	       (route->run == gn_hub_api_health || route->run == gn_hub_api_health_db ||
		route->run == gn_hub_api_hub || route->run == gn_hub_api_metrics);
}

static bool allowed(struct gn_hub_request *r, enum gn_hub_auth auth)
{
	struct gn_slice header = gn_http_header(r->http, "authorization"),
			token = gn_http_header(r->http, "x-admin-token");
	uint8_t key[16];
	bool bearer = is_bearer(header);
	if (bearer && auth != GN_AUTH_NONE) {
		if (!identify(r, gn_slice_sub(header, 7, header.len)) ||
		    !rate_ok(r, &r->hub->rate_key, r->pid.b))
			return false;
	} else {
		address_key(r, key);
		/* a bucket of their own (HB-47): in an address' key this byte is 0 */
		key[8] |= is_always(r->route);
		if (!rate_ok(r, &r->hub->rate_address, key)) {
			note_proxy(r);
			return false;
		}
		if (token.p && auth >= GN_AUTH_READ && !bootstrap(r, token))
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
	if (!bearer && !token.p && r->route->run != gn_hub_api_participant_create)
		return unauthorised(r, is_officers(r->route) ? 403 : 401,
				    "this needs \"Authorization: Bearer TOKEN\"; log in with "
				    "/api/v1/auth/challenge "
				    "and /api/v1/auth/login");
	return unauthorised(r, 403, missing_right(r, auth));
}

/* ---- life of a request ---- */

/* False after answering. */
static bool is_open(struct gn_hub_request *r)
{
	if (is_always(r->route) || (r->hub->ready && !gn_ledger_failed(r->hub->ledger)))
		return true;
	if (r->hub->ready)
		gn_hub_stopped(r);
	else
		gn_hub_fail_as(r, 503, "E010", NULL,
			       "the hub is reading its journal; try again in "
			       "a moment");
	return false;
}

static void run(struct gn_hub_request *r)
{
	if (is_open(r))
		r->route->run(r);
}

/* HB-18: who may come in. */
static enum gn_hub_auth auth_of(const struct gn_hub_request *r)
{
	bool closed = r->hub->config.registration_officers &&
		      r->route->run == gn_hub_api_participant_create;
	return closed ? GN_AUTH_OPERATOR : r->route->auth;
}

static void on_request(void *user, struct gn_http_request *http)
{
	struct gn_hub *hub = user;
	struct gn_hub_request *r = calloc(1, sizeof *r);
	bool other_method = false;
	if (!r) {
		char id[GN_HTTP_ID_MAX];
		new_id(hub, id);
		gn_http_respond(http, 503, &(struct gn_http_field){"X-Request-ID", gn_str(id)}, 1,
				GN_LIT("{\"error\":{\"code\":\"E010\",\"message\":\"out of "
				       "memory\",\"details\":{}}}"));
		return;
	}
	gn_hub_look_at_clocks(hub);
	hub->count.requests++;
	link_request(hub, r);
	r->http = http;
	gn_http_set_user(http, r);
	request_id(r);
	const struct gn_hub_route *route = find_route(r, &other_method);
	struct gn_slice length = gn_http_header(http, "content-length");
	if (!route) {
		if (other_method)
			gn_hub_fail_as(r, 405, "E009", NULL,
				       "another method is meant for this path");
		else
			gn_hub_fail_as(r, 404, "E001", NULL,
				       "there is no such path; see "
				       "docs/openapi-hub.json");
		return;
	}
	r->route = route;
	if (!is_host_ok(r) || !is_page_ok(r) || !is_open(r) || !allowed(r, auth_of(r)))
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

static void free_request(struct gn_hub_request *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	json_decref(r->in);
	json_decref(r->hold);
	free(r->bytes);
	free(r->held.text);
	free(r->order);
	free(r->body);
	free(r);
}

void gn_hub_release(struct gn_hub_request *r)
{
	GN_ASSERT(r->refs > 0);
	if (--r->refs == 0 && !r->http)
		free_request(r);
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
