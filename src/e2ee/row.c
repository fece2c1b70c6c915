/* The layout of what is stored is written once: each function walks it, and `struct e2ee_form` is
 * either writing or reading. What is read is checked for what the code relies on; the rest is ours,
 * sealed by the store.
 *
 * 1. Reading fills things that are not in use yet: on any error they are thrown away as a whole.
 * 2. A row of a session has at most E2EE_SESSION_ROW_MAX bytes: what a role does not need is not in
 *    it.
 *
 * Spec: EE-34. */
#include "e2ee/row_int.h"

#define VERSION 1

static void bytes(struct e2ee_form *f, void *p, size_t len)
{
	GN_ASSERT(p != NULL);
	if (!f->reading) {
		gn_write_bytes(&f->w, gn_slice(p, len));
		return;
	}
	struct gn_slice in = gn_read_bytes(&f->r, len);
	if (!f->r.bad && len)
		memcpy(p, in.p, len);
}
static void u8(struct e2ee_form *f, uint8_t *v)
{
	bytes(f, v, 1);
}
static void u16(struct e2ee_form *f, uint16_t *v)
{
	if (f->reading)
		*v = gn_read_be16(&f->r);
	else
		gn_write_be16(&f->w, *v);
}
static void u32(struct e2ee_form *f, uint32_t *v)
{
	if (f->reading)
		*v = gn_read_be32(&f->r);
	else
		gn_write_be32(&f->w, *v);
}
static void u64(struct e2ee_form *f, uint64_t *v)
{
	if (f->reading)
		*v = gn_read_be64(&f->r);
	else
		gn_write_be64(&f->w, *v);
}
static void flag(struct e2ee_form *f, bool *v)
{
	uint8_t b = *v;
	u8(f, &b);
	f->bad |= b > 1;
	*v = b == 1;
}
/* A count or an index, below `end`. */
static void below(struct e2ee_form *f, uint32_t *v, uint32_t end)
{
	GN_ASSERT(end > 0 && (f->reading || *v < end));
	u32(f, v);
	if (f->reading && *v >= end) {
		f->bad = true;
		*v = 0;
	}
}
static void chain(struct e2ee_form *f, struct e2ee_chain *c)
{
	bytes(f, c->key, sizeof c->key);
	u32(f, &c->n);
}

static void ratchet(struct e2ee_form *f, struct e2ee_ratchet *r)
{
	GN_ASSERT(f->reading || r->sending);
	bytes(f, r->root, sizeof r->root);
	bytes(f, r->own, sizeof r->own);
	bytes(f, r->own_pk, sizeof r->own_pk);
	chain(f, &r->send);
	chain(f, &r->recv);
	u32(f, &r->pn);
	bytes(f, r->send_header, sizeof r->send_header);
	bytes(f, r->send_next, sizeof r->send_next);
	bytes(f, r->recv_header, sizeof r->recv_header);
	bytes(f, r->recv_next, sizeof r->recv_next);
	flag(f, &r->receiving);
	r->sending = true;
}

static bool key_side(const struct e2ee_pq *q)
{
	return q->role == E2EE_SEND_EK || q->role == E2EE_RECV_CT;
}

