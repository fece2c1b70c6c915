/* Identity records: what a person's key says of itself, signed by Ed25519 and ML-DSA-65. Both
 * keys, and the commitment to the next one, follow from the phrase's entropy. Rules:
 * docs/spec/services.md ID-1..ID-9. */
#include "records/identity.h"
#include "records/limits.h"

/* Fields of the body that struct gn_identity has; previous and recovery only as far as it has
 * them. */
#define BODY_FIELDS                                                                                \
	(GN_FB_SLOT(0) | GN_FB_SLOT(1) | GN_FB_SLOT(6) | GN_FB_SLOT(8) | GN_FB_SLOT(9) |           \
	 BODY_HISTORY | GN_FB_SLOT(11))
#define BODY_HISTORY GN_FB_SLOT(10)
#define BODY_PREVIOUS GN_FB_SLOT(2)
#define BODY_RECOVERY GN_FB_SLOT(5)
#define RECOVERY_FIELDS GN_FB_SLOT(0)
#define MEMBER_FIELDS (GN_FB_SLOT(7) - 1)

static bool text_fits(struct gn_slice s, size_t max)
{
	return s.len <= max && gn_utf8_ok(s);
}

/* ID-8: newest first. */
static bool history_falls(const struct gn_identity *in)
{
	uint64_t above = in->version.seq < in->seq ? in->version.seq : in->seq;
	for (size_t i = 0; i < in->history_count; i++) {
		if (in->history[i].seq >= above)
			return false;
		above = in->history[i].seq;
	}
	return true;
}

/* ID-9 */
static bool is_device(const struct gn_identity_key *k)
{
	return k->kind == GN_FB_MEMBER_KIND_DEVICE && k->rights & GN_FB_MEMBER_RIGHT_MESSAGE;
}

/* ID-2, ID-8 */
static gn_err identity_fault(const struct gn_identity *in)
{
	if (in->history_count > GN_IDENTITY_HISTORY || !history_falls(in))
		return GN_USAGE;
	if (in->key_count > GN_IDENTITY_KEYS || !text_fits(in->display_name, IDENTITY_NAME_MAX) ||
	    in->profile.len > IDENTITY_PROFILE_MAX)
		return GN_USAGE;
	for (size_t i = 0; i < in->key_count; i++)
		if (!text_fits(in->keys[i].name, IDENTITY_KEY_NAME_MAX))
			return GN_USAGE;
	return GN_OK;
}

/* The key's entry in the body before; an absent table when it is new. */
static struct gn_fb_member_key member_before(struct gn_fb_identity_body body,
					     const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < gn_fb_identity_body_members_len(body); i++) {
		struct gn_fb_member_key m = gn_fb_identity_body_members_at(body, i);
		if (memcmp(gn_fb_member_key_key(m).b, pk->b, sizeof pk->b) == 0)
			return m;
	}
	return (struct gn_fb_member_key){0};
}

/* over: the body before, when it has more than we know; else absent. */
static void put_members(struct gn_fbb *b, const struct gn_identity *in,
			struct gn_fb_identity_body over, gn_fbref refs[GN_IDENTITY_KEYS])
{
	for (size_t i = in->key_count; i-- > 0;) {
		const struct gn_identity_key *k = &in->keys[i];
		struct gn_fb_member_key old = member_before(over, &k->pk);
		struct gn_fb_key key;
		struct gn_fb_hash pq_hash;
		memcpy(key.b, k->pk.b, sizeof key.b);
		memcpy(pq_hash.b, k->pq_hash.b, sizeof pq_hash.b);
		struct gn_fb_member_key_args args = {
			.key = &key,
			.kind = k->kind,
			.rights = k->rights,
			.since = k->since,
			.expires = k->expires,
			.name = k->name,
			.pq_hash = gn_hash_is_zero(&k->pq_hash) ? NULL : &pq_hash};
		if (old.t.buf && !gn_fb_member_key_since(old))
			/* there is no room for it without moving what is not known */
			args.since = 0;
		refs[i] = old.t.buf ? gn_fbb_table_over(b, &gn_fbtype_member_key, &args,
							MEMBER_FIELDS, old.t)
				    : gn_fb_member_key_make(b, &args);
	}
}

