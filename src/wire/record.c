/* The signed record: form and limits, signatures, the place on the disk, the order of versions;
 * receipts of holders. Invariants: 1. signatures and the hash are over the bytes as they came;
 * 2. the form is checked before any cryptography, and Ed25519 before the costlier ML-DSA; 3. one
 * version has one sequence of bytes; 4. out-parameters are written last, as a whole. */
#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

#define KEY_DOMAIN "geonet/key/1"
#define RECEIPT_DOMAIN "geonet/receipt/1"

static struct gn_slice hash_slice(const struct gn_hash *h)
{
	return gn_slice(h->b, sizeof h->b);
}

/* WR-14: records that ML-DSA signs too. */
static bool signed_twice(uint16_t type)
{
	return type == GN_FB_RECORD_TYPE_IDENTITY || type == GN_FB_RECORD_TYPE_PREKEYS;
}

/* ---- reading ---- */

/* WR-11: what a Signed may hold. */
static gn_err signed_limits(struct gn_fb_signed s)
{
	struct gn_slice prev = gn_fb_signed_prev(s);
	uint32_t ttl = gn_fb_signed_ttl(s);
	if (gn_fb_signed_type(s) == GN_FB_RECORD_TYPE_NONE ||
	    gn_fb_signed_owner(s).len != sizeof(struct gn_pk) ||
	    (prev.p && prev.len != sizeof(struct gn_hash)))
		return GN_MALFORMED;
	if (gn_fb_signed_label(s).len > GN_RECORD_LABEL_MAX ||
	    gn_fb_signed_token(s).len > GN_RECORD_TOKEN_MAX)
		return GN_TOO_LARGE;
	return ttl < GN_RECORD_TTL_MIN || ttl > GN_RECORD_TTL_MAX ? GN_RANGE : GN_OK;
}

static gn_err envelope(struct gn_fbb *b, struct gn_slice signed_bytes, struct gn_slice sig,
		       struct gn_slice pq_sig, struct gn_slice *out)
{
	struct gn_fb_record_args args = {.signed_ = signed_bytes, .sig = sig, .pq_sig = pq_sig};
	return gn_fbb_finish(b, gn_fb_record_make(b, &args), GN_FB_RECORD_IDENTIFIER, out);
}

/* WR-24: the record at the start of `in`; false when a builder makes other bytes of what is in
 * it. */
static bool envelope_of(struct gn_slice in, struct gn_fb_record outer, struct gn_fb_signed s,
			struct gn_slice *bytes)
{
	uint8_t storage[GN_RECORD_MAX];
	struct gn_fbb b = gn_fbb(storage, in.len);
	struct gn_slice built;
	if (gn_fb_signed_seq(s) || gn_fb_signed_created(s))
		b.align = 8;
	if (envelope(&b, gn_fb_record_signed(outer), gn_fb_record_sig(outer),
		     gn_fb_record_pq_sig(outer), &built) != GN_OK)
		return false;
	*bytes = gn_slice_sub(in, 0, built.len);
	return gn_slice_eq(built, *bytes);
}

gn_err gn_wire_record_parse(struct gn_slice in, struct gn_record *out)
{
	struct gn_fb_record outer;
	struct gn_fb_signed s;
	struct gn_slice bytes;
	if (in.len > GN_RECORD_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_record_verify(in, &outer));
	struct gn_slice sig = gn_fb_record_sig(outer), pq_sig = gn_fb_record_pq_sig(outer);
	GN_TRY(gn_fb_signed_verify(gn_fb_record_signed(outer), &s));
	GN_TRY(signed_limits(s));
	bool twice = signed_twice(gn_fb_signed_type(s));
	if (sig.len != sizeof(struct gn_sig) || !pq_sig.p == twice ||
	    (twice && pq_sig.len != GN_PQ_SIG_LEN) || !envelope_of(in, outer, s, &bytes))
		return GN_MALFORMED;

	struct gn_record r = {.bytes = bytes,
			      .signed_bytes = gn_fb_record_signed(outer),
			      .pq_sig = pq_sig,
			      .type = gn_fb_signed_type(s),
			      .salt = gn_fb_signed_salt(s),
			      .label = gn_fb_signed_label(s),
			      .seq = gn_fb_signed_seq(s),
			      .created = gn_fb_signed_created(s),
			      .ttl = gn_fb_signed_ttl(s),
			      .prev = gn_fb_signed_prev(s),
			      .body = gn_fb_signed_body(s),
			      .token = gn_fb_signed_token(s)};
	memcpy(r.sig.b, sig.p, sizeof r.sig);
	memcpy(r.owner.b, gn_fb_signed_owner(s).p, sizeof r.owner);
	gn_sha256(&r.signed_bytes, 1, &r.hash);
	gn_wire_record_key(r.type, &r.owner, r.label, r.salt, &r.key);
	*out = r;
	return GN_OK;
}

