/* Rows of the outbox that post.c works on: a head, and what is behind it: of a SEND the content, of
 * an ITEM the envelope. */
#ifndef GN_AGENT_OUTBOX_INT_H
#define GN_AGENT_OUTBOX_INT_H

#include "agent/agent_int.h"

enum { AGENT_OUT_SEND = 1, AGENT_OUT_ITEM = 2 };
enum { AGENT_OUT_STAYS = 1, AGENT_OUT_AGAIN = 2, AGENT_OUT_REQUEST = 4 };

struct agent_out_head { /* in the store, read by this machine alone */
	struct gn_pk owner, device;
	struct gn_hash chat;
	struct gn_content_id id;
	uint8_t flags;
	/* of an ITEM */
	uint8_t way, front; /* enum gn_fb_box_way */
	struct gn_pk box;
	uint8_t certificate[GN_BOXCERT_LEN];
	uint8_t seed[32]; /* secret: of the certificate's key; of an invite its secret */
	uint32_t ttl, bits;
};

/* Makes a row, or replaces that of id. */
GN_MUST gn_err agent_out_row(struct gn_agent_tx *tx, uint64_t id, uint8_t kind, uint64_t due_ms,
			     const struct agent_out_head *head, struct gn_slice rest);

#endif
