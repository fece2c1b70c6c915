/* The API's frame: host's hooks (host/request.h), which say who may ask and what runs. The life of
 * a request is host's; it waits for a worker, the ledger, the history or the copy (refs).
 *
 * 1. Every route but the WebSocket runs when its body is whole: an answer before that would end
 *    the connection. */
#include "hub/hub_int.h"

#include <stdlib.h>

static bool request_begin(struct gn_host_request *base)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	r->hub = base->api->user;
	gn_hub_look_at_clocks(r->hub);
	r->hub->count.requests++;
	gn_hub_take_id(r);
	return true;
}

static bool request_admit(struct gn_host_request *base, bool other_method)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	struct gn_slice length = gn_http_header(base->http, "content-length");
	if (!base->route) {
		if (other_method)
			gn_hub_fail_as(r, 405, "E009", NULL,
				       "another method is meant for this path");
		else
			gn_hub_fail_as(r, 404, "E001", NULL,
				       "there is no such path; see "
				       "docs/openapi-hub.json");
		return false;
	}
	if (!gn_hub_admit(r))
		return false;
	if (length.p &&
	    (length.len > 6 || strtoul((const char *)length.p, NULL, 10) > HUB_BODY_MAX)) {
		gn_host_error(base, GN_TOO_LARGE, "the body is larger than %u bytes", HUB_BODY_MAX);
		return false;
	}
	return true;
}

static void run_route(struct gn_host_request *base)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	if (gn_hub_is_open(r))
		gn_hub_route_of(r)->run(r);
}

static void request_closed(struct gn_host_request *base)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	if (base->ws)
		gn_hub_ws_end(r);
	gn_hub_places_gone(r->hub, r);
}

static void request_fini(struct gn_host_request *base)
{
	struct gn_hub_request *r = gn_hub_request_of(base);
	json_decref(r->in);
	json_decref(r->hold);
	free(r->bytes);
	free(r->held.text);
	free(r->order);
}

static void no_memory(void *user, struct gn_http_request *http)
{
	char id[GN_HTTP_ID_MAX];
	gn_hub_new_id(user, id);
	gn_http_respond(http, 503, &(struct gn_http_field){"X-Request-ID", gn_str(id)}, 1,
			GN_LIT("{\"error\":{\"code\":\"E010\",\"message\":\"out of "
			       "memory\",\"details\":{}}}"));
}

void gn_hub_api_init(struct gn_hub *hub)
{
	hub->api = (struct gn_host_api){
		.paths = {.routes = gn_hub_routes,
			  .route_size = sizeof gn_hub_routes[0],
			  .arg_max = HUB_ARG_MAX,
			  .text_args = true, /* of such a name there is nothing */
			  .end_slash = true},
		.request_size = sizeof(struct gn_hub_request),
		.body_max = HUB_BODY_MAX,
		.begin = request_begin,
		.admit = request_admit,
		.run = run_route,
		.answer = gn_hub_answer,
		.refuse = gn_hub_refuse,
		.closed = request_closed,
		.fini = request_fini,
		.no_memory = no_memory,
		.unwritten = "{\"error\":{\"code\":\"E010\",\"message\":\"the answer could not be "
			     "written\",\"details\":{}}}",
		.user = hub};
}
