/* Who we know, and how far another's word carries. */
#ifndef GN_OVERLAY_CONTACT_INT_H
#define GN_OVERLAY_CONTACT_INT_H

#include "overlay/overlay_int.h"

/* ---- known.c ---- */

struct gn_ov_contact *gn_ov_contact_get(const struct gn_overlay *ov, const struct gn_pk *pk);
/* Index of the first contact whose id is >= id. */
uint32_t gn_ov_contact_place(const struct gn_overlay *ov, const struct gn_node_id *id);
/* True when the id follows from key and nonce and carries the work (OV-2). */
bool gn_ov_contact_valid(const struct gn_overlay *ov, const struct gn_contact *c);
/* It has answered us, or has a session: more than another's word. */
bool gn_ov_proven(const struct gn_ov_contact *c);
/* Compares (sep to theta, id). */
int gn_ov_nearer(uint64_t theta, const struct gn_node_id *a, const struct gn_node_id *b);
static inline bool gn_ov_is_server(const struct gn_ov_contact *c)
{
	return c->c.mode == GN_FB_NODE_MODE_SERVER;
}

/* Whose word a message is: who it came from, or who passed it on. */
static inline const struct gn_contact *gn_ov_word_of(const struct gn_ov_from *from)
{
	return from->via ? &from->via->c : &from->c;
}

/* ---- contact.c ---- */

/* The word of `teller` (NULL: our own memory), `age` old. Returns the contact, or NULL
 * (ourselves, full, out of memory, its share is used up). c is valid. */
struct gn_ov_contact *gn_ov_contact_hear(struct gn_overlay *ov, const struct gn_contact *c,
					 const struct gn_ov_coord *coord, gn_time age,
					 const struct gn_pk *teller, gn_time now);
/* Its own word that it is at another place than we have it: may it move there? Counted when not. */
bool gn_ov_contact_may_move(struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* Its own word; the first address is where it spoke from. Who moves has no link any more. */
struct gn_ov_contact *gn_ov_contact_meet(struct gn_overlay *ov, const struct gn_contact *c,
					 gn_time now);
void gn_ov_contact_alive(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* A session with it is up there: that address comes first. */
void gn_ov_contact_at(struct gn_ov_contact *c, const struct gn_addr *addr);
void gn_ov_contact_bury(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* How long a contact is a candidate after somebody heard it. */
gn_time gn_ov_fresh(const struct gn_overlay *ov);
/* A candidate for links and lookups: a server, not buried, confirmed not too long ago. */
bool gn_ov_contact_usable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* Up to max usable contacts nearest to (theta), nearest first; proven: only those, to be told to
 * others. */
uint32_t gn_ov_contact_nearest(const struct gn_overlay *ov, uint64_t theta, bool proven,
			       gn_time now, struct gn_ov_contact **out, uint32_t max);
void gn_ov_contact_rtt(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time rtt);
gn_time gn_ov_rtt_hat(const struct gn_overlay *ov, const struct gn_ov_contact *c,
		      const struct gn_ov_coord *coord);
void gn_ov_contact_sweep(struct gn_overlay *ov, gn_time now);
void gn_ov_contacts_free(struct gn_overlay *ov);

/* ---- told.c ---- */

/* We have it by another's word alone. */
bool gn_ov_hearsay(const struct gn_ov_contact *c);
/* Proven, being dialled, or not dialled yet and told by somebody whose word is still good. */
bool gn_ov_dialable(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* A request goes to it: an unproven one is charged to its teller. False: it must not be sent. */
bool gn_ov_dial(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now);
/* Its first own word: the teller was right. */
void gn_ov_told_right(struct gn_overlay *ov, struct gn_ov_contact *c);
/* May this teller add one more contact? */
bool gn_ov_told_room(struct gn_overlay *ov, const struct gn_pk *teller);
/* Whose word to go by from now on, of the one we have and a new one, `heard` then; what was
 * buried is raised when that calls for one more dial. False: the addresses we have stay. */
bool gn_ov_told_by(struct gn_overlay *ov, struct gn_ov_contact *c, const struct gn_contact *told,
		   const struct gn_pk *teller, gn_time heard, gn_time now);
/* Counts anew; old debts are forgiven. */
void gn_ov_told_sweep(struct gn_overlay *ov, gn_time now);

/* ---- bootstrap.c ---- */

/* Is that node begun at there? */
bool gn_ov_bootstrap_at(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr);

#endif
