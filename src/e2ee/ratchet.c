/* Each turn of the conversation brings a new X25519 key, and with it a new root, chain and header
 * key. A message's header, sealed with the chain's header key, says where in which chain its key
 * is; holders see nothing that links two messages.
 *
 * 1. Receiving works on a copy (the caller's), and draws nothing: half of a step that a new header
 *    key asks for is enough to open the message; the half with the own new key follows once its
 *    seal was right (e2ee_ratchet_turn). A forged message costs no randomness (EE-18).
 * 2. A header key is tried only with a chain that can still give keys: the chain received in, the
 *    next one, and those of which skipped keys are left (EE-19).
 *
 *    a: sending  -> both [first header by the next key]
 *    b: nothing  -> both [first header by the next key]
 *    both: recv, turn owed [e2ee_ratchet_recv, BY_NEXT] -> both [e2ee_ratchet_turn]
 *
 * Spec: EE-16..19. */
#include "e2ee/ratchet_int.h"

gn_err e2ee_ratchet_start(struct e2ee_ratchet *r, const uint8_t sk[3 * E2EE_KEY],
			  const uint8_t own[GN_X25519_LEN], const uint8_t peer[GN_X25519_LEN])
{
	uint8_t dh[GN_X25519_LEN];
	*r = (struct e2ee_ratchet){.sending = true};
	GN_TRY(gn_x25519(own, peer, dh));
	memcpy(r->root, sk, E2EE_KEY);
	memcpy(r->send_header, sk + E2EE_KEY, E2EE_KEY);
	memcpy(r->recv_next, sk + 2 * E2EE_KEY, E2EE_KEY);
	memcpy(r->own, own, sizeof r->own);
	gn_x25519_public(own, r->own_pk);
	e2ee_root_step(r->root, dh, &r->send, r->send_next);
	gn_wipe(dh, sizeof dh);
	return GN_OK;
}

void e2ee_ratchet_answer(struct e2ee_ratchet *r, const uint8_t sk[3 * E2EE_KEY],
			 const uint8_t own[GN_X25519_LEN])
{
	*r = (struct e2ee_ratchet){.sending = false};
	memcpy(r->root, sk, E2EE_KEY);
	memcpy(r->recv_next, sk + E2EE_KEY, E2EE_KEY);
	memcpy(r->send_next, sk + 2 * E2EE_KEY, E2EE_KEY);
	memcpy(r->own, own, sizeof r->own);
	/* own_pk is not sent before the first turn replaces it */
}

gn_err e2ee_ratchet_send(struct e2ee_ratchet *r, struct e2ee_header *header, uint8_t mk[E2EE_KEY])
{
	GN_ASSERT(r->sending && !r->turn);
	if (r->send.n >= UINT32_MAX - 1)
		return GN_LIMIT;
	memcpy(header->dh, r->own_pk, sizeof header->dh);
	header->pn = r->pn;
	header->n = r->send.n;
	e2ee_chain_step(&r->send, mk);
	return GN_OK;
}

gn_err e2ee_header_seal(const uint8_t key[E2EE_KEY], const uint8_t t[E2EE_KEY],
			const struct e2ee_header *header, const uint8_t nonce[E2EE_NONCE],
			uint8_t out[E2EE_HEADER])
{
	struct gn_writer w = gn_writer(out, E2EE_HEADER);
	gn_write_bytes(&w, gn_slice(nonce, E2EE_NONCE));
	gn_write_bytes(&w, GN_SLICE(header->dh));
	gn_write_be32(&w, header->pn);
	gn_write_be32(&w, header->n);
	gn_write_be32(&w, header->epoch);
	gn_write_be32(&w, header->en);
	gn_write_be16(&w, header->count);
	GN_ASSERT(!w.bad && gn_writer_left(&w) == E2EE_TAG);
	return e2ee_seal(key, nonce, gn_slice(t, E2EE_KEY), out + E2EE_NONCE, E2EE_HEADER_FIELDS);
}

/* A sealed header, and what tries one key after another on it. */
struct trial {
	const uint8_t *t, *in;
	struct e2ee_header *header;
	struct gn_aead aead;
};

static bool opens(struct trial *trial, const uint8_t key[E2EE_KEY])
{
	uint8_t data[E2EE_HEADER - E2EE_NONCE];
	struct e2ee_header *header = trial->header;
	memcpy(data, trial->in + E2EE_NONCE, sizeof data);
	if (e2ee_try(&trial->aead, key, trial->in, gn_slice(trial->t, E2EE_KEY), data,
		     sizeof data) != GN_OK)
		return false;
	struct gn_reader rd = gn_reader(gn_slice(data, E2EE_HEADER_FIELDS));
	memcpy(header->dh, gn_read_bytes(&rd, sizeof header->dh).p, sizeof header->dh);
	header->pn = gn_read_be32(&rd);
	header->n = gn_read_be32(&rd);
	header->epoch = gn_read_be32(&rd);
	header->en = gn_read_be32(&rd);
	header->count = gn_read_be16(&rd);
	GN_ASSERT(!rd.bad && gn_reader_left(&rd) == 0);
	return true;
}

