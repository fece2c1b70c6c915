/* Box descriptors: made, read, judged by holders. A descriptor is judged by itself alone (form,
 * limits of its kind, work) and then against the one that is held.
 *
 *     none -> kept     [gn_boxrec_admit]    by anyone who did the work for this key
 *     kept -> kept     [gn_boxrec_admit]    a newer version, of the same kind
 *
 * 1. A decision depends on the two records and the time alone: every holder decides the same.
 * 2. What a descriptor grants never passes the limits of its kind, so that a holder can reckon
 *    with them.
 * 3. A key is in one role: no two of a descriptor's reader and ack keys are the same.
 *
 * Rules: docs/spec/services.md BD-1..BD-5, BD-14. */
#include "records/box.h"
#include "records/body_int.h"
#include "records/limits.h"
#include "records/said.h"
#include "records/work_int.h"

#define DOMAIN "geonet/box/descriptor/1"
#define DAY 86400u
#define BODY_FIELDS (GN_FB_SLOT(17) - 1)

/* BD-2 */
const struct gn_boxrec_limits *gn_boxrec_limits(uint8_t kind)
{
	static const struct gn_boxrec_limits all[] = {
		[GN_FB_BOX_KIND_FRONT] = {.items = BOX_FRONT_ITEMS,
					  .item_max = BOX_FRONT_ITEM_MAX,
					  .ttl = BOX_FRONT_TTL,
					  .bytes = (uint64_t)BOX_FRONT_ITEMS * BOX_FRONT_ITEM_MAX,
					  .salts = 2,
					  .readers_min = 1,
					  .readers_max = GN_BOXREC_READERS},
		[GN_FB_BOX_KIND_PRIVATE] = {.items = BOX_PRIVATE_ITEMS,
					    .item_max = GN_BOXREC_ITEM_LARGEST,
					    .ttl = BOX_TTL,
					    .bytes = BOX_PRIVATE_BYTES,
					    .salts = 1,
					    .readers_min = 1,
					    .readers_max = GN_BOXREC_READERS},
		[GN_FB_BOX_KIND_GROUP] = {.items = BOX_MANY_ITEMS,
					  .item_max = GN_BOXREC_ITEM_LARGEST,
					  .ttl = BOX_TTL,
					  .bytes = BOX_MANY_BYTES,
					  .salts = 1,
					  .readers_min = 1,
					  .readers_max = 1},
		[GN_FB_BOX_KIND_QUEUE] = {.items = BOX_MANY_ITEMS,
					  .item_max = GN_BOXREC_ITEM_LARGEST,
					  .ttl = BOX_TTL,
					  .bytes = BOX_MANY_BYTES,
					  .salts = 1,
					  .readers_min = 0,
					  .readers_max = GN_BOXREC_READERS},
	};
	return kind < GN_COUNT(all) ? &all[kind] : NULL;
}

void gn_boxrec_key(const struct gn_pk *box, uint8_t salt, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_BOX, box, GN_LIT(""), salt, key);
}

/* ---- work (BD-3) ---- */

struct work_parts {
	uint8_t epoch[8];
	struct gn_slice parts[3];
};

static void work_of(struct work_parts *w, const struct gn_pk *box, uint64_t epoch)
{
	gn_put_be64(w->epoch, epoch);
	w->parts[0] = GN_LIT(DOMAIN);
	w->parts[1] = GN_SLICE(box->b);
	w->parts[2] = GN_SLICE(w->epoch);
}

unsigned gn_boxrec_effort(const struct gn_pk *box, uint64_t epoch, const uint8_t nonce[8])
{
	struct work_parts w;
	work_of(&w, box, epoch);
	return gn_work_bits(w.parts, GN_COUNT(w.parts), nonce);
}

gn_err gn_boxrec_puzzle(const struct gn_pk *box, uint64_t epoch, unsigned bits,
			struct gn_work_tries tries, uint8_t nonce[8])
{
	struct work_parts w;
	work_of(&w, box, epoch);
	return gn_work_find(w.parts, GN_COUNT(w.parts), bits, tries, nonce);
}

