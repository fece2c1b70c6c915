/* Proofs of work over any bytes: what names and boxes ask for. */
#ifndef GN_RECORDS_WORK_INT_H
#define GN_RECORDS_WORK_INT_H

#include "crypto/crypto.h"
#include "records/work.h"

#define WORK_NONCE 8
#define WORK_PARTS_MAX 8 /* before the nonce */

/* Leading zero bits of SHA-256(parts || nonce). */
unsigned gn_work_bits(const struct gn_slice *parts, size_t count, const uint8_t nonce[WORK_NONCE]);
/* Tries the nonces start, start + 1, .. as be64; GN_AGAIN: none of them has so many bits. */
GN_MUST gn_err gn_work_find(const struct gn_slice *parts, size_t count, unsigned bits,
			    struct gn_work_tries tries, uint8_t nonce[WORK_NONCE]);

#endif