static enum e2ee_by opened_by(const struct e2ee_ratchet *r, const struct e2ee_skips *skips,
			      struct trial *trial, const uint8_t **chain)
{
	const uint8_t *tried = r->recv_header;
	if (r->receiving && opens(trial, r->recv_header)) {
		*chain = r->recv_header;
		return E2EE_BY_CURRENT;
	}
	if (opens(trial, r->recv_next)) {
		*chain = r->recv_next;
		return E2EE_BY_NEXT;
	}
	for (uint32_t i = skips->count; i-- > 0;) {
		const uint8_t *key = skips->at[i].chain;
		if (memcmp(key, tried, E2EE_KEY) == 0)
			continue; /* keys of one chain lie together */
		tried = key;
		if (opens(trial, key)) {
			*chain = key;
			return E2EE_BY_SKIPPED;
		}
	}
	return E2EE_BY_NONE;
}

enum e2ee_by e2ee_header_open(const struct e2ee_ratchet *r, const struct e2ee_skips *skips,
			      const uint8_t t[E2EE_KEY], const uint8_t in[E2EE_HEADER],
			      struct e2ee_header *header, const uint8_t **chain)
{
	struct trial trial = {.t = t, .in = in, .header = header};
	enum e2ee_by by = opened_by(r, skips, &trial, chain);
	gn_aead_fini(&trial.aead);
	return by;
}

/* The receiving half of a step: what is left of the chain before is made, a new one begins. */
static gn_err next_chain(struct e2ee_ratchet *r, struct e2ee_skips *skips,
			 const struct e2ee_recv *in)
{
	uint8_t dh[GN_X25519_LEN];
	GN_TRY(gn_x25519(r->own, in->header->dh, dh));
	if (r->receiving) {
		gn_err err =
			e2ee_skips_run(skips, r->recv_header, &r->recv, in->header->pn, in->now);
		if (err) {
			gn_wipe(dh, sizeof dh);
			return err;
		}
	}
	memcpy(r->recv_header, r->recv_next, E2EE_KEY);
	e2ee_root_step(r->root, dh, &r->recv, r->recv_next);
	memcpy(r->peer, in->header->dh, sizeof r->peer);
	r->receiving = r->turn = true;
	gn_wipe(dh, sizeof dh);
	return GN_OK;
}

gn_err e2ee_ratchet_recv(struct e2ee_ratchet *r, struct e2ee_skips *skips,
			 const struct e2ee_recv *in, uint8_t mk[E2EE_KEY], uint32_t *used)
{
	const struct e2ee_header *h = in->header;
	GN_ASSERT(in->by != E2EE_BY_NONE && !r->turn);
	*used = E2EE_NOT_SKIPPED;
	if (in->by == E2EE_BY_SKIPPED || (in->by == E2EE_BY_CURRENT && h->n < r->recv.n)) {
		uint32_t at = e2ee_skips_find(skips, in->chain, h->n, in->now);
		if (at == E2EE_NOT_SKIPPED)
			return GN_NOT_FOUND;
		memcpy(mk, skips->at[at].key, E2EE_KEY);
		*used = at;
		return GN_OK;
	}
	if (in->by == E2EE_BY_NEXT)
		GN_TRY(next_chain(r, skips, in));
	GN_TRY(e2ee_skips_run(skips, r->recv_header, &r->recv, h->n, in->now));
	if (h->n >= UINT32_MAX - 1)
		return GN_LIMIT;
	e2ee_chain_step(&r->recv, mk);
	return GN_OK;
}

gn_err e2ee_ratchet_turn(struct e2ee_ratchet *r, struct gn_rand *rand)
{
	uint8_t dh[GN_X25519_LEN];
	if (!r->turn)
		return GN_OK;
	gn_rand_fill(rand, r->own, sizeof r->own);
	gn_x25519_public(r->own, r->own_pk);
	GN_TRY(gn_x25519(r->own, r->peer, dh));
	r->pn = r->send.n;
	memcpy(r->send_header, r->send_next, E2EE_KEY);
	e2ee_root_step(r->root, dh, &r->send, r->send_next);
	r->sending = true;
	r->turn = false;
	gn_wipe(r->peer, sizeof r->peer);
	gn_wipe(dh, sizeof dh);
	return GN_OK;
}
