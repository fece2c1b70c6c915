/* Writing an envelope: planned first (which session, what size, which chunks), then drawn and
 * sealed on copies, and kept when all of it succeeded.
 *
 * 1. Randomness is drawn in the order of EE-33: content key, envelope nonce, then device by device.
 * 2. No session changes before the last wrap is sealed.
 * 3. Chunks are padding that works: they ride where the size is needed anyway, and are forced when
 *    a session waited too long (EE-26).
 *
 *    planned [plan] -> sized [choose_size, add_chunks] -> sealed [seal_all] -> kept [keep]
 *
 * Spec: EE-12..15, EE-26, EE-33. */
#include "e2ee/device_int.h"
#include "e2ee/envelope_int.h"

struct job { /* one device */
	struct e2ee_peer *peer;
	struct e2ee_session *session; /* the device's, or `made` */
	struct e2ee_session *made;    /* owned until it is kept */
	bool chunk, taken_up;
	struct e2ee_state state; /* the copy, secret */
};

struct writing {
	const struct gn_e2ee_write *w;
	struct job *jobs; /* owned; w->to_count */
	size_t size, wraps_len;
};

static const struct e2ee_pq *pq_of(const struct job *j)
{
	return &j->state.pq;
}

static gn_err plan_one(struct gn_e2ee *e, const struct writing *p, size_t i)
{
	struct job *j = &p->jobs[i];
	j->peer = e2ee_peer_get(e, &p->w->to[i]);
	if (!j->peer)
		return GN_NOT_FOUND;
	for (size_t k = 0; k < i; k++)
		if (p->jobs[k].peer == j->peer)
			return GN_USAGE;
	j->session = e2ee_session_for(j->peer, &p->w->box);
	if (j->session) {
		j->state = j->session->state;
		j->taken_up = j->state.lost;
		if (j->taken_up)
			j->state.lost = j->state.only_read = false;
		j->chunk = e2ee_pq_has_chunk(pq_of(j)) && pq_of(j)->since >= E2EE_FORCED_AFTER;
		return GN_OK;
	}
	j->made = j->session = e2ee_session_new(e);
	return j->made ? GN_OK : GN_NOMEM;
}

static size_t wrap_len(const struct job *j)
{
	return E2EE_WRAP_LEN + (j->chunk ? E2EE_CHUNK : 0u) +
	       (j->made || j->state.unanswered ? E2EE_FIRST : 0u);
}

static size_t need(struct writing *p)
{
	GN_ASSERT(p->w->to_count > 0 && p->w->to_count <= E2EE_WRAPS_MAX);
	p->wraps_len = 0;
	for (size_t i = 0; i < p->w->to_count; i++)
		p->wraps_len += wrap_len(&p->jobs[i]);
	return E2EE_HEAD + p->wraps_len + p->w->content.len + E2EE_TAG;
}

/* Chunks into what the size has left, those first that sent most messages without one. */
static void add_chunks(struct writing *p)
{
	while (need(p) + E2EE_CHUNK <= p->size) {
		struct job *best = NULL;
		for (size_t i = 0; i < p->w->to_count; i++) {
			struct job *j = &p->jobs[i];
			if (j->chunk || j->made || !e2ee_pq_has_chunk(pq_of(j)))
				continue;
			if (!best || pq_of(j)->since > pq_of(best)->since)
				best = j;
		}
		if (!best)
			break;
		best->chunk = true;
	}
	GN_ASSERT(need(p) <= p->size);
}

static gn_err plan(struct gn_e2ee *e, struct writing *p, size_t room)
{
	if (p->w->content.len > GN_E2EE_SIZE_LARGEST)
		return GN_TOO_LARGE;
	for (size_t i = 0; i < p->w->to_count; i++)
		GN_TRY(plan_one(e, p, i));
	p->size = e2ee_envelope_size(need(p));
	if (p->size == 0) { /* what is forced may wait when it would be in the way (EE-26) */
		for (size_t i = 0; i < p->w->to_count; i++)
			p->jobs[i].chunk = false;
		p->size = e2ee_envelope_size(need(p));
	}
	if (p->size == 0 || p->size > room)
		return GN_TOO_LARGE;
	add_chunks(p);
	return GN_OK;
}

