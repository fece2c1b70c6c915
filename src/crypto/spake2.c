/* SPAKE2 on OpenSSL's points: spake2.h.
 *
 *   A sends pA = w M + x G, B sends pB = w N + y G; K = x (pB - w N) = y (pA - w M)
 *   TT = A, B, pA, pB, K, w, each behind its length in 8 bytes, little-endian
 *   Ke || Ka = SHA-256(TT); KcA || KcB = HKDF(Ka, info "ConfirmationKeys" || AAD, 32)
 *   cA = HMAC(KcA, TT), cB = HMAC(KcB, TT)
 *
 * 1. One scalar is multiplied at a time, which is how OpenSSL does it in constant time on every
 *    machine; sums come after.
 * 2. After a refusal nothing is left in the struct; what was made on the way is wiped in any case.
 * 3. The key leaves by gn_spake2_confirm alone: who has it knows that the other has it. */
#include "crypto/spake2.h"

#include "crypto/ossl_int.h"
#include <openssl/bn.h>

#define USE "geonet/code/1"
#define UNCOMPRESSED 4 /* SEC 1 section 2.3.3 */
#define WIDE 48        /* bytes that become a scalar: the bias is below 2^-128 */

/* RFC 9382 section 6: points of which nobody knows the logarithm. */
static const char *const blinds[] = {
	[GN_SPAKE2_A] = "02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f",
	[GN_SPAKE2_B] = "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49",
};

static BN_CTX *room(void)
{
	BN_CTX *ctx = BN_CTX_new_ex(gn_crypto_algs()->lib);
	GN_ASSERT(ctx != NULL);
	return ctx;
}

static EC_POINT *point(const EC_GROUP *g)
{
	EC_POINT *p = EC_POINT_new(g);
	GN_ASSERT(p != NULL);
	return p;
}

static BIGNUM *number(const uint8_t *bytes, size_t len)
{
	BIGNUM *n = BN_bin2bn(bytes, (int)len, NULL);
	GN_ASSERT(n != NULL);
	BN_set_flags(n, BN_FLG_CONSTTIME);
	return n;
}

struct gn_spake2_bind gn_spake2_session(const uint8_t a[32], const uint8_t b[32],
					const uint8_t exported[32], uint8_t room[GN_SPAKE2_AAD])
{
	struct gn_writer w = gn_writer(room, GN_SPAKE2_AAD);
	gn_write_bytes(&w, GN_LIT(USE));
	gn_write_bytes(&w, gn_slice(exported, 32));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == 0);
	return (struct gn_spake2_bind){gn_slice(a, 32), gn_slice(b, 32),
				       gn_slice(room, GN_SPAKE2_AAD)};
}

void gn_spake2_scalar(struct gn_slice text, uint8_t w[GN_SPAKE2_SCALAR])
{
	uint8_t wide[WIDE];
	BN_CTX *ctx = room();
	gn_hkdf(text, gn_slice(NULL, 0), GN_LIT(USE), wide, sizeof wide);
	BIGNUM *n = number(wide, sizeof wide);
	OSSL_MUST(BN_nnmod(n, n, EC_GROUP_get0_order(gn_crypto_algs()->p256), ctx));
	OSSL_MUST(BN_bn2binpad(n, w, GN_SPAKE2_SCALAR));
	BN_clear_free(n);
	BN_CTX_free(ctx);
	gn_wipe(wide, sizeof wide);
}

/* out = w times the role's blind. */
static void blind(const EC_GROUP *g, EC_POINT *out, enum gn_spake2_role role, const uint8_t *w,
		  BN_CTX *ctx)
{
	uint8_t bytes[33];
	gn_err err = gn_unhex(gn_str(blinds[role]), bytes, sizeof bytes);
	GN_ASSERT(err == GN_OK);
	BIGNUM *scalar = number(w, GN_SPAKE2_SCALAR);
	OSSL_MUST(EC_POINT_oct2point(g, out, bytes, sizeof bytes, ctx));
	OSSL_MUST(EC_POINT_mul(g, out, NULL, out, scalar, ctx));
	BN_clear_free(scalar);
}

/* 1 to the order less 1, each as likely as the others. */
static void draw(const EC_GROUP *g, struct gn_rand *rand, uint8_t x[GN_SPAKE2_SCALAR])
{
	bool good = false;
	while (!good) { /* once in 2^32 times a second one is drawn */
		gn_rand_fill(rand, x, GN_SPAKE2_SCALAR);
		BIGNUM *n = number(x, GN_SPAKE2_SCALAR);
		good = !BN_is_zero(n) && BN_cmp(n, EC_GROUP_get0_order(g)) < 0;
		BN_clear_free(n);
	}
}

void gn_spake2_start(struct gn_spake2 *s, enum gn_spake2_role role,
		     const uint8_t w[GN_SPAKE2_SCALAR], struct gn_rand *rand,
		     uint8_t message[GN_SPAKE2_MESSAGE])
{
	const EC_GROUP *g = gn_crypto_algs()->p256;
	BN_CTX *ctx = room();
	EC_POINT *sum = point(g), *own = point(g);
	GN_ASSERT(role == GN_SPAKE2_A || role == GN_SPAKE2_B);
	*s = (struct gn_spake2){.state = GN_SPAKE2_START, .role = role};
	memcpy(s->w, w, sizeof s->w);
	draw(g, rand, s->x);
	BIGNUM *x = number(s->x, sizeof s->x);
	blind(g, sum, role, s->w, ctx);
	OSSL_MUST(EC_POINT_mul(g, own, x, NULL, NULL, ctx));
	OSSL_MUST(EC_POINT_add(g, sum, sum, own, ctx));
	size_t len = EC_POINT_point2oct(g, sum, POINT_CONVERSION_UNCOMPRESSED, s->message,
					sizeof s->message, ctx);
	GN_ASSERT(len == sizeof s->message); /* the identity has 2^-256 */
	memcpy(message, s->message, sizeof s->message);
	BN_clear_free(x);
	EC_POINT_clear_free(own);
	EC_POINT_clear_free(sum);
	BN_CTX_free(ctx);
}

