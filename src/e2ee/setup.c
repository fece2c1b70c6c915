/* Four or five agreements and one encapsulation, hashed with everything both sides know of each
 * other (t). Nobody signs: whoever has b's private keys could have made the same set-up, so it
 * proves nothing to a third.
 *
 * 1. Both sides fill the same struct and go through the same lines (derive).
 * 2. k0 opens with prekeys alone, SK needs b's device key and a's: whoever stole prekeys learns who
 *    wrote and nothing more.
 * 3. Secrets are wiped at one `out:` each; a zero agreement ends it (GN_KEY).
 *
 * Spec: EE-3..9. */
#include "e2ee/setup_int.h"

/* What t and SK are made of, whoever computes it. */
struct terms {
	const struct gn_pk *owner_a, *owner_b, *dev_a, *dev_b;
	const uint8_t *dh_a, *dh_b, *s_b, *x_b, *kem_hash;
	const uint8_t *first;         /* ids, ek, ct */
	uint8_t dh[4][GN_X25519_LEN]; /* (dh_a, s_b), (ek, dh_b), (ek, s_b), (ek, x_b) */
	uint8_t ss[GN_KEM_SHARED_LEN];
};

static const uint8_t *ek_of(const uint8_t *first)
{
	return first + E2EE_IDS;
}
static const uint8_t *ct_of(const uint8_t *first)
{
	return first + E2EE_IDS + GN_X25519_LEN;
}
#define BLOCK_AT (E2EE_FIRST - E2EE_BLOCK)

static void derive(const struct terms *m, struct e2ee_session_keys *out)
{
	uint8_t ikm[32 + 4 * GN_X25519_LEN + GN_KEM_SHARED_LEN], info[64];
	struct gn_hash t;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/e2ee/set-up/1"), GN_SLICE(m->owner_a->b),
				      GN_SLICE(m->owner_b->b), GN_SLICE(m->dev_a->b),
				      GN_SLICE(m->dev_b->b), gn_slice(m->dh_a, 32),
				      gn_slice(m->dh_b, 32), gn_slice(m->first, E2EE_IDS),
				      gn_slice(m->s_b, 32), gn_slice(m->x_b, 32),
				      gn_slice(m->kem_hash, 32), gn_slice(ek_of(m->first), 32),
				      gn_slice(ct_of(m->first), GN_KEM_CT_LEN)},
		  13, &t);
	memcpy(out->t, t.b, sizeof out->t);
	memset(ikm, 0xff, 32);
	memcpy(ikm + 32, m->dh, sizeof m->dh);
	memcpy(ikm + 32 + sizeof m->dh, m->ss, sizeof m->ss);
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_bytes(&w, GN_LIT("geonet/e2ee/sk/1"));
	gn_write_bytes(&w, GN_SLICE(out->t));
	GN_ASSERT(!w.bad);
	gn_hkdf(GN_SLICE(ikm), gn_slice(NULL, 0), gn_slice(info, gn_writer_len(&w)), out->sk,
		sizeof out->sk);
	gn_wipe(ikm, sizeof ikm);
}

/* k0 = HKDF(DH(ek, s_b) || DH(ek, x_b) || ss, "open" || SHA-256(ek || ct)) */
static void block_key(const uint8_t *dh_last, const uint8_t *dh_other, const uint8_t *ss,
		      const uint8_t *first, uint8_t out[E2EE_KEY])
{
	uint8_t ikm[2 * GN_X25519_LEN + GN_KEM_SHARED_LEN], info[4 + 32];
	struct gn_hash hash;
	memcpy(ikm, dh_last, 32);
	memcpy(ikm + 32, dh_other, 32);
	memcpy(ikm + 64, ss, 32);
	gn_sha256((struct gn_slice[]){gn_slice(ek_of(first), GN_X25519_LEN + GN_KEM_CT_LEN)}, 1,
		  &hash);
	memcpy(info, "open", 4);
	memcpy(info + 4, hash.b, 32);
	gn_hkdf(GN_SLICE(ikm), gn_slice(NULL, 0), GN_SLICE(info), out, E2EE_KEY);
	gn_wipe(ikm, sizeof ikm);
}

