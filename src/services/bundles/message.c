/* Messages to peers: built in place, small ones before chunks, and taken one at a time. Chunks
 * wait in memory only as far as BUNDLES_OUT_BYTES lets them be read from disk; small ones are
 * dropped above BUNDLES_CONTROL_BYTES, and asked again by timeout. Rule: docs/spec/services.md
 * BU-8. */
#include "services/bundles/engine_int.h"

#define SMALL 768 /* bytes of any message without a chunk; of what is around a chunk */

struct gn_fbb *bundles_message_begin(struct gn_bundles *b, size_t extra)
{
	GN_ASSERT(!b->building);
	if (!extra && b->control.bytes > BUNDLES_CONTROL_BYTES) {
		b->count.control_dropped++;
		return NULL;
	}
	struct bundles_out *out = gn_mem_resize(b->env.alloc, NULL, sizeof *out + SMALL + extra);
	if (!out) {
		b->count.nomem++;
		return NULL;
	}
	*out = (struct bundles_out){.cap = (uint32_t)(SMALL + extra), .bulk = extra > 0};
	b->building = out;
	b->fbb = gn_fbb(out->storage, out->cap);
	return &b->fbb;
}

void bundles_message_end(struct gn_bundles *b, const struct gn_contact *to, uint64_t request,
			 uint8_t body_type, gn_fbref body)
{
	struct bundles_out *out = b->building;
	struct gn_slice bytes;
	GN_ASSERT(out);
	b->building = NULL;
	gn_fbref root = gn_fb_block_message_make(
		&b->fbb, &(struct gn_fb_block_message_args){
				 .request = request, .body_type = body_type, .body = body});
	gn_err err = gn_fbb_finish(&b->fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK && bytes.len <= GN_MESSAGE_MAX);
	out->to = *to;
	out->off = (uint32_t)(bytes.p - out->storage);
	out->len = (uint32_t)bytes.len;
	struct bundles_queue *q = out->bulk ? &b->bulk : &b->control;
	if (q->last)
		q->last->next = out;
	else
		q->first = out;
	q->last = out;
	q->bytes += out->cap;
}

struct bundles_out *bundles_queue_pop(struct bundles_queue *q)
{
	GN_ASSERT((q->first == NULL) == (q->last == NULL));
	struct bundles_out *out = q->first;
	if (!out)
		return NULL;
	q->first = out->next;
	if (!q->first)
		q->last = NULL;
	GN_ASSERT(q->bytes >= out->cap);
	q->bytes -= out->cap;
	return out;
}

void bundles_queue_free(struct gn_bundles *b, struct bundles_queue *q)
{
	for (struct bundles_out *out; (out = bundles_queue_pop(q));)
		gn_mem_free(b->env.alloc, out);
}

/* ---- parts ---- */

static struct gn_fb_hash fb_hash(const struct gn_hash *h)
{
	struct gn_fb_hash out;
	memcpy(out.b, h->b, sizeof out.b);
	return out;
}

gn_fbref bundles_chunk_make(struct gn_fbb *fbb, const struct gn_blocks_event *e)
{
	GN_ASSERT(e->index < GN_BLOCK_CHUNKS && e->proof_len <= GN_PROOF_MAX);
	struct gn_fb_hash hash = fb_hash(&e->block);
	struct gn_fb_chunk_args args = {
		.block = &hash,
		.index = e->index,
		.chunks = gn_block_chunks(e->block_len),
		.block_len = e->block_len,
		.proof = {e->proof_len ? (const struct gn_fb_hash *)(const void *)e->proof : NULL,
			  e->proof_len},
		.data = e->chunk,
	};
	return gn_fb_chunk_make(fbb, &args);
}

void bundles_send_ack(struct gn_bundles *b, const struct gn_contact *to,
		      const struct bundles_ack *ack)
{
	GN_ASSERT(!ack->receipt || ack->err == GN_OK);
	struct gn_fbb *fbb = bundles_message_begin(b, 0);
	if (!fbb)
		return;
	struct gn_fb_hash hash = fb_hash(ack->block);
	gn_fbref receipt = ack->receipt ? gn_wire_receipt_put(fbb, ack->receipt) : 0;
	gn_fbref body = gn_fb_chunk_ack_make(
		fbb, &(struct gn_fb_chunk_ack_args){.block = &hash,
						    .index = ack->index,
						    .code = gn_wire_code(ack->err),
						    .receipt = receipt});
	bundles_message_end(b, to, ack->request, GN_FB_BLOCK_BODY_CHUNK_ACK, body);
}
