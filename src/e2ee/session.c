/* Puts the two ratchets together: a message's key is made of one key of each, so whoever knows one
 * chain alone reads nothing.
 *
 * 1. A message changes a copy; the copy replaces the state in one assignment after its seals, the
 *    commitment and the body were right (EE-17). Skipped keys it made wait behind the kept ones.
 * 2. Order: header, keys, seal; then, of an authentic message alone, turn, epoch, chunk (EE-25).
 * 3. An own session is unanswered until a message came in it; with that its set-up is wiped.
 * 4. A peer that broke the post-quantum ratchet costs the session, not the message (EE-27).
 *
 *    own: unanswered -> answered [e2ee_opening_commit] -> only read [EE-30, EE-27]
 *
 * Spec: EE-15..28. */
#include "e2ee/limits.h"
#include "e2ee/session_int.h"

gn_err e2ee_state_start(struct e2ee_state *s, const struct e2ee_session_keys *keys,
			const uint8_t peer_last[GN_X25519_LEN], struct gn_rand *rand)
{
	uint8_t own[GN_X25519_LEN];
	gn_rand_fill(rand, own, sizeof own);
	memcpy(s->t, keys->t, sizeof s->t);
	gn_err err = e2ee_ratchet_start(&s->ratchet, keys->sk, own, peer_last);
	if (!err)
		e2ee_pq_start(&s->pq, keys->sk + 3 * E2EE_KEY, true);
	s->own = s->unanswered = true;
	gn_wipe(own, sizeof own);
	return err;
}

void e2ee_state_answer(struct e2ee_state *s, const struct e2ee_session_keys *keys,
		       const struct e2ee_prekey *last)
{
	memcpy(s->t, keys->t, sizeof s->t);
	e2ee_ratchet_answer(&s->ratchet, keys->sk, last->secret);
	e2ee_pq_start(&s->pq, keys->sk + 3 * E2EE_KEY, false);
}

gn_err e2ee_state_write(struct e2ee_state *s, const struct e2ee_outgoing *in, struct gn_rand *rand,
			uint8_t *out)
{
	uint8_t nonce[E2EE_NONCE], mk_dh[E2EE_KEY], mk_pq[E2EE_KEY], mk[E2EE_KEY];
	struct e2ee_header header;
	struct e2ee_inner inner = {.kind = E2EE_CHUNK_NONE};
	gn_err err = e2ee_ratchet_send(&s->ratchet, &header, mk_dh);
	if (!err)
		err = e2ee_pq_send(&s->pq, &header, mk_pq);
	if (err)
		goto out;
	memcpy(inner.content_key, in->content_key, E2EE_KEY);
	inner.kind = e2ee_pq_chunk(&s->pq, in->chunk, &inner.index, inner.chunk);
	GN_ASSERT(in->chunk == (inner.kind != E2EE_CHUNK_NONE));
	gn_rand_fill(rand, nonce, sizeof nonce);
	err = e2ee_header_seal(s->ratchet.send_header, s->t, &header, nonce, out);
	if (err)
		goto out;
	e2ee_message_key(mk_dh, mk_pq, s->t, mk);
	struct e2ee_around around = {.mk = mk, .t = s->t, .header = out, .bh = in->bh};
	err = e2ee_inner_seal(&around, &inner, out + E2EE_HEADER);
out:
	gn_wipe(mk_dh, sizeof mk_dh);
	gn_wipe(mk_pq, sizeof mk_pq);
	gn_wipe(mk, sizeof mk);
	gn_wipe(&inner, sizeof inner);
	return err;
}

void e2ee_opening_abort(struct e2ee_session *s, struct e2ee_opening *o)
{
	for (int i = 0; i < E2EE_SKIPS; i++)
		e2ee_skips_abort(&s->skips[i]);
	gn_wipe(o, sizeof *o);
}

