/* The time of records, the records held, and who may have how much of the store. */
#ifndef GN_OVERLAY_STORE_INT_H
#define GN_OVERLAY_STORE_INT_H

#include "overlay/overlay_int.h"

/* ---- clock.c ---- */

/* By more than a step. */
bool gn_ov_clock_differ(gn_time a, gn_time b);
/* Of our own clock and, while they are in doubt of it, the peers'. */
gn_time gn_ov_clock_earlier(const struct gn_ov_clock *c);
/* Do enough peers agree? */
bool gn_ov_clock_vote(const struct gn_ov_clock *c);
/* Unix seconds by the clock of records; and `now` at a Unix second. */
uint64_t gn_ov_unix(const struct gn_overlay *ov, gn_time now);
gn_time gn_ov_at_unix(const struct gn_overlay *ov, uint64_t seconds);
/* The time by which a record is live, the earlier one if it is by both or by neither. */
gn_time gn_ov_live(const struct gn_overlay *ov, const struct gn_record *r, gn_time now);
/* What our own PING or PONG says; 0: nothing. */
uint64_t gn_ov_clock_said(const struct gn_overlay *ov, gn_time now);
void gn_ov_clock_hear(struct gn_ov_link *l, uint64_t seconds, gn_time now);
/* May the time end a right that somebody holds (a name's grace)? Own clock and peers agree, or
 * nobody contradicted for long. */
bool gn_ov_clock_sure(const struct gn_overlay *ov, gn_time now);
void gn_ov_clock_info(const struct gn_overlay *ov, struct gn_overlay_info *out);

/* ---- origin.c ---- */

/* What stands behind a record on the disk. */
void gn_ov_origin_put(const struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint8_t tail[GN_OV_ORIGIN_LEN]);
/* A stored value, of this release or an earlier one; r borrows it. Errors of
 * gn_wire_record_parse. */
gn_err gn_ov_origin_get(const struct gn_overlay *ov, struct gn_slice value, struct gn_record *r,
			struct gn_ov_origin *from);
bool gn_ov_origin_eq(const struct gn_ov_origin *a, const struct gn_ov_origin *b);

/* ---- receipt.c ---- */

/* Does it name this version, come from this holder, and verify? */
bool gn_ov_receipt_ok(const struct gn_receipt *r, const struct gn_hash *key, uint64_t seq,
		      const struct gn_hash *hash, const struct gn_contact *holder);
/* Our own. */
struct gn_receipt gn_ov_receipt_of(struct gn_overlay *ov, const struct gn_record *r);
/* That `holder` has the record now: a hash over what was asked and the bytes. */
void gn_ov_stored_proof(uint64_t nonce, const struct gn_node_id *holder, struct gn_slice record,
			struct gn_hash *out);

/* ---- account.c ---- */

/* How long the record's place stays its owner's after its end, in seconds. */
uint32_t gn_ov_grace_of(const struct gn_overlay *ov, const struct gn_record *r);
enum { GN_OV_SPACE_NAMES, GN_OV_SPACE_IDS, GN_OV_SPACE_LOW, GN_OV_SPACE_REST };
/* What the least record takes. */
uint64_t gn_ov_place_bytes(const struct gn_overlay *ov);
/* A copy: no receipt of ours stands for it. */
static inline bool gn_ov_copy(const struct gn_ov_held *h)
{
	return h->from.how == GN_OV_BY_PUSH || h->from.how == GN_OV_BY_HANDOVER;
}
static inline uint64_t gn_ov_hidden_bytes(const struct gn_overlay *ov)
{
	return ov->hidden[0].bytes + ov->hidden[1].bytes;
}
gn_err gn_ov_store_init(struct gn_overlay *ov);
/* Which of the parts kept for kinds of records (OV-91), and the bytes that a record of len
 * takes: its place at least. */
unsigned gn_ov_space(uint16_t type, uint32_t grace);
uint64_t gn_ov_cost(const struct gn_overlay *ov, uint64_t len);
/* A record comes into the accounts as shown, or leaves them. */
void gn_ov_store_count(struct gn_overlay *ov, struct gn_ov_held *h);
void gn_ov_store_uncount(struct gn_overlay *ov, struct gn_ov_held *h);
/* Its putter holds nothing for it any more. */
void gn_ov_store_release(struct gn_overlay *ov, struct gn_ov_held *h);
/* The record that j stored again has a receipt from now on: whose, and from whose share, as
 * gn_ov_store_take said. */
void gn_ov_store_promise(struct gn_overlay *ov, struct gn_ov_held *h, struct gn_ov_job *j);
/* What came or will not come is not on its way any more. */
void gn_ov_store_came(struct gn_overlay *ov, struct gn_ov_job *j);

/* ---- records.c ---- */

/* The clock of records was set: what is expired, and when, is seen anew. */
void gn_ov_held_rearm(struct gn_overlay *ov, gn_time now);
struct gn_ov_held *gn_ov_held_get(const struct gn_overlay *ov, const struct gn_hash *key);
/* The first held record with this key8 in order, or NULL. */
struct gn_ov_held *gn_ov_held_by8(struct gn_overlay *ov, uint64_t key8);
void gn_ov_held_sort(struct gn_overlay *ov);
/* The index takes a durable record. */
gn_err gn_ov_held_set(struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint64_t taken, gn_time now);
void gn_ov_held_drop(struct gn_overlay *ov, struct gn_ov_held *h, bool disk);
void gn_ov_held_due(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now);
void gn_ov_held_free(struct gn_overlay *ov);
bool gn_ov_synced(const struct gn_ov_held *h, const struct gn_node_id *id);
void gn_ov_synced_add(struct gn_ov_held *h, const struct gn_node_id *id);
/* A member left: whoever comes back under this id has to show what it holds. */
void gn_ov_synced_forget(struct gn_overlay *ov, const struct gn_node_id *id);

/* ---- store.c ---- */

/* A linked server of standing pushed what it holds, and waits for the answer. Read repair and
 * STALE, which wait for none, pass on what anybody may have said (OV-58). */
bool gn_ov_handed_over(const struct gn_overlay *ov, const struct gn_ov_job *j);
/* Names that r's owner has here under its salt, besides h: hidden ones too, which keep others
 * away (NA-6), and those on their way to the disk. */
uint32_t gn_ov_store_names(const struct gn_overlay *ov, const struct gn_ov_held *h,
			   const struct gn_record *r);
/* Room for r in place of h (or NULL): what gives way is dropped. GN_QUOTA, GN_NO_SPACE. */
gn_err gn_ov_store_room(struct gn_overlay *ov, const struct gn_ov_held *h,
			const struct gn_record *r);
/* The putter's share for a record about to be stored. GN_QUOTA, GN_NO_SPACE, GN_NOMEM. */
gn_err gn_ov_store_take(struct gn_overlay *ov, struct gn_ov_job *j);

/* ---- admit.c ---- */

/* The owner refuses what stands under that key; in: NULL when it is asked for (OV-98). */
static inline bool gn_ov_refuses(const struct gn_overlay *ov, const struct gn_hash *key,
				 const struct gn_record *in)
{
	return ov->cfg.refuses && ov->cfg.refuses(ov->cfg.user, key, in);
}

/* Time, quota and the index alone; GN_PENDING when the type's rule needs the held bytes. handed:
 * see gn_ov_handed_over. */
gn_err gn_ov_admit(struct gn_overlay *ov, const struct gn_record *r, bool handed, gn_time now);
gn_err gn_ov_admit_rule(struct gn_overlay *ov, const struct gn_record *held,
			const struct gn_record *in, bool handed, gn_time now);

#endif
