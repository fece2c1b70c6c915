/* Signatures and work around a box. Invariant: each has a domain of its own and fields of fixed
 * width, so that none of them, nor a receipt of a record, passes for another; and each names the
 * box, so that what lets an item into one box is worth nothing at another.
 *
 * Rules: docs/spec/services.md BD-6..BD-13. */
#include "records/box_proof.h"
#include "records/limits.h"
#include "records/work_int.h"

#define CERTIFICATE_DOMAIN "geonet/box/certificate/1"
#define DEPOSIT_DOMAIN "geonet/box/deposit/1"
#define INVITE_DOMAIN "geonet/box/invite/1"
#define INVITE_KEY_INFO "geonet/box/invite-key/1"
#define PUZZLE_DOMAIN "geonet/box/puzzle/1"
#define SHOW_DOMAIN "geonet/box/show/1"
#define OUTCOME_DOMAIN "geonet/box/outcome/1"
#define CUSTODY_DOMAIN "geonet/custody/1"
#define CERTIFIED 48 /* bytes of a certificate before its signature */
#define DAY 86400u

/* ---- certificates ---- */

static void put_le(uint8_t *p, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint64_t get_le(const uint8_t *p, size_t bytes)
{
	uint64_t v = 0;
	for (size_t i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

/* BD-6: little-endian, as the structs of a schema are. */
void gn_boxcert_put(const struct gn_boxcert *c, uint8_t out[GN_BOXCERT_LEN])
{
	memcpy(out, c->key.b, 32);
	put_le(out + 32, c->until, 8);
	put_le(out + 40, c->items, 4);
	put_le(out + 44, c->kib, 4);
	memcpy(out + CERTIFIED, c->sig.b, sizeof c->sig.b);
}

void gn_boxcert_get(const uint8_t in[GN_BOXCERT_LEN], struct gn_boxcert *out)
{
	memcpy(out->key.b, in, 32);
	out->until = get_le(in + 32, 8);
	out->items = (uint32_t)get_le(in + 40, 4);
	out->kib = (uint32_t)get_le(in + 44, 4);
	memcpy(out->sig.b, in + CERTIFIED, sizeof out->sig.b);
}

void gn_boxcert_make(const struct gn_sk *box, struct gn_boxcert *c)
{
	uint8_t bytes[GN_BOXCERT_LEN];
	memset(&c->sig, 0, sizeof c->sig);
	gn_boxcert_put(c, bytes);
	struct gn_slice parts[] = {GN_SLICE(box->pk.b), gn_slice(bytes, CERTIFIED)};
	gn_sign(box, CERTIFICATE_DOMAIN, parts, GN_COUNT(parts), &c->sig);
}

gn_err gn_boxcert_check(const struct gn_pk *box, const struct gn_boxcert *c, uint64_t unix_now)
{
	uint8_t bytes[GN_BOXCERT_LEN];
	if (unix_now >= c->until)
		return GN_EXPIRED;
	gn_boxcert_put(c, bytes);
	struct gn_slice parts[] = {GN_SLICE(box->b), gn_slice(bytes, CERTIFIED)};
	return gn_verify(box, CERTIFICATE_DOMAIN, parts, GN_COUNT(parts), &c->sig);
}

/* ---- one item (BD-7, BD-8) ---- */

struct item_parts {
	struct gn_slice parts[2];
};

static struct item_parts item_of(const struct gn_pk *box, const struct gn_hash *item)
{
	return (struct item_parts){{GN_SLICE(box->b), GN_SLICE(item->b)}};
}

void gn_boxrec_deposit_sign(const struct gn_sk *key, const struct gn_pk *box,
			    const struct gn_hash *item, struct gn_sig *out)
{
	struct item_parts m = item_of(box, item);
	gn_sign(key, DEPOSIT_DOMAIN, m.parts, GN_COUNT(m.parts), out);
}

gn_err gn_boxrec_deposit_check(const struct gn_pk *key, const struct gn_pk *box,
			       const struct gn_hash *item, const struct gn_sig *sig)
{
	struct item_parts m = item_of(box, item);
	return gn_verify(key, DEPOSIT_DOMAIN, m.parts, GN_COUNT(m.parts), sig);
}

void gn_boxrec_invite_key(const uint8_t secret[GN_BOXREC_INVITE_SECRET], struct gn_sk *out)
{
	uint8_t seed[32];
	gn_hkdf(gn_slice(secret, GN_BOXREC_INVITE_SECRET), gn_slice(NULL, 0),
		GN_LIT(INVITE_KEY_INFO), seed, sizeof seed);
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
}

void gn_boxrec_invite_sign(const struct gn_sk *key, const struct gn_pk *box,
			   const struct gn_hash *item, struct gn_sig *out)
{
	struct item_parts m = item_of(box, item);
	gn_sign(key, INVITE_DOMAIN, m.parts, GN_COUNT(m.parts), out);
}

gn_err gn_boxrec_invite_check(const struct gn_pk *key, const struct gn_pk *box,
			      const struct gn_hash *item, const struct gn_sig *sig)
{
	struct item_parts m = item_of(box, item);
	return gn_verify(key, INVITE_DOMAIN, m.parts, GN_COUNT(m.parts), sig);
}

/* ---- a stranger's work (BD-9) ---- */

struct work_parts {
	uint8_t day[8];
	struct gn_slice parts[4];
};

static void work_of(struct work_parts *m, const struct gn_pk *box, const struct gn_hash *item,
		    uint32_t day)
{
	gn_put_be64(m->day, day);
	m->parts[0] = GN_LIT(PUZZLE_DOMAIN);
	m->parts[1] = GN_SLICE(box->b);
	m->parts[2] = GN_SLICE(m->day);
	m->parts[3] = GN_SLICE(item->b);
}

gn_err gn_boxrec_work_find(const struct gn_pk *box, const struct gn_hash *item, unsigned bits,
			   struct gn_work_tries tries, struct gn_boxrec_work *w)
{
	struct work_parts m;
	work_of(&m, box, item, w->day);
	return gn_work_find(m.parts, GN_COUNT(m.parts), bits, tries, w->nonce);
}

gn_err gn_boxrec_work_check(const struct gn_pk *box, const struct gn_hash *item,
			    const struct gn_boxrec_work *w, uint8_t wanted, uint64_t unix_now,
			    unsigned *bits)
{
	struct work_parts m;
	/* clocks differ: tomorrow begins a little early */
	if (w->day > (unix_now + GN_RECORD_AHEAD_MAX) / DAY)
		return GN_RANGE;
	if (w->day + UINT64_C(1) < unix_now / DAY)
		return GN_EXPIRED;
	work_of(&m, box, item, w->day);
	*bits = gn_work_bits(m.parts, GN_COUNT(m.parts), w->nonce);
	return wanted && *bits >= wanted ? GN_OK : GN_PROOF_OF_WORK;
}

/* ---- a session (BD-10) ---- */

struct show_parts {
	struct gn_slice parts[4];
};

static struct show_parts show_of(const struct gn_boxrec_show *s)
{
	return (struct show_parts){{gn_slice(&s->role, 1), GN_SLICE(s->box.b),
				    GN_SLICE(s->holder.b), GN_SLICE(s->exporter)}};
}

void gn_boxrec_show_sign(const struct gn_sk *key, const struct gn_boxrec_show *show,
			 struct gn_sig *out)
{
	struct show_parts m = show_of(show);
	GN_ASSERT(show->role <= GN_BOXREC_WORKER);
	gn_sign(key, SHOW_DOMAIN, m.parts, GN_COUNT(m.parts), out);
}

gn_err gn_boxrec_show_check(const struct gn_pk *key, const struct gn_boxrec_show *show,
			    const struct gn_sig *sig)
{
	struct show_parts m = show_of(show);
	if (show->role > GN_BOXREC_WORKER)
		return GN_UNSUPPORTED;
	return gn_verify(key, SHOW_DOMAIN, m.parts, GN_COUNT(m.parts), sig);
}

/* ---- what a worker says (BD-13) ---- */

struct outcome_parts {
	uint8_t delivery[2];
	struct gn_hash hash;
	struct gn_slice parts[5];
};

static void outcome_of(struct outcome_parts *m, const struct gn_boxrec_outcome *o)
{
	m->delivery[0] = (uint8_t)(o->delivery >> 8);
	m->delivery[1] = (uint8_t)o->delivery;
	gn_sha256(&o->outcome, 1, &m->hash);
	m->parts[0] = GN_SLICE(o->box.b);
	m->parts[1] = GN_SLICE(o->id);
	m->parts[2] = GN_SLICE(m->delivery);
	m->parts[3] = gn_slice(&o->end, 1);
	m->parts[4] = GN_SLICE(m->hash.b);
}

void gn_boxrec_outcome_sign(const struct gn_sk *key, const struct gn_boxrec_outcome *o,
			    struct gn_sig *out)
{
	struct outcome_parts m;
	GN_ASSERT(o->end <= GN_BOXREC_HOPELESS);
	outcome_of(&m, o);
	gn_sign(key, OUTCOME_DOMAIN, m.parts, GN_COUNT(m.parts), out);
}

gn_err gn_boxrec_outcome_check(const struct gn_pk *key, const struct gn_boxrec_outcome *o,
			       const struct gn_sig *sig)
{
	struct outcome_parts m;
	outcome_of(&m, o);
	return gn_verify(key, OUTCOME_DOMAIN, m.parts, GN_COUNT(m.parts), sig);
}

/* ---- custody (BD-11) ---- */

struct custody_parts {
	uint8_t held_until[8];
	struct gn_slice parts[4];
};

static void custody_of(struct custody_parts *m, const struct gn_custody *c)
{
	gn_put_be64(m->held_until, c->held_until);
	m->parts[0] = GN_SLICE(c->box.b);
	m->parts[1] = GN_SLICE(c->item.b);
	m->parts[2] = GN_SLICE(m->held_until);
	m->parts[3] = GN_SLICE(c->holder.b);
}

void gn_custody_make(const struct gn_sk *node, struct gn_custody *c)
{
	struct custody_parts m;
	custody_of(&m, c);
	c->holder_key = node->pk;
	gn_sign(node, CUSTODY_DOMAIN, m.parts, GN_COUNT(m.parts), &c->sig);
}

gn_err gn_custody_check(const struct gn_custody *c)
{
	struct custody_parts m;
	custody_of(&m, c);
	return gn_verify(&c->holder_key, CUSTODY_DOMAIN, m.parts, GN_COUNT(m.parts), &c->sig);
}

gn_fbref gn_custody_put(struct gn_fbb *b, const struct gn_custody *c)
{
	struct gn_fb_key box, holder_key;
	struct gn_fb_hash item, holder;
	struct gn_fb_sig sig;
	memcpy(box.b, c->box.b, sizeof box);
	memcpy(item.b, c->item.b, sizeof item);
	memcpy(holder.b, c->holder.b, sizeof holder);
	memcpy(holder_key.b, c->holder_key.b, sizeof holder_key);
	memcpy(sig.b, c->sig.b, sizeof sig);
	return gn_fb_custody_make(b, &(struct gn_fb_custody_args){.box = &box,
								  .item = &item,
								  .held_until = c->held_until,
								  .holder = &holder,
								  .holder_key = &holder_key,
								  .sig = &sig});
}

void gn_custody_get(struct gn_fb_custody t, struct gn_custody *out)
{
	*out = (struct gn_custody){.held_until = gn_fb_custody_held_until(t)};
	memcpy(out->box.b, gn_fb_custody_box(t).b, sizeof out->box);
	memcpy(out->item.b, gn_fb_custody_item(t).b, sizeof out->item);
	memcpy(out->holder.b, gn_fb_custody_holder(t).b, sizeof out->holder);
	memcpy(out->holder_key.b, gn_fb_custody_holder_key(t).b, sizeof out->holder_key);
	memcpy(out->sig.b, gn_fb_custody_sig(t).b, sizeof out->sig);
}
