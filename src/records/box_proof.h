/* What is signed and worked around a box: the certificate that lets a contact deposit, the word for
 * one item (by its certificate's key, an invite's key, or work), what a session shows once, and a
 * holder's promise. Pure; bytes exactly as docs/spec/services.md BD-6..BD-13. */
#ifndef GN_RECORDS_BOX_PROOF_H
#define GN_RECORDS_BOX_PROOF_H

#include "records/work.h"
#include "wire/wire.h"

/* ---- certificates (BD-6) ---- */

#define GN_BOXCERT_LEN 112 /* bytes as it travels */

/* The box key's word for a deposit key. */
struct gn_boxcert {
	struct gn_pk key;
	uint64_t until; /* Unix seconds */
	uint32_t items; /* that may lie untaken at once, */
	uint32_t kib;   /* and KiB */
	struct gn_sig sig;
};
/* Fills sig. */
void gn_boxcert_make(const struct gn_sk *box, struct gn_boxcert *c);
/* GN_EXPIRED: its time is over; GN_SIGNATURE. That the box refuses its key is
 * gn_boxrec_refuses'. */
GN_MUST gn_err gn_boxcert_check(const struct gn_pk *box, const struct gn_boxcert *c,
				uint64_t unix_now);
void gn_boxcert_put(const struct gn_boxcert *c, uint8_t out[GN_BOXCERT_LEN]);
void gn_boxcert_get(const uint8_t in[GN_BOXCERT_LEN], struct gn_boxcert *out);

/* ---- one item; `item` is SHA-256 of it ---- */

/* By the key of a certificate (BD-7). GN_SIGNATURE. */
void gn_boxrec_deposit_sign(const struct gn_sk *key, const struct gn_pk *box,
			    const struct gn_hash *item, struct gn_sig *out);
GN_MUST gn_err gn_boxrec_deposit_check(const struct gn_pk *key, const struct gn_pk *box,
				       const struct gn_hash *item, const struct gn_sig *sig);

#define GN_BOXREC_INVITE_SECRET 16 /* bytes, in a link */

/* By the key of an open invite (BD-8), which follows from the secret in its link. GN_SIGNATURE.
 * That the invite is open is gn_boxrec_invites'. */
void gn_boxrec_invite_key(const uint8_t secret[GN_BOXREC_INVITE_SECRET], struct gn_sk *out);
void gn_boxrec_invite_sign(const struct gn_sk *key, const struct gn_pk *box,
			   const struct gn_hash *item, struct gn_sig *out);
GN_MUST gn_err gn_boxrec_invite_check(const struct gn_pk *key, const struct gn_pk *box,
				      const struct gn_hash *item, const struct gn_sig *sig);

/* A stranger's work (BD-9). */
struct gn_boxrec_work {
	uint32_t day; /* Unix seconds / 86,400 */
	uint8_t nonce[8];
};
/* Fills nonce for the day in w. GN_AGAIN: not among these. */
GN_MUST gn_err gn_boxrec_work_find(const struct gn_pk *box, const struct gn_hash *item,
				   unsigned bits, struct gn_work_tries tries,
				   struct gn_boxrec_work *w);
/* bits: how many it has, also when they are too few. GN_EXPIRED, GN_RANGE: of another day than
 * today or yesterday; GN_PROOF_OF_WORK: fewer than `wanted`, of which 0 stands for none will do. */
GN_MUST gn_err gn_boxrec_work_check(const struct gn_pk *box, const struct gn_hash *item,
				    const struct gn_boxrec_work *w, uint8_t wanted,
				    uint64_t unix_now, unsigned *bits);

/* ---- a session (BD-10) ---- */

enum gn_boxrec_role { /* numbers as they travel */
		      GN_BOXREC_DEPOSITOR = 0,
		      GN_BOXREC_READER = 1,
		      GN_BOXREC_REMOVER = 2,
		      GN_BOXREC_WORKER = 3,
};
struct gn_boxrec_show {
	struct gn_pk box;
	struct gn_pk holder;  /* node key of who checks */
	uint8_t exporter[32]; /* of this session (RFC 8446 7.5) */
	uint8_t role;         /* enum gn_boxrec_role */
};
/* By the key that the right is of: reader or ack key, the certificate's, the token's bearer's. */
void gn_boxrec_show_sign(const struct gn_sk *key, const struct gn_boxrec_show *show,
			 struct gn_sig *out);
/* GN_SIGNATURE; GN_UNSUPPORTED: a role that is not known. */
GN_MUST gn_err gn_boxrec_show_check(const struct gn_pk *key, const struct gn_boxrec_show *show,
				    const struct gn_sig *sig);

/* ---- what a worker says (BD-13) ---- */

enum gn_boxrec_end { /* numbers as they travel */
		     GN_BOXREC_DONE = 0,
		     GN_BOXREC_FAILED = 1,   /* lent again while deliveries are left */
		     GN_BOXREC_HOPELESS = 2, /* dead at once */
};
struct gn_boxrec_outcome {
	struct gn_pk box;
	uint8_t id[16]; /* of the item */
	uint16_t delivery;
	uint8_t end;             /* enum gn_boxrec_end */
	struct gn_slice outcome; /* borrowed */
};
/* By the worker's key: the one in the descriptor, or its token's bearer's. GN_SIGNATURE. */
void gn_boxrec_outcome_sign(const struct gn_sk *key, const struct gn_boxrec_outcome *o,
			    struct gn_sig *out);
GN_MUST gn_err gn_boxrec_outcome_check(const struct gn_pk *key, const struct gn_boxrec_outcome *o,
				       const struct gn_sig *sig);

/* ---- custody (BD-11) ---- */

/* A holder keeps an item until held_until. */
struct gn_custody {
	struct gn_pk box;
	struct gn_hash item;   /* SHA-256 */
	uint64_t held_until;   /* Unix seconds */
	struct gn_hash holder; /* node id */
	struct gn_pk holder_key;
	struct gn_sig sig;
};
/* Fills holder_key and sig from the node key. */
void gn_custody_make(const struct gn_sk *node, struct gn_custody *c);
/* GN_SIGNATURE. That holder follows from holder_key is the overlay's to check. */
GN_MUST gn_err gn_custody_check(const struct gn_custody *c);
gn_fbref gn_custody_put(struct gn_fbb *b, const struct gn_custody *c);
void gn_custody_get(struct gn_fb_custody t, struct gn_custody *out);

#endif
