/* Reading an envelope: the wraps with this device's hint, by trial over its sessions; what opens is
 * taken on a copy, which replaces the state after wrap, commitment and body were right.
 *
 * 1. Parse, verify, then mutate; randomness is drawn between the two alone (EE-33).
 * 2. A set-up leaves nothing, not even the memory of it, unless a message in it was opened (EE-10).
 * 3. Of several outcomes the one that asks for most is told: wait, resend, refused, unknown.
 * 4. What an envelope may cost is bounded whatever its wraps: so many of each type are tried, and
 *    none after a header opened, because runs of up to 25,000 steps follow that.
 *
 *    wrap -> opened [take] | wait, resend, refused, unknown [worse]
 *
 * Spec: EE-9..11, EE-13, EE-31. */
#include "e2ee/device_int.h"
#include "e2ee/envelope_int.h"

struct reading {
	struct gn_e2ee *e;
	const uint8_t *hint;
	struct e2ee_envelope envelope;
	struct gn_buf *out;
	uint64_t now;
	unsigned tried[2]; /* wraps of each type */
	bool header;       /* one opened: its session's writer made this wrap for us */
	struct gn_e2ee_read result;
};

/* Results from the one that asks for least to the one that asks for most. */
static int weight(enum gn_e2ee_result r)
{
	switch (r) {
	case GN_E2EE_NONE: return 0;
	case GN_E2EE_UNKNOWN: return 1;
	case GN_E2EE_REFUSED: return 2;
	case GN_E2EE_RESEND: return 3;
	case GN_E2EE_WAIT: return 4;
	case GN_E2EE_OPENED: break;
	}
	GN_ASSERT(r == GN_E2EE_OPENED); /* no other is left */
	return 5;
}

static void say(struct reading *r, enum gn_e2ee_result result, const struct gn_e2ee_claim *who)
{
	GN_ASSERT(result != GN_E2EE_NONE);
	if (weight(result) <= weight(r->result.result))
		return;
	r->result = (struct gn_e2ee_read){.result = result};
	if (who)
		r->result.claim = *who;
}

static struct gn_e2ee_claim writer_of(const struct e2ee_session *s)
{
	GN_ASSERT(s->peer);
	return (struct gn_e2ee_claim){.owner = s->state.owner, .device = s->peer->is.device};
}

/* An error of one wrap as a result; what is no wrap's fault stays one. */
static gn_err outcome(struct reading *r, gn_err err, const struct gn_e2ee_claim *who)
{
	if (err == GN_NOMEM)
		return err;
	if (err == GN_STATE)
		say(r, GN_E2EE_RESEND, who);
	else if (err == GN_NOT_FOUND)
		say(r, GN_E2EE_UNKNOWN, NULL);
	else if (err)
		say(r, GN_E2EE_REFUSED, NULL);
	return GN_OK;
}

/* The body, and then what the message does to the copy. answer: b's new session. */
static gn_err take(struct reading *r, struct e2ee_session *s, struct e2ee_opening *o,
		   const uint8_t *answer)
{
	struct e2ee_lasts lasts = {e2ee_prekeys_find_last, &r->e->prekeys};
	GN_ASSERT(r->out->cap - r->out->len >= r->envelope.body.len);
	gn_err err = e2ee_body_open(&r->envelope, o->inner.content_key, r->out->p + r->out->len);
	if (!err)
		err = e2ee_opening_effect(o, answer, &lasts, r->e->env.rand);
	if (err)
		e2ee_opening_abort(s, o);
	return err;
}

static void opened(struct reading *r, struct e2ee_session *s, struct e2ee_opening *o)
{
	uint64_t dropped[E2EE_SKIPS];
	GN_ASSERT(r->envelope.body.len >= E2EE_TAG);
	for (int i = 0; i < E2EE_SKIPS; i++)
		dropped[i] = s->skips[i].dropped;
	if (o->state.only_read && !s->state.only_read)
		r->e->counters[E2EE_C_SESSIONS_RESET]++;
	e2ee_opening_commit(s, o, r->now);
	for (int i = 0; i < E2EE_SKIPS; i++)
		r->e->counters[E2EE_C_SKIPPED_DROPPED] += s->skips[i].dropped - dropped[i];
	struct gn_e2ee_claim who = writer_of(s);
	say(r, GN_E2EE_OPENED, &who);
	r->result.len = r->envelope.body.len - E2EE_TAG;
	r->out->len += r->result.len;
}

