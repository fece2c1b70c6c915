/* The secret of an epoch, sealed for a device: in a wrap of its session, which is 133 bytes, or,
 * where there is no session that it ever answered, to the leaf key that it put into the log.
 *
 * 1. A seal belongs to one group and epoch: SHA-256 over both stands where an envelope's hash would
 *    (EE-47), so it is no message, and no message is one.
 * 2. What was opened has to be the secret that the log's entry committed to, before a session
 *    moves: one who seals can give nobody a secret of their own.
 * 3. Length tells the kinds apart.
 *
 * Spec: EE-47..EE-49. */
#include "e2ee/device_int.h"
#include "e2ee/group_int.h"

_Static_assert(GN_E2EE_SEAL_SESSION == E2EE_WRAP_LEN, "a wrap");
_Static_assert(GN_E2EE_SEAL_LEAF ==
		       2 + E2EE_HINT + GN_X25519_LEN + GN_KEM_CT_LEN + E2EE_KEY + E2EE_TAG,
	       "its parts");

static void seal_hash(const struct gn_e2ee_seal_of *of, struct gn_hash *out)
{
	uint8_t e[4];
	gn_put_be32(e, of->epoch);
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/group/seal/1"), GN_SLICE(of->group.b),
				      GN_SLICE(e)},
		  3, out);
}

void gn_e2ee_seal_hint(const struct gn_e2ee_seal_of *of, const struct gn_pk *device, uint8_t out[2])
{
	struct gn_hash h;
	seal_hash(of, &h);
	e2ee_hint(of->group.b, device, h.b, out);
}

bool gn_e2ee_seal_next(struct gn_reader *r, struct gn_e2ee_seal *out)
{
	const uint8_t *from = r->p;
	if (r->bad || gn_reader_left(r) == 0)
		return false;
	size_t len = gn_read_be16(r);
	struct gn_reader in = gn_reader(gn_read_bytes(r, len));
	if (len + 2 != GN_E2EE_SEAL_SESSION && len + 2 != GN_E2EE_SEAL_LEAF)
		r->bad = true;
	if (r->bad)
		return false;
	out->kind = len + 2 == GN_E2EE_SEAL_LEAF ? GN_E2EE_BY_LEAF : GN_E2EE_BY_SESSION;
	out->hint = gn_read_bytes(&in, E2EE_HINT).p;
	out->bytes = gn_slice(from, len + 2);
	GN_ASSERT(!in.bad);
	return true;
}

static bool promised(const uint8_t secret[32], const uint8_t commitment[GN_E2EE_COMMITMENT])
{
	uint8_t have[GN_E2EE_COMMITMENT];
	gn_e2ee_epoch_commitment(secret, have);
	return gn_equal_ct(have, commitment, sizeof have);
}

/* ---- by a session ---- */

gn_err gn_e2ee_seal_session(struct gn_e2ee *e, const struct gn_pk *device,
			    const struct gn_e2ee_seal_of *of, const uint8_t secret[32],
			    struct gn_buf *out)
{
	struct e2ee_peer *peer = e2ee_peer_get(e, device);
	struct gn_hash bh;
	if (!peer || !peer->written)
		return GN_NOT_FOUND;
	if (out->cap - out->len < GN_E2EE_SEAL_SESSION)
		return GN_TOO_LARGE;
	struct gn_writer w = gn_writer(out->p + out->len, GN_E2EE_SEAL_SESSION);
	struct e2ee_outgoing to = {.content_key = secret, .bh = bh.b};
	struct e2ee_state state = peer->written->state;
	GN_ASSERT(!state.unanswered && !state.only_read);
	seal_hash(of, &bh);
	gn_write_be16(&w, GN_E2EE_SEAL_SESSION - 2);
	e2ee_hint(of->group.b, device, bh.b, w.p);
	w.p += E2EE_HINT;
	gn_write_u8(&w, E2EE_WRAP_MESSAGE);
	gn_err err = e2ee_state_write(&state, &to, e->env.rand, w.p);
	if (!err) {
		peer->written->state = state;
		e2ee_session_changed(e, peer->written);
		out->len += GN_E2EE_SEAL_SESSION;
	}
	gn_wipe(&state, sizeof state);
	return err;
}