/* WR-14: the ML-DSA key that the body names. */
static gn_err pq_key_of(const struct gn_record *r, struct gn_slice *out)
{
	struct gn_fb_identity_body identity;
	struct gn_fb_prekeys_body prekeys;
	if (r->type == GN_FB_RECORD_TYPE_IDENTITY) {
		GN_TRY(gn_fb_identity_body_verify(r->body, &identity));
		*out = gn_fb_identity_body_pq_key(identity);
	} else {
		GN_TRY(gn_fb_prekeys_body_verify(r->body, &prekeys));
		*out = gn_fb_prekeys_body_pq_key(prekeys);
	}
	return out->len == GN_PQ_PK_LEN ? GN_OK : GN_MALFORMED;
}

gn_err gn_wire_record_verify(const struct gn_record *r)
{
	struct gn_slice pq_key;
	GN_TRY(gn_verify(&r->owner, GN_RECORD_DOMAIN, &r->signed_bytes, 1, &r->sig));
	if (!signed_twice(r->type))
		return GN_OK;
	GN_TRY(pq_key_of(r, &pq_key));
	return gn_pq_verify(pq_key.p, GN_RECORD_DOMAIN, r->signed_bytes, r->pq_sig.p);
}

gn_err gn_wire_record_open(struct gn_slice in, struct gn_record *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_parse(in, &r));
	GN_TRY(gn_wire_record_verify(&r));
	*out = r;
	return GN_OK;
}

gn_err gn_record_fresh(const struct gn_record *r, uint64_t unix_now)
{
	if (r->created > unix_now && r->created - unix_now > GN_RECORD_AHEAD_MAX)
		return GN_RANGE;
	return unix_now > r->created && unix_now - r->created > r->ttl ? GN_EXPIRED : GN_OK;
}

int gn_record_compare(const struct gn_record *a, const struct gn_record *b)
{
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return memcmp(a->hash.b, b->hash.b, sizeof a->hash);
}

void gn_wire_record_key(uint16_t type, const struct gn_pk *owner, struct gn_slice label,
			uint8_t salt, struct gn_hash *out)
{
	uint8_t type_be[2] = {(uint8_t)(type >> 8), (uint8_t)type};
	struct gn_hash name;
	struct gn_slice subject;
	bool anybody =
		type == GN_FB_RECORD_TYPE_PROVIDER ||
		(type == GN_FB_RECORD_TYPE_NAME && !(label.len && memchr(label.p, '.', label.len)));
	if (anybody) {
		gn_sha256(&label, 1, &name);
		subject = hash_slice(&name);
		label.len = 0;
	} else {
		GN_ASSERT(owner);
		subject = gn_slice(owner->b, sizeof owner->b);
	}
	struct gn_slice parts[] = {GN_LIT(KEY_DOMAIN), GN_SLICE(type_be), subject, label,
				   gn_slice(&salt, 1)};
	gn_sha256(parts, GN_COUNT(parts), out);
}

/* ---- making ---- */

void gn_wire_before(const struct gn_record *r, struct gn_before *out)
{
	const uint64_t known = GN_FB_SLOT(10) - 1; /* Signed's ten fields */
	struct gn_fb_signed s;
	gn_err err = gn_fb_signed_verify(r->signed_bytes, &s);
	GN_ASSERT(err == GN_OK && r->salt < GN_COUNT(out->hash));
	*out = (struct gn_before){.body = r->body,
				  .beyond = gn_fbt_beyond(s.t, known) || r->token.len > 0};
	out->hash[r->salt] = r->hash;
}

struct gn_slice gn_before_prev(const struct gn_before *b, uint8_t salt)
{
	GN_ASSERT(salt < GN_COUNT(b->hash));
	bool first = gn_hash_is_zero(&b->hash[salt]);
	return first ? gn_slice(NULL, 0) : hash_slice(&b->hash[salt]);
}

static gn_err fields_ok(const struct gn_record_fields *f)
{
	if (f->type == GN_FB_RECORD_TYPE_NONE ||
	    (f->prev.p && f->prev.len != sizeof(struct gn_hash)))
		return GN_USAGE;
	if (f->label.len > GN_RECORD_LABEL_MAX || f->token.len > GN_RECORD_TOKEN_MAX)
		return GN_TOO_LARGE;
	if (!gn_utf8_ok(f->label))
		return GN_TEXT;
	return f->ttl < GN_RECORD_TTL_MIN || f->ttl > GN_RECORD_TTL_MAX ? GN_RANGE : GN_OK;
}