static bool of_its_days(uint64_t epoch, uint64_t created)
{
	return epoch <= (created + GN_RECORD_AHEAD_MAX) / DAY &&
	       created / DAY <= epoch + BOX_WORK_DAYS;
}

/* ---- what a descriptor may say (BD-2) ---- */

static bool within(uint64_t value, uint64_t max)
{
	return value > 0 && value <= max;
}

static bool keys_apart(const struct gn_boxrec *b)
{
	const struct gn_pk *all[2 * GN_BOXREC_READERS];
	size_t n = 0;
	for (size_t i = 0; i < b->reader_count; i++) {
		all[n++] = &b->readers[i].read;
		if (b->kind != GN_FB_BOX_KIND_GROUP)
			all[n++] = &b->readers[i].ack;
	}
	for (size_t i = 0; i < n; i++) {
		if (gn_pk_is_zero(all[i]))
			return false;
		for (size_t k = 0; k < i; k++)
			if (gn_pk_eq(all[i], all[k]))
				return false;
	}
	return true;
}

static bool bits_fit(uint8_t bits)
{
	return bits == 0 || (bits >= GN_BOXREC_WORK_BITS && bits <= BOX_BITS_MAX);
}

static bool queue_fits(const struct gn_boxrec *b)
{
	return b->kind != GN_FB_BOX_KIND_QUEUE ||
	       (within(b->lease, BOX_LEASE_MAX) && within(b->deliveries, BOX_DELIVERIES_MAX));
}

static bool topic_fits(const struct gn_boxrec *b)
{
	return !b->topic[0] ||
	       (b->kind == GN_FB_BOX_KIND_GROUP && gn_subject_ok(gn_str(b->topic), false) == GN_OK);
}

/* Everything but the work. GN_USAGE, GN_UNSUPPORTED. */
static gn_err form_fault(const struct gn_boxrec *b, uint8_t salt)
{
	const struct gn_boxrec_limits *max = gn_boxrec_limits(b->kind);
	if (!max)
		return GN_UNSUPPORTED;
	if (salt >= max->salts || b->reader_count < max->readers_min ||
	    b->reader_count > max->readers_max || b->invite_count > GN_BOXREC_INVITES ||
	    b->refused_count > GN_BOXREC_REFUSED || b->worker_count > GN_BOXREC_WORKERS)
		return GN_USAGE;
	bool fits = within(b->item_ttl, max->ttl) && within(b->items, max->items) &&
		    within(b->bytes, max->bytes) && within(b->item_max, max->item_max) &&
		    bits_fit(b->bits) && queue_fits(b) && topic_fits(b);
	return fits && keys_apart(b) && !gn_pk_eq(&b->successor, &b->box) ? GN_OK : GN_USAGE;
}

static gn_err work_fault(const struct gn_boxrec *b)
{
	return of_its_days(b->epoch, b->created) && b->effort >= GN_BOXREC_WORK_BITS
		       ? GN_OK
		       : GN_PROOF_OF_WORK;
}

/* ---- making ---- */

static const struct gn_fb_key *fb_keys(const struct gn_pk *keys)
{
	_Static_assert(sizeof(struct gn_pk) == sizeof(struct gn_fb_key), "both are 32 bytes");
	return (const struct gn_fb_key *)(const void *)keys;
}

