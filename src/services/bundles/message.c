/* Messages to peers, as services/frame/out.h makes them: small ones before chunks. Chunks wait in
 * memory only as far as BUNDLES_OUT_BYTES lets them be read from disk; small ones are dropped above
 * BUNDLES_CONTROL_BYTES. Rule: docs/spec/services.md BU-8. */
#include "services/bundles/engine_int.h"

#define SMALL 768 /* bytes of any message without a chunk; of what is around a chunk */

void bundles_message_init(struct gn_bundles *b)
{
	b->out = (struct gn_frame_out){.alloc = b->env.alloc,
				       .small = SMALL,
				       .control_max = BUNDLES_CONTROL_BYTES,
				       .dropped = &b->count.control_dropped,
				       .nomem = &b->count.nomem};
}

struct gn_fbb *bundles_message_begin(struct gn_bundles *b, size_t extra)
{
	return gn_frame_out_begin(&b->out, extra);
}

void bundles_message_end(struct gn_bundles *b, const struct gn_contact *to, uint64_t request,
			 uint8_t body_type, gn_fbref body)
{
	gn_fbref root = gn_fb_block_message_make(
		&b->out.fbb, &(struct gn_fb_block_message_args){
				     .request = request, .body_type = body_type, .body = body});
	gn_frame_out_end(&b->out, to, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER);
}

/* ---- parts ---- */

gn_fbref bundles_chunk_make(struct gn_fbb *fbb, const struct gn_blocks_event *e)
{
	GN_ASSERT(e->index < GN_BLOCK_CHUNKS && e->proof_len <= GN_PROOF_MAX);
	struct gn_fb_hash hash = gn_wire_hash(e->block.b);
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
	struct gn_fb_hash hash = gn_wire_hash(ack->block->b);
	gn_fbref receipt = ack->receipt ? gn_wire_receipt_put(fbb, ack->receipt) : 0;
	gn_fbref body = gn_fb_chunk_ack_make(
		fbb, &(struct gn_fb_chunk_ack_args){.block = &hash,
						    .index = ack->index,
						    .code = gn_wire_code(ack->err),
						    .receipt = receipt});
	bundles_message_end(b, to, ack->request, GN_FB_BLOCK_BODY_CHUNK_ACK, body);
}