/* A message in this session. GN_NOT_FOUND: not of this one. */
static gn_err in_session(struct reading *r, struct e2ee_session *s, const struct e2ee_wrap *wrap)
{
	struct e2ee_opening o;
	struct e2ee_incoming in = {.wrap = wrap, .bh = r->envelope.bh.b, .now = r->now};
	gn_err err = e2ee_opening_begin(s, &in, &o);
	r->header |= err != GN_NOT_FOUND;
	if (!err)
		err = take(r, s, &o, NULL);
	if (!err) {
		bool reset = o.state.only_read && !s->state.only_read;
		opened(r, s, &o);
		e2ee_session_opened(r->e, s, reset, r->now);
	}
	return err;
}

static gn_err message(struct reading *r, const struct e2ee_wrap *wrap)
{
	for (struct e2ee_session *s = r->e->newest; s; s = s->older) {
		struct gn_e2ee_claim who = writer_of(s);
		gn_err err = in_session(r, s, wrap);
		if (err != GN_NOT_FOUND)
			return outcome(r, err, &who);
	}
	return outcome(r, GN_NOT_FOUND, NULL);
}

static bool same_version(const struct gn_e2ee_version *a, const struct gn_e2ee_version *b)
{
	return a->seq == b->seq && gn_hash_eq(&a->hash, &b->hash);
}

/* What the caller believes of the device bears out what the block says (EE-9). */
static bool believed(const struct e2ee_peer *peer, const struct gn_e2ee_claim *claim)
{
	const struct gn_e2ee_peer *p = &peer->is;
	if (!gn_pk_eq(&p->owner, &claim->owner) || memcmp(p->dh, claim->dh, sizeof p->dh) != 0)
		return false;
	if (same_version(&p->identity, &claim->identity))
		return true;
	for (size_t i = 0; i < p->history_count; i++)
		if (same_version(&p->history[i], &claim->identity))
			return true;
	return false;
}

/* A new session, whose first message this is, kept only if it opens. */
static gn_err new_session(struct reading *r, const struct e2ee_wrap *wrap,
			  const struct e2ee_offer *offer, const struct gn_pk *owner,
			  struct e2ee_peer *peer)
{
	struct gn_e2ee *e = r->e;
	struct e2ee_session_keys keys;
	struct e2ee_opening o;
	struct e2ee_incoming in = {.wrap = wrap, .bh = r->envelope.bh.b, .now = r->now};
	struct gn_hash ek;
	struct e2ee_session *s = e2ee_session_new(e);
	if (!s)
		return GN_NOMEM;
	gn_err err = e2ee_setup_answer(&e->own, owner, offer, &keys);
	if (!err) {
		e2ee_state_answer(&s->state, &keys, offer->last);
		s->state.owner = offer->claim.owner;
		err = e2ee_opening_begin(s, &in, &o);
		r->header |= err != GN_NOT_FOUND;
	}
	gn_wipe(&keys, sizeof keys);
	if (err)
		goto out;
	e2ee_setup_ek_hash(offer->first, &ek);
	struct e2ee_remembered *mem = gn_map_put(&e->prekeys.remembered, ek.b);
	err = mem ? take(r, s, &o, peer->is.prekeys.last.kem) : GN_NOMEM;
	if (err) {
		if (mem)
			gn_map_remove(&e->prekeys.remembered, ek.b);
		goto out;
	}
	*mem = (struct e2ee_remembered){offer->last->id, offer->other->id, e->next_session,
					e2ee_remembered_as(&offer->claim.owner)};
	s->peer = peer;
	opened(r, s, &o);
	e2ee_session_keep(e, peer, s, true, r->now);
	GN_ASSERT(mem->session == s->id);
	r->result.setup = true;
	e->counters[E2EE_C_SETUPS_OPENED]++;
	return GN_OK;
out:
	e2ee_session_free(e, s);
	return err;
}

/* b's owner key as it is, or as it was when the prekeys were published (EE-11). */
static gn_err for_either_owner(struct reading *r, const struct e2ee_wrap *wrap,
			       const struct e2ee_offer *offer, struct e2ee_peer *peer)
{
	const struct gn_pk *now = &r->e->own.is.owner, *then = &offer->last->owner;
	gn_err err = new_session(r, wrap, offer, now, peer);
	if (err == GN_NOT_FOUND && !gn_pk_eq(now, then))
		err = new_session(r, wrap, offer, then, peer);
	return err;
}

/* A set-up that is opened has to be remembered (EE-10). */
static gn_err no_room(struct reading *r)
{
	r->e->counters[E2EE_C_REMEMBERED_FULL]++;
	return outcome(r, GN_NOT_FOUND, NULL);
}

