/* A request's life: it lives until it is closed and nothing works for it any more (refs). What
 * comes back later finds `answered` or `http` gone. HB-3: each has an id. */
#include "hub/hub_int.h"

#include <stdlib.h>

/* An echo of what the client sent when it is harmless, else a new one. */
void gn_hub_new_id(struct gn_hub *hub, char out[GN_HTTP_ID_MAX])
{
	uint8_t raw[16];
	gn_rand_fill(&hub->host.rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), out);
}

void gn_hub_link_request(struct gn_hub *hub, struct gn_hub_request *r)
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
		gn_hub_new_id(user, out);
}

struct gn_hub_request *gn_hub_own_request(struct gn_hub *hub)
{
	struct gn_hub_request *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->refs = 1;
	gn_hub_link_request(hub, r);
	gn_hub_new_id(hub, r->id);
	return r;
}

void gn_hub_take_id(struct gn_hub_request *r)
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
		gn_hub_new_id(r->hub, r->id);
	}
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
