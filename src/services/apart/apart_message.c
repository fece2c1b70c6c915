/* Questions as bytes: those of the overlay, of which two are asked here. */
#include "services/apart/apart_int.h"

#define SMALL 256 /* bytes of a GET, and of what is around a record */

void apart_out_init(struct gn_apart *a)
{
	a->out = (struct gn_frame_out){.alloc = a->env.alloc,
				       .small = SMALL,
				       .control_max = APART_CONTROL_BYTES,
				       .dropped = &a->count->dropped,
				       .nomem = &a->count->nomem};
}

bool apart_ask(struct gn_apart *a, const struct apart_op *o, const struct gn_contact *to,
	       uint64_t request, bool whole)
{
	GN_ASSERT(request != 0);
	struct gn_fbb *b = gn_frame_out_begin(&a->out, o->put ? o->record.bytes.len : 0);
	struct gn_fb_hash key = gn_wire_hash(o->key.b);
	if (!b)
		return false;
	gn_fbref body =
		o->put ? gn_fb_put_make(b, &(struct gn_fb_put_args){.record = o->record.bytes})
		       : gn_fb_get_make(b, &(struct gn_fb_get_args){.key = &key,
								    .min_seq = o->min_seq,
								    .version = !whole});
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request,
			   .body_type = o->put ? GN_FB_OVERLAY_BODY_PUT : GN_FB_OVERLAY_BODY_GET,
			   .body = body});
	gn_frame_out_end(&a->out, to, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER);
	return true;
}
