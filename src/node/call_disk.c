/* Calls for a picture of the disk: where the nodes stand that this node knows, how far its own
 * operations went, who holds the boxes that its owner follows. What is known is said; nobody is
 * asked for it, so that looking at the picture tells the network nothing (docs/spec/node.md
 * NO-60). */
#include "node/call.h"

#include "node/node_int.h"
#include "wire/generated/overlay_fb.h"

static struct gn_app_kind answer_kind(enum gn_fb_app_node_body what)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_NODE, what};
}

/* ---- the disk ---- */

void gn_node_places_add(struct gn_node_places *p, uint64_t angle)
{
	if (p->known < GN_NODE_DISK_NODES)
		p->angles[p->known] = angle;
	p->ticks[(angle >> 32) * GN_NODE_DISK_TICKS >> 32]++;
	p->known++;
}

/* Those that answer for keys; clients are nowhere in the ring. */
static void find_places(const struct gn_node *node, struct gn_node_places *out)
{
	struct gn_overlay_peer p;
	*out = (struct gn_node_places){0};
	for (uint32_t i = 0; gn_overlay_peer_at(node->overlay, i, &p); i++) {
		if (p.contact.mode == GN_FB_NODE_MODE_SERVER)
			gn_node_places_add(out, gn_be64(p.contact.id.b));
	}
}

gn_err gn_node_call_node_disk(struct gn_node_request *r)
{
	struct gn_node_places p;
	uint64_t hops[GN_OVERLAY_HOPS];
	size_t hop_count = GN_OVERLAY_HOPS;
	find_places(r->node, &p);
	gn_overlay_hops(r->node->overlay, hops);
	while (hop_count && !hops[hop_count - 1])
		hop_count--;
	struct gn_fb_node_disk_is_args args = {
		.known = p.known,
		.angles = {p.angles, p.known <= GN_NODE_DISK_NODES ? p.known : 0},
		.ticks = {p.ticks, GN_NODE_DISK_TICKS},
		.hops = {hops, hop_count}};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_DISK_IS),
		       gn_fb_node_disk_is_make(b, &args));
	return GN_OK;
}

/* ---- boxes ---- */

/* Of what one engine follows, each at two places; a throwaway key's add none that counts. */
#define PLACES (2 * GN_BOX_FOLLOWS)

/* A call of the owner's that follows a box. */
static bool is_follow(const struct gn_node_request *f)
{
	return f->base.waits == GN_OP_BOX && f->base.asked && !f->base.stranger &&
	       f->base.asked->kind.area == GN_FB_APP_BODY_APP_BOX &&
	       f->base.asked->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOW;
}

/* One place of what f follows, of whichever engine: its own or a throwaway key's. */
static gn_fbref put_place(struct gn_fbb *b, struct gn_node *node, const struct gn_node_request *f,
			  unsigned place)
{
	struct gn_fb_box_follow t = {f->base.table};
	struct gn_node_id nodes[GN_BOX_SET];
	struct gn_fb_hash holders[GN_BOX_SET];
	struct gn_hash at;
	unsigned count;
	uint64_t op = f->base.ticket;
	const struct gn_box *box = gn_node_fresh_box(node, &op);
	if (!box || !gn_box_follow_place(box, op, place, &at, nodes, &count))
		return 0;
	for (unsigned i = 0; i < count; i++)
		holders[i] = gn_wire_hash(nodes[i].b);
	struct gn_fb_key key = gn_fb_box_follow_box(t);
	struct gn_fb_hash where = gn_wire_hash(at.b);
	struct gn_fb_node_box_args args = {.box = &key,
					   .place = &where,
					   .front = gn_fb_box_follow_front(t),
					   .holders = {holders, count}};
	return gn_fb_node_box_make(b, &args);
}

gn_err gn_node_call_node_boxes(struct gn_node_request *r)
{
	gn_fbref refs[PLACES];
	uint32_t count = 0;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	for (struct gn_node_request *f = gn_node_request_first(r->node); f && count < PLACES;
	     f = gn_node_request_next(f)) {
		if (!is_follow(f))
			continue;
		for (unsigned place = 0; place < 2 && count < PLACES; place++) {
			gn_fbref ref = put_place(b, r->node, f, place);
			if (ref)
				refs[count++] = ref;
		}
	}
	struct gn_fb_node_boxes_is_args args = {.boxes = {refs, count}};
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_BOXES_IS),
		       gn_fb_node_boxes_is_make(b, &args));
	return GN_OK;
}