/* Does the body say more than a struct gn_identity can hold? */
static bool says_more(struct gn_fb_identity_body body)
{
	bool more = gn_fbt_beyond(body.t, BODY_FIELDS | BODY_PREVIOUS | BODY_RECOVERY) ||
		    gn_fbt_beyond(gn_fb_identity_body_recovery(body).t, RECOVERY_FIELDS);
	for (uint32_t i = 0; i < gn_fb_identity_body_members_len(body) && !more; i++)
		more = gn_fbt_beyond(gn_fb_identity_body_members_at(body, i).t, MEMBER_FIELDS);
	return more;
}

/* What a record says: its owner's fields, and what follows from keys and versions. */
struct said {
	const struct gn_identity *in;
	const uint8_t *pq_pk;
	struct gn_hash next;
	struct gn_fb_version history[GN_IDENTITY_HISTORY];
	size_t history_count;
};

static void add_version(struct said *s, const struct gn_identity_version *v)
{
	if (s->history_count == GN_IDENTITY_HISTORY)
		return;
	struct gn_fb_version *to = &s->history[s->history_count++];
	to->seq = v->seq;
	memcpy(to->hash, v->hash.b, sizeof to->hash);
}

/* ID-8. self: the name of this version, at the second place; NULL at the first. */
static void put_history(struct said *s, const struct gn_identity_version *self)
{
	const struct gn_identity *in = s->in;
	s->history_count = 0;
	if (self)
		add_version(s, self);
	if (in->version.seq < in->seq && !gn_hash_is_zero(&in->version.hash))
		add_version(s, &in->version);
	for (size_t i = 0; i < in->history_count; i++)
		add_version(s, &in->history[i]);
}

static gn_err make_body(const struct said *s, uint8_t *storage, size_t cap, struct gn_slice *out)
{
	const struct gn_identity *in = s->in;
	struct gn_fbb b = gn_fbb(storage, cap);
	struct gn_fb_identity_body over = {0};
	gn_fbref members[GN_IDENTITY_KEYS], recovery = 0;
	struct gn_fb_hash next, guardians;
	struct gn_fb_key previous, front;
	uint64_t fields = BODY_FIELDS;
	if (in->before.body.p)
		GN_TRY(gn_fb_identity_body_verify(in->before.body, &over));
	if (over.t.buf && says_more(over)) {
		gn_fbb_keep(&b, in->before.body);
		/* each new one would be carried along, until no version had room */
		fields &= ~BODY_HISTORY;
	} else {
		over = (struct gn_fb_identity_body){0};
	}
	memcpy(next.b, s->next.b, sizeof next.b);
	put_members(&b, in, over, members);
	struct gn_fb_hash guardians_before =
		gn_fb_recovery_guardians(gn_fb_identity_body_recovery(over));
	if (memcmp(guardians_before.b, in->recovery.b, sizeof guardians_before.b) != 0) {
		memcpy(guardians.b, in->recovery.b, sizeof guardians.b);
		if (!gn_hash_is_zero(&in->recovery))
			recovery = gn_fb_recovery_make(
				&b, &(struct gn_fb_recovery_args){.guardians = &guardians});
		fields |= BODY_RECOVERY;
	}
	memcpy(front.b, in->front.b, sizeof front.b);
	memcpy(previous.b, in->old_owner.b, sizeof previous.b);
	if (memcmp(gn_fb_identity_body_previous(over).b, previous.b, sizeof previous.b) != 0)
		fields |= BODY_PREVIOUS;
	struct gn_fb_identity_body_args args = {
		.pq_key = gn_slice(s->pq_pk, GN_PQ_PK_LEN),
		.next = &next,
		.previous = gn_is_zero(previous.b, sizeof previous.b) ? NULL : &previous,
		.recovery = recovery,
		.members = {members, in->key_count},
		.display_name = in->display_name,
		.profile = in->profile,
		.history = {s->history_count ? s->history : NULL, s->history_count},
		.front = gn_pk_is_zero(&in->front) ? NULL : &front,
	};
	if (!over.t.buf)
		return gn_fbb_finish(&b, gn_fb_identity_body_make(&b, &args), NULL, out);
	gn_fbref root = gn_fbb_table_over(&b, &gn_fbtype_identity_body, &args, fields, over.t);
	GN_TRY(gn_fbb_finish(&b, root, NULL, out));
	return gn_fb_identity_body_verify(*out, &over) == GN_OK ? GN_OK : GN_TOO_LARGE; /* WR-4 */
}

