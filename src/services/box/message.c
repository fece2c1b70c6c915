/* Messages, as services/frame/out.h makes them: small ones before items. Those to ourselves come in
 * again as a peer's, so that a node that is one of the set has no second way. Items wait in memory
 * only as far as BOX_OUT_BYTES lets them be read; small ones are dropped above BOX_CONTROL_BYTES.
 * Rule BX-30. */
#include "services/box/engine_int.h"

#define SMALL 1536 /* bytes of any message without items or lists; of what is around them */

void box_message_init(struct gn_box *b)
{
	b->out = (struct gn_frame_out){.alloc = b->env.alloc,
				       .self = b->cfg.node_key.pk,
				       .small = SMALL,
				       .control_max = BOX_CONTROL_BYTES,
				       .dropped = &b->count.control_dropped,
				       .nomem = &b->count.nomem};
}

struct gn_fbb *box_message_begin(struct gn_box *b, size_t extra)
{
	return gn_frame_out_begin(&b->out, extra);
}

void box_message_end(struct gn_box *b, const struct gn_contact *to, uint64_t request,
		     uint8_t body_type, gn_fbref body)
{
	gn_fbref root = gn_fb_box_message_make(
		&b->out.fbb, &(struct gn_fb_box_message_args){
				     .request = request, .body_type = body_type, .body = body});
	gn_frame_out_end(&b->out, to, root, GN_FB_BOX_MESSAGE_IDENTIFIER);
}

/* The set of a box as far as we know it, for who asked in the wrong place. */
static uint32_t holders_of(struct gn_box *b, const struct gn_pk *box,
			   struct gn_fb_key out[GN_BOX_SET])
{
	struct gn_contact set[GN_BOX_SET];
	struct gn_hash key;
	gn_boxrec_key(box, 0, &key);
	uint32_t n = gn_overlay_set(b->cfg.overlay, &key, GN_BOX_SET, set);
	GN_ASSERT(n <= GN_BOX_SET);
	for (uint32_t i = 0; i < n; i++)
		out[i] = gn_wire_key(&set[i].pk);
	return n;
}

void box_send_done(struct gn_box *b, const struct gn_contact *to, uint64_t request,
		   const struct box_refusal *why, const struct gn_pk *box)
{
	struct gn_fb_key holders[GN_BOX_SET];
	uint32_t count = why->err == GN_NOT_FOUND && box ? holders_of(b, box, holders) : 0;
	struct gn_fbb *fbb = request ? box_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	struct gn_fb_box_done_args args = {.code = gn_wire_code(why->err),
					   .limit = gn_str(why->limit ? why->limit : ""),
					   .bits = why->bits,
					   .retry_ms = why->retry_ms,
					   .holders = {holders, count}};
	if (!why->limit)
		args.limit = gn_slice(NULL, 0);
	box_message_end(b, to, request, GN_FB_BOX_MESSAGE_BODY_BOX_DONE,
			gn_fb_box_done_make(fbb, &args));
}
