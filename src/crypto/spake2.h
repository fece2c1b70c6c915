/* SPAKE2 (RFC 9382) with P-256, SHA-256, HKDF and HMAC: two that know one short code get a key
 * that nobody else has, and who guesses has one guess a run, never one offline. A speaks first.
 *
 *   A: START -> KEYED [finish: B's message] -> DONE [confirm: B's confirmation; then A's goes out]
 *   B: START -> KEYED [finish: A's message; B's message and confirmation go out] -> DONE [confirm]
 *   any -> NONE [a refusal, gn_spake2_wipe] everything is wiped, nothing more is done with it
 *
 * Bytes in, bytes out: the caller carries the messages, and counts the failures. Rule RE-61. */
#ifndef GN_CRYPTO_SPAKE2_H
#define GN_CRYPTO_SPAKE2_H

#include "base/base.h"

#define GN_SPAKE2_MESSAGE 65 /* bytes: a point, uncompressed (SEC 1: 4, x, y) */
#define GN_SPAKE2_CONFIRM 32
#define GN_SPAKE2_SCALAR 32
#define GN_SPAKE2_KEY 16

enum gn_spake2_state { GN_SPAKE2_NONE, GN_SPAKE2_START, GN_SPAKE2_KEYED, GN_SPAKE2_DONE };
enum gn_spake2_role { GN_SPAKE2_A, GN_SPAKE2_B };

/* A value, all of it secret; gn_spake2_wipe when it is not needed any more. */
struct gn_spake2 {
	enum gn_spake2_state state;
	enum gn_spake2_role role;
	uint8_t w[GN_SPAKE2_SCALAR], x[GN_SPAKE2_SCALAR]; /* the code's scalar, our own */
	uint8_t message[GN_SPAKE2_MESSAGE];               /* ours */
	uint8_t key[GN_SPAKE2_KEY];                       /* KEYED */
	uint8_t expected[GN_SPAKE2_CONFIRM];              /* KEYED: theirs, if they know the code */
};

/* What both know, besides the code: who is A, who is B (the keys of the session), and what the run
 * is bound to. Equal at both ends, or no run succeeds. */
struct gn_spake2_bind {
	struct gn_slice a, b, aad;
};

#define GN_SPAKE2_AAD (13 + 32) /* bytes: "geonet/code/1", and what only this session has */
/* The bind of a run in a session (RE-61): the keys of both ends, and 32 bytes that the session
 * exports (gn_tls_export). The keys are borrowed, the AAD stands in room. */
struct gn_spake2_bind gn_spake2_session(const uint8_t a[32], const uint8_t b[32],
					const uint8_t exported[32], uint8_t room[GN_SPAKE2_AAD]);

/* The scalar of a code's text: HKDF(text, info "geonet/code/1", 48 bytes) modulo the order. */
void gn_spake2_scalar(struct gn_slice text, uint8_t w[GN_SPAKE2_SCALAR]);
/* message: what goes to the other. A w of another kind than gn_spake2_scalar's is below the order
 * of P-256, big-endian. */
void gn_spake2_start(struct gn_spake2 *s, enum gn_spake2_role role,
		     const uint8_t w[GN_SPAKE2_SCALAR], struct gn_rand *rand,
		     uint8_t message[GN_SPAKE2_MESSAGE]);
/* Their message. confirm: ours, for B to send at once and for A to send after gn_spake2_confirm.
 * GN_STATE: not now. GN_MALFORMED: not a point of that form; GN_KEY: not on the curve, or one that
 * gives no key. */
GN_MUST gn_err gn_spake2_finish(struct gn_spake2 *s, struct gn_slice theirs,
				const struct gn_spake2_bind *bind,
				uint8_t confirm[GN_SPAKE2_CONFIRM]);
/* Their confirmation. key: the secret both have now. GN_STATE; GN_MALFORMED: another length;
 * GN_AUTH: they do not know the code, or someone is between. */
GN_MUST gn_err gn_spake2_confirm(struct gn_spake2 *s, struct gn_slice theirs,
				 uint8_t key[GN_SPAKE2_KEY]);
void gn_spake2_wipe(struct gn_spake2 *s);

#endif