static gn_err make_body(const struct gn_boxrec *in, uint8_t *storage, size_t cap,
			struct gn_slice *out)
{
	struct gn_fb_box_reader readers[GN_BOXREC_READERS];
	struct gn_fb_nonce nonce;
	for (size_t i = 0; i < in->reader_count; i++) {
		memcpy(readers[i].read, in->readers[i].read.b, sizeof readers[i].read);
		memcpy(readers[i].ack, in->readers[i].ack.b, sizeof readers[i].ack);
	}
	memcpy(nonce.b, in->nonce, sizeof nonce.b);
	const struct gn_fb_key *successor = fb_keys(&in->successor), *issuer = fb_keys(&in->issuer);
	struct gn_fb_box_body_args args = {
		.kind = in->kind,
		.readers = {in->reader_count ? readers : NULL, in->reader_count},
		.ttl = in->item_ttl,
		.items = in->items,
		.bytes = in->bytes,
		.item_max = in->item_max,
		.bits = in->bits,
		.epoch = in->epoch,
		.nonce = &nonce,
		.invites = {in->invite_count ? fb_keys(in->invites) : NULL, in->invite_count},
		.refused = {in->refused_count ? fb_keys(in->refused) : NULL, in->refused_count},
		.successor = gn_pk_is_zero(&in->successor) ? NULL : successor,
		.lease = in->lease,
		.deliveries = in->deliveries,
		.workers = {in->worker_count ? fb_keys(in->workers) : NULL, in->worker_count},
		.issuer = gn_pk_is_zero(&in->issuer) ? NULL : issuer,
		.topic = in->topic[0] ? gn_str(in->topic) : gn_slice(NULL, 0)};
	struct gn_body body = {&gn_fbtype_box_body, &args, BODY_FIELDS, in->before.body};
	return gn_body_make(&body, storage, cap, out);
}

gn_err gn_boxrec_record(const struct gn_sk *box, const struct gn_boxrec *in, uint8_t salt,
			struct gn_buf *out)
{
	uint8_t storage[BOX_BODY_MAX];
	struct gn_slice body;
	if (!gn_pk_eq(&in->box, &box->pk))
		return GN_USAGE;
	GN_TRY(form_fault(in, salt));
	if (in->before.beyond)
		return GN_VERSION;
	if (!of_its_days(in->epoch, in->created) ||
	    gn_boxrec_effort(&in->box, in->epoch, in->nonce) < GN_BOXREC_WORK_BITS)
		return GN_PROOF_OF_WORK;
	GN_TRY(make_body(in, storage, sizeof storage, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_BOX,
					  .salt = salt,
					  .prev = gn_before_prev(&in->before, salt),
					  .body = body,
					  .seq = in->seq,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(box, NULL, &fields, out);
}

/* ---- reading ---- */

/* One vector of keys; false: more than there is room for. */
static bool get_keys(struct gn_slice bytes, struct gn_pk *keys, size_t max, size_t *count)
{
	*count = bytes.len / sizeof keys[0];
	if (*count > max)
		return false;
	if (bytes.len)
		memcpy(keys, bytes.p, bytes.len);
	return true;
}

/* False: too long, or with a zero in it. */
static bool get_topic(struct gn_slice label, struct gn_boxrec *b)
{
	if (label.len >= sizeof b->topic || (label.len && memchr(label.p, 0, label.len)))
		return false;
	if (label.len)
		memcpy(b->topic, label.p, label.len);
	return true;
}

static bool get_readers(struct gn_fb_box_body body, struct gn_boxrec *b)
{
	b->reader_count = gn_fb_box_body_readers_len(body);
	if (b->reader_count > GN_BOXREC_READERS)
		return false;
	for (uint32_t i = 0; i < b->reader_count; i++) {
		struct gn_fb_box_reader r = gn_fb_box_body_readers_at(body, i);
		memcpy(b->readers[i].read.b, r.read, sizeof r.read);
		memcpy(b->readers[i].ack.b, r.ack, sizeof r.ack);
	}
	return true;
}

static gn_err view_body(const struct gn_record *r, struct gn_boxrec *out)
{
	struct gn_fb_box_body body;
	struct gn_boxrec b = {.box = r->owner, .seq = r->seq, .created = r->created, .ttl = r->ttl};
	if (r->type != GN_FB_RECORD_TYPE_BOX || r->label.len || r->salt > 1)
		return GN_MALFORMED;
	if (r->body.len > BOX_BODY_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_box_body_verify(r->body, &body));
	b.kind = gn_fb_box_body_kind(body);
	b.item_ttl = gn_fb_box_body_ttl(body);
	b.items = gn_fb_box_body_items(body);
	b.bytes = gn_fb_box_body_bytes(body);
	b.item_max = gn_fb_box_body_item_max(body);
	b.bits = gn_fb_box_body_bits(body);
	b.epoch = gn_fb_box_body_epoch(body);
	b.lease = gn_fb_box_body_lease(body);
	b.deliveries = gn_fb_box_body_deliveries(body);
	memcpy(b.nonce, gn_fb_box_body_nonce(body).b, sizeof b.nonce);
	memcpy(b.successor.b, gn_fb_box_body_successor(body).b, sizeof b.successor.b);
	memcpy(b.issuer.b, gn_fb_box_body_issuer(body).b, sizeof b.issuer.b);
	if (!get_readers(body, &b) || !get_topic(gn_fb_box_body_topic(body), &b) ||
	    !get_keys(gn_fb_box_body_invites_bytes(body), b.invites, GN_BOXREC_INVITES,
		      &b.invite_count) ||
	    !get_keys(gn_fb_box_body_refused_bytes(body), b.refused, GN_BOXREC_REFUSED,
		      &b.refused_count) ||
	    !get_keys(gn_fb_box_body_workers_bytes(body), b.workers, GN_BOXREC_WORKERS,
		      &b.worker_count))
		return GN_MALFORMED;
	gn_err err = form_fault(&b, r->salt);
	if (err != GN_OK)
		return err == GN_USAGE ? GN_MALFORMED : err;
	b.effort = gn_boxrec_effort(&b.box, b.epoch, b.nonce);
	GN_TRY(work_fault(&b));
	*out = b;
	return GN_OK;
}

static gn_err view_record(const struct gn_record *r, struct gn_boxrec *out)
{
	GN_TRY(view_body(r, out));
	gn_wire_before(r, &out->before);
	return GN_OK;
}

gn_err gn_boxrec_open(struct gn_slice record, struct gn_boxrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	return view_record(&r, out);
}

gn_err gn_boxrec_parse(struct gn_slice record, struct gn_boxrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_parse(record, &r));
	return view_record(&r, out);
}

/* ---- the holder's rule (BD-4) ---- */

/* What an older program held under this type is of no kind. */
static bool same_kind(const struct gn_record *held, uint8_t kind)
{
	struct gn_fb_box_body body;
	return gn_fb_box_body_verify(held->body, &body) != GN_OK ||
	       gn_fb_box_body_kind(body) == kind;
}

gn_err gn_boxrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		       gn_time now)
{
	struct gn_boxrec b;
	(void)names;
	GN_TRY(view_body(in, &b));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (!held)
		return GN_OK;
	if (!gn_pk_eq(&held->owner, &in->owner) || !same_kind(held, b.kind))
		return GN_DENIED;
	return gn_record_compare(in, held) < 0 ? GN_STALE : GN_OK;
}