/* K = x (theirs - w times their blind), as bytes. */
static gn_err agree(const struct gn_spake2 *s, struct gn_slice theirs, uint8_t k[GN_SPAKE2_MESSAGE])
{
	const EC_GROUP *g = gn_crypto_algs()->p256;
	BN_CTX *ctx = room();
	EC_POINT *p = point(g), *their_blind = point(g);
	BIGNUM *x = number(s->x, sizeof s->x);
	gn_err err = GN_KEY;
	/* says whether it is on the curve; the order is prime, so it is in the group */
	if (EC_POINT_oct2point(g, p, theirs.p, theirs.len, ctx) > 0) {
		blind(g, their_blind, s->role == GN_SPAKE2_A ? GN_SPAKE2_B : GN_SPAKE2_A, s->w,
		      ctx);
		OSSL_MUST(EC_POINT_invert(g, their_blind, ctx));
		OSSL_MUST(EC_POINT_add(g, p, p, their_blind, ctx));
		OSSL_MUST(EC_POINT_mul(g, p, NULL, p, x, ctx));
		if (!EC_POINT_is_at_infinity(g, p) &&
		    EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, k, GN_SPAKE2_MESSAGE,
				       ctx) == GN_SPAKE2_MESSAGE)
			err = GN_OK;
	}
	BN_clear_free(x);
	EC_POINT_clear_free(their_blind);
	EC_POINT_clear_free(p);
	BN_CTX_free(ctx);
	ERR_clear_error();
	return err;
}

/* Of the transcript the key and both confirmations: [0] A's, [1] B's. */
static void derive(const struct gn_slice parts[6], struct gn_slice aad, uint8_t key[GN_SPAKE2_KEY],
		   uint8_t confirm[2][GN_SPAKE2_CONFIRM])
{
	struct gn_slice tt[12];
	uint8_t lengths[6][8] = {{0}}, keys[32];
	struct gn_hash h, prk;
	for (size_t i = 0; i < 6; i++) {
		for (size_t b = 0; b < 8; b++)
			lengths[i][b] = (uint8_t)((uint64_t)parts[i].len >> 8 * b);
		tt[2 * i] = GN_SLICE(lengths[i]);
		tt[2 * i + 1] = parts[i];
	}
	gn_sha256(tt, GN_COUNT(tt), &h);
	memcpy(key, h.b, GN_SPAKE2_KEY);
	/* HKDF of 32 bytes (RFC 5869), whose info comes in parts */
	gn_hmac_sha256(gn_slice(NULL, 0), gn_slice(h.b + GN_SPAKE2_KEY, 16), &prk);
	gn_hmac_sha256_parts(
		GN_SLICE(prk.b),
		(struct gn_slice[]){GN_LIT("ConfirmationKeys"), aad, gn_slice("\1", 1)}, 3, keys);
	for (size_t i = 0; i < 2; i++)
		gn_hmac_sha256_parts(gn_slice(keys + 16 * i, 16), tt, GN_COUNT(tt), confirm[i]);
	gn_wipe(keys, sizeof keys);
	gn_wipe(&h, sizeof h);
	gn_wipe(&prk, sizeof prk);
}

gn_err gn_spake2_finish(struct gn_spake2 *s, struct gn_slice theirs,
			const struct gn_spake2_bind *bind, uint8_t confirm[GN_SPAKE2_CONFIRM])
{
	uint8_t k[GN_SPAKE2_MESSAGE], both[2][GN_SPAKE2_CONFIRM];
	if (s->state != GN_SPAKE2_START)
		return GN_STATE;
	gn_err err = theirs.len == GN_SPAKE2_MESSAGE && theirs.p[0] == UNCOMPRESSED
			     ? agree(s, theirs, k)
			     : GN_MALFORMED;
	if (err) {
		gn_spake2_wipe(s);
		return err;
	}
	bool a = s->role == GN_SPAKE2_A;
	struct gn_slice mine = GN_SLICE(s->message);
	derive((struct gn_slice[]){bind->a, bind->b, a ? mine : theirs, a ? theirs : mine,
				   GN_SLICE(k), GN_SLICE(s->w)},
	       bind->aad, s->key, both);
	memcpy(confirm, both[a ? 0 : 1], GN_SPAKE2_CONFIRM);
	memcpy(s->expected, both[a ? 1 : 0], GN_SPAKE2_CONFIRM);
	gn_wipe(s->w, sizeof s->w);
	gn_wipe(s->x, sizeof s->x);
	gn_wipe(k, sizeof k);
	gn_wipe(both, sizeof both);
	s->state = GN_SPAKE2_KEYED;
	return GN_OK;
}

gn_err gn_spake2_confirm(struct gn_spake2 *s, struct gn_slice theirs, uint8_t key[GN_SPAKE2_KEY])
{
	if (s->state != GN_SPAKE2_KEYED)
		return GN_STATE;
	gn_err err = theirs.len != sizeof s->expected                          ? GN_MALFORMED
		     : !gn_equal_ct(theirs.p, s->expected, sizeof s->expected) ? GN_AUTH
									       : GN_OK;
	if (!err)
		memcpy(key, s->key, sizeof s->key);
	gn_spake2_wipe(s);
	if (!err)
		s->state = GN_SPAKE2_DONE;
	return err;
}

void gn_spake2_wipe(struct gn_spake2 *s)
{
	gn_wipe(s, sizeof *s); /* GN_SPAKE2_NONE */
}