static void pq(struct e2ee_form *f, struct e2ee_pq *q)
{
	uint32_t role = q->role, index = q->index, got = q->got;
	bytes(f, q->p, sizeof q->p);
	u32(f, &q->send_epoch);
	u32(f, &q->recv_epoch);
	chain(f, &q->send);
	chain(f, &q->recv);
	flag(f, &q->initiator);
	flag(f, &q->send_waits);
	flag(f, &q->recv_waits);
	if (q->send_waits)
		chain(f, &q->send_next);
	if (q->recv_waits)
		chain(f, &q->recv_next);
	u16(f, &q->count);
	below(f, &role, E2EE_SEND_CT + 1);
	below(f, &index, E2EE_CHUNK_INDICES);
	below(f, &got, E2EE_QUARTERS);
	u32(f, &q->since);
	q->role = (enum e2ee_role)role;
	q->index = (uint8_t)index;
	q->got = (uint8_t)got;
	bytes(f, q->got_index, got);
	for (unsigned i = 0; i < got; i++)
		for (unsigned k = 0; k <= i; k++)
			f->bad |= q->got_index[i] >= E2EE_CHUNK_INDICES ||
				  (k < i && q->got_index[i] == q->got_index[k]);
	if (key_side(q) && q->send_epoch > 0) {
		bytes(f, q->seed, sizeof q->seed);
		bytes(f, q->ek_hash, sizeof q->ek_hash);
	}
	bytes(f, q->bytes, e2ee_pq_has_chunk(q) ? sizeof q->bytes : got * E2EE_CHUNK);
	/* the invariants that next_epoch and others assert */
	f->bad |= q->send_waits != (q->role == E2EE_SEND_CT);
	f->bad |= (uint64_t)q->recv_epoch + q->recv_waits > (uint64_t)q->send_epoch + q->send_waits;
	f->bad |= key_side(q) && (q->recv_waits || q->recv_epoch != q->send_epoch);
	f->bad |= q->role == E2EE_COLLECT_EK &&
		  (uint64_t)q->recv_epoch + q->recv_waits != q->send_epoch;
	f->bad |= q->send_epoch == UINT32_MAX;
	GN_ASSERT(f->reading || !f->bad); /* ours was never so */
}

void e2ee_row_version(struct e2ee_form *f)
{
	uint8_t version = VERSION;
	GN_ASSERT(f->reading || gn_writer_len(&f->w) == 0);
	u8(f, &version);
	f->bad |= version != VERSION;
}

/* What one message changes. */
void e2ee_row_session(struct e2ee_form *f, struct e2ee_session *s, struct gn_pk *device,
		      bool *written)
{
	struct e2ee_state *st = &s->state;
	GN_ASSERT(f->reading || (st->ratchet.sending && !st->ratchet.turn));
	u64(f, &s->id);
	bytes(f, device, sizeof *device);
	u64(f, &s->made);
	u64(f, &s->active);
	flag(f, written);
	bytes(f, st->t, sizeof st->t);
	bytes(f, &st->owner, sizeof st->owner);
	flag(f, &st->own);
	flag(f, &st->unanswered);
	flag(f, &st->only_read);
	flag(f, &st->lost);
	flag(f, &st->aside);
	ratchet(f, &st->ratchet);
	pq(f, &st->pq);
	f->bad |= st->ratchet.receiving == st->unanswered || (st->unanswered && !st->own);
	f->bad |= st->unanswered && st->pq.role != E2EE_RECV_CT;
	f->bad |= *written && (st->only_read || st->unanswered);
	f->bad |= (st->lost || st->aside) && (!st->only_read || st->own);
	if (!st->unanswered)
		return;
	bytes(f, &st->box, sizeof st->box);
	bytes(f, st->first, sizeof st->first);
}

static void skipped_key(struct e2ee_form *f, struct e2ee_skipped *k)
{
	bytes(f, k->chain, sizeof k->chain);
	bytes(f, k->key, sizeof k->key);
	u32(f, &k->n);
	u64(f, &k->made);
	u64(f, &k->serial);
}

static gn_err skipped_keys(struct e2ee_form *f, struct e2ee_skips *s)
{
	uint32_t count = s->count;
	uint64_t serial = s->serial;
	gn_err err = GN_OK;
	GN_ASSERT(!f->reading || s->count == 0);
	below(f, &count, E2EE_SKIPPED_MAX + 1);
	for (uint32_t i = 0; i < count && !err && !e2ee_form_broken(f); i++) {
		struct e2ee_skipped k = {0};
		if (f->reading) {
			skipped_key(f, &k);
			if (!e2ee_form_broken(f))
				err = e2ee_skips_load(s, &k);
			gn_wipe(&k, sizeof k);
		} else {
			skipped_key(f, &s->at[i]);
		}
	}
	u64(f, &serial);
	f->bad |= serial < s->serial || serial >= E2EE_SERIALS;
	s->serial = serial;
	u64(f, &s->dropped);
	return err;
}

gn_err e2ee_row_skipped(struct e2ee_form *f, struct e2ee_skips s[E2EE_SKIPS])
{
	for (int i = 0; i < E2EE_SKIPS; i++)
		GN_TRY(skipped_keys(f, &s[i]));
	return GN_OK;
}

