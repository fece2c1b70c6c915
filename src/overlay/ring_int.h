/* Places in the ring: distances, the members that count, how far a set reaches, the leaf
 * set, long links. */
#ifndef GN_OVERLAY_RING_INT_H
#define GN_OVERLAY_RING_INT_H

#include "overlay/overlay_int.h"

/* ---- geometry.c ---- */

/* Annulus of an angle difference > 0: 0 only for antipodes, 63 the innermost. */
unsigned gn_ov_annulus(uint64_t sep);

/* ---- vivaldi.c ---- */

void gn_ov_coord_init(struct gn_ov_coord *c);
double gn_ov_coord_ms(const struct gn_ov_coord *a, const struct gn_ov_coord *b);
void gn_ov_coord_update(struct gn_ov_coord *own, const struct gn_ov_coord *peer, double rtt_ms);
struct gn_fb_vivaldi gn_ov_coord_put(const struct gn_ov_coord *c);
struct gn_ov_coord gn_ov_coord_get(struct gn_fb_vivaldi v);

/* ---- prefix.c ---- */

/* For whom counts what is done for c. */
struct gn_holder gn_ov_holder_of(const struct gn_contact *c);
/* May one more of this public prefix count beside the `count` that do? Port 0 always counts. */
bool gn_ov_counts_beside(const struct gn_overlay *ov, const struct gn_addr *a,
			 const struct gn_addr *addrs, uint32_t count);
/* OV-56: how many of the addresses count when of one public prefix only so many do; port 0
 * always counts. */
unsigned gn_ov_distinct(const struct gn_overlay *ov, const struct gn_addr *addrs, uint32_t count);
/* OV-25: a prefix that is not counted; two contacts of one, whether it is or not. */
bool gn_ov_prefix_exempt(const struct gn_overlay *ov, const struct gn_contact *c);
bool gn_ov_same_prefix(const struct gn_contact *a, const struct gn_contact *b);
/* sharing: links there of its prefix. */
bool gn_ov_prefix_ok(const struct gn_overlay *ov, const struct gn_contact *c, unsigned sharing);

/* ---- ring.c ---- */

/* We are found to be reached through others alone, or are to hold nothing: we answer for no keys
 * (OV-7, OV-98). */
static inline bool gn_ov_kept_out(const struct gn_overlay *ov)
{
	return ov->self.reach > GN_OVERLAY_REACH_DIRECT || ov->holds_nothing;
}

/* A link came, went or changed its mode: everything that follows is recomputed, the consequences
 * at the end of the input. */
void gn_ov_ring_touch(struct gn_overlay *ov);
/* Sorted members; rebuilt when links changed. */
void gn_ov_members_update(struct gn_overlay *ov);
/* Links that are up to servers. */
uint32_t gn_ov_server_links(struct gn_overlay *ov);
/* Up to max members nearest to the key, nearest first; ourselves (contact NULL) when we are a
 * server. */
uint32_t gn_ov_set_of(struct gn_overlay *ov, uint64_t theta, struct gn_ov_member *out,
		      uint32_t max);
/* Place of this node among the members nearest to theta, counted from 0; member_count when we
 * are none. */
uint32_t gn_ov_rank_of(struct gn_overlay *ov, uint64_t theta, const struct gn_node_id *id);
/* Whether who asks for a leaf link is one: on its way to us fewer than L linked servers lie
 * nearer (OV-20). */
bool gn_ov_leaf_claim(const struct gn_overlay *ov, const struct gn_ov_contact *c);
uint64_t gn_ov_leaf_digest(const struct gn_overlay *ov);
double gn_ov_gap(const struct gn_overlay *ov);

/* ---- annulus.c ---- */

struct gn_ov_place gn_ov_place_of(const struct gn_overlay *ov, uint64_t theta);
bool gn_ov_place_eq(struct gn_ov_place a, struct gn_ov_place b);
/* Links to servers there; *prefix: how many of them share an address prefix with c. */
unsigned gn_ov_links_there(const struct gn_overlay *ov, struct gn_ov_place at,
			   const struct gn_contact *c, unsigned *prefix);
/* So many, by our capacity class. */
unsigned gn_ov_scaled(const struct gn_overlay *ov, unsigned n);
/* May this node take one more long link there? Counts the reason when not. */
bool gn_ov_annulus_room(struct gn_overlay *ov, const struct gn_ov_contact *c);
uint32_t gn_ov_links_max(const struct gn_overlay *ov);

/* ---- reach.c ---- */

/* How long we have known it by its own word; and is that an hour, or half of our own uptime? */
gn_time gn_ov_seen(const struct gn_ov_contact *c, gn_time now);
bool gn_ov_standing(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* The same where it is about our store: an hour, since after a restart everybody is as old. Half
 * of our uptime is for a node that began with nothing, while less than a quarter of its store is
 * used. */
bool gn_ov_trusted(const struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now);
/* The angle within which a node answers for a key whatever its rank. */
uint64_t gn_ov_reach(struct gn_overlay *ov);
/* The set of a key: the R nearest members and all within the reach, nearest first. */
uint32_t gn_ov_holders_of(struct gn_overlay *ov, uint64_t theta,
			  struct gn_ov_member out[GN_OV_SET_MAX]);
/* Are we one of them? */
bool gn_ov_answers_for(struct gn_overlay *ov, uint64_t theta);
/* How many of the nearest candidates make up the set of a GET or PUT, or its region once it is
 * widened. */
unsigned gn_ov_op_width(struct gn_overlay *ov, const struct gn_ov_op *op);

/* ---- leaf.c ---- */

/* Chooses the leaf set from whom we know and asks for missing links. */
void gn_ov_leaf_update(struct gn_overlay *ov, gn_time now);

/* ---- fill.c ---- */

void gn_ov_annulus_fill(struct gn_overlay *ov, gn_time now);
void gn_ov_annulus_trim(struct gn_overlay *ov, gn_time now);

#endif
