#include "e2ee/testing/forge.h"
#include "e2ee/envelope_int.h"

void forge_ahead(const struct party *from, const struct party *to, uint32_t n, uint32_t en,
		 struct forgery *f)
{
	struct e2ee_state s = party_session(from, to)->state;
	gn_err err = GN_OK;
	while (n--)
		e2ee_chain_step(&s.ratchet.send, NULL);
	while (en--)
		e2ee_chain_step(&s.pq.send, NULL);
	err = e2ee_ratchet_send(&s.ratchet, &f->header, f->mk_dh);
	GN_ASSERT(err == GN_OK);
	err = e2ee_pq_send(&s.pq, &f->header, f->mk_pq);
	GN_ASSERT(err == GN_OK);
}

void forge_begin(const struct party *from, const struct party *to, struct forgery *out)
{
	memset(out, 0, sizeof *out);
	forge_ahead(from, to, 0, 0, out);
}

void forge_letter(struct party *from, const struct party *to, const struct forgery *f,
		  struct letter *out)
{
	const struct e2ee_state *s = &party_session(from, to)->state;
	static const uint8_t content_key[E2EE_KEY] = {7};
	uint8_t nonce[E2EE_ENVELOPE_NONCE], header_nonce[E2EE_NONCE], mk[E2EE_KEY];
	size_t first = s->unanswered ? E2EE_FIRST : 0, chunk = f->chunk ? E2EE_CHUNK : 0;
	size_t len = E2EE_WRAP_LEN + first + chunk;
	struct e2ee_letter letter = {.count = 1,
				     .nonce = nonce,
				     .content_key = content_key,
				     .wraps_len = len,
				     .content = GN_LIT("forged")};
	struct gn_hash bh;
	gn_rand_fill(&from->rand, nonce, sizeof nonce);
	gn_rand_fill(&from->rand, header_nonce, sizeof header_nonce);
	out->len = e2ee_envelope_size(E2EE_HEAD + len + 6 + E2EE_TAG);
	gn_err err = e2ee_envelope_begin(&letter, out->bytes, out->len, &bh);
	GN_ASSERT(err == GN_OK);
	uint8_t *at = out->bytes + E2EE_HEAD;
	at[0] = (uint8_t)((len - 2) >> 8);
	at[1] = (uint8_t)(len - 2);
	e2ee_hint(party_hint, &to->own.device, nonce, at + 2);
	at[4] = s->unanswered ? E2EE_WRAP_SETUP : E2EE_WRAP_MESSAGE;
	at += 5;
	if (first) {
		memcpy(at, s->first, first);
		e2ee_setup_mask(party_hint, at);
		at += first;
	}
	err = e2ee_header_seal(f->next ? s->ratchet.send_next : s->ratchet.send_header, s->t,
			       &f->header, header_nonce, at);
	GN_ASSERT(err == GN_OK);
	e2ee_message_key(f->mk_dh, f->mk_pq, s->t, mk);
	uint8_t ad[2 * 32 + E2EE_HEADER], *inner = at + E2EE_HEADER;
	memcpy(ad, s->t, 32);
	memcpy(ad + 32, at, E2EE_HEADER);
	memcpy(ad + 32 + E2EE_HEADER, bh.b, 32);
	memcpy(inner, f->inner, E2EE_KEY + 2 + chunk);
	memcpy(inner, content_key, E2EE_KEY);
	err = e2ee_seal(mk, header_nonce, GN_SLICE(ad), inner, E2EE_KEY + 2 + chunk);
	GN_ASSERT(err == GN_OK);
}
