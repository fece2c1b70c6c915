/* The life of a request: request.h says what a program adds to it. */
#include "host/request.h"

#include "host/wipe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- answers ---- */

void gn_host_respond(struct gn_host_request *r, int status, const struct gn_http_field *fields,
		     size_t count, struct gn_slice body)
{
	if (r->http && !r->answered)
		gn_http_respond(r->http, status, fields, count, body);
	r->answered = true;
	gn_host_wait_end(r);
}

void gn_host_json(struct gn_host_request *r, int status, json_t *json)
{
	char *text = json && !r->answered ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	json_decref(json);
	if (text)
		r->api->answer(r, status, "application/json", gn_str(text));
	else if (!r->answered)
		r->api->answer(r, 500, "application/json", gn_str(r->api->unwritten));
	gn_host_wipe_free(text, text ? strlen(text) : 0);
}

void gn_host_error(struct gn_host_request *r, gn_err err, const char *fmt, ...)
{
	char text[GN_HOST_SAID];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_host_json_keep(text); /* words of whoever asks may be in it */
	(r->refuse ? r->refuse : r->api->refuse)(r, err, text);
}

/* ---- what was asked ---- */

gn_err gn_host_number(const struct gn_host_request *r, const char *name, uint64_t fallback,
		      uint64_t max, uint64_t *out)
{
	uint8_t text[32];
	struct gn_buf buf = {text, 0, sizeof text - 1};
	gn_err err = gn_http_query_value(gn_http_query(r->http), name, &buf);
	if (err == GN_NOT_FOUND) {
		*out = fallback;
		return GN_OK;
	}
	return err ? err : gn_host_decimal(gn_buf_slice(&buf), max, out);
}

struct gn_slice gn_host_body(const struct gn_host_request *r)
{
	return gn_slice(r->body, r->body_len);
}

/* ---- waiting ---- */

void gn_host_wait(struct gn_host_request *r, unsigned whom, uint64_t ticket)
{
	GN_ASSERT(whom != 0);
	r->waits = whom;
	r->ticket = ticket;
}

void gn_host_wait_end(struct gn_host_request *r)
{
	r->waits = 0;
}

struct gn_host_request *gn_host_waiting(const struct gn_host_api *api, unsigned whom,
					uint64_t ticket)
{
	struct gn_host_request *r = api->requests;
	while (r && !(r->waits == whom && r->ticket == ticket))
		r = r->next;
	return r;
}

void *gn_host_state(struct gn_host_request *r, size_t size)
{
	if (!r->state) {
		r->state = calloc(1, size);
		r->state_size = r->state ? size : 0;
	}
	return r->state;
}

/* ---- life ---- */

struct gn_host_request *gn_host_request_new(struct gn_host_api *api)
{
	GN_ASSERT(api->request_size >= sizeof(struct gn_host_request));
	struct gn_host_request *r = calloc(1, api->request_size);
	if (!r)
		return NULL;
	r->api = api;
	r->refs = 1;
	r->next = api->requests;
	r->link = &api->requests;
	if (r->next)
		r->next->link = &r->next;
	api->requests = r;
	return r;
}

static void free_request(struct gn_host_request *r)
{
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	if (r->api->fini)
		r->api->fini(r);
	gn_ws_free(r->ws);
	gn_wipe(r->state, r->state_size);
	free(r->state);
	gn_host_wipe_free(r->body, r->body_cap);
	gn_host_wipe_free(r->frame, r->frame_cap);
	if (r->room) /* filled from its end */
		gn_wipe(r->room + r->builder.cap - r->builder.used, r->builder.used);
	free(r->room);
	free(r);
}

void gn_host_hold(struct gn_host_request *r)
{
	r->refs++;
}

void gn_host_release(struct gn_host_request *r)
{
	GN_ASSERT(r->refs > 0);
	if (--r->refs == 0)
		free_request(r);
}

/* ---- what the server tells ---- */

static void on_request(void *user, struct gn_http_request *http)
{
	struct gn_host_api *api = user;
	struct gn_host_request *r = gn_host_request_new(api); /* the connection's reference */
	bool other_method = false;
	if (!r) {
		api->no_memory(api->user, http);
		return;
	}
	r->http = http;
	gn_http_set_user(http, r);
	if (api->begin && !api->begin(r))
		return;
	r->route = gn_host_route_find(&api->paths, gn_http_method(http), gn_http_path(http),
				      r->args, &other_method);
	bool admitted = api->admit(r, other_method);
	GN_ASSERT(r->route || !admitted);
	if (admitted && !(r->route->flags & GN_HOST_ROUTE_BODY))
		api->run(r);
}

/* False after answering. */
static bool gather(struct gn_host_request *r, struct gn_slice data)
{
	size_t len = r->body_len + data.len;
	if (len > r->api->body_max) {
		gn_host_error(r, GN_TOO_LARGE, "the body is larger than %zu bytes",
			      r->api->body_max);
		return false;
	}
	if (r->route->method == GN_HTTP_GET) { /* it has no use for one */
		r->body_len = len;
		return true;
	}
	if (len > r->body_cap) {
		uint8_t *grown = gn_host_wipe_resize(r->body, r->body_len, len * 2);
		if (!grown) {
			gn_host_error(r, GN_NOMEM, "%s", "");
			return false;
		}
		r->body = grown;
		r->body_cap = len * 2;
	}
	if (data.len)
		memcpy(r->body + r->body_len, data.p, data.len);
	r->body_len = len;
	return true;
}

static void on_body(void *user, struct gn_http_request *http, struct gn_slice data, size_t *taken)
{
	struct gn_host_request *r = gn_http_user(http);
	(void)user;
	*taken = data.len; /* what nobody waits for is read and forgotten */
	if (!r || (!r->route && !r->data))
		return;
	if (r->ws) {
		gn_ws_recv(r->ws, data);
	} else if (r->answered) {
		return;
	} else if (r->data) {
		gn_err err = r->data(r, data, taken);
		if (!err)
			return;
		*taken = data.len;
		r->data = NULL;
		r->data_end = NULL;
		gn_host_error(r, err, "%s", "");
	} else if (r->route->flags & GN_HOST_ROUTE_BODY) {
		(void)gather(r, data);
	}
}

static void on_body_end(void *user, struct gn_http_request *http)
{
	struct gn_host_request *r = gn_http_user(http);
	(void)user;
	if (!r || !r->route || r->answered)
		return;
	if (r->data_end)
		r->data_end(r);
	else if (r->route->flags & GN_HOST_ROUTE_BODY)
		r->api->run(r);
}

static void on_drain(void *user, struct gn_http_request *http)
{
	struct gn_host_request *r = gn_http_user(http);
	(void)user;
	if (r && r->drain)
		r->drain(r);
}

static void on_closed(void *user, struct gn_http_request *http)
{
	struct gn_host_request *r = gn_http_user(http);
	(void)user;
	if (!r)
		return;
	r->http = NULL;
	if (r->gone)
		r->gone(r);
	else if (r->api->closed)
		r->api->closed(r);
	gn_host_release(r);
}

void gn_host_api_handler(struct gn_host_api *api, struct gn_http_handler *out)
{
	*out = (struct gn_http_handler){.on_request = on_request,
					.on_body = on_body,
					.on_body_end = on_body_end,
					.on_drain = on_drain,
					.on_closed = on_closed,
					.user = api};
}