/* What the phrase says of its first key: who we are, and the hash of who comes next. */
struct derived {
	struct gn_identity_keys keys; /* secret */
	uint8_t pq_pk[GN_PQ_PK_LEN];
	struct gn_hash next;
};

static gn_err derive_keys(const uint8_t entropy[32], struct derived *out)
{
	struct gn_identity_keys next;
	GN_TRY(gn_identity_derive(entropy, 0, &out->keys));
	gn_err err = gn_identity_derive(entropy, 1, &next);
	if (err == GN_OK)
		gn_sha256(&(struct gn_slice){next.sk.pk.b, 32}, 1, &out->next);
	gn_identity_wipe(&next);
	return err == GN_OK ? gn_pq_public(out->keys.pq_seed, out->pq_pk) : err;
}

static struct gn_record_fields fields_at(const struct gn_identity *in, uint8_t salt,
					 struct gn_slice body)
{
	return (struct gn_record_fields){.type = GN_FB_RECORD_TYPE_IDENTITY,
					 .salt = salt,
					 .prev = gn_before_prev(&in->before, salt),
					 .body = body,
					 .seq = in->seq,
					 .created = in->created,
					 .ttl = in->ttl};
}

/* ID-8: what names this version, which is how it is at the first place. */
static gn_err name_version(struct said *s, const struct gn_pk *owner,
			   struct gn_identity_version *out)
{
	uint8_t storage[GN_RECORD_MAX / 2], record[GN_RECORD_MAX];
	struct gn_record_builder b;
	struct gn_slice body;
	put_history(s, NULL);
	GN_TRY(make_body(s, storage, sizeof storage, &body));
	struct gn_record_fields fields = fields_at(s->in, 0, body);
	GN_TRY(gn_wire_signed_make(&b, record, sizeof record, owner, &fields));
	out->seq = s->in->seq;
	gn_sha256(&b.signed_bytes, 1, &out->hash);
	return GN_OK;
}

static gn_err make_record(const struct derived *d, struct said *s, uint8_t salt, struct gn_buf *out)
{
	uint8_t storage[GN_RECORD_MAX / 2];
	struct gn_identity_version self;
	struct gn_slice body;
	if (salt)
		GN_TRY(name_version(s, &d->keys.sk.pk, &self));
	put_history(s, salt ? &self : NULL);
	GN_TRY(make_body(s, storage, sizeof storage, &body));
	struct gn_record_fields fields = fields_at(s->in, salt, body);
	return gn_wire_record_make(&d->keys.sk, d->keys.pq_seed, &fields, out);
}

gn_err gn_identity_record(const uint8_t entropy[32], const struct gn_identity *in, uint8_t salt,
			  struct gn_buf *out)
{
	struct derived d = {0};
	size_t devices = 0;
	GN_TRY(identity_fault(in));
	for (size_t i = 0; i < in->key_count; i++)
		devices += is_device(&in->keys[i]) && in->keys[i].expires > in->created;
	if (devices > GN_IDENTITY_DEVICES)
		return GN_LIMIT;
	if (in->before.beyond)
		return GN_VERSION;
	gn_err err = derive_keys(entropy, &d);
	if (err == GN_OK) {
		struct said s = {.in = in, .pq_pk = d.pq_pk, .next = d.next};
		err = make_record(&d, &s, salt, out);
	}
	gn_identity_wipe(&d.keys);
	return err;
}

/* ---- reading ---- */

static bool view_history(const struct gn_record *r, struct gn_fb_identity_body body,
			 struct gn_identity *id)
{
	uint32_t count = gn_fb_identity_body_history_len(body);
	if (count > GN_IDENTITY_HISTORY)
		return false;
	id->version = (struct gn_identity_version){r->seq, r->hash};
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_version v = gn_fb_identity_body_history_at(body, i);
		bool self = i == 0 && r->salt == 1 && v.seq == r->seq;
		struct gn_identity_version *to =
			self ? &id->version : &id->history[id->history_count++];
		to->seq = v.seq;
		memcpy(to->hash.b, v.hash, sizeof to->hash.b);
	}
	return true; /* its order: identity_fault */
}

