/* Name records: building, checking, and the rule by which a holder grants a name. A claim is a
 * record of type 3 whose label is the normalised name; it is judged by itself first (form,
 * entries, puzzle, signatures), then against the record that is held.
 *
 * Life of a global name at a holder:
 *     FREE    -> GRANTED [first valid claim]
 *     GRANTED -> GRANTED [renewal by its owner, or a transfer that its owner signed]
 *     GRANTED -> GRACE   [created + ttl passed]
 *     GRACE   -> GRANTED [renewal by its owner alone]
 *     GRACE   -> FREE    [GN_NAME_GRACE later]
 *
 * 1. A decision depends on the two records and the time alone: every holder decides the same.
 * 2. No claim of another owner ever replaces a living one without the living one's signature.
 * 3. A record's own dates excuse it from nothing: what is held here does, or that another holder
 *    judged it (NA-4).
 *
 * Rules: docs/spec/services.md NA-3..NA-8, NA-14. */
#include "records/name_int.h"
#include "records/work_int.h"

#define PUZZLE_DOMAIN "geonet/name-puzzle/1"
#define TRANSFER_DOMAIN "geonet/name-transfer/1"
#define DAY 86400u

static void fb_key_get(struct gn_fb_key k, struct gn_pk *out)
{
	memcpy(out->b, k.b, sizeof out->b);
}

/* ---- puzzle, tie, transfer ---- */

/* NA-4 */
gn_err gn_name_puzzle(const struct gn_name_work *work, unsigned bits, uint64_t start,
		      uint64_t tries, uint8_t nonce[8])
{
	uint8_t epoch_be[8];
	gn_put_be64(epoch_be, work->epoch);
	struct gn_slice parts[] = {GN_LIT(PUZZLE_DOMAIN), gn_name_text(work->name),
				   GN_SLICE(work->owner->b), GN_SLICE(epoch_be)};
	return gn_work_find(parts, GN_COUNT(parts), bits, (struct gn_work_tries){start, tries},
			    nonce);
}

/* A version whose work is not of its own days (NA-7). */
static bool stale_work(uint64_t created, uint64_t epoch)
{
	return epoch + NAME_WORK_DAYS < created / DAY;
}

/* A version from before NAME_RULE_DAY, or the one renewal of such a version without its rules,
 * by its own dates. */
static bool dated_before(uint64_t created, uint64_t epoch)
{
	uint64_t day = created / DAY;
	return day < NAME_RULE_DAY ||
	       (epoch < NAME_RULE_DAY && day < NAME_RULE_DAY + NAME_RULE_TERM &&
		stale_work(created, epoch));
}

/* NA-4, NA-7, NA-15: what a global name's record must have done; `names` its owner has at this
 * holder besides. let_off: its dates may excuse it, which the claimer chose. */
static gn_err work_fault(const struct gn_name_work *work, uint64_t created, const uint8_t nonce[8],
			 uint32_t names, bool let_off)
{
	bool before = let_off && dated_before(created, work->epoch);
	unsigned bits = before ? GN_NAME_POW_BITS : gn_name_bits(work->name, names);
	if (!before && stale_work(created, work->epoch))
		return GN_PROOF_OF_WORK;
	uint8_t done[8];
	if (gn_name_puzzle(work, bits, gn_be64(nonce), 1, done) != GN_OK)
		return GN_PROOF_OF_WORK;
	return before ? GN_OK : gn_name_script(work->name, NULL);
}

void gn_name_tie(const struct gn_name *name, const struct gn_pk *owner, uint64_t epoch,
		 struct gn_hash *out)
{
	uint8_t epoch_be[8];
	gn_put_be64(epoch_be, epoch);
	struct gn_slice parts[] = {gn_name_text(name), GN_SLICE(owner->b), GN_SLICE(epoch_be)};
	gn_sha256(parts, GN_COUNT(parts), out);
}

/* NA-8: what the previous owner signs. */
struct transfer_parts {
	struct gn_hash name;
	uint8_t seq[8];
	struct gn_slice parts[3];
};

static void transfer_message(struct transfer_parts *t, const struct gn_name *name,
			     const struct gn_pk *to, uint64_t seq)
{
	struct gn_slice text = gn_name_text(name);
	gn_sha256(&text, 1, &t->name);
	gn_put_be64(t->seq, seq);
	t->parts[0] = GN_SLICE(t->name.b);
	t->parts[1] = GN_SLICE(to->b);
	t->parts[2] = GN_SLICE(t->seq);
}

