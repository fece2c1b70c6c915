/* Small texts and proofs of the API, pure: JSON Web Tokens with HS256
 * (RFC 7519, 7515), and token buckets. */
#ifndef GN_HUB_TOKEN_H
#define GN_HUB_TOKEN_H

#include "crypto/crypto.h"
#include "hub/limits.h"

#define GN_JWT_MAX 384 /* characters and a terminator */

struct gn_hub_jwt {
	struct gn_hash sub; /* PID as hash */
	uint8_t jti[16];
	uint64_t exp; /* Unix seconds */
	bool refresh;
};
void gn_hub_jwt_make(const uint8_t key[32], const struct gn_hub_jwt *in, char out[GN_JWT_MAX]);
/* GN_AUTH: not ours, or damaged; GN_EXPIRED; GN_KEY: the other kind of token. The MAC is
 * compared before anything is parsed. */
GN_MUST gn_err gn_hub_jwt_open(const uint8_t key[32], struct gn_slice text, bool refresh,
			       uint64_t unix_now, struct gn_hub_jwt *out);

/* Token buckets: `most` a minute, a tenth of them at once, or HUB_BURST_LEAST where a minute has
 * as many; or `most` a day, all of them at once, as a day has its busy hour. One per 16-byte
 * key; buckets that are full again are forgotten. */
enum gn_hub_rate_per { GN_RATE_MINUTE = 60, GN_RATE_DAY = 86400 }; /* seconds */
struct gn_hub_rate {
	struct gn_map buckets; /* 16 bytes -> struct bucket */
	enum gn_hub_rate_per per;
	uint32_t most; /* 0: no bound */
	uint64_t refused;
};
void gn_hub_rate_init(struct gn_hub_rate *r, const struct gn_env *env, enum gn_hub_rate_per per,
		      uint32_t most);
void gn_hub_rate_fini(struct gn_hub_rate *r);
/* Takes one; false when there is none left: *wait_s is how long until there is. */
bool gn_hub_rate_take(struct gn_hub_rate *r, const uint8_t key[16], gn_time now, uint32_t *wait_s);
/* For what is counted when it is over: is there one left? And then takes it, into debt if need
 * be, so that many at once wait the longer afterwards. */
bool gn_hub_rate_look(struct gn_hub_rate *r, const uint8_t key[16], gn_time now, uint32_t *wait_s);
void gn_hub_rate_owe(struct gn_hub_rate *r, const uint8_t key[16], gn_time now);

#endif
