/* Messages: built in place, small ones before items, and taken one at a time. Those to ourselves
 * wait in a queue of their own and come in again as a peer's, so that a node that is one of the
 * set has no second way. Items wait in memory only as far as BOX_OUT_BYTES lets them be read;
 * small ones are dropped above BOX_CONTROL_BYTES, and asked again by timeout. Rule BX-30. */
#include "services/box/engine_int.h"

#define SMALL 1536 /* bytes of any message without items or lists; of what is around them */

struct gn_fbb *box_message_begin(struct gn_box *b, size_t extra)
{
	GN_ASSERT(!b->building);
	if (!extra && b->control.bytes > BOX_CONTROL_BYTES) {
		b->count.control_dropped++;
		return NULL;
	}
	struct box_out *out = gn_mem_resize(b->env.alloc, NULL, sizeof *out + SMALL + extra);
	if (!out) {
		b->count.nomem++;
		return NULL;
	}
	*out = (struct box_out){.cap = (uint32_t)(SMALL + extra), .bulk = extra > 0};
	b->building = out;
	b->fbb = gn_fbb(out->storage, out->cap);
	return &b->fbb;
}

void box_message_end(struct gn_box *b, const struct gn_contact *to, uint64_t request,
		     uint8_t body_type, gn_fbref body)
{
	struct box_out *out = b->building;
	struct gn_slice bytes;
	GN_ASSERT(out);
	b->building = NULL;
	gn_fbref root = gn_fb_box_message_make(
		&b->fbb, &(struct gn_fb_box_message_args){
				 .request = request, .body_type = body_type, .body = body});
	gn_err err = gn_fbb_finish(&b->fbb, root, GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK && bytes.len <= GN_MESSAGE_MAX);
	out->to = *to;
	out->off = (uint32_t)(bytes.p - out->storage);
	out->len = (uint32_t)bytes.len;
	struct box_queue *q = gn_pk_eq(&to->pk, &b->cfg.node_key.pk) ? &b->local
			      : out->bulk                            ? &b->bulk
								     : &b->control;
	if (q->last)
		q->last->next = out;
	else
		q->first = out;
	q->last = out;
	q->bytes += out->cap;
}

struct box_out *box_queue_pop(struct box_queue *q)
{
	GN_ASSERT((q->first == NULL) == (q->last == NULL));
	struct box_out *out = q->first;
	if (!out)
		return NULL;
	q->first = out->next;
	if (!q->first)
		q->last = NULL;
	GN_ASSERT(q->bytes >= out->cap);
	q->bytes -= out->cap;
	return out;
}

void box_queue_free(struct gn_box *b, struct box_queue *q)
{
	for (struct box_out *out; (out = box_queue_pop(q));)
		gn_mem_free(b->env.alloc, out);
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
		out[i] = box_fb_key(&set[i].pk);
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