static gn_err seal_block(const struct e2ee_own *own, const struct terms *m, uint8_t *first)
{
	uint8_t k0[E2EE_KEY];
	struct gn_writer w = gn_writer(first + BLOCK_AT, E2EE_BLOCK);
	gn_write_bytes(&w, GN_SLICE(own->is.owner.b));
	gn_write_bytes(&w, GN_SLICE(own->is.device.b));
	gn_write_bytes(&w, GN_SLICE(own->dh_pk));
	gn_write_be64(&w, own->is.seq);
	gn_write_bytes(&w, GN_SLICE(own->is.hash.b));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == E2EE_TAG);
	block_key(m->dh[2], m->dh[3], m->ss, first, k0);
	gn_err err =
		e2ee_seal(k0, NULL, gn_slice(NULL, 0), first + BLOCK_AT, E2EE_BLOCK - E2EE_TAG);
	gn_wipe(k0, sizeof k0);
	return err;
}

/* One of the few at random: they are meant to collide, so that nobody can drain them (EE-4). */
static const struct gn_e2ee_prekey *choose(const struct gn_e2ee_prekeys *keys, struct gn_rand *rand)
{
	uint8_t choice[4];
	if (keys->few_count == 0)
		return &keys->last;
	gn_rand_fill(rand, choice, sizeof choice);
	struct gn_reader r = gn_reader(GN_SLICE(choice));
	return &keys->few[gn_read_be32(&r) % keys->few_count];
}

gn_err e2ee_setup_make(const struct e2ee_own *own, const struct gn_e2ee_peer *peer,
		       struct gn_rand *rand, uint8_t first[E2EE_FIRST],
		       struct e2ee_session_keys *out)
{
	const struct gn_e2ee_prekeys *keys = &peer->prekeys;
	uint8_t ek[GN_X25519_LEN], ek_pk[GN_X25519_LEN], ct[GN_KEM_CT_LEN];
	struct gn_hash kem_hash;
	struct terms m = {.owner_a = &own->is.owner,
			  .owner_b = &peer->owner,
			  .dev_a = &own->is.device,
			  .dev_b = &peer->device,
			  .dh_a = own->dh_pk,
			  .dh_b = peer->dh,
			  .s_b = keys->last.x25519,
			  .first = first};
	GN_ASSERT(keys->few_count <= GN_E2EE_FEW);
	const struct gn_e2ee_prekey *other = choose(keys, rand);
	m.x_b = other->x25519;
	gn_rand_fill(rand, ek, sizeof ek);
	gn_x25519_public(ek, ek_pk);
	gn_err err = gn_kem_encap(rand, other->kem, ct, m.ss);
	if (err)
		goto out;
	if ((err = gn_x25519(own->is.dh, m.s_b, m.dh[0])) ||
	    (err = gn_x25519(ek, m.dh_b, m.dh[1])) || (err = gn_x25519(ek, m.s_b, m.dh[2])) ||
	    (err = gn_x25519(ek, m.x_b, m.dh[3])))
		goto out;
	gn_sha256((struct gn_slice[]){GN_SLICE(other->kem)}, 1, &kem_hash);
	m.kem_hash = kem_hash.b;
	struct gn_writer w = gn_writer(first, E2EE_FIRST);
	gn_write_be32(&w, keys->last.id);
	gn_write_be32(&w, other->id);
	gn_write_bytes(&w, GN_SLICE(ek_pk));
	gn_write_bytes(&w, GN_SLICE(ct));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == E2EE_BLOCK);
	err = seal_block(own, &m, first);
	if (!err)
		derive(&m, out);
out:
	gn_wipe(ek, sizeof ek);
	gn_wipe(&m, sizeof m);
	return err;
}

