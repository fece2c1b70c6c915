/* What the node tells those who listen over app/1 (docs/spec/app.md AP-10): links, lookups, and how
 * it stands, at most once a second.
 *
 * 1. Nothing is built while nobody is connected.
 * 2. Of the status, and of each peer's links, the newest event alone is kept. */
#include "node/call.h"

#include "node/node_int.h"

static bool anybody(const struct gn_node *node)
{
	return node->api.told && node->api.links;
}

/* An event that does not fit, or has no memory, is not told: who listens reads the state anew. */
static void add(struct gn_node *node, struct gn_fbb *b, const struct gn_fb_node_event_args *args,
		uint64_t object)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_EVENT,
						GN_FB_APP_EVENT_BODY_NODE_EVENT};
	struct gn_host_told *told = node->api.told;
	gn_fbref t = gn_fb_node_event_make(b, args);
	(void)gn_host_told_add(told, kind, t, args->kind, object, node->now);
	node->api.moved = true;
}

bool gn_node_call_tell_start(struct gn_node *node)
{
	node->api.told = gn_host_told_new(&(struct gn_host_told_config){
		.count = GN_NODE_TOLD, .bytes = GN_NODE_TOLD_BYTES, .keep = GN_NODE_TOLD_KEEP});
	node->api.epoch = gn_rand_u64(&node->host.rand) | 1;
	return node->api.told;
}

void gn_node_call_tell_link(struct gn_node *node, const struct gn_contact *peer, bool linked)
{
	if (!anybody(node))
		return;
	struct gn_overlay_peer p = {.contact = *peer, .linked = linked, .seen = node->now};
	struct gn_fbb *b = gn_host_told_builder(node->api.told);
	struct gn_fb_node_event_args args = {.kind = linked ? GN_FB_NODE_EVENT_KIND_LINKED
							    : GN_FB_NODE_EVENT_KIND_UNLINKED,
					     .peer = gn_node_call_peer(b, node, &p)};
	add(node, b, &args, gn_be64(peer->id.b) | 1);
}

void gn_node_call_tell_path(struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_overlay_peer p;
	uint32_t i = 0;
	if (!anybody(node))
		return;
	while (gn_overlay_peer_at(node->overlay, i, &p) && !gn_pk_eq(&p.contact.pk, pk))
		i++;
	if (!gn_overlay_peer_at(node->overlay, i, &p))
		return;
	struct gn_fbb *b = gn_host_told_builder(node->api.told);
	struct gn_fb_node_event_args args = {.kind = GN_FB_NODE_EVENT_KIND_MOVED,
					     .peer = gn_node_call_peer(b, node, &p)};
	add(node, b, &args, gn_be64(p.contact.id.b) | 1);
}

void gn_node_call_tell_lookup(struct gn_node *node)
{
	if (!anybody(node) || !node->lookup_count)
		return;
	struct gn_fbb *b = gn_host_told_builder(node->api.told);
	struct gn_fb_node_event_args args = {
		.kind = GN_FB_NODE_EVENT_KIND_LOOKED,
		.lookup = gn_node_call_lookup(
			b, &node->lookups[(node->lookup_count - 1) % GN_NODE_LOOKUPS])};
	add(node, b, &args, 0);
}

gn_time gn_node_call_tell_tick(struct gn_node *node)
{
	if (!node->status_moved || !anybody(node))
		return GN_NEVER;
	if (node->now < node->status_told + GN_NODE_STATUS_EACH)
		return node->status_told + GN_NODE_STATUS_EACH;
	node->status_told = node->now;
	node->status_moved = false;
	struct gn_fbb *b = gn_host_told_builder(node->api.told);
	struct gn_fb_node_event_args args = {.kind = GN_FB_NODE_EVENT_KIND_STATUS,
					     .status = gn_node_call_status(b, node, false)};
	add(node, b, &args, 1);
	return GN_NEVER;
}
