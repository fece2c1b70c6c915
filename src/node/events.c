/* What happens at the node, told as it happens: GET /api/v1/events, as a WebSocket (a browser
 * has room for many of them, and for six answers that never end) or as server-sent events. A
 * listener that does not read is dropped and asks again. Rule: docs/spec/node.md NO-23. */
#include "node/api.h"
#include "node/node_int.h"

#include <stdio.h>
#include <stdlib.h>

#define HEARD_MAX 1024 /* bytes of a message from a listener; none means anything */

static void on_text(void *user, struct gn_ws *ws, struct gn_slice text)
{
	(void)user;
	(void)ws;
	(void)text;
}

static gn_err listen_ws(struct gn_node_request *r)
{
	struct gn_ws_handler handler = {.on_text = on_text, .user = r};
	struct gn_slice token;
	GN_TRY(gn_ws_open(r->base.http, gn_ws_bearer(r->base.http, &token) ? "bearer" : NULL,
			  HEARD_MAX, &handler, &r->base.ws));
	r->base.streaming = true;
	r->events = true;
	return GN_OK;
}

gn_err gn_node_api_events(struct gn_node_request *r)
{
	struct gn_http_field fields[] = {{"content-type", GN_LIT("text/event-stream")},
					 {"cache-control", GN_LIT("no-store")}};
	if (gn_ws_wanted(r->base.http))
		return listen_ws(r);
	gn_http_start(r->base.http, 200, fields, GN_COUNT(fields), UINT64_MAX);
	gn_http_write(r->base.http, GN_LIT(": geonet\n\n"));
	r->base.streaming = true;
	r->events = true;
	return GN_OK;
}

static void tell_ws(struct gn_node_request *r, const char *text)
{
	if (!gn_ws_send(r->base.ws, gn_str(text)) && !gn_ws_closing(r->base.ws))
		gn_ws_close(r->base.ws, 1013, "too slow");
}

static void tell_sse(struct gn_node_request *r, const char *event, const char *data)
{
	char head[64];
	snprintf(head, sizeof head, "event: %s\ndata: ", event);
	gn_http_write(r->base.http, gn_str(head));
	gn_http_write(r->base.http, gn_str(data));
	if (!gn_http_write(r->base.http, GN_LIT("\n\n")))
		gn_http_abort(r->base.http);
}

void gn_node_publish(struct gn_node *node, const char *event, json_t *data)
{
	json_t *whole = json_pack("{ss so}", "event", event, "data", data);
	char *text = NULL, *inner = NULL;
	for (struct gn_node_request *r = gn_node_request_first(node), *next; r && whole; r = next) {
		next = gn_node_request_next(r);
		if (!r->events || !r->base.http)
			continue;
		if (r->base.ws && (text || (text = json_dumps(whole, JSON_COMPACT))))
			tell_ws(r, text);
		else if (!r->base.ws && (inner || (inner = json_dumps(data, JSON_COMPACT))))
			tell_sse(r, event, inner);
	}
	free(text);
	free(inner);
	json_decref(whole);
}
