/* Revocation lists: made, read, asked. Invariant: the list is ascending by id and has no id twice,
 * so an entry is found by halving and one set of entries has one spelling. Rule:
 * docs/spec/wire.md WR-36. */
#include "records/revocation.h"

#include "wire/generated/bodies_fb.h"

void gn_revocation_key(const struct gn_pk *owner, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_REVOCATION, owner, GN_LIT(""), 0, key);
}

/* Where the id is, or would be. */
static size_t id_at(const struct gn_revocation *r, const struct gn_hash *id, bool *there)
{
	size_t low = 0, high = r->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (memcmp(r->list[mid].id.b, id->b, sizeof id->b) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*there = low < r->count && gn_hash_eq(&r->list[low].id, id);
	return low;
}

static void drop_expired(struct gn_revocation *r, uint64_t unix_now)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].expires > unix_now)
			r->list[kept++] = r->list[i];
	r->count = kept;
}

gn_err gn_revocation_add(struct gn_revocation *r, const struct gn_revoked *block, uint64_t unix_now)
{
	bool there;
	GN_ASSERT(r->count <= GN_REVOKED_MAX);
	drop_expired(r, unix_now);
	size_t at = id_at(r, &block->id, &there);
	if (there || block->expires <= unix_now)
		return GN_OK;
	if (r->count == GN_REVOKED_MAX)
		return GN_LIMIT;
	memmove(&r->list[at + 1], &r->list[at], (r->count - at) * sizeof r->list[0]);
	r->list[at] = *block;
	r->count++;
	return GN_OK;
}

gn_err gn_revocation_record(const struct gn_sk *owner, const struct gn_revocation *r,
			    struct gn_buf *out)
{
	struct gn_fb_revoked_token list[GN_REVOKED_MAX];
	uint8_t storage[GN_RECORD_MAX];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice body;
	GN_ASSERT(r->count <= GN_REVOKED_MAX);
	for (size_t i = 0; i < r->count; i++) {
		memcpy(list[i].id, r->list[i].id.b, sizeof list[i].id);
		list[i].expires = r->list[i].expires;
	}
	struct gn_fb_revocation_body_args args = {.list = {list, r->count}};
	GN_TRY(gn_fbb_finish(&b, gn_fb_revocation_body_make(&b, &args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_REVOCATION,
					  .body = body,
					  .seq = r->seq,
					  .created = r->created,
					  .ttl = r->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

gn_err gn_revocation_open(struct gn_slice record, struct gn_revocation *out)
{
	struct gn_record r;
	struct gn_fb_revocation_body body;
	GN_TRY(gn_wire_record_open(record, &r));
	if (r.type != GN_FB_RECORD_TYPE_REVOCATION || r.label.len || r.salt)
		return GN_MALFORMED;
	GN_TRY(gn_fb_revocation_body_verify(r.body, &body));
	size_t count = gn_fb_revocation_body_list_len(body);
	if (count > GN_REVOKED_MAX || !gn_fb_revocation_body_has_list(body))
		return GN_MALFORMED;
	for (uint32_t i = 1; i < count; i++)
		if (memcmp(gn_fb_revocation_body_list_at(body, i - 1).id,
			   gn_fb_revocation_body_list_at(body, i).id, 32) >= 0)
			return GN_MALFORMED;
	out->owner = r.owner;
	out->seq = r.seq;
	out->created = r.created;
	out->ttl = r.ttl;
	out->count = count;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_revoked_token e = gn_fb_revocation_body_list_at(body, i);
		memcpy(out->list[i].id.b, e.id, sizeof e.id);
		out->list[i].expires = e.expires;
	}
	return GN_OK;
}

int gn_revocation_finds(const struct gn_revocation *r, const struct gn_token *t)
{
	bool there = false;
	GN_ASSERT(gn_pk_eq(&r->owner, gn_token_owner(t)));
	for (size_t i = 0; i < t->count; i++) {
		(void)id_at(r, &t->blocks[i].id, &there);
		if (there)
			return (int)i;
	}
	return -1;
}