/* The message's key, on the copy. */
static gn_err message_key(struct e2ee_session *s, struct e2ee_opening *o,
			  const struct e2ee_recv *recv, uint8_t mk[E2EE_KEY])
{
	uint8_t mk_dh[E2EE_KEY], mk_pq[E2EE_KEY];
	gn_err err = e2ee_ratchet_recv(&o->state.ratchet, &s->skips[E2EE_SKIPS_DH], recv, mk_dh,
				       &o->used[E2EE_SKIPS_DH]);
	if (!err)
		err = e2ee_pq_recv(&o->state.pq, &s->skips[E2EE_SKIPS_PQ], recv, mk_pq,
				   &o->used[E2EE_SKIPS_PQ]);
	if (!err)
		e2ee_message_key(mk_dh, mk_pq, s->state.t, mk);
	gn_wipe(mk_dh, sizeof mk_dh);
	gn_wipe(mk_pq, sizeof mk_pq);
	return err;
}

gn_err e2ee_opening_begin(struct e2ee_session *s, const struct e2ee_incoming *in,
			  struct e2ee_opening *o)
{
	struct e2ee_recv recv = {.header = &o->header, .now = in->now};
	uint8_t mk[E2EE_KEY], chain[E2EE_KEY];
	recv.by = e2ee_header_open(&s->state.ratchet, &s->skips[E2EE_SKIPS_DH], s->state.t,
				   in->wrap->header, &o->header, &recv.chain);
	if (recv.by == E2EE_BY_NONE)
		return GN_NOT_FOUND;
	/* skipped keys move when more are made */
	memcpy(chain, recv.chain, sizeof chain);
	recv.chain = chain;
	o->state = s->state;
	gn_err err = message_key(s, o, &recv, mk);
	if (!err) {
		struct e2ee_around around = {
			.mk = mk, .t = s->state.t, .header = in->wrap->header, .bh = in->bh};
		err = e2ee_inner_open(&around, in->wrap->sealed, &o->inner);
	}
	gn_wipe(mk, sizeof mk);
	gn_wipe(chain, sizeof chain);
	if (err)
		e2ee_opening_abort(s, o);
	return err == GN_NOT_FOUND || err == GN_LIMIT || err == GN_AUTH ? GN_STATE : err;
}

gn_err e2ee_opening_effect(struct e2ee_opening *o, const uint8_t *answer,
			   const struct e2ee_lasts *lasts, struct gn_rand *rand)
{
	struct e2ee_state *s = &o->state;
	struct e2ee_chunk chunk = {.kind = o->inner.kind,
				   .epoch = o->header.epoch,
				   .index = o->inner.index,
				   .bytes = o->inner.chunk};
	GN_TRY(e2ee_ratchet_turn(&s->ratchet, rand));
	if (s->unanswered) {
		s->unanswered = s->only_read = false; /* the peer has taken it up (EE-30) */
		gn_wipe(s->first, sizeof s->first);
		gn_wipe(&s->box, sizeof s->box);
	}
	if (answer)
		GN_TRY(e2ee_pq_answer(&s->pq, answer, rand));
	GN_TRY(e2ee_pq_arrived(&s->pq, rand));
	gn_err err =
		chunk.kind == E2EE_CHUNK_NONE ? GN_OK : e2ee_pq_take(&s->pq, &chunk, lasts, rand);
	if (err == GN_KEY)
		s->only_read = true;
	else if (err)
		return err;
	return GN_OK;
}

void e2ee_opening_commit(struct e2ee_session *s, struct e2ee_opening *o, uint64_t now)
{
	s->state = o->state;
	for (int i = 0; i < E2EE_SKIPS; i++) {
		uint32_t before = s->skips[i].count;
		uint64_t serial = s->skips[i].serial;
		e2ee_skips_commit(&s->skips[i], o->used[i], now);
		s->skips_changed |= serial != s->skips[i].serial || before != s->skips[i].count;
	}
	gn_wipe(o, sizeof *o);
}

void e2ee_session_validate(const struct e2ee_session *s)
{
	GN_ASSERT(!s->state.unanswered || s->state.own);
	GN_ASSERT(!(s->state.lost || s->state.aside) || (s->state.only_read && !s->state.own));
	GN_ASSERT(s->state.ratchet.sending && !s->state.ratchet.turn);
	GN_ASSERT(s->state.ratchet.receiving == !s->state.unanswered);
	e2ee_pq_validate(&s->state.pq);
	for (int i = 0; i < E2EE_SKIPS; i++)
		e2ee_skips_validate(&s->skips[i]);
}
