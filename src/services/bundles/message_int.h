/* Messages to peers. */
#ifndef GN_SERVICES_BUNDLES_MESSAGE_INT_H
#define GN_SERVICES_BUNDLES_MESSAGE_INT_H

#include "services/bundles/timer_int.h"
#include "services/frame/frame.h"
#include "wire/generated/blocks_fb.h"

void bundles_message_init(struct gn_bundles *b);
/* Begin gives a builder with room for a small message and `extra` bytes, NULL when it must be
 * dropped (counted); end queues it. */
struct gn_fbb *bundles_message_begin(struct gn_bundles *b, size_t extra);
void bundles_message_end(struct gn_bundles *b, const struct gn_contact *to, uint64_t request,
			 uint8_t body_type, gn_fbref body);
/* The chunk that the store has loaded. */
gn_fbref bundles_chunk_make(struct gn_fbb *fbb, const struct gn_blocks_event *e);
struct bundles_ack {
	uint64_t request;
	const struct gn_hash *block;
	uint32_t index; /* of the chunk */
	gn_err err;
	const struct gn_receipt *receipt; /* only with GN_OK; may be NULL */
};
void bundles_send_ack(struct gn_bundles *b, const struct gn_contact *to,
		      const struct bundles_ack *ack);

#endif
