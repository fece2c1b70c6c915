/* guard: admission decisions about strangers, before they cost anything. First part: the stateless retry cookie. */
#ifndef GN_GUARD_GUARD_H
#define GN_GUARD_GUARD_H

#include "base/base.h"
#include "crypto/crypto.h"

#define GN_COOKIE_PAYLOAD_MAX 32 /* bytes */
#define GN_COOKIE_OVERHEAD 24    /* time 8, tag 16 */
#define GN_COOKIE_MAX (GN_COOKIE_PAYLOAD_MAX + GN_COOKIE_OVERHEAD)

/* The secret that makes cookies; one per endpoint, drawn at its start, never stored. */
struct gn_cookie_jar {
	uint8_t secret[32]; /* wiped by fini */
	gn_time life;       /* how long a cookie is good */
};

void gn_cookie_jar_init(struct gn_cookie_jar *jar, struct gn_rand *rand, gn_time life);
void gn_cookie_jar_fini(struct gn_cookie_jar *jar);

/* Writes payload.len + GN_COOKIE_OVERHEAD bytes: time, payload, tag = HMAC-SHA256(secret, address || time || bound ||
 * payload) cut to 16 bytes. `bound` (at most 32 bytes) is covered by the tag but not carried. Returns the length. */
size_t gn_cookie_make(const struct gn_cookie_jar *jar, const struct gn_addr *addr, struct gn_slice bound,
		      struct gn_slice payload, gn_time now, uint8_t out[GN_COOKIE_MAX]);
/* The payload's len bytes into out. GN_MALFORMED by its length, GN_AUTH not ours or for another address or `bound`,
 * GN_EXPIRED. Costs one HMAC, keeps nothing. */
GN_MUST gn_err gn_cookie_check(const struct gn_cookie_jar *jar, const struct gn_addr *addr, struct gn_slice bound,
			       struct gn_slice cookie, gn_time now, uint8_t *payload, size_t len);

#endif
