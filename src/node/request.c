/* Requests of the API and the gateway: what they wait for, and how the node answers. */
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
