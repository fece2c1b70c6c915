/* Prekeys records: made, read, judged.
 *
 * 1. A number names one half: no two of a record have the same.
 * 2. What a record says of its identity is a claim; gn_prekeys_judge alone believes it, by the
 *    identity record of the owner who was looked up.
 * 3. Nothing of a version before is carried along: old keys under new signatures would be lies.
 *
 * Rules: docs/spec/services.md PK-1..PK-5. */
#include "records/prekeys.h"
#include "records/limits.h"

void gn_prekeys_key(const struct gn_pk *device, uint8_t salt, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_PREKEYS, device, GN_LIT(""), salt, key);
}

/* PK-2 */
static gn_err form_fault(const struct gn_prekeys *p)
{
	if (p->few_count > GN_PREKEYS_FEW)
		return GN_USAGE;
	for (size_t i = 0; i < p->few_count; i++) {
		if (p->few[i].id == p->last.id)
			return GN_USAGE;
		for (size_t k = 0; k < i; k++)
			if (p->few[i].id == p->few[k].id)
				return GN_USAGE;
	}
	return p->ttl > GN_PREKEYS_TTL ? GN_RANGE : GN_OK;
}

/* ---- making ---- */

static gn_fbref put_set(struct gn_fbb *b, const struct gn_prekey *k)
{
	struct gn_fb_key x25519;
	memcpy(x25519.b, k->x25519, sizeof x25519.b);
	return gn_fb_prekey_set_make(b, &(struct gn_fb_prekey_set_args){.id = k->id,
									.x25519 = &x25519,
									.kem = GN_SLICE(k->kem)});
}

static gn_err make_body(const struct gn_prekeys *in, const uint8_t pq_pk[GN_PQ_PK_LEN],
			uint8_t *storage, size_t cap, struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, cap);
	gn_fbref few[GN_PREKEYS_FEW];
	struct gn_fb_key identity, dh;
	for (size_t i = in->few_count; i-- > 0;)
		few[i] = put_set(&b, &in->few[i]);
	memcpy(identity.b, in->identity.b, sizeof identity.b);
	memcpy(dh.b, in->dh, sizeof dh.b);
	struct gn_fb_prekeys_body_args args = {.identity = &identity,
					       .pq_key = gn_slice(pq_pk, GN_PQ_PK_LEN),
					       .dh = &dh,
					       .last = put_set(&b, &in->last),
					       .few = {in->few_count ? few : NULL, in->few_count}};
	return gn_fbb_finish(&b, gn_fb_prekeys_body_make(&b, &args), NULL, out);
}

gn_err gn_prekeys_record(const struct gn_sk *device, const uint8_t pq_seed[GN_PQ_SEED_LEN],
			 const struct gn_prekeys *in, uint8_t salt, struct gn_buf *out)
{
	uint8_t storage[PREKEYS_RECORD_MAX], pq_pk[GN_PQ_PK_LEN];
	struct gn_slice body;
	if (salt > 1)
		return GN_USAGE;
	GN_TRY(form_fault(in));
	if (in->before.beyond)
		return GN_VERSION;
	GN_TRY(gn_pq_public(pq_seed, pq_pk));
	GN_TRY(make_body(in, pq_pk, storage, sizeof storage, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_PREKEYS,
					  .salt = salt,
					  .prev = gn_before_prev(&in->before, salt),
					  .body = body,
					  .seq = in->seq,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(device, pq_seed, &fields, out);
}

/* ---- reading ---- */

static bool get_set(struct gn_fb_prekey_set t, struct gn_prekey *out)
{
	struct gn_slice kem = gn_fb_prekey_set_kem(t);
	if (kem.len != sizeof out->kem)
		return false;
	out->id = gn_fb_prekey_set_id(t);
	memcpy(out->x25519, gn_fb_prekey_set_x25519(t).b, sizeof out->x25519);
	memcpy(out->kem, kem.p, sizeof out->kem);
	return true;
}

static gn_err view_body(const struct gn_record *r, struct gn_prekeys *out)
{
	struct gn_fb_prekeys_body body;
	struct gn_prekeys p = {
		.device = r->owner, .seq = r->seq, .created = r->created, .ttl = r->ttl};
	if (r->type != GN_FB_RECORD_TYPE_PREKEYS || r->label.len || r->salt > 1)
		return GN_MALFORMED;
	if (r->bytes.len > PREKEYS_RECORD_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_prekeys_body_verify(r->body, &body));
	struct gn_slice pq_key = gn_fb_prekeys_body_pq_key(body);
	p.few_count = gn_fb_prekeys_body_few_len(body);
	if (pq_key.len != sizeof p.pq_pk || p.few_count > GN_PREKEYS_FEW ||
	    !get_set(gn_fb_prekeys_body_last(body), &p.last))
		return GN_MALFORMED;
	for (uint32_t i = 0; i < p.few_count; i++)
		if (!get_set(gn_fb_prekeys_body_few_at(body, i), &p.few[i]))
			return GN_MALFORMED;
	memcpy(p.pq_pk, pq_key.p, sizeof p.pq_pk);
	memcpy(p.identity.b, gn_fb_prekeys_body_identity(body).b, sizeof p.identity.b);
	memcpy(p.dh, gn_fb_prekeys_body_dh(body).b, sizeof p.dh);
	gn_err err = form_fault(&p);
	if (err != GN_OK)
		return err == GN_USAGE ? GN_MALFORMED : err;
	*out = p;
	return GN_OK;
}

gn_err gn_prekeys_open(struct gn_slice record, struct gn_prekeys *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	GN_TRY(view_body(&r, out));
	gn_wire_before(&r, &out->before);
	return GN_OK;
}

gn_err gn_prekeys_judge(const struct gn_prekeys *p, const struct gn_identity *id,
			const struct gn_pk *owner, uint64_t unix_now)
{
	struct gn_record times = {.created = p->created, .ttl = p->ttl};
	if (!gn_pk_eq(&id->owner, owner) || !gn_pk_eq(&p->identity, owner))
		return GN_KEY;
	GN_TRY(gn_record_fresh(&times, unix_now));
	return gn_identity_device(id, &p->device, p->pq_pk, unix_now);
}

gn_err gn_prekeys_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			gn_time now)
{
	struct gn_prekeys p;
	(void)names;
	GN_TRY(view_body(in, &p));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (held && !gn_pk_eq(&held->owner, &in->owner))
		return GN_DENIED;
	return held && gn_record_compare(in, held) < 0 ? GN_STALE : GN_OK;
}