/* ---- asking ---- */

int gn_boxrec_reader(const struct gn_boxrec *b, const struct gn_pk *key)
{
	for (size_t i = 0; i < b->reader_count; i++)
		if (gn_pk_eq(&b->readers[i].read, key))
			return (int)i;
	return -1;
}

int gn_boxrec_remover(const struct gn_boxrec *b, const struct gn_pk *key)
{
	for (size_t i = 0; i < b->reader_count && b->kind != GN_FB_BOX_KIND_GROUP; i++)
		if (gn_pk_eq(&b->readers[i].ack, key))
			return (int)i;
	return -1;
}

static bool among(const struct gn_pk *keys, size_t count, const struct gn_pk *key)
{
	for (size_t i = 0; i < count; i++)
		if (gn_pk_eq(&keys[i], key))
			return true;
	return false;
}

bool gn_boxrec_invites(const struct gn_boxrec *b, const struct gn_pk *key)
{
	return among(b->invites, b->invite_count, key);
}

bool gn_boxrec_refuses(const struct gn_boxrec *b, const struct gn_pk *key)
{
	return among(b->refused, b->refused_count, key);
}

bool gn_boxrec_works(const struct gn_boxrec *b, const struct gn_pk *key)
{
	return among(b->workers, b->worker_count, key);
}