void gn_name_transfer(const struct gn_sk *from, const struct gn_name *name, const struct gn_pk *to,
		      uint64_t seq, struct gn_sig *out)
{
	struct transfer_parts t;
	transfer_message(&t, name, to, seq);
	gn_sign(from, TRANSFER_DOMAIN, t.parts, GN_COUNT(t.parts), out);
}

void gn_name_key(const struct gn_name *name, const struct gn_pk *parent_owner, uint8_t salt,
		 struct gn_hash *key)
{
	GN_ASSERT((name->form == GN_NAME_DELEGATED) == (parent_owner != NULL));
	gn_wire_record_key(GN_FB_RECORD_TYPE_NAME, parent_owner, gn_name_text(name), salt, key);
}

/* ---- building ---- */

static gn_err claim_fault(const struct gn_sk *owner, const struct gn_name_claim *c)
{
	struct gn_name again;
	struct gn_hash pid;
	if (c->entry_count > GN_NAME_ENTRIES ||
	    gn_name_parse_exact(gn_name_text(&c->name), &again) != GN_OK)
		return GN_USAGE;
	for (size_t i = 0; i < c->entry_count; i++)
		GN_TRY(gn_name_entry_check(&c->entries[i], NULL));
	gn_sha256(&(struct gn_slice){owner->pk.b, 32}, 1, &pid);
	if (again.form == GN_NAME_PID && !gn_hash_eq(&pid, &again.pid))
		return GN_KEY;
	if (again.form == GN_NAME_GLOBAL)
		return work_fault(&(struct gn_name_work){&again, &owner->pk, c->epoch}, c->created,
				  c->puzzle, 0, true);
	return again.form == GN_NAME_DELEGATED && c->created / DAY >= NAME_RULE_DAY
		       ? gn_name_script(&again, NULL)
		       : GN_OK;
}

/* Fields that struct gn_name_claim and struct gn_name_entry have. */
#define BODY_FIELDS (GN_FB_SLOT(4) - 1)
#define ENTRY_FIELDS (GN_FB_SLOT(3) - 1)
#define TRANSFER_FIELDS (GN_FB_SLOT(3) - 1)

/* Does the body say more than a claim can hold? */
static bool says_more(struct gn_fb_name_body body)
{
	bool more = gn_fbt_beyond(body.t, BODY_FIELDS) ||
		    gn_fbt_beyond(gn_fb_name_body_transfer(body).t, TRANSFER_FIELDS);
	for (uint32_t i = 0; i < gn_fb_name_body_records_len(body) && !more; i++)
		more = gn_fbt_beyond(gn_fb_name_body_records_at(body, i).t, ENTRY_FIELDS);
	return more;
}

/* The entry that stood there before and says the same is kept with all it says. */
static gn_fbref put_entry(struct gn_fbb *b, const struct gn_name_entry *e,
			  struct gn_fb_name_body over)
{
	struct gn_slice value = e->value.p ? e->value : GN_LIT("");
	for (uint32_t i = 0; i < gn_fb_name_body_records_len(over); i++) {
		struct gn_fb_name_record old = gn_fb_name_body_records_at(over, i);
		if (gn_fb_name_record_type(old) == e->type &&
		    gn_fb_name_record_ttl(old) == e->ttl &&
		    gn_slice_eq(gn_fb_name_record_value(old), value))
			return gn_fbb_kept(b, old.t);
	}
	return gn_fb_name_record_make(b, &(struct gn_fb_name_record_args){
						 .type = e->type, .value = value, .ttl = e->ttl});
}

static gn_fbref put_transfer(struct gn_fbb *b, const struct gn_name_claim *claim,
			     struct gn_fb_name_body over)
{
	struct gn_fb_key previous;
	struct gn_fb_sig sig;
	if (!claim->transferred)
		return 0;
	memcpy(previous.b, claim->previous_owner.b, sizeof previous.b);
	memcpy(sig.b, claim->previous_sig.b, sizeof sig.b);
	struct gn_fb_transfer_args args = {.previous_owner = &previous,
					   .sig = &sig,
					   .seq = claim->transfer_seq ? claim->transfer_seq
								      : claim->seq};
	struct gn_fb_transfer old = gn_fb_name_body_transfer(over);
	return old.t.buf ? gn_fbb_table_over(b, &gn_fbtype_transfer, &args, TRANSFER_FIELDS, old.t)
			 : gn_fb_transfer_make(b, &args);
}