/* Opened in this session, or GN_NOT_FOUND. */
static gn_err in_session(struct gn_e2ee *e, struct e2ee_session *s, const struct e2ee_incoming *in,
			 const uint8_t commitment[GN_E2EE_COMMITMENT], uint8_t secret[32])
{
	struct e2ee_opening o;
	struct e2ee_lasts lasts = {e2ee_prekeys_find_last, &e->prekeys};
	GN_TRY(e2ee_opening_begin(s, in, &o));
	gn_err err = promised(o.inner.content_key, commitment) ? GN_OK : GN_HASH;
	if (!err)
		err = e2ee_opening_effect(&o, NULL, &lasts, e->env.rand);
	if (err) {
		e2ee_opening_abort(s, &o);
		return err;
	}
	bool reset = o.state.only_read && !s->state.only_read;
	memcpy(secret, o.inner.content_key, E2EE_KEY);
	e2ee_opening_commit(s, &o, in->now);
	e2ee_session_opened(e, s, reset, in->now);
	return GN_OK;
}

gn_err gn_e2ee_unseal_session(struct gn_e2ee *e, const struct gn_e2ee_seal_of *of,
			      const uint8_t commitment[GN_E2EE_COMMITMENT], struct gn_slice seal,
			      uint8_t secret[32], gn_time now)
{
	struct gn_reader r = gn_reader(seal);
	struct e2ee_wrap wrap;
	struct gn_hash bh;
	GN_ASSERT(now >= 0);
	if (seal.len != GN_E2EE_SEAL_SESSION || !e2ee_wrap_next(&r, &wrap) ||
	    wrap.type != E2EE_WRAP_MESSAGE || gn_reader_left(&r))
		return GN_MALFORMED;
	seal_hash(of, &bh);
	struct e2ee_incoming in = {.wrap = &wrap, .bh = bh.b, .now = gn_unix(now)};
	for (struct e2ee_session *s = e->newest; s; s = s->older) {
		gn_err err = in_session(e, s, &in, commitment, secret);
		if (err != GN_NOT_FOUND)
			return err;
	}
	return GN_NOT_FOUND;
}

/* ---- by a leaf key ---- */

gn_err gn_e2ee_leaf_new(struct gn_rand *rand, const struct gn_pk *device,
			struct gn_e2ee_leaf_secret *secret, struct gn_e2ee_leaf_key *key)
{
	gn_rand_fill(rand, secret->x25519, sizeof secret->x25519);
	gn_rand_fill(rand, secret->seed, sizeof secret->seed);
	key->device = *device;
	gn_x25519_public(secret->x25519, key->x25519);
	return gn_kem_public(secret->seed, key->kem);
}

/* The parts of a leaf's seal, in its bytes. */
struct parts {
	uint8_t *ek, *ct, *box;
};
static struct parts parts_of(uint8_t *seal)
{
	uint8_t *ek = seal + 2 + E2EE_HINT;
	return (struct parts){ek, ek + GN_X25519_LEN, ek + GN_X25519_LEN + GN_KEM_CT_LEN};
}