void e2ee_setup_mask(const uint8_t hint[32], uint8_t first[E2EE_FIRST])
{
	uint8_t msg[3 + GN_X25519_LEN];
	struct gn_hash mask;
	memcpy(msg, "ids", 3);
	memcpy(msg + 3, ek_of(first), GN_X25519_LEN);
	gn_hmac_sha256(gn_slice(hint, 32), GN_SLICE(msg), &mask);
	for (int i = 0; i < E2EE_IDS; i++)
		first[i] ^= mask.b[i];
}

void e2ee_setup_ek_hash(const uint8_t first[E2EE_FIRST], struct gn_hash *out)
{
	struct gn_slice ek = gn_slice(ek_of(first), GN_X25519_LEN);
	gn_sha256(&ek, 1, out);
}

static gn_err open_block(const struct e2ee_offer *o, struct gn_e2ee_claim *claim)
{
	uint8_t k0[E2EE_KEY], block[E2EE_BLOCK];
	memcpy(block, o->first + BLOCK_AT, sizeof block);
	block_key(o->dh_last, o->dh_other, o->ss, o->first, k0);
	gn_err err = e2ee_open(k0, NULL, gn_slice(NULL, 0), block, sizeof block);
	gn_wipe(k0, sizeof k0);
	if (err)
		return err;
	struct gn_reader r = gn_reader(GN_SLICE(block));
	memcpy(claim->owner.b, gn_read_bytes(&r, 32).p, 32);
	memcpy(claim->device.b, gn_read_bytes(&r, 32).p, 32);
	memcpy(claim->dh, gn_read_bytes(&r, 32).p, 32);
	claim->identity.seq = gn_read_be64(&r);
	memcpy(claim->identity.hash.b, gn_read_bytes(&r, 32).p, 32);
	GN_ASSERT(!r.bad && gn_reader_left(&r) == E2EE_TAG);
	return GN_OK;
}

gn_err e2ee_setup_open(const struct e2ee_prekeys *halves, const uint8_t first[E2EE_FIRST],
		       struct e2ee_offer *out)
{
	struct gn_reader r = gn_reader(gn_slice(first, E2EE_IDS));
	struct e2ee_offer o = {.first = first};
	o.last = e2ee_prekeys_get(halves, gn_read_be32(&r));
	o.other = e2ee_prekeys_get(halves, gn_read_be32(&r));
	if (!o.last || !o.other || !o.last->last || (o.other->last && o.other != o.last))
		return GN_NOT_FOUND;
	gn_err err = gn_x25519(o.last->secret, ek_of(first), o.dh_last);
	if (!err)
		err = gn_x25519(o.other->secret, ek_of(first), o.dh_other);
	if (!err)
		err = gn_kem_decap(o.other->seed, ct_of(first), o.ss);
	if (!err)
		err = open_block(&o, &o.claim);
	if (!err)
		*out = o;
	gn_wipe(&o, sizeof o);
	return err;
}

gn_err e2ee_setup_answer(const struct e2ee_own *own, const struct gn_pk *owner,
			 const struct e2ee_offer *offer, struct e2ee_session_keys *out)
{
	const struct gn_e2ee_claim *c = &offer->claim;
	struct terms m = {.owner_a = &c->owner,
			  .owner_b = owner,
			  .dev_a = &c->device,
			  .dev_b = &own->is.device,
			  .dh_a = c->dh,
			  .dh_b = own->dh_pk,
			  .s_b = offer->last->x25519,
			  .x_b = offer->other->x25519,
			  .kem_hash = offer->other->kem_hash,
			  .first = offer->first};
	gn_err err = gn_x25519(offer->last->secret, c->dh, m.dh[0]);
	if (!err)
		err = gn_x25519(own->is.dh, ek_of(offer->first), m.dh[1]);
	if (!err) {
		memcpy(m.dh[2], offer->dh_last, sizeof m.dh[2]);
		memcpy(m.dh[3], offer->dh_other, sizeof m.dh[3]);
		memcpy(m.ss, offer->ss, sizeof m.ss);
		derive(&m, out);
	}
	gn_wipe(&m, sizeof m);
	return err;
}
