/* Heads of membership chains: made, read, judged.
 *
 * 1. A holder takes the next head only in the place of the one it names (CH-3): two that name the
 *    same cannot both have five of eight.
 * 2. A head two or more further is taken whatever it names: a holder that missed one would else
 *    stay behind for ever, and holders that are split between two heads would stay so.
 *
 * Rules: docs/spec/services.md CH-1..CH-4. */
#include "records/chainrec.h"
#include "records/body_int.h"
#include "records/limits.h"

#define BODY_FIELDS (GN_FB_SLOT(6) - 1)

_Static_assert(GN_CHAINREC_BLOCKS == CHAIN_BLOCKS_MAX, "one limit");

void gn_chainrec_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key)
{
	gn_wire_record_key(GN_FB_RECORD_TYPE_CHAIN, owner, label, 0, key);
}

/* CH-2 */
static bool form_ok(const struct gn_chainrec *c)
{
	return c->seq > 0 && c->at > 0 && c->block_count <= GN_CHAINREC_BLOCKS &&
	       gn_hash_is_zero(&c->root) == (c->root_len == 0) &&
	       (c->block_count == 0 || c->root_len > 0);
}

gn_err gn_chainrec_record(const struct gn_sk *owner, const struct gn_chainrec *in,
			  struct gn_buf *out)
{
	uint8_t storage[CHAIN_BODY_MAX];
	struct gn_slice bytes;
	struct gn_fb_hash head, root;
	struct gn_fb_key box;
	_Static_assert(sizeof in->blocks[0] == sizeof head, "both are 32 bytes");
	if (!form_ok(in))
		return GN_USAGE;
	if (in->before.beyond)
		return GN_VERSION;
	memcpy(head.b, in->head.b, sizeof head.b);
	memcpy(root.b, in->root.b, sizeof root.b);
	memcpy(box.b, in->box.b, sizeof box.b);
	const struct gn_fb_hash *blocks = (const struct gn_fb_hash *)(const void *)in->blocks;
	struct gn_fb_chain_body_args args = {
		.head = &head,
		.at = in->at,
		.root = in->root_len ? &root : NULL,
		.root_len = in->root_len,
		.root_blocks = {in->block_count ? blocks : NULL, in->block_count},
		.box = gn_pk_is_zero(&in->box) ? NULL : &box};
	struct gn_body body = {&gn_fbtype_chain_body, &args, BODY_FIELDS, in->before.body};
	GN_TRY(gn_body_make(&body, storage, sizeof storage, &bytes));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_CHAIN,
					  .label = in->label,
					  .prev = gn_before_prev(&in->before, 0),
					  .body = bytes,
					  .seq = in->seq,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

static gn_err view_body(const struct gn_record *r, struct gn_chainrec *out)
{
	struct gn_fb_chain_body body;
	struct gn_chainrec c = {.owner = r->owner,
				.label = r->label,
				.seq = r->seq,
				.created = r->created,
				.ttl = r->ttl};
	if (r->type != GN_FB_RECORD_TYPE_CHAIN || r->salt)
		return GN_MALFORMED;
	if (r->body.len > CHAIN_BODY_MAX)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_chain_body_verify(r->body, &body));
	memcpy(c.head.b, gn_fb_chain_body_head(body).b, sizeof c.head.b);
	c.at = gn_fb_chain_body_at(body);
	memcpy(c.root.b, gn_fb_chain_body_root(body).b, sizeof c.root.b);
	c.root_len = gn_fb_chain_body_root_len(body);
	memcpy(c.box.b, gn_fb_chain_body_box(body).b, sizeof c.box.b);
	struct gn_slice blocks = gn_fb_chain_body_root_blocks_bytes(body);
	c.block_count = blocks.len / sizeof c.blocks[0];
	if (!form_ok(&c))
		return GN_MALFORMED;
	if (blocks.len)
		memcpy(c.blocks, blocks.p, blocks.len);
	*out = c;
	return GN_OK;
}

static gn_err view_record(const struct gn_record *r, struct gn_chainrec *out)
{
	GN_TRY(view_body(r, out));
	gn_wire_before(r, &out->before);
	return GN_OK;
}

gn_err gn_chainrec_open(struct gn_slice record, struct gn_chainrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	return view_record(&r, out);
}

gn_err gn_chainrec_parse(struct gn_slice record, struct gn_chainrec *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_parse(record, &r));
	return view_record(&r, out);
}

gn_err gn_chainrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now)
{
	struct gn_chainrec was, is;
	(void)names;
	GN_TRY(view_body(in, &is));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (!held)
		return GN_OK;
	if (!gn_pk_eq(&held->owner, &in->owner))
		return GN_DENIED;
	if (gn_hash_eq(&held->hash, &in->hash))
		return GN_OK;
	GN_TRY(view_body(held, &was));
	if (in->seq < held->seq || is.at < was.at)
		return GN_STALE;
	if (in->seq == held->seq)
		return GN_CONFLICT;
	if (in->seq - held->seq > 1)
		return GN_OK;
	bool names_it = in->prev.len == 32 && memcmp(in->prev.p, held->hash.b, 32) == 0;
	return names_it ? GN_OK : GN_CONFLICT;
}
