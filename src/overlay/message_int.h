/* Messages as bytes, and the queues to the owner. */
#ifndef GN_OVERLAY_MESSAGE_INT_H
#define GN_OVERLAY_MESSAGE_INT_H

#include "overlay/overlay_int.h"

/* ---- message.c ---- */

struct gn_fbb gn_ov_builder(struct gn_overlay *ov);
gn_fbref gn_ov_put_contact(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_ov_contact *c,
			   gn_time now);
/* What NODES and its envelope take besides contacts. */
#define GN_OV_NODES_BYTES 100

/* Contacts to be told, nearest first. */
struct gn_ov_choice {
	struct gn_ov_contact *const *list;
	uint32_t count;
	size_t room; /* bytes they may take */
};
/* As many of them as fit into their room; refs and the number made. */
uint32_t gn_ov_put_contacts(struct gn_overlay *ov, struct gn_fbb *b, struct gn_ov_choice choice,
			    gn_fbref *refs, gn_time now);
gn_fbref gn_ov_put_hello(struct gn_overlay *ov, struct gn_fbb *b, bool reply);
/* False, counted, when it is no valid contact. teller: who says so; its addresses judge private
 * ones. */
bool gn_ov_get_contact(struct gn_overlay *ov, struct gn_fb_contact t, const struct gn_addr *teller,
		       struct gn_ov_told *out);
bool gn_ov_get_hello(struct gn_overlay *ov, struct gn_fb_hello t, const struct gn_ov_from *from,
		     struct gn_contact *out);
/* The whole message; false: it does not fit into the builder's storage. */
bool gn_ov_finish(struct gn_fbb *b, uint64_t request, uint8_t type, gn_fbref body,
		  struct gn_slice *out);
/* Finishes and queues. */
gn_err gn_ov_send(struct gn_overlay *ov, struct gn_fbb *b, const struct gn_contact *to,
		  uint64_t request, uint8_t type, gn_fbref body);
void gn_ov_refuse(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_err err);

/* ---- output.c ---- */

void gn_ov_outputs_init(struct gn_overlay *ov);
void gn_ov_outputs_fini(struct gn_overlay *ov);
gn_err gn_ov_out_message(struct gn_overlay *ov, const struct gn_contact *to, struct gn_slice bytes);
/* Whether a record of so many bytes is worth reading for this peer; counted when not (OV-96). */
bool gn_ov_room(struct gn_overlay *ov, const struct gn_contact *to, size_t bytes);
gn_err gn_ov_out_store(struct gn_overlay *ov, enum gn_overlay_store_kind kind, uint64_t token,
		       const struct gn_hash *key, struct gn_slice value);
void gn_ov_out_event(struct gn_overlay *ov, enum gn_overlay_event_kind kind,
		     const struct gn_contact *peer);
/* What the last call showed may go now; every input calls it first. */
void gn_ov_begin(struct gn_overlay *ov, gn_time now);

#endif
