/* Calls about the node itself: how it stands, whom it knows, what it looked up and counted, its
 * end. */
#include "node/call.h"

#include "node/node_int.h"

#include <stdio.h>

static struct gn_app_kind answer_kind(enum gn_fb_app_node_body what)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_NODE, what};
}

gn_err gn_node_call_node_status(struct gn_node_request *r)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_STATUS_IS),
		       gn_node_call_status(b, r->node, !r->base.stranger));
	return GN_OK;
}

gn_err gn_node_call_node_shutdown(struct gn_node_request *r)
{
	static const struct gn_app_kind ok = {GN_FB_APP_BODY_APP_OK, 0};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, ok, gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0}));
	gn_host_stop(&r->node->host);
	return GN_OK;
}

/* ---- peers ---- */

/* The place after the peer with this id; none has it: the beginning. */
static uint32_t peer_after(const struct gn_node *node, const struct gn_fb_hash *id)
{
	struct gn_overlay_peer p;
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++)
		if (memcmp(p.contact.id.b, id->b, sizeof id->b) == 0)
			return i + 1;
	return 0;
}

gn_err gn_node_call_node_peers(struct gn_node_request *r)
{
	struct gn_fb_node_peers t = {r->base.table};
	struct gn_overlay_peer p;
	gn_fbref refs[GN_NODE_PAGE_MAX];
	struct gn_fb_hash after = gn_fb_node_peers_after(t);
	uint32_t at = gn_fb_node_peers_has_after(t) ? peer_after(r->node, &after) : 0;
	unsigned count = 0, most = gn_node_call_page(gn_fb_node_peers_limit(t));
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	for (; count < most && gn_overlay_peer_at(r->node->overlay, at, &p); at++)
		refs[count++] = gn_node_call_peer(b, r->node, &p);
	struct gn_fb_node_peers_is_args args = {
		.peers = {refs, count}, .more = gn_overlay_peer_at(r->node->overlay, at, &p)};
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_PEERS_IS),
		       gn_fb_node_peers_is_make(b, &args));
	return GN_OK;
}

/* ---- lookups ---- */

gn_err gn_node_call_node_lookups(struct gn_node_request *r)
{
	const struct gn_node *node = r->node;
	struct gn_fb_node_lookups t = {r->base.table};
	gn_fbref refs[GN_NODE_LOOKUPS];
	uint64_t n = node->lookup_count < GN_NODE_LOOKUPS ? node->lookup_count : GN_NODE_LOOKUPS;
	unsigned most = gn_node_call_page(gn_fb_node_lookups_limit(t));
	n = n < most ? n : most;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	for (uint64_t i = 0; i < n; i++)
		refs[i] = gn_node_call_lookup(
			b, &node->lookups[(node->lookup_count - 1 - i) % GN_NODE_LOOKUPS]);
	struct gn_fb_node_lookups_is_args args = {.lookups = {refs, (uint32_t)n}};
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_LOOKUPS_IS),
		       gn_fb_node_lookups_is_make(b, &args));
	return GN_OK;
}

/* ---- counters ---- */

/* "jet.packets-lost": as /api/v1/counters groups them. */
gn_err gn_node_call_node_counters(struct gn_node_request *r)
{
	json_t *all = gn_node_counters_json(r->node), *group, *value;
	gn_fbref refs[GN_NODE_COUNTERS];
	const char *module, *name;
	size_t count = 0;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	json_object_foreach(all, module, group) json_object_foreach(group, name, value)
	{
		char text[96];
		GN_ASSERT(count < GN_NODE_COUNTERS);
		snprintf(text, sizeof text, "%s.%s", module, name);
		struct gn_fb_node_counter_args args = {
			.name = gn_str(text), .value = (uint64_t)json_integer_value(value)};
		refs[count++] = gn_fb_node_counter_make(b, &args);
	}
	json_decref(all);
	struct gn_fb_node_counters_is_args args = {.counters = {refs, (uint32_t)count}};
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_COUNTERS_IS),
		       gn_fb_node_counters_is_make(b, &args));
	return GN_OK;
}
