/* Messages to peers, and to ourselves: a node that is one of the set deposits there as anywhere. */
#ifndef GN_SERVICES_BOX_MESSAGE_INT_H
#define GN_SERVICES_BOX_MESSAGE_INT_H

#include "services/box/box.h"
#include "services/box/limits.h"
#include "services/frame/frame.h"
#include "wire/generated/box_fb.h"

/* Why a request is not served. */
struct box_refusal {
	gn_err err;
	const char *limit; /* its name in limits.h; NULL: none */
	uint8_t bits;      /* GN_PROOF_OF_WORK: that would do */
	uint32_t retry_ms;
};
/* The name of a limit that must be one. */
#define BOX_LIMIT(name) ((void)(name), #name)

void box_message_init(struct gn_box *b);
/* Begin gives a builder with room for a small message and `extra` bytes, NULL when it must be
 * dropped (counted); end queues it. */
struct gn_fbb *box_message_begin(struct gn_box *b, size_t extra);
void box_message_end(struct gn_box *b, const struct gn_contact *to, uint64_t request,
		     uint8_t body_type, gn_fbref body);
/* GN_OK, or the refusal. Nothing is sent for a request without number. holders: of the box, when
 * it is not here; may be NULL. */
void box_send_done(struct gn_box *b, const struct gn_contact *to, uint64_t request,
		   const struct box_refusal *why, const struct gn_pk *box);

static inline struct gn_fb_item_id box_fb_id(const struct gn_box_id *id)
{
	struct gn_fb_item_id out;
	memcpy(out.b, id->b, sizeof out.b);
	return out;
}
static inline struct gn_box_id box_id(struct gn_fb_item_id id)
{
	struct gn_box_id out;
	memcpy(out.b, id.b, sizeof out.b);
	return out;
}
static inline struct gn_box_id box_id_of(const struct gn_hash *item)
{
	struct gn_box_id out;
	memcpy(out.b, item->b, sizeof out.b);
	return out;
}
static inline bool box_id_eq(const struct gn_box_id *a, const struct gn_box_id *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
/* The i-th id of a vector of them. */
static inline struct gn_box_id box_id_at(struct gn_slice ids, size_t i)
{
	struct gn_box_id out;
	GN_ASSERT((i + 1) * sizeof out.b <= ids.len);
	memcpy(out.b, ids.p + i * sizeof out.b, sizeof out.b);
	return out;
}

#endif
