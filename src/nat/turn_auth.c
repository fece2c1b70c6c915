/* Who a request is from: long-term credentials of RFC 8489 section 9.2, with both integrities and
 * both algorithms of the password, and nonces that nothing is kept for.
 *
 *     nonce:  "obMatJos2" | 3 bytes of what we know of RFC 8489, base64 | HMAC of the window of
 *             time and the client's address, 8 bytes, base64url
 *
 * 1. A nonce is good in its window and the next, for the address it was said to: who forges where
 *    they come from has none.
 * 2. The password's algorithms that the client was told come back, signed: who took the better one
 *    away on the way is found out (RFC 8489 section 9.2.1). Rule RE-51. */
#include "nat/turn_server_int.h"

#define COOKIE "obMatJos2" /* RFC 8489 section 9.2: what follows says what we know: */
#define FEATURES "gAAA"    /* bit 0 of 24, password algorithms */

static const uint8_t sha256_algorithm[] = {0, 2, 0, 0}, md5_algorithm[] = {0, 1, 0, 0};

void turn_nonce(const struct gn_turn_server *s, const struct gn_addr *to, gn_time now,
		char out[TURN_NONCE + 1])
{
	uint8_t said[8 + sizeof to->ip + 2];
	struct gn_hash mac;
	struct gn_writer w = gn_writer(said, sizeof said);
	gn_write_be64(&w, gn_unix(now) / TURN_NONCE_WINDOW);
	gn_write_bytes(&w, GN_SLICE(to->ip));
	gn_write_be16(&w, to->port);
	GN_ASSERT(!w.bad);
	gn_hmac_sha256(GN_SLICE(s->secret), GN_SLICE(said), &mac);
	memcpy(out, COOKIE FEATURES, sizeof COOKIE FEATURES);
	size_t at = sizeof COOKIE FEATURES - 1;
	gn_err err = gn_base64(gn_slice(mac.b, 8), true, out + at, TURN_NONCE + 1 - at);
	GN_ASSERT(err == GN_OK && strlen(out) == TURN_NONCE);
}

static bool nonce_good(const struct turn_ask *ask, struct gn_slice nonce)
{
	char ours[TURN_NONCE + 1];
	if (nonce.len != TURN_NONCE)
		return false;
	for (int i = 0; i < 2; i++) {
		turn_nonce(ask->s, &ask->from->addr,
			   ask->now - (gn_time)i * TURN_NONCE_WINDOW * GN_SEC, ours);
		if (gn_equal_ct(nonce.p, ours, TURN_NONCE))
			return true;
	}
	return false;
}

struct turn_user *turn_user(const struct gn_turn_server *s, struct gn_slice name)
{
	uint8_t key[TURN_NAME_MAX + 1] = {0};
	if (!name.len || name.len > TURN_NAME_MAX)
		return NULL;
	key[0] = (uint8_t)name.len;
	memcpy(key + 1, name.p, name.len);
	struct turn_user **at = gn_map_get(&s->users, key);
	return at ? *at : NULL;
}

/* By which algorithm the key is made. False: what they say of it is not what they were told. */
static bool algorithm_of(const struct gn_stun *m, bool *sha256)
{
	struct gn_slice one, all;
	bool has_one = gn_stun_get(m, GN_STUN_PASSWORD_ALGORITHM, &one);
	bool has_all = gn_stun_get(m, GN_STUN_PASSWORD_ALGORITHMS, &all);
	*sha256 = gn_slice_eq(one, GN_SLICE(sha256_algorithm));
	if (!has_one && !has_all)
		return true; /* a client of RFC 5389: MD5 */
	return has_one && has_all && all.len == 8 && memcmp(all.p, sha256_algorithm, 4) == 0 &&
	       memcmp(all.p + 4, md5_algorithm, 4) == 0 &&
	       (*sha256 || gn_slice_eq(one, GN_SLICE(md5_algorithm)));
}

uint16_t turn_auth(struct turn_ask *ask)
{
	const struct gn_stun *m = ask->m;
	struct gn_slice name, realm, nonce;
	bool sha256;
	GN_ASSERT(!ask->user && m->kind == GN_STUN_REQUEST);
	if (!m->sha1_at && !m->sha256_at)
		return 401;
	if (!gn_stun_get(m, GN_STUN_USERNAME, &name) || !gn_stun_get(m, GN_STUN_REALM, &realm) ||
	    !gn_stun_get(m, GN_STUN_NONCE, &nonce) || !algorithm_of(m, &sha256))
		return 400;
	if (!nonce_good(ask, nonce))
		return 438;
	const struct turn_user *user = turn_user(ask->s, name);
	if (!user || !gn_slice_eq(realm, GN_LIT(GN_TURN_REALM)))
		return 401;
	struct turn_key key = {.len = sha256 ? sizeof user->sha256 : sizeof user->md5,
			       .sha256 = m->sha256_at != 0};
	memcpy(key.b, sha256 ? user->sha256 : user->md5, key.len);
	gn_err err = gn_stun_check(m, key.sha256, gn_slice(key.b, key.len));
	if (err == GN_OK) {
		ask->user = user;
		ask->key = key;
	}
	gn_wipe(&key, sizeof key);
	return err == GN_OK ? 0 : 401;
}