static gn_err set_up(struct reading *r, const struct e2ee_wrap *wrap)
{
	struct gn_e2ee *e = r->e;
	uint8_t first[E2EE_FIRST];
	struct gn_hash ek;
	struct e2ee_offer offer;
	memcpy(first, wrap->first, sizeof first);
	e2ee_setup_ek_hash(first, &ek);
	const struct e2ee_remembered *known = gn_map_get(&e->prekeys.remembered, ek.b);
	if (known) {
		struct e2ee_session *s = e2ee_session_by_id(e, known->session);
		if (!s)
			return outcome(r, GN_NOT_FOUND, NULL);
		struct gn_e2ee_claim who = writer_of(s);
		return outcome(r, in_session(r, s, wrap), &who);
	}
	if (e->prekeys.remembered.count >= E2EE_REMEMBERED_MAX)
		return no_room(r); /* whoever's it is */
	e2ee_setup_mask(r->hint, first);
	gn_err err = e2ee_setup_open(&e->prekeys, first, &offer);
	if (err)
		return outcome(r, err == GN_AUTH ? GN_NOT_FOUND : err, NULL);
	struct e2ee_peer *peer = e2ee_peer_get(e, &offer.claim.device);
	if (!peer || !believed(peer, &offer.claim))
		say(r, GN_E2EE_WAIT, &offer.claim);
	else if (e2ee_prekeys_have_room(&e->prekeys, &offer.claim.owner))
		err = outcome(r, for_either_owner(r, wrap, &offer, peer), &offer.claim);
	else
		err = no_room(r);
	gn_wipe(&offer, sizeof offer);
	return err;
}

/* Is one more of this type looked at? */
static bool may_try(struct reading *r, enum e2ee_wrap_type type)
{
	static const struct {
		unsigned most, counter;
	} of[] = {[E2EE_WRAP_SETUP] = {E2EE_SETUPS_TRIED, E2EE_C_SETUPS_UNTRIED},
		  [E2EE_WRAP_MESSAGE] = {E2EE_MESSAGES_TRIED, E2EE_C_MESSAGES_UNTRIED}};
	if (r->tried[type]++ < of[type].most)
		return true;
	r->e->counters[of[type].counter]++;
	return false;
}

static gn_err try_wraps(struct reading *r)
{
	struct gn_reader in = gn_reader(r->envelope.wraps);
	uint8_t hint[E2EE_HINT];
	e2ee_hint(r->hint, &r->e->own.is.device, r->envelope.nonce, hint);
	for (unsigned i = 0; i < r->envelope.count && !r->header; i++) {
		struct e2ee_wrap wrap;
		bool fine = e2ee_wrap_next(&in, &wrap);
		GN_ASSERT(fine); /* e2ee_envelope_parse saw them all */
		if (memcmp(wrap.hint, hint, sizeof hint) != 0 || !may_try(r, wrap.type))
			continue;
		GN_TRY(wrap.type == E2EE_WRAP_SETUP ? set_up(r, &wrap) : message(r, &wrap));
	}
	return GN_OK;
}

static void count(struct gn_e2ee *e, enum gn_e2ee_result result)
{
	static const uint8_t counter[] = {
		[GN_E2EE_OPENED] = E2EE_C_OPENED,   [GN_E2EE_NONE] = E2EE_C_NONE,
		[GN_E2EE_WAIT] = E2EE_C_WAIT,       [GN_E2EE_RESEND] = E2EE_C_RESEND,
		[GN_E2EE_UNKNOWN] = E2EE_C_UNKNOWN, [GN_E2EE_REFUSED] = E2EE_C_REFUSED};
	GN_ASSERT((size_t)result < GN_COUNT(counter));
	e->counters[counter[result]]++;
}

gn_err gn_e2ee_read(struct gn_e2ee *e, const uint8_t hint[32], struct gn_slice envelope,
		    struct gn_buf *out, struct gn_e2ee_read *result, gn_time now)
{
	struct reading r = {.e = e,
			    .hint = hint,
			    .out = out,
			    .now = gn_unix(now),
			    .result = {.result = GN_E2EE_NONE}};
	GN_ASSERT(now >= 0 && out->len <= out->cap);
	if (e2ee_envelope_parse(envelope, &r.envelope) != GN_OK) {
		r.result.result = GN_E2EE_REFUSED;
	} else {
		if (out->cap - out->len < r.envelope.body.len)
			return GN_TOO_LARGE;
		GN_TRY(try_wraps(&r));
	}
	count(e, r.result.result);
	*result = r.result;
	return GN_OK;
}