static void prekey_public(struct e2ee_form *f, struct gn_e2ee_prekey *k)
{
	u32(f, &k->id);
	bytes(f, k->x25519, sizeof k->x25519);
	bytes(f, k->kem, sizeof k->kem);
}

static void version(struct e2ee_form *f, struct gn_e2ee_version *v)
{
	u64(f, &v->seq);
	bytes(f, &v->hash, sizeof v->hash);
}

void e2ee_row_peer(struct e2ee_form *f, struct e2ee_peer *p)
{
	struct gn_e2ee_peer *is = &p->is;
	uint32_t history = (uint32_t)is->history_count, few = (uint32_t)is->prekeys.few_count;
	bytes(f, &is->owner, sizeof is->owner);
	bytes(f, &is->device, sizeof is->device);
	bytes(f, is->dh, sizeof is->dh);
	version(f, &is->identity);
	below(f, &history, GN_E2EE_HISTORY + 1);
	is->history = p->history;
	is->history_count = history;
	for (uint32_t i = 0; i < history; i++)
		version(f, &p->history[i]);
	prekey_public(f, &is->prekeys.last);
	below(f, &few, GN_E2EE_FEW + 1);
	is->prekeys.few_count = few;
	for (uint32_t i = 0; i < few; i++)
		prekey_public(f, &is->prekeys.few[i]);
}

static void private_half(struct e2ee_form *f, struct e2ee_prekey *k)
{
	u32(f, &k->id);
	flag(f, &k->last);
	bytes(f, &k->owner, sizeof k->owner);
	bytes(f, k->secret, sizeof k->secret);
	bytes(f, k->seed, sizeof k->seed);
	bytes(f, k->x25519, sizeof k->x25519);
	bytes(f, k->kem_hash, sizeof k->kem_hash);
}

gn_err e2ee_row_own(struct e2ee_form *f, struct gn_e2ee *e)
{
	struct e2ee_prekeys *p = &e->prekeys;
	struct gn_e2ee_own *is = &e->own.is;
	uint32_t count = p->count;
	gn_err err = GN_OK;
	GN_ASSERT(!f->reading || p->count == 0);
	bytes(f, &is->owner, sizeof is->owner);
	bytes(f, &is->device, sizeof is->device);
	bytes(f, is->dh, sizeof is->dh);
	u64(f, &is->seq);
	bytes(f, &is->hash, sizeof is->hash);
	below(f, &count, E2EE_PREKEYS_MAX + 1);
	for (uint32_t i = 0; i < count && !err && !e2ee_form_broken(f); i++) {
		struct e2ee_prekey k = {.id = 0};
		private_half(f, f->reading ? &k : &p->at[i]);
		if (f->reading && !e2ee_form_broken(f))
			err = e2ee_prekeys_put(p, &k);
		gn_wipe(&k, sizeof k);
	}
	return err == GN_EXISTS ? GN_CORRUPT : err;
}

/* The set-ups that are remembered, and the number of the next session. */
gn_err e2ee_row_setups(struct e2ee_form *f, struct gn_e2ee *e)
{
	struct gn_map *m = &e->prekeys.remembered;
	uint32_t known = m->count;
	GN_ASSERT(f->reading || e->next_session > 0);
	u64(f, &e->next_session);
	f->bad |= e->next_session == 0 || e->next_session >= E2EE_SERIALS;
	below(f, &known, E2EE_REMEMBERED_MAX + 1);
	for (uint32_t i = 0; i < known && !e2ee_form_broken(f); i++) {
		uint8_t key[E2EE_KEY] = {0};
		struct e2ee_remembered r = {0};
		if (!f->reading) {
			memcpy(key, gn_map_key_at(m, i), sizeof key);
			r = *(struct e2ee_remembered *)gn_map_value_at(m, i);
		}
		bytes(f, key, sizeof key);
		u32(f, &r.last);
		u32(f, &r.other);
		u64(f, &r.session);
		u64(f, &r.owner);
		if (f->reading && !e2ee_form_broken(f)) {
			struct e2ee_remembered *at = gn_map_put(m, key);
			if (at)
				*at = r;
			else
				return GN_NOMEM;
		}
	}
	return GN_OK;
}