static gn_err view_body(const struct gn_record *r, struct gn_identity *out)
{
	struct gn_fb_identity_body body;
	struct gn_identity id = {
		.owner = r->owner, .seq = r->seq, .created = r->created, .ttl = r->ttl};
	if (r->type != GN_FB_RECORD_TYPE_IDENTITY || r->label.len || r->salt > 1)
		return GN_MALFORMED;
	GN_TRY(gn_fb_identity_body_verify(r->body, &body));
	id.pq_pk = gn_fb_identity_body_pq_key(body);
	id.display_name = gn_fb_identity_body_display_name(body);
	id.profile = gn_fb_identity_body_profile(body);
	memcpy(id.next.b, gn_fb_identity_body_next(body).b, sizeof id.next.b);
	memcpy(id.recovery.b, gn_fb_recovery_guardians(gn_fb_identity_body_recovery(body)).b,
	       sizeof id.recovery.b);
	memcpy(id.old_owner.b, gn_fb_identity_body_previous(body).b, sizeof id.old_owner.b);
	uint32_t members = gn_fb_identity_body_members_len(body);
	if (id.pq_pk.len != GN_PQ_PK_LEN || members > GN_IDENTITY_KEYS)
		return GN_MALFORMED;
	for (uint32_t i = 0; i < members; i++) {
		struct gn_fb_member_key m = gn_fb_identity_body_members_at(body, i);
		struct gn_identity_key *k = &id.keys[i];
		memcpy(k->pk.b, gn_fb_member_key_key(m).b, sizeof k->pk.b);
		k->kind = gn_fb_member_key_kind(m);
		k->rights = gn_fb_member_key_rights(m);
		/* ID-6 */
		k->since = gn_fb_member_key_since(m) ? gn_fb_member_key_since(m) : r->created;
		k->expires = gn_fb_member_key_expires(m);
		k->name = gn_fb_member_key_name(m);
		memcpy(k->pq_hash.b, gn_fb_member_key_pq_hash(m).b, sizeof k->pq_hash.b);
	}
	id.key_count = members;
	memcpy(id.front.b, gn_fb_identity_body_front(body).b, sizeof id.front.b);
	if (!view_history(r, body, &id) || identity_fault(&id) != GN_OK)
		return GN_MALFORMED;
	*out = id;
	return GN_OK;
}

gn_err gn_identity_open(struct gn_slice record, struct gn_identity *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	GN_TRY(view_body(&r, out));
	gn_wire_before(&r, &out->before);
	return GN_OK;
}

void gn_identity_key_of(const struct gn_pk *owner, uint8_t salt, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_IDENTITY, owner, GN_LIT(""), salt, key);
}

gn_err gn_identity_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now)
{
	struct gn_identity id;
	(void)names;
	GN_TRY(view_body(in, &id));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (held && memcmp(held->owner.b, in->owner.b, sizeof held->owner.b) != 0)
		return GN_DENIED;
	return held && gn_record_compare(in, held) < 0 ? GN_STALE : GN_OK;
}

/* ---- devices (ID-9) ---- */

size_t gn_identity_devices(const struct gn_identity *id, uint64_t unix_now,
			   size_t at[GN_IDENTITY_DEVICES])
{
	size_t count = 0, listed = 0;
	for (size_t i = 0; i < id->key_count && listed < GN_IDENTITY_DEVICES; i++) {
		/* who read it later leaves none out for one that has expired since */
		if (!is_device(&id->keys[i]) || id->keys[i].expires <= id->created)
			continue;
		listed++;
		if (id->keys[i].expires > unix_now)
			at[count++] = i;
	}
	return count;
}

gn_err gn_identity_device(const struct gn_identity *id, const struct gn_pk *device,
			  const uint8_t pq_pk[GN_PQ_PK_LEN], uint64_t unix_now)
{
	size_t at[GN_IDENTITY_DEVICES], count = gn_identity_devices(id, unix_now, at);
	const struct gn_identity_key *k = NULL;
	struct gn_hash pq_hash;
	for (size_t i = 0; i < id->key_count && !k; i++)
		if (gn_pk_eq(&id->keys[i].pk, device) &&
		    id->keys[i].kind == GN_FB_MEMBER_KIND_DEVICE)
			k = &id->keys[i];
	if (!k)
		return GN_NOT_FOUND;
	if (k->expires <= unix_now)
		return GN_EXPIRED;
	bool listed = false;
	for (size_t i = 0; i < count; i++)
		listed |= &id->keys[at[i]] == k;
	if (!listed)
		return GN_DENIED;
	gn_sha256(&(struct gn_slice){pq_pk, GN_PQ_PK_LEN}, 1, &pq_hash);
	return gn_hash_eq(&pq_hash, &k->pq_hash) ? GN_OK : GN_KEY;
}