gn_err gn_wire_signed_make(struct gn_record_builder *b, void *storage, size_t cap,
			   const struct gn_pk *owner, const struct gn_record_fields *fields)
{
	GN_TRY(fields_ok(fields));
	b->fbb = gn_fbb(storage, cap < GN_RECORD_MAX ? cap : GN_RECORD_MAX);
	struct gn_fb_signed_args args = {
		.type = fields->type,
		.owner = gn_slice(owner->b, sizeof owner->b),
		/* WR-12: one spelling of "" */
		.label = fields->label.len ? fields->label : gn_slice(NULL, 0),
		.salt = fields->salt,
		.seq = fields->seq,
		.created = fields->created,
		.ttl = fields->ttl,
		.prev = fields->prev,
		.body = fields->body,
		.token = fields->token,
	};
	return gn_fbb_finish(&b->fbb, gn_fb_signed_make(&b->fbb, &args), NULL, &b->signed_bytes);
}

gn_err gn_wire_signed_wrap(struct gn_record_builder *b, const struct gn_sig *sig,
			   struct gn_slice pq_sig, struct gn_slice *out)
{
	return envelope(&b->fbb, b->signed_bytes, gn_slice(sig->b, sizeof sig->b), pq_sig, out);
}

gn_err gn_wire_record_make(const struct gn_sk *owner, const uint8_t *pq_seed,
			   const struct gn_record_fields *fields, struct gn_buf *out)
{
	struct gn_record_builder b;
	struct gn_sig sig;
	struct gn_slice record;
	uint8_t pq_sig[GN_PQ_SIG_LEN];
	GN_ASSERT(out->len <= out->cap);
	if (signed_twice(fields->type) != (pq_seed != NULL))
		return GN_USAGE;
	GN_TRY(gn_wire_signed_make(&b, out->p + out->len, out->cap - out->len, &owner->pk, fields));
	gn_sign(owner, GN_RECORD_DOMAIN, &b.signed_bytes, 1, &sig);
	if (pq_seed)
		GN_TRY(gn_pq_sign(pq_seed, GN_RECORD_DOMAIN, b.signed_bytes, pq_sig));
	GN_TRY(gn_wire_signed_wrap(&b, &sig, pq_seed ? GN_SLICE(pq_sig) : gn_slice(NULL, 0),
				   &record));
	memmove(out->p + out->len, record.p, record.len);
	out->len += record.len;
	return GN_OK;
}

/* ---- receipts ---- */

/* The signed message of a receipt, in the order of WR-17. */
struct receipt_parts {
	uint8_t seq[8], held_until[8];
	struct gn_slice parts[5];
};

static void receipt_message(const struct gn_receipt *r, struct receipt_parts *m)
{
	gn_put_be64(m->seq, r->seq);
	gn_put_be64(m->held_until, r->held_until);
	m->parts[0] = hash_slice(&r->key);
	m->parts[1] = GN_SLICE(m->seq);
	m->parts[2] = hash_slice(&r->hash);
	m->parts[3] = GN_SLICE(m->held_until);
	m->parts[4] = hash_slice(&r->holder);
}

void gn_wire_receipt_sign(const struct gn_sk *node, struct gn_receipt *r)
{
	struct receipt_parts m;
	receipt_message(r, &m);
	r->holder_key = node->pk;
	gn_sign(node, RECEIPT_DOMAIN, m.parts, GN_COUNT(m.parts), &r->sig);
}

gn_err gn_wire_receipt_verify(const struct gn_receipt *r)
{
	struct receipt_parts m;
	receipt_message(r, &m);
	return gn_verify(&r->holder_key, RECEIPT_DOMAIN, m.parts, GN_COUNT(m.parts), &r->sig);
}

gn_fbref gn_wire_receipt_put(struct gn_fbb *b, const struct gn_receipt *r)
{
	struct gn_fb_hash key, hash, holder;
	struct gn_fb_key holder_key;
	struct gn_fb_sig sig;
	memcpy(key.b, r->key.b, sizeof key);
	memcpy(hash.b, r->hash.b, sizeof hash);
	memcpy(holder.b, r->holder.b, sizeof holder);
	memcpy(holder_key.b, r->holder_key.b, sizeof holder_key);
	memcpy(sig.b, r->sig.b, sizeof sig);
	return gn_fb_receipt_make(b, &(struct gn_fb_receipt_args){.key = &key,
								  .seq = r->seq,
								  .hash = &hash,
								  .held_until = r->held_until,
								  .holder = &holder,
								  .holder_key = &holder_key,
								  .sig = &sig});
}

void gn_wire_receipt_get(struct gn_fb_receipt t, struct gn_receipt *out)
{
	*out = (struct gn_receipt){.seq = gn_fb_receipt_seq(t),
				   .held_until = gn_fb_receipt_held_until(t)};
	memcpy(out->key.b, gn_fb_receipt_key(t).b, sizeof out->key);
	memcpy(out->hash.b, gn_fb_receipt_hash(t).b, sizeof out->hash);
	memcpy(out->holder.b, gn_fb_receipt_holder(t).b, sizeof out->holder);
	memcpy(out->holder_key.b, gn_fb_receipt_holder_key(t).b, sizeof out->holder_key);
	memcpy(out->sig.b, gn_fb_receipt_sig(t).b, sizeof out->sig);
}