/* HKDF(DH || ss, "geonet/group/leaf/1" || SHA-256(bh || leaf's keys || ek || ct)) */
static void leaf_key(const struct gn_e2ee_leaf_key *to, const struct gn_e2ee_seal_of *of,
		     const struct parts *p, const uint8_t dh_ss[64], uint8_t out[E2EE_KEY])
{
	static const char label[] = "geonet/group/leaf/1";
	uint8_t info[sizeof label - 1 + 32];
	struct gn_hash bh, h;
	seal_hash(of, &bh);
	gn_sha256((struct gn_slice[]){GN_SLICE(bh.b), GN_SLICE(to->device.b), GN_SLICE(to->x25519),
				      GN_SLICE(to->kem), gn_slice(p->ek, GN_X25519_LEN),
				      gn_slice(p->ct, GN_KEM_CT_LEN)},
		  6, &h);
	memcpy(info, label, sizeof label - 1);
	memcpy(info + sizeof label - 1, h.b, 32);
	gn_hkdf(gn_slice(dh_ss, 64), gn_slice(NULL, 0), GN_SLICE(info), out, E2EE_KEY);
}

gn_err gn_e2ee_seal_leaf(struct gn_rand *rand, const struct gn_e2ee_leaf_key *key,
			 const struct gn_e2ee_seal_of *of, const uint8_t secret[32],
			 struct gn_buf *out)
{
	uint8_t ek[GN_X25519_LEN], dh_ss[64], k[E2EE_KEY];
	if (out->cap - out->len < GN_E2EE_SEAL_LEAF)
		return GN_TOO_LARGE;
	GN_ASSERT(out->len <= out->cap);
	GN_TRY(gn_kem_check(key->kem));
	uint8_t *at = out->p + out->len;
	struct parts p = parts_of(at);
	gn_rand_fill(rand, ek, sizeof ek);
	gn_err err = gn_x25519(ek, key->x25519, dh_ss);
	if (!err)
		err = gn_kem_encap(rand, key->kem, p.ct, dh_ss + 32);
	if (err)
		goto out;
	at[0] = (GN_E2EE_SEAL_LEAF - 2) >> 8;
	at[1] = (GN_E2EE_SEAL_LEAF - 2) & 255;
	gn_e2ee_seal_hint(of, &key->device, at + 2);
	gn_x25519_public(ek, p.ek);
	leaf_key(key, of, &p, dh_ss, k);
	memcpy(p.box, secret, 32);
	err = e2ee_seal(k, NULL, gn_slice(NULL, 0), p.box, 32);
	if (!err)
		out->len += GN_E2EE_SEAL_LEAF;
out:
	gn_wipe(ek, sizeof ek);
	gn_wipe(dh_ss, sizeof dh_ss);
	gn_wipe(k, sizeof k);
	return err;
}

gn_err gn_e2ee_unseal_leaf(const struct gn_e2ee_leaf_key *key,
			   const struct gn_e2ee_leaf_secret *own, const struct gn_e2ee_seal_of *of,
			   const uint8_t commitment[GN_E2EE_COMMITMENT], struct gn_slice seal,
			   uint8_t secret[32])
{
	uint8_t bytes[GN_E2EE_SEAL_LEAF], dh_ss[64], k[E2EE_KEY];
	GN_ASSERT(!gn_pk_is_zero(&key->device));
	if (seal.len != GN_E2EE_SEAL_LEAF || (seal.p[0] << 8 | seal.p[1]) != GN_E2EE_SEAL_LEAF - 2)
		return GN_MALFORMED;
	memcpy(bytes, seal.p, sizeof bytes);
	struct parts p = parts_of(bytes);
	gn_err err = gn_x25519(own->x25519, p.ek, dh_ss);
	if (!err)
		err = gn_kem_decap(own->seed, p.ct, dh_ss + 32);
	if (err) {
		err = err == GN_KEY ? GN_MALFORMED : err;
		goto out;
	}
	leaf_key(key, of, &p, dh_ss, k);
	err = e2ee_open(k, NULL, gn_slice(NULL, 0), p.box, 32 + E2EE_TAG);
	if (!err && !promised(p.box, commitment))
		err = GN_HASH;
	if (!err)
		memcpy(secret, p.box, 32);
out:
	gn_wipe(bytes, sizeof bytes);
	gn_wipe(dh_ss, sizeof dh_ss);
	gn_wipe(k, sizeof k);
	return err;
}
