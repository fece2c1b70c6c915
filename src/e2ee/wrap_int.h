/* One device's part of an envelope: bytes, and the seal around the content key (EE-14, EE-15). */
#ifndef GN_E2EE_WRAP_INT_H
#define GN_E2EE_WRAP_INT_H

#include "e2ee/pqratchet_int.h"
#include "e2ee/setup_int.h"

#define E2EE_HINT 2
#define E2EE_INNER (E2EE_KEY + 2 + E2EE_TAG) /* content key, kind, index; sealed */
#define E2EE_WRAP_LEN (2 + E2EE_HINT + 1 + E2EE_HEADER + E2EE_INNER) /* 133; longer by: */
/* E2EE_CHUNK with a chunk, E2EE_FIRST as a set-up */

enum e2ee_wrap_type { E2EE_WRAP_SETUP, E2EE_WRAP_MESSAGE };

struct e2ee_wrap { /* borrowed from the envelope */
	const uint8_t *hint;
	enum e2ee_wrap_type type;
	const uint8_t *first;   /* E2EE_FIRST bytes, ids masked; NULL: a message */
	const uint8_t *header;  /* E2EE_HEADER bytes */
	struct gn_slice sealed; /* E2EE_INNER bytes, or E2EE_CHUNK more */
};
/* Takes the next wrap; false: a length or type out of place. */
bool e2ee_wrap_next(struct gn_reader *r, struct e2ee_wrap *out);
/* The first bytes of HMAC(hint secret, device || envelope nonce). */
void e2ee_hint(const uint8_t secret[32], const struct gn_pk *device, const uint8_t nonce[16],
	       uint8_t out[E2EE_HINT]);

struct e2ee_inner {
	uint8_t content_key[E2EE_KEY]; /* secret */
	enum e2ee_chunk_kind kind;
	uint8_t index;
	uint8_t chunk[E2EE_CHUNK];
};
/* What surrounds the seal: AD = t || header || bh, and the header's nonce. */
struct e2ee_around {
	const uint8_t *mk, *t, *header, *bh; /* borrowed */
};
/* Writes it at out: E2EE_INNER bytes, or E2EE_CHUNK more. GN_NOMEM. */
GN_MUST gn_err e2ee_inner_seal(const struct e2ee_around *around, const struct e2ee_inner *in,
			       uint8_t *out);
/* GN_AUTH; GN_MALFORMED: rightly sealed, a field out of place; GN_NOMEM. */
GN_MUST gn_err e2ee_inner_open(const struct e2ee_around *around, struct gn_slice sealed,
			       struct e2ee_inner *out);

#endif
