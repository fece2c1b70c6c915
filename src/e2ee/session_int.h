/* One session: both ratchets, and what it is to the pair of devices. */
#ifndef GN_E2EE_SESSION_INT_H
#define GN_E2EE_SESSION_INT_H

#include "e2ee/wrap_int.h"

/* All that a message changes. A message is opened, and written, on a copy. */
struct e2ee_state {
	uint8_t t[E2EE_KEY];
	struct gn_pk owner; /* the peer's, with which it was set up */
	struct e2ee_ratchet ratchet;
	struct e2ee_pq pq;
	bool own;         /* we set it up */
	bool unanswered;  /* own, and no message came in it: its set-up rides in every wrap, */
	bool only_read;   /* never written in again (EE-30) */
	bool lost;        /* only read, because it lost a crossing: may be taken up (EE-30) */
	bool aside;       /* only read, because we set up anew (gn_e2ee_anew) */
	struct gn_pk box; /* to this box alone */
	uint8_t first[E2EE_FIRST]; /* true ids */
};

enum { E2EE_SKIPS_DH, E2EE_SKIPS_PQ, E2EE_SKIPS };

struct e2ee_session {
	uint64_t id;           /* grows with each session of the device */
	uint64_t made, active; /* Unix seconds; active: made, or a message opened */
	struct e2ee_state state;
	struct e2ee_skips skips[E2EE_SKIPS];
	struct e2ee_peer *peer;             /* borrowed */
	struct e2ee_session *newer, *older; /* in the device's order of trial */
	bool changed, skips_changed;        /* since its rows were told of */
	struct e2ee_session *next_changed;
};

/* a's and b's beginning. a draws its first ratchet key. GN_KEY: b's `last` has small order. */
GN_MUST gn_err e2ee_state_start(struct e2ee_state *s, const struct e2ee_session_keys *keys,
				const uint8_t peer_last[GN_X25519_LEN], struct gn_rand *rand);
void e2ee_state_answer(struct e2ee_state *s, const struct e2ee_session_keys *keys,
		       const struct e2ee_prekey *last);

/* A wrap's header and inner seal, at out, on a copy of the state. GN_LIMIT: the session is used
 * up; GN_NOMEM. Draws the header's nonce. */
struct e2ee_outgoing {
	const uint8_t *content_key, *bh; /* borrowed */
	bool chunk;                      /* carry one */
};
GN_MUST gn_err e2ee_state_write(struct e2ee_state *s, const struct e2ee_outgoing *in,
				struct gn_rand *rand, uint8_t *out);

/* A message being opened: the copy that replaces the state when all was right. */
struct e2ee_opening {
	struct e2ee_state state;
	struct e2ee_header header;
	struct e2ee_inner inner;
	uint32_t used[E2EE_SKIPS];
};
/* Opens a wrap on a copy: GN_OK, and commit or abort has to follow. All else leaves nothing:
 * GN_NOT_FOUND, no header key fits; GN_STATE, a header opened and no key is left or it is too far
 * ahead, or its seal is wrong; GN_MALFORMED; GN_KEY; GN_NOMEM. */
struct e2ee_incoming {
	const struct e2ee_wrap *wrap; /* borrowed */
	const uint8_t *bh;
	uint64_t now; /* Unix seconds */
};
GN_MUST gn_err e2ee_opening_begin(struct e2ee_session *s, const struct e2ee_incoming *in,
				  struct e2ee_opening *o);
/* What was opened takes effect on the copy: turn, epoch, chunk; draws. `answer`: b's new session,
 * with the key that epoch 1's ciphertext is for. GN_KEY, GN_NOMEM: nothing happened. */
GN_MUST gn_err e2ee_opening_effect(struct e2ee_opening *o, const uint8_t *answer,
				   const struct e2ee_lasts *lasts, struct gn_rand *rand);
void e2ee_opening_commit(struct e2ee_session *s, struct e2ee_opening *o, uint64_t now);
void e2ee_opening_abort(struct e2ee_session *s, struct e2ee_opening *o);

void e2ee_session_validate(const struct e2ee_session *s);

#endif
