/* Answers, and the envelope of every error.
 *
 * 1. HB-3: every answer has X-Request-ID; every error is {"error": {"code", "message",
 *    "details"}}.
 * 2. HB-16: an answer that may show state ahead of the disk waits until that is durable. HB-17:
 *    once the ledger stopped, nothing is told of the state, and whoever changed something learns
 *    that its outcome is unknown. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *gn_hub_error_code(gn_err err)
{
	static const gn_err ours[] = {GN_BUSY,  GN_TIMEOUT,     GN_TOO_LARGE,
				      GN_USAGE, GN_UNSUPPORTED, GN_VERSION};
	if (err == GN_DENIED || err == GN_AUTH)
		return "E006";
	for (size_t i = 0; i < GN_COUNT(ours); i++)
		if (err == ours[i])
			return "E009";
	return gn_ledger_code(err);
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
		bool rate = status == 429 && r->base.retry_s > 0;
		snprintf(wait, sizeof wait, "%lld", (long long)(rate ? r->base.retry_s : 1));
		fields[n++] = (struct gn_http_field){"Retry-After", gn_str(wait)};
	}
	if (status == 401)
		fields[n++] = (struct gn_http_field){"WWW-Authenticate", GN_LIT("Bearer")};
	r->hub->count.answers[status / 100 < 6 ? status / 100 : 5]++;
	gn_host_respond(&r->base, status, fields, n, body);
}

static bool is_about_state(const struct gn_hub_request *r)
{
	const struct gn_hub_route *route = gn_hub_route_of(r);
	return route && (route->auth != GN_AUTH_NONE || route->route.flags & GN_ROUTE_REGISTERS);
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
	gn_host_hold(&r->base);
}

static bool hold_answer(struct gn_hub_request *r, int status, const char *type,
			struct gn_slice body)
{
	r->held.text = malloc(body.len + 1);
	if (!r->held.text)
		return false;
	if (body.len)
		memcpy(r->held.text, body.p, body.len);
	r->held.len = body.len;
	r->held.status = status;
	r->held.type = type;
	r->base.answered = true; /* this and nothing else */
	wait_in_line(r);
	return true;
}

void gn_hub_answer(struct gn_host_request *base, int status, const char *type, struct gn_slice body)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	if (base->answered)
		return;
	if (!is_ahead(r, status))
		send_answer(r, status, type, body);
	else if (!hold_answer(r, status, type, body))
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

static void send_held(struct gn_hub_request *r)
{
	r->base.answered = false;
	send_answer(r, r->held.status, r->held.type, gn_slice(r->held.text, r->held.len));
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
				send_held(r);
			else
				r->held.then(r);
		} else {
			r->base.answered = false;
			gn_hub_stopped(r);
		}
		gn_host_release(&r->base);
	}
}

void gn_hub_refuse(struct gn_host_request *base, gn_err err, const char *text)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	r->hub->count.refused_body += err == GN_TOO_LARGE;
	gn_hub_fail(r, err, NULL, "%s", text);
}

void gn_hub_json(struct gn_hub_request *r, int status, json_t *json)
{
	gn_host_json(&r->base, status, json);
}

void gn_hub_text(struct gn_hub_request *r, const char *type, struct gn_slice text)
{
	gn_hub_answer(&r->base, 200, type, text);
}

void gn_hub_items(struct gn_hub_request *r, json_t *list)
{
	gn_hub_json(r, 200, json_pack("{so}", "items", list));
}

static bool changes_state(const struct gn_hub_request *r)
{
	enum gn_http_method method = r->base.route ? r->base.route->method : GN_HTTP_GET;
	return is_about_state(r) && method != GN_HTTP_GET;
}

void gn_hub_stopped(struct gn_hub_request *r)
{
	if (changes_state(r))
		gn_hub_json(
			r, 503,
			json_pack("{s{ss ss s{ss}}}", "error", "code", "E010", "message",
				  "the hub's journal could not be written: whether this was done "
				  "is unknown. Send the very "
				  "same request again (a payment with the same tx_id) after the "
				  "hub was started again",
				  "details", "outcome", "unknown"));
	else
		gn_hub_json(r, 503,
			    json_pack("{s{ss ss s{}}}", "error", "code", "E010", "message",
				      "the hub's journal could not be written: what it knows is "
				      "not certain. Ask again after it was started again",
				      "details"));
}

static void send_failure(struct gn_hub_request *r, int status, const char *code, json_t *details,
			 const char *text)
{
	if (changes_state(r) && gn_ledger_failed(r->hub->ledger)) {
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
		"officers' letting you in again",
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
	gn_host_json_keep(text);
	const char *standing = err == GN_INACTIVE ? standing_of(r) : NULL;
	if (standing)
		send_failure(r, 403, gn_hub_error_code(err), details, standing);
	else
		send_failure(r, gn_hub_status_of(err), gn_hub_error_code(err), details,
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
	gn_host_json_keep(text);
	send_failure(r, status, code, details, text);
}

void gn_hub_too_fast(struct gn_hub_request *r, uint32_t wait, const char *what)
{
	r->hub->count.refused_rate++;
	r->base.retry_s = wait;
	gn_hub_fail_as(r, 429, "E009", json_pack("{si}", "retry_after_s", (int)wait),
		       "%s; try again in %u s", what, wait);
}

json_t *gn_hub_body(struct gn_hub_request *r)
{
	json_error_t why;
	if (r->in)
		return r->in;
	r->in = r->base.body ? json_loadb((const char *)r->base.body, r->base.body_len,
					  JSON_REJECT_DUPLICATES, &why)
			     : json_object();
	if (!json_is_object(r->in)) {
		json_decref(r->in);
		r->in = NULL;
		gn_hub_fail_as(r, 400, "E009", NULL, "the body is not a JSON object%s%.100s",
			       r->base.body_len ? ": " : "", r->base.body_len ? why.text : "");
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
