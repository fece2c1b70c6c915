/* Operations: their life, their lookups, and what each kind does besides. */
#ifndef GN_OVERLAY_OP_INT_H
#define GN_OVERLAY_OP_INT_H

#include "overlay/overlay_int.h"

/* ---- op.c ---- */

gn_err gn_ov_op_new(struct gn_overlay *ov, enum gn_ov_op_kind kind, enum gn_ov_purpose purpose,
		    const struct gn_hash *key, gn_time now, struct gn_ov_op **out);
void gn_ov_op_end(struct gn_overlay *ov, struct gn_ov_op *op, gn_err err, gn_time now);
void gn_ov_op_free(struct gn_overlay *ov, struct gn_ov_op *op);
struct gn_ov_op *gn_ov_op_get(const struct gn_overlay *ov, gn_op id);
/* It is stepped when this input ends. */
void gn_ov_op_wake(struct gn_overlay *ov, struct gn_ov_op *op);
/* Our own store's word to it; it is woken. */
void gn_ov_op_local(struct gn_overlay *ov, gn_op id, const struct gn_ov_local *local);
/* Did anybody answer? */
gn_err gn_ov_op_reached(const struct gn_overlay *ov, const struct gn_ov_op *op);
void gn_ov_values_free(struct gn_overlay *ov, struct gn_ov_op *op);
bool gn_ov_values_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_record *r);

/* The one who gave this version is not counted any more. */
void gn_ov_values_forget(struct gn_ov_op *op, const struct gn_hash *version);

/* ---- relay.c ---- */

/* Through whom somebody is asked, how many pass it on, and how long the answer takes. */
struct gn_ov_way {
	struct gn_ov_contact *by;
	uint8_t hops;
	gn_time rtt;
};
/* A way to k without a session of our own, for this operation. False: there is none. */
bool gn_ov_relay_way(struct gn_overlay *ov, const struct gn_ov_op *op,
		     const struct gn_ov_contact *k, gn_time now, struct gn_ov_way *out);
/* The question of this request, on that way; inner: as it would be sent. */
void gn_ov_relay_ask(struct gn_overlay *ov, const struct gn_ov_way *way,
		     const struct gn_ov_request *r, struct gn_slice inner, gn_time now);
/* Has somebody else who answered this the same voice: who passed both on, or that one itself?
 * Of those in a row it is the first that counts. valued: of those alone who gave a record. */
bool gn_ov_relay_echo(const struct gn_ov_op *op, const struct gn_ov_cand *c, uint32_t width,
		      bool valued);
/* A question through another had no answer. */
void gn_ov_relay_missed(struct gn_overlay *ov, const struct gn_ov_request *r, gn_time now);
/* What another asked through us was not answered. */
void gn_ov_relay_lost(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
/* What is to be passed on, there or back, is: true. An answer that was passed to us is opened: it
 * is from whom we asked, by `via`. */
bool gn_ov_relay_take(struct gn_overlay *ov, struct gn_ov_from *from,
		      struct gn_fb_overlay_message *m, struct gn_slice message, gn_time now);

/* ---- lookup.c ---- */

/* Internal FIND of an angle, from `only` or from all we know. */
void gn_ov_find_theta(struct gn_overlay *ov, uint64_t theta, enum gn_ov_purpose purpose,
		      const struct gn_ov_contact *only, gn_time now);
/* The same for a lookup that waits for it; false: not started. */
bool gn_ov_find_for(struct gn_overlay *ov, uint64_t theta, struct gn_ov_op *parent, gn_time now);
void gn_ov_lookup_start(struct gn_overlay *ov, struct gn_ov_op *op,
			const struct gn_ov_contact *only, gn_time now);
void gn_ov_cand_insert(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_ov_cand *n);
void gn_ov_lookup_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_contact *c,
		      const struct gn_ov_coord *coord, uint8_t depth);
/* Sends what may be sent; true when the nearest `count` have answered. */
bool gn_ov_lookup_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
struct gn_ov_cand *gn_ov_cand_of(struct gn_ov_op *op, const struct gn_pk *pk);
void gn_ov_lookup_hedge(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_lookup_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
/* The answer of r came: its candidate, or NULL when the operation has ended. Frees nothing. */
struct gn_ov_cand *gn_ov_lookup_answer(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now,
				       struct gn_ov_op **op);
void gn_ov_lookup_learn(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *by,
			const struct gn_ov_told *told, const struct gn_pk *teller);
void gn_ov_step_record(struct gn_ov_op *op, const struct gn_ov_cand *c, gn_err outcome,
		       gn_time now);
/* Rank of the candidate among those not dead; not_mine ones are left out. */
uint32_t gn_ov_cand_rank(const struct gn_ov_op *op, const struct gn_ov_cand *c);
/* Too many candidates within the reach to have come by chance: who stands behind them is asked
 * for by two FINDs, one on each side of the key, that leave the crowd out. False when there is
 * no crowd, or it was done before. */
bool gn_ov_lookup_probe(struct gn_overlay *ov, struct gn_ov_op *op, unsigned most, gn_time now);
void gn_ov_lookup_probed(struct gn_overlay *ov, const struct gn_ov_op *probe);
void gn_ov_on_find(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_find m,
		   gn_time now);
void gn_ov_on_nodes(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_nodes m,
		    gn_time now);
/* An answer of contacts: who is nearest to a point. */
struct gn_ov_nodes {
	uint8_t type; /* NODES or NOT_MINE */
	uint64_t theta;
	unsigned limit; /* contacts at most, from 1 */
	bool mine;      /* in NODES: we answer for theta */
};
/* To whoever asked. */
void gn_ov_send_nodes(struct gn_overlay *ov, const struct gn_ov_from *from,
		      const struct gn_ov_nodes *nodes, gn_time now);

/* ---- get.c ---- */

bool gn_ov_get_done(struct gn_overlay *ov, struct gn_ov_op *op, bool exhausted, gn_time now);
void gn_ov_get_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
/* Bytes of a record that answer the GET; bad ones are counted. cand: who gave them. */
void gn_ov_get_value(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *cand,
		     struct gn_slice bytes, bool check, gn_time now);
void gn_ov_get_local_done(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
void gn_ov_on_get(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_get m, gn_time now);
void gn_ov_on_value(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_value m,
		    gn_time now);

/* ---- put.c ---- */

void gn_ov_put_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
void gn_ov_put_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now);
void gn_ov_put_receipt(struct gn_ov_op *op, struct gn_ov_cand *c, const struct gn_receipt *r);
void gn_ov_put_local(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now);
void gn_ov_on_put(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_put m, gn_time now);
void gn_ov_on_ack(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ack m, gn_time now);
void gn_ov_on_stale(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_stale m,
		    gn_time now);
void gn_ov_on_not_mine(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_not_mine m,
		       gn_time now);
void gn_ov_on_refused(struct gn_overlay *ov, struct gn_ov_from *from, gn_err why, gn_time now);

/* ---- settle.c ---- */

/* The end of an input: woken operations go on, what follows from those that ended is drawn, and
 * when links changed: members, leaf set, estimate, repair. */
void gn_ov_settle(struct gn_overlay *ov, gn_time now);

#endif