static gn_err make_body(const struct gn_name_claim *claim, uint8_t *storage, size_t cap,
			struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, cap);
	struct gn_fb_name_body over = {0};
	gn_fbref entries[GN_NAME_ENTRIES];
	if (claim->before.body.p)
		GN_TRY(gn_fb_name_body_verify(claim->before.body, &over));
	if (over.t.buf && says_more(over))
		gn_fbb_keep(&b, claim->before.body);
	else
		over = (struct gn_fb_name_body){0};
	for (size_t i = claim->entry_count; i-- > 0;)
		entries[i] = put_entry(&b, &claim->entries[i], over);
	struct gn_fb_nonce puzzle;
	memcpy(puzzle.b, claim->puzzle, sizeof puzzle.b);
	struct gn_fb_name_body_args args = {.records = {entries, claim->entry_count},
					    .epoch = claim->epoch,
					    .puzzle = claim->name.form == GN_NAME_GLOBAL ? &puzzle
											 : NULL,
					    .transfer = put_transfer(&b, claim, over)};
	if (!over.t.buf)
		return gn_fbb_finish(&b, gn_fb_name_body_make(&b, &args), NULL, out);
	gn_fbref root = gn_fbb_table_over(&b, &gn_fbtype_name_body, &args, BODY_FIELDS, over.t);
	GN_TRY(gn_fbb_finish(&b, root, NULL, out));
	return gn_fb_name_body_verify(*out, &over) == GN_OK ? GN_OK : GN_TOO_LARGE; /* WR-4 */
}

