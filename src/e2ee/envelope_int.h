/* The envelope: a head, wraps, one body for all of them (EE-12, EE-13). */
#ifndef GN_E2EE_ENVELOPE_INT_H
#define GN_E2EE_ENVELOPE_INT_H

#include "e2ee/kdf_int.h"

#define E2EE_HEAD 40 /* bytes before the wraps */
#define E2EE_ENVELOPE_NONCE 16
#define E2EE_COMMITMENT 16
#define E2EE_NONCE_AT 6
#define E2EE_COMMITMENT_AT 24

enum e2ee_envelope_kind { E2EE_TO_SESSIONS, E2EE_TO_GROUP };

struct e2ee_envelope { /* borrowed from the bytes */
	uint8_t count; /* wraps */
	const uint8_t *nonce, *commitment;
	struct gn_slice wraps, body; /* body: with its tag */
	struct gn_hash bh;           /* SHA-256(bytes 0..39 || body) */
};
/* GN_MALFORMED; GN_UNSUPPORTED: to a group. Every wrap is well formed when it is GN_OK. */
GN_MUST gn_err e2ee_envelope_parse(struct gn_slice bytes, struct e2ee_envelope *out);

/* The smallest of the seven sizes that holds so many bytes; 0: none. */
size_t e2ee_envelope_size(size_t need);

/* Writes the head, and the body sealed at the end of `out`, whose length is one of the sizes;
 * wraps_len bytes between are the caller's to fill. bh is given. GN_NOMEM. */
struct e2ee_letter {
	uint8_t count;
	const uint8_t *nonce, *content_key; /* borrowed */
	size_t wraps_len;
	struct gn_slice content; /* fits: E2EE_HEAD + wraps_len + content + tag <= size */
};
GN_MUST gn_err e2ee_envelope_begin(const struct e2ee_letter *letter, uint8_t *out, size_t size,
				   struct gn_hash *bh);
/* Content and zeros, body.len less the tag, at out. GN_HASH: the commitment is another's;
 * GN_AUTH, GN_NOMEM. */
GN_MUST gn_err e2ee_body_open(const struct e2ee_envelope *envelope,
			      const uint8_t content_key[E2EE_KEY], uint8_t *out);

#endif
