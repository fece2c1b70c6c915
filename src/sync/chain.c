/* Entries of a chain: each names the one before, so whoever has the newest hash has all of them.
 *
 * 1. An entry's name is the hash of what is signed, without the signatures: there are not two
 *    entries that differ in those alone.
 * 2. All but the first are signed over the chain's name: none passes for one of another chain.
 * 3. A reader's place moves by one entry at a time, and never back.
 *
 * Spec: SY-1..SY-5. */
#include "sync/sync.h"
#include "wire/wire.h"

static const char domain[] = "geonet/chain/1";

gn_err gn_chain_open(struct gn_slice bytes, struct gn_chain_entry *out)
{
	struct gn_fb_chain_signed s;
	struct gn_chain_entry e = {.bytes = bytes};
	if (bytes.len > GN_CHAIN_ENTRY_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_chain_signed_verify(bytes, &s));
	e.entry = gn_fb_chain_signed_entry(s);
	GN_TRY(gn_fb_chain_entry_verify(e.entry, &e.view));
	e.seq = gn_fb_chain_entry_seq(e.view);
	e.time = gn_fb_chain_entry_time(e.view);
	memcpy(e.prev.b, gn_fb_chain_entry_prev(e.view).b, sizeof e.prev.b);
	memcpy(e.device.b, gn_fb_chain_entry_device(e.view).b, sizeof e.device.b);
	memcpy(e.person.b, gn_fb_chain_entry_person(e.view).b, sizeof e.person.b);
	memcpy(e.sig.b, gn_fb_chain_signed_sig(s).b, sizeof e.sig.b);
	e.pq_sig = gn_fb_chain_signed_pq_sig(s);
	if (e.seq == 0 || e.seq == UINT64_MAX || (e.seq == 1) != gn_hash_is_zero(&e.prev) ||
	    (e.pq_sig.len && e.pq_sig.len != GN_PQ_SIG_LEN))
		return GN_MALFORMED;
	gn_sha256(&e.entry, 1, &e.hash);
	*out = e;
	return GN_OK;
}

static bool act_needs_pq(uint8_t type)
{
	return type == GN_FB_CHAIN_ACT_CHAIN_CREATE || type == GN_FB_CHAIN_ACT_CHAIN_ROLE;
}

bool gn_chain_needs_pq(const struct gn_chain_entry *e)
{
	return act_needs_pq(gn_fb_chain_entry_act_type(e->view));
}

static const struct gn_hash no_chain;

static gn_err verify_once(const struct gn_chain_entry *e, const struct gn_hash *id)
{
	const struct gn_hash *chain = e->seq == 1 ? &no_chain : id;
	struct gn_slice parts[] = {GN_SLICE(chain->b), e->entry};
	return gn_verify(&e->device, domain, parts, GN_COUNT(parts), &e->sig);
}

/* ML-DSA signs chain || entry as one piece: their hash, which is as long whatever they are. */
static void pq_text(const struct gn_hash *chain, struct gn_slice entry, struct gn_hash *out)
{
	gn_sha256((struct gn_slice[]){GN_SLICE(chain->b), entry}, 2, out);
}

gn_err gn_chain_verify(const struct gn_chain_entry *e, const struct gn_hash *id,
		       const uint8_t *pq_pk)
{
	struct gn_hash text;
	GN_ASSERT(e->bytes.len > 0);
	GN_TRY(verify_once(e, id));
	if (!gn_chain_needs_pq(e))
		return GN_OK;
	if (e->pq_sig.len != GN_PQ_SIG_LEN)
		return GN_SIGNATURE;
	if (!pq_pk)
		return GN_PENDING;
	pq_text(e->seq == 1 ? &no_chain : id, e->entry, &text);
	return gn_pq_verify(pq_pk, domain, GN_SLICE(text.b), e->pq_sig.p);
}

gn_err gn_chain_follows(const struct gn_chain_at *at, const struct gn_chain_entry *e)
{
	if (e->seq < at->seq)
		return GN_STALE;
	if (e->seq == at->seq)
		return gn_hash_eq(&e->hash, &at->head) ? GN_STALE : GN_CONFLICT;
	if (e->seq - at->seq > 1)
		return GN_PENDING;
	if (e->seq == 1 && !gn_hash_is_zero(&at->id) && !gn_hash_eq(&e->hash, &at->id))
		return GN_CONFLICT;
	return gn_hash_eq(&e->prev, &at->head) ? GN_OK : GN_CONFLICT;
}

void gn_chain_step(struct gn_chain_at *at, const struct gn_chain_entry *e)
{
	gn_err err = gn_chain_follows(at, e);
	GN_ASSERT(err == GN_OK);
	if (at->seq == 0)
		at->id = e->hash;
	at->seq = e->seq;
	at->head = e->hash;
}

gn_err gn_chain_sign(const struct gn_chain_at *at, const struct gn_chain_author *author,
		     const struct gn_chain_act *act, uint8_t *scratch, struct gn_buf *out)
{
	struct gn_fbb b = gn_fbb(scratch, GN_CHAIN_ENTRY_MAX);
	struct gn_fb_hash prev = gn_wire_hash(at->head.b);
	struct gn_fb_key device, person;
	struct gn_slice entry, bytes;
	struct gn_sig sig;
	uint8_t pq_sig[GN_PQ_SIG_LEN];
	bool pq = act_needs_pq(act->type);
	if (pq && !author->pq_seed)
		return GN_USAGE;
	memcpy(device.b, author->device->pk.b, sizeof device.b);
	memcpy(person.b, author->person.b, sizeof person.b);
	struct gn_fb_chain_entry_args args = {.seq = at->seq + 1,
					      .prev = at->seq ? &prev : NULL,
					      .device = &device,
					      .person = &person,
					      .time = author->time,
					      .act_type = act->type,
					      .act = act->make(&b, act->args)};
	GN_TRY(gn_fbb_finish(&b, gn_fb_chain_entry_make(&b, &args), NULL, &entry));
	const struct gn_hash *chain = at->seq ? &at->id : &no_chain;
	gn_sign(author->device, domain, (struct gn_slice[]){GN_SLICE(chain->b), entry}, 2, &sig);
	if (pq) {
		struct gn_hash text;
		pq_text(chain, entry, &text);
		GN_TRY(gn_pq_sign(author->pq_seed, domain, GN_SLICE(text.b), pq_sig));
	}
	struct gn_fb_sig s;
	memcpy(s.b, sig.b, sizeof s.b);
	size_t room = out->cap - out->len;
	b = gn_fbb(out->p + out->len, room < GN_CHAIN_ENTRY_MAX ? room : GN_CHAIN_ENTRY_MAX);
	struct gn_fb_chain_signed_args whole = {
		.entry = entry, .sig = &s, .pq_sig = gn_slice(pq_sig, pq ? sizeof pq_sig : 0)};
	GN_TRY(gn_fbb_finish(&b, gn_fb_chain_signed_make(&b, &whole), GN_FB_CHAIN_SIGNED_IDENTIFIER,
			     &bytes));
	memmove(out->p + out->len, bytes.p, bytes.len);
	out->len += bytes.len;
	return GN_OK;
}