gn_err gn_name_record(const struct gn_sk *owner, const struct gn_name_claim *claim, uint8_t salt,
		      struct gn_buf *out)
{
	uint8_t storage[GN_RECORD_MAX];
	struct gn_slice body;
	GN_TRY(claim_fault(owner, claim));
	if (claim->before.beyond)
		return GN_VERSION;
	GN_TRY(make_body(claim, storage, sizeof storage, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_NAME,
					  .salt = salt,
					  .label = gn_name_text(&claim->name),
					  .prev = gn_before_prev(&claim->before, salt),
					  .body = body,
					  .seq = claim->seq,
					  .created = claim->created,
					  .ttl = claim->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

/* ---- reading ---- */

struct gn_name_entry gn_name_view_entry(const struct gn_name_view *v, uint32_t i)
{
	struct gn_fb_name_record e = gn_fb_name_body_records_at(v->body, i);
	return (struct gn_name_entry){.type = gn_fb_name_record_type(e),
				      .value = gn_fb_name_record_value(e),
				      .ttl = gn_fb_name_record_ttl(e)};
}

/* The transfer, if there is one, is signed by the owner before (NA-8). */
static gn_err view_transfer(const struct gn_record *r, struct gn_name_view *v)
{
	if (!gn_fb_name_body_has_transfer(v->body))
		return GN_OK;
	struct gn_fb_transfer t = gn_fb_name_body_transfer(v->body);
	struct gn_fb_sig sig = gn_fb_transfer_sig(t);
	struct transfer_parts parts;
	fb_key_get(gn_fb_transfer_previous_owner(t), &v->previous_owner);
	memcpy(v->previous_sig.b, sig.b, sizeof v->previous_sig.b);
	v->transfer_seq = gn_fb_transfer_seq(t);
	v->transferred = true;
	if (v->transfer_seq > r->seq)
		return GN_MALFORMED;
	transfer_message(&parts, &v->name, &r->owner, v->transfer_seq);
	return gn_verify(&v->previous_owner, TRANSFER_DOMAIN, parts.parts, GN_COUNT(parts.parts),
			 &v->previous_sig);
}

gn_err gn_name_view(const struct gn_record *r, struct gn_name_view *out)
{
	struct gn_name_view v = {0};
	struct gn_hash pid;
	if (r->type != GN_FB_RECORD_TYPE_NAME || r->salt > 1 ||
	    gn_name_parse_exact(r->label, &v.name) != GN_OK)
		return GN_MALFORMED;
	GN_TRY(gn_fb_name_body_verify(r->body, &v.body));
	v.epoch = gn_fb_name_body_epoch(v.body);
	v.entry_count = gn_fb_name_body_records_len(v.body);
	struct gn_fb_nonce puzzle = gn_fb_name_body_puzzle(v.body);
	memcpy(v.puzzle, puzzle.b, sizeof v.puzzle);
	if (v.entry_count > GN_NAME_ENTRIES)
		return GN_TOO_LARGE;
	for (uint32_t i = 0; i < v.entry_count; i++) {
		struct gn_name_entry e = gn_name_view_entry(&v, i);
		if (gn_name_entry_check(&e, NULL) != GN_OK)
			return GN_MALFORMED;
	}
	switch (v.name.form) {
	case GN_NAME_PID:
		gn_sha256(&(struct gn_slice){r->owner.b, 32}, 1, &pid);
		if (!gn_hash_eq(&pid, &v.name.pid))
			return GN_KEY;
		break;
	case GN_NAME_GLOBAL:
		if (v.epoch > (r->created + GN_RECORD_AHEAD_MAX) / DAY)
			return GN_RANGE;
		GN_TRY(work_fault(&(struct gn_name_work){&v.name, &r->owner, v.epoch}, r->created,
				  v.puzzle, 0, true));
		GN_TRY(view_transfer(r, &v));
		break;
	case GN_NAME_DELEGATED: /* its place holds its signer's key: nothing more to prove here */
		if (r->created / DAY >= NAME_RULE_DAY)
			GN_TRY(gn_name_script(&v.name, NULL));
		break;
	}
	*out = v;
	return GN_OK;
}

gn_err gn_name_open(struct gn_slice record, struct gn_pk *owner, struct gn_name_claim *claim,
		    struct gn_name_entry entries[GN_NAME_ENTRIES])
{
	struct gn_record r;
	struct gn_name_view v;
	GN_TRY(gn_wire_record_open(record, &r));
	GN_TRY(gn_name_view(&r, &v));
	for (uint32_t i = 0; i < v.entry_count; i++)
		entries[i] = gn_name_view_entry(&v, i);
	*owner = r.owner;
	*claim = (struct gn_name_claim){.name = v.name,
					.seq = r.seq,
					.created = r.created,
					.epoch = v.epoch,
					.ttl = r.ttl,
					.entries = entries,
					.entry_count = v.entry_count,
					.transferred = v.transferred,
					.previous_owner = v.previous_owner,
					.previous_sig = v.previous_sig,
					.transfer_seq = v.transfer_seq};
	memcpy(claim->puzzle, v.puzzle, sizeof claim->puzzle);
	gn_wire_before(&r, &claim->before);
	return GN_OK;
}

/* ---- the holder's rule ---- */

uint32_t gn_name_grace(const struct gn_record *r)
{
	struct gn_name name;
	return gn_name_parse_exact(r->label, &name) == GN_OK && name.form == GN_NAME_GLOBAL
		       ? GN_NAME_GRACE
		       : 0;
}

/* NA-6, NA-7: a claim against a living or graced grant of another owner. */
static gn_err admit_other(const struct gn_record *held, const struct gn_name_view *v,
			  uint64_t unix_now)
{
	uint64_t end = held->created + held->ttl + GN_NAME_GRACE;
	if (v->name.form != GN_NAME_GLOBAL) /* the other places belong to one key */
		return GN_EXISTS;
	if (unix_now > end)
		return GN_OK;
	bool handed = v->transferred && gn_pk_eq(&v->previous_owner, &held->owner);
	if (!handed)
		return GN_EXISTS;
	/* NA-8: signed before the owner's last word */
	return v->transfer_seq > held->seq ? GN_OK : GN_STALE;
}

gn_err gn_name_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		     gn_time now)
{
	struct gn_name_view v;
	GN_TRY(gn_name_view(in, &v));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	bool pushed = names == GN_NAME_PUSHED, let_off = pushed;
	if (held && gn_pk_eq(&held->owner, &in->owner)) {
		if (gn_record_compare(in, held) < 0)
			return GN_STALE;
		let_off = held->created / DAY < NAME_RULE_DAY;
	} else if (held) {
		GN_TRY(admit_other(held, &v, gn_unix(now)));
	}
	if (v.name.form == GN_NAME_GLOBAL)
		return work_fault(&(struct gn_name_work){&v.name, &in->owner, v.epoch}, in->created,
				  v.puzzle, pushed ? 0 : names, let_off);
	return v.name.form == GN_NAME_DELEGATED && !let_off ? gn_name_script(&v.name, NULL) : GN_OK;
}
