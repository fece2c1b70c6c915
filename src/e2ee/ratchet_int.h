/* The Diffie-Hellman ratchet with sealed headers: Signal's "The Double Ratchet Algorithm",
 * section 4, with the derivations of EE-1. Rules EE-16..19. */
#ifndef GN_E2EE_RATCHET_INT_H
#define GN_E2EE_RATCHET_INT_H

#include "e2ee/skipped_int.h"

#define E2EE_HEADER 78 /* nonce 12, sealed fields 50, tag 16 */
#define E2EE_HEADER_FIELDS 50

struct e2ee_header {
	uint8_t dh[GN_X25519_LEN]; /* the sender's ratchet key */
	uint32_t pn, n;            /* messages in the chain before; number in this one */
	uint32_t epoch, en;        /* of the chain that gives mk_pq; number in it */
	uint16_t count;            /* messages sent in the epoch before; E2EE_COUNT_MAX: or more */
};

struct e2ee_ratchet {
	uint8_t root[E2EE_KEY];
	uint8_t own[GN_X25519_LEN], own_pk[GN_X25519_LEN]; /* own ratchet key */
	struct e2ee_chain send, recv;
	uint32_t pn; /* messages in the sending chain before */
	uint8_t send_header[E2EE_KEY], send_next[E2EE_KEY]; /* Signal's HKs, NHKs */
	uint8_t recv_header[E2EE_KEY], recv_next[E2EE_KEY]; /* HKr, NHKr */
	bool sending, receiving; /* b has no sending chain before the first message, a no other */
	bool turn;               /* half of a step is done: e2ee_ratchet_turn owes the other */
	uint8_t peer[GN_X25519_LEN]; /* while turn: the peer's ratchet key */
};

/* Which key a header opened with. */
enum e2ee_by { E2EE_BY_NONE, E2EE_BY_CURRENT, E2EE_BY_NEXT, E2EE_BY_SKIPPED };

/* a's side: takes the first root step at once. sk: root, header key, next header key (96 bytes of
 * SK). GN_KEY: b's key has small order. */
GN_MUST gn_err e2ee_ratchet_start(struct e2ee_ratchet *r, const uint8_t sk[3 * E2EE_KEY],
				  const uint8_t own[GN_X25519_LEN],
				  const uint8_t peer[GN_X25519_LEN]);
/* b's side: its ratchet key is `last`. */
void e2ee_ratchet_answer(struct e2ee_ratchet *r, const uint8_t sk[3 * E2EE_KEY],
			 const uint8_t own[GN_X25519_LEN]);

/* The key of the next message, and the header's part of it. GN_LIMIT: the chain is at its end. */
GN_MUST gn_err e2ee_ratchet_send(struct e2ee_ratchet *r, struct e2ee_header *header,
				 uint8_t mk[E2EE_KEY]);
/* nonce: 12 random bytes. GN_NOMEM. */
GN_MUST gn_err e2ee_header_seal(const uint8_t key[E2EE_KEY], const uint8_t t[E2EE_KEY],
				const struct e2ee_header *header, const uint8_t nonce[E2EE_NONCE],
				uint8_t out[E2EE_HEADER]);

/* Tries the session's header keys, newest first; *chain borrows the one that opened it. */
enum e2ee_by e2ee_header_open(const struct e2ee_ratchet *r, const struct e2ee_skips *skips,
			      const uint8_t t[E2EE_KEY], const uint8_t in[E2EE_HEADER],
			      struct e2ee_header *header, const uint8_t **chain);

/* The key of a message whose header was opened. r is a copy that the caller throws away unless the
 * message opens; *used is the skipped key taken. GN_NOT_FOUND: no key is left. GN_LIMIT: too far
 * ahead. GN_KEY: the header's key has small order. */
struct e2ee_recv {
	const struct e2ee_header *header; /* borrowed */
	const uint8_t *chain;             /* borrowed */
	enum e2ee_by by;
	uint64_t now; /* Unix seconds */
};
GN_MUST gn_err e2ee_ratchet_recv(struct e2ee_ratchet *r, struct e2ee_skips *skips,
				 const struct e2ee_recv *in, uint8_t mk[E2EE_KEY], uint32_t *used);
/* The sending half of a step, with a new ratchet key; nothing unless one is owed. GN_KEY. */
GN_MUST gn_err e2ee_ratchet_turn(struct e2ee_ratchet *r, struct gn_rand *rand);

#endif
