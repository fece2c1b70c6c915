/* A request's id (HB-3), all requests, and those that the hub makes of itself. Its life is host's
 * (host/request.h): what comes back later finds `answered` or `http` gone. */
#include "hub/hub_int.h"

struct gn_hub_request *gn_hub_request_first(const struct gn_hub *hub)
{
	return gn_hub_request_of(hub->api.requests);
}

struct gn_hub_request *gn_hub_request_next(const struct gn_hub_request *r)
{
	return gn_hub_request_of(r->base.next);
}

void gn_hub_new_id(struct gn_hub *hub, char out[GN_HTTP_ID_MAX])
{
	uint8_t raw[16];
	gn_rand_fill(&hub->host.rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), out);
}

void gn_hub_request_id(void *user, struct gn_http_request *http, char out[GN_HTTP_ID_MAX])
{
	const struct gn_host_api *api = user;
	const struct gn_hub_request *r = http ? gn_hub_request_of(gn_http_user(http)) : NULL;
	if (r)
		memcpy(out, r->id, sizeof r->id);
	else
		gn_hub_new_id(api->user, out);
}

struct gn_hub_request *gn_hub_own_request(struct gn_hub *hub)
{
	struct gn_hub_request *r = gn_hub_request_of(gn_host_request_new(&hub->api));
	if (!r)
		return NULL;
	r->hub = hub;
	gn_hub_new_id(hub, r->id);
	return r;
}

void gn_hub_take_id(struct gn_hub_request *r)
{
	struct gn_slice given = gn_http_header(r->base.http, "x-request-id");
	bool ok = given.p && given.len > 0 && given.len <= HUB_REQUEST_ID_MAX;
	for (size_t i = 0; ok && i < given.len; i++)
		ok = (given.p[i] >= '0' && given.p[i] <= '9') ||
		     ((given.p[i] | 0x20) >= 'a' && (given.p[i] | 0x20) <= 'z') ||
		     strchr("-_.:", given.p[i]);
	if (ok) {
		memcpy(r->id, given.p, given.len);
		r->id[given.len] = 0;
	} else {
		gn_hub_new_id(r->hub, r->id);
	}
}
