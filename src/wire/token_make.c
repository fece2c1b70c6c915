/* Making capability tokens: a first block by the owner of a resource, one block more by whoever
 * bears the chain. Invariant: what is made opens; it is opened before it is given out, so there is
 * one judge of narrowing, and nobody signs what a verifier would refuse. Rules: docs/spec/wire.md
 * WR-30..WR-32. */
#include "wire/token.h"

static gn_err fields_fault(const struct gn_token_fields *f, struct gn_token_fault *fault)
{
	if (f->right_count <= GN_TOKEN_RIGHTS_MAX && f->limit_count <= GN_TOKEN_LIMITS_MAX)
		return GN_OK;
	if (fault)
		fault->what = "has too many rights or limits";
	return GN_TOO_LARGE;
}

static gn_err make_block(const struct gn_pk *issuer, const struct gn_token_fields *f,
			 const struct gn_hash *parent, uint8_t storage[GN_TOKEN_MAX],
			 struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, GN_TOKEN_MAX);
	gn_fbref rights[GN_TOKEN_RIGHTS_MAX];
	struct gn_fb_token_limit limits[GN_TOKEN_LIMITS_MAX];
	struct gn_fb_key from = gn_wire_key(issuer), to = gn_wire_key(&f->audience);
	struct gn_fb_hash before;
	struct gn_fb_nonce nonce;
	memcpy(nonce.b, f->nonce, sizeof nonce.b);
	if (parent)
		memcpy(before.b, parent->b, sizeof before.b);
	for (size_t i = 0; i < f->right_count; i++)
		rights[i] = gn_fb_token_right_make(
			&b, &(struct gn_fb_token_right_args){.resource = f->rights[i].resource,
							     .actions = f->rights[i].actions});
	for (size_t i = 0; i < f->limit_count; i++)
		limits[i] = (struct gn_fb_token_limit){.amount = f->limits[i].amount,
						       .per = f->limits[i].per,
						       .of = f->limits[i].of};
	struct gn_fb_token_block_args args = {
		.issuer = &from,
		.audience = &to,
		.rights = {f->right_count ? rights : NULL, f->right_count},
		.limits = {f->limit_count ? limits : NULL, f->limit_count},
		.not_before = f->not_before,
		.expires = f->expires,
		.nonce = &nonce,
		.parent = parent ? &before : NULL,
		.depth = f->depth,
	};
	return gn_fbb_finish(&b, gn_fb_token_block_make(&b, &args), NULL, out);
}

static gn_fbref put_link(struct gn_fbb *b, struct gn_slice block, const struct gn_sig *sig)
{
	struct gn_fb_sig s;
	memcpy(s.b, sig->b, sizeof s.b);
	return gn_fb_token_link_make(b, &(struct gn_fb_token_link_args){.block = block, .sig = &s});
}

/* before: NULL for a first block. */
static gn_err make_chain(const struct gn_token *before, const struct gn_sk *issuer,
			 const struct gn_token_fields *f, struct gn_buf *out,
			 struct gn_token_fault *fault)
{
	uint8_t inner[GN_TOKEN_MAX], storage[GN_TOKEN_MAX];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref links[GN_TOKEN_BLOCKS_MAX];
	struct gn_slice block, chain;
	struct gn_sig sig;
	struct gn_token made;
	size_t count = before ? before->count : 0;
	GN_TRY(make_block(&issuer->pk, f, before ? gn_token_id(before) : NULL, inner, &block));
	gn_sign(issuer, GN_TOKEN_DOMAIN, &block, 1, &sig);
	for (size_t i = 0; i < count; i++)
		links[i] = put_link(&b, before->blocks[i].bytes, &before->blocks[i].sig);
	links[count] = put_link(&b, block, &sig);
	GN_TRY(gn_fbb_finish(
		&b, gn_fb_token_make(&b, &(struct gn_fb_token_args){.links = {links, count + 1}}),
		GN_FB_TOKEN_IDENTIFIER, &chain));
	GN_TRY(gn_token_open(chain, &made, fault));
	return gn_buf_put(out, chain);
}

static gn_err judge_made(gn_err err, struct gn_token_fault *fault)
{
	if (err == GN_TOO_LARGE && fault && !fault->what)
		fault->what = "does not fit into the 4,096 bytes of a token";
	return err == GN_MALFORMED ? GN_USAGE : err;
}

gn_err gn_token_issue(const struct gn_sk *issuer, const struct gn_token_fields *fields,
		      struct gn_buf *out, struct gn_token_fault *fault)
{
	if (fault)
		*fault = (struct gn_token_fault){0};
	GN_TRY(fields_fault(fields, fault));
	return judge_made(make_chain(NULL, issuer, fields, out, fault), fault);
}

gn_err gn_token_narrow(const struct gn_token *before, const struct gn_sk *bearer,
		       const struct gn_token_fields *fields, struct gn_buf *out,
		       struct gn_token_fault *fault)
{
	struct gn_token_fault none;
	struct gn_token_fault *f = fault ? fault : &none;
	*f = (struct gn_token_fault){.block = before->count};
	GN_TRY(fields_fault(fields, f));
	if (before->count == GN_TOKEN_BLOCKS_MAX) {
		f->what = "is one too many: a token has eight at most";
		return GN_TOO_LARGE;
	}
	if (!gn_pk_eq(&bearer->pk, gn_token_bearer(before))) {
		f->what = "would be by another than the one the token was given to";
		return GN_DENIED;
	}
	return judge_made(make_chain(before, bearer, fields, out, f), f);
}