static gn_err set_up(struct gn_e2ee *e, const struct writing *p, struct job *j)
{
	struct e2ee_session_keys keys;
	GN_ASSERT(j->made && !j->chunk); /* there is none yet */
	gn_err err = e2ee_setup_make(&e->own, &j->peer->is, e->env.rand, j->state.first, &keys);
	if (!err)
		err = e2ee_state_start(&j->state, &keys, j->peer->is.prekeys.last.x25519,
				       e->env.rand);
	j->state.box = p->w->box;
	j->state.owner = j->peer->is.owner;
	gn_wipe(&keys, sizeof keys);
	return err;
}

struct sealing {
	const uint8_t *nonce; /* of the envelope */
	struct e2ee_outgoing out;
};

static gn_err seal_one(struct gn_e2ee *e, const struct writing *p, struct job *j,
		       const struct sealing *s, uint8_t *at)
{
	size_t len = wrap_len(j);
	GN_ASSERT(j->session && (!j->made || j->session == j->made));
	if (j->made)
		GN_TRY(set_up(e, p, j));
	struct gn_writer w = gn_writer(at, len);
	gn_write_be16(&w, (uint16_t)(len - 2));
	e2ee_hint(p->w->hint, &j->peer->is.device, s->nonce, w.p);
	w.p += E2EE_HINT;
	gn_write_u8(&w, j->state.unanswered ? E2EE_WRAP_SETUP : E2EE_WRAP_MESSAGE);
	if (j->state.unanswered) {
		memcpy(w.p, j->state.first, E2EE_FIRST);
		e2ee_setup_mask(p->w->hint, w.p);
		w.p += E2EE_FIRST;
	}
	struct e2ee_outgoing out = s->out;
	out.chunk = j->chunk;
	return e2ee_state_write(&j->state, &out, e->env.rand, w.p);
}

static gn_err seal_all(struct gn_e2ee *e, const struct writing *p, uint8_t *out)
{
	uint8_t content_key[E2EE_KEY], nonce[E2EE_ENVELOPE_NONCE];
	struct gn_hash bh;
	struct e2ee_letter letter = {.count = (uint8_t)p->w->to_count,
				     .nonce = nonce,
				     .content_key = content_key,
				     .wraps_len = p->wraps_len,
				     .content = p->w->content};
	struct sealing s = {.nonce = nonce, .out = {.content_key = content_key, .bh = bh.b}};
	uint8_t *at = out + E2EE_HEAD;
	gn_rand_fill(e->env.rand, content_key, sizeof content_key);
	gn_rand_fill(e->env.rand, nonce, sizeof nonce);
	gn_err err = e2ee_envelope_begin(&letter, out, p->size, &bh);
	for (size_t i = 0; i < p->w->to_count && !err; i++) {
		struct job *j = &p->jobs[i];
		size_t len = wrap_len(j);
		err = seal_one(e, p, j, &s, at);
		at += len;
	}
	GN_ASSERT(err || at == out + E2EE_HEAD + p->wraps_len);
	gn_wipe(content_key, sizeof content_key);
	return err;
}

static void keep(struct gn_e2ee *e, struct writing *p, gn_time now)
{
	for (size_t i = 0; i < p->w->to_count; i++) {
		struct job *j = &p->jobs[i];
		GN_ASSERT(j->peer && j->session);
		j->session->state = j->state;
		if (!j->made) {
			e2ee_session_changed(e, j->session);
			if (j->taken_up)
				e2ee_session_taken_up(e, j->session);
			continue;
		}
		e2ee_session_keep(e, j->peer, j->made, false, gn_unix(now));
		j->made = NULL;
		e->counters[E2EE_C_SETUPS_MADE]++;
	}
	e->counters[E2EE_C_WRITTEN]++;
}

gn_err gn_e2ee_write(struct gn_e2ee *e, const struct gn_e2ee_write *w, struct gn_buf *out,
		     gn_time now)
{
	struct writing p = {.w = w};
	GN_ASSERT(now >= 0);
	if (w->to_count == 0 || w->to_count > E2EE_WRAPS_MAX)
		return GN_USAGE;
	p.jobs = GN_NEW_ARRAY(e->env.alloc, struct job, w->to_count);
	if (!p.jobs)
		return GN_NOMEM;
	gn_err err = plan(e, &p, out->cap - out->len);
	if (!err)
		err = seal_all(e, &p, out->p + out->len);
	if (!err) {
		keep(e, &p, now);
		out->len += p.size;
	}
	for (size_t i = 0; i < w->to_count; i++)
		e2ee_session_free(e, p.jobs[i].made);
	gn_mem_free_secret(e->env.alloc, p.jobs);
	return err;
}
