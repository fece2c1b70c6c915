/* Reading capability tokens: form, then that each block narrows the one before, then signatures;
 * what the chain grants. Invariants: 1. a chain is judged whole before anything is written out;
 * 2. signatures, the costly part, come last and are at most eight; 3. rights, limits, times and
 * depth only shrink along the chain, so the last block that names them stands for all. Rules:
 * docs/spec/wire.md WR-30..WR-36. */
#include "wire/token.h"

#define LIMITS_KNOWN (GN_FB_LIMIT_OF_OUTSTANDING + 1)

static gn_err blame(struct gn_token_fault *fault, size_t block, const char *what, gn_err err)
{
	if (fault)
		*fault = (struct gn_token_fault){.block = block, .what = what};
	return err;
}

/* ---- one block (WR-30) ---- */

static gn_err read_rights(struct gn_fb_token_block t, struct gn_token_block *out)
{
	size_t count = gn_fb_token_block_rights_len(t);
	if (count > GN_TOKEN_RIGHTS_MAX)
		return GN_TOO_LARGE;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_token_right r = gn_fb_token_block_rights_at(t, i);
		out->rights[i] = (struct gn_token_right){gn_fb_token_right_resource(r),
							 gn_fb_token_right_actions(r)};
		GN_TRY(gn_token_resource_ok(out->rights[i].resource, true));
	}
	out->right_count = count;
	return GN_OK;
}

/* NULL: of that kind none is among the first `count`. */
static const struct gn_token_limit *find_limit(const struct gn_token_limit *limits, size_t count,
					       uint16_t of, uint32_t per)
{
	for (size_t i = 0; i < count; i++)
		if (limits[i].of == of && limits[i].per == per)
			return &limits[i];
	return NULL;
}

static gn_err read_limits(struct gn_fb_token_block t, struct gn_token_block *out)
{
	size_t count = gn_fb_token_block_limits_len(t);
	if (count > GN_TOKEN_LIMITS_MAX)
		return GN_TOO_LARGE;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_token_limit l = gn_fb_token_block_limits_at(t, i);
		if (l.of >= LIMITS_KNOWN)
			return GN_VERSION;
		if (find_limit(out->limits, i, l.of, l.per))
			return GN_MALFORMED;
		out->limits[i] =
			(struct gn_token_limit){.of = l.of, .per = l.per, .amount = l.amount};
	}
	out->limit_count = count;
	return GN_OK;
}

static gn_err read_times(struct gn_fb_token_block t, struct gn_token_block *out)
{
	out->not_before = gn_fb_token_block_not_before(t);
	out->expires = gn_fb_token_block_expires(t);
	if (out->not_before >= out->expires)
		return GN_MALFORMED;
	return out->expires - out->not_before > GN_TOKEN_LIFE_MAX ? GN_RANGE : GN_OK;
}

static gn_err read_block(struct gn_fb_token_link link, struct gn_token_block *out,
			 struct gn_fb_token_block *t, const char **what)
{
	out->bytes = gn_fb_token_link_block(link);
	memcpy(out->sig.b, gn_fb_token_link_sig(link).b, sizeof out->sig);
	gn_sha256(&out->bytes, 1, &out->id);
	*what = "is not a block of a token";
	GN_TRY(gn_fb_token_block_verify(out->bytes, t));
	memcpy(out->issuer.b, gn_fb_token_block_issuer(*t).b, sizeof out->issuer);
	memcpy(out->audience.b, gn_fb_token_block_audience(*t).b, sizeof out->audience);
	out->depth = gn_fb_token_block_depth(*t);
	*what = "has a right whose resource cannot be read, or too many rights";
	GN_TRY(read_rights(*t, out));
	*what = "has a limit that this version does not know, a limit twice, or too many limits";
	GN_TRY(read_limits(*t, out));
	*what = "has times that are the wrong way round, or lives for more than 400 days";
	return read_times(*t, out);
}

/* ---- narrowing (WR-32) ---- */

/* Is all that this right says among what the others say? */
static bool right_within(const struct gn_token_right *r, const struct gn_token_block *parent)
{
	uint64_t granted = 0;
	for (size_t i = 0; i < parent->right_count; i++)
		if (gn_token_covers(parent->rights[i].resource, r->resource))
			granted |= parent->rights[i].actions;
	return (r->actions & ~granted) == 0;
}

static const char *widened_by(const struct gn_token_block *b, const struct gn_token *before)
{
	const struct gn_token_block *last = &before->blocks[before->count - 1],
				    *rights = gn_token_rights(before),
				    *limits = gn_token_limits(before);
	if (b->depth >= last->depth)
		return "may not follow: the block before allows fewer";
	if (b->not_before < last->not_before || b->expires > last->expires)
		return "lives outside of the time of the block before";
	for (size_t i = 0; i < b->right_count; i++)
		if (!right_within(&b->rights[i], rights))
			return "grants a right that the block before does not have";
	for (size_t i = 0; limits && b->limit_count && i < limits->limit_count; i++) {
		const struct gn_token_limit *l = &limits->limits[i],
					    *mine = find_limit(b->limits, b->limit_count, l->of,
							       l->per);
		if (!mine || mine->amount > l->amount)
			return "has a limit above one of the block before, or leaves it out";
	}
	return NULL;
}

/* Does the block stand where it says, at the end of what was read so far? */
static gn_err link_block(const struct gn_token *before, const struct gn_token_block *b,
			 struct gn_fb_token_block t, const char **what)
{
	struct gn_fb_hash parent = gn_fb_token_block_parent(t);
	bool has_parent = gn_fb_token_block_has_parent(t);
	if (!before->count) {
		*what = "is the first and names a block before it, or grants nothing";
		return has_parent || !b->right_count ? GN_MALFORMED : GN_OK;
	}
	const struct gn_token_block *last = &before->blocks[before->count - 1];
	*what = "does not follow from the block before";
	if (!has_parent || memcmp(parent.b, last->id.b, sizeof last->id) != 0 ||
	    !gn_pk_eq(&b->issuer, &last->audience))
		return GN_MALFORMED;
	*what = widened_by(b, before);
	return *what ? GN_DENIED : GN_OK;
}

/* ---- the chain ---- */

static gn_err read_chain(struct gn_slice in, struct gn_token *t, struct gn_token_fault *fault)
{
	struct gn_fb_token outer;
	if (in.len > GN_TOKEN_MAX)
		return blame(fault, 0, "is in a token above 4,096 bytes", GN_TOO_LARGE);
	if (gn_fb_token_verify(in, &outer) != GN_OK)
		return blame(fault, 0, "cannot be found: this is no token", GN_MALFORMED);
	size_t count = gn_fb_token_links_len(outer);
	if (!count)
		return blame(fault, 0, "is missing", GN_MALFORMED);
	if (count > GN_TOKEN_BLOCKS_MAX)
		return blame(fault, GN_TOKEN_BLOCKS_MAX, "is one too many", GN_TOO_LARGE);
	t->bytes = in;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_token_block *b = &t->blocks[i];
		struct gn_fb_token_block table;
		const char *what = NULL;
		gn_err err = read_block(gn_fb_token_links_at(outer, i), b, &table, &what);
		if (err == GN_OK)
			err = link_block(t, b, table, &what);
		if (err != GN_OK)
			return blame(fault, i, what, err);
		t->count = i + 1;
	}
	return GN_OK;
}

gn_err gn_token_read(struct gn_slice in, struct gn_token *out)
{
	struct gn_token t = {0};
	GN_TRY(read_chain(in, &t, NULL));
	*out = t;
	return GN_OK;
}

gn_err gn_token_open(struct gn_slice in, struct gn_token *out, struct gn_token_fault *fault)
{
	struct gn_token t = {0};
	GN_TRY(read_chain(in, &t, fault));
	for (size_t i = 0; i < t.count; i++)
		if (gn_verify(&t.blocks[i].issuer, GN_TOKEN_DOMAIN, &t.blocks[i].bytes, 1,
			      &t.blocks[i].sig) != GN_OK)
			return blame(fault, i, "is not signed by its issuer", GN_SIGNATURE);
	*out = t;
	return GN_OK;
}

const struct gn_pk *gn_token_owner(const struct gn_token *t)
{
	GN_ASSERT(t->count);
	return &t->blocks[0].issuer;
}

const struct gn_pk *gn_token_bearer(const struct gn_token *t)
{
	GN_ASSERT(t->count);
	return &t->blocks[t->count - 1].audience;
}

const struct gn_hash *gn_token_id(const struct gn_token *t)
{
	GN_ASSERT(t->count);
	return &t->blocks[t->count - 1].id;
}

const struct gn_token_block *gn_token_rights(const struct gn_token *t)
{
	size_t i = t->count;
	while (--i && !t->blocks[i].right_count)
		;
	return &t->blocks[i];
}

const struct gn_token_block *gn_token_limits(const struct gn_token *t)
{
	for (size_t i = t->count; i-- > 0;)
		if (t->blocks[i].limit_count)
			return &t->blocks[i];
	return NULL;
}

uint64_t gn_token_life(const struct gn_token *t)
{
	const struct gn_token_block *last = &t->blocks[t->count - 1];
	return last->expires - last->not_before; /* the narrowest */
}

gn_err gn_token_grants(const struct gn_token *t, const struct gn_pk *owner,
		       struct gn_slice resource, uint64_t actions, uint64_t unix_now)
{
	const struct gn_token_block *last = &t->blocks[t->count - 1], *rights = gn_token_rights(t);
	struct gn_token_right asked = {resource, actions};
	GN_ASSERT(t->count && actions);
	if (!gn_pk_eq(gn_token_owner(t), owner) || gn_token_resource_ok(resource, false) != GN_OK ||
	    !right_within(&asked, rights))
		return GN_DENIED;
	/* WR-33: who made it may be ahead of us by what clocks may differ */
	if (unix_now + GN_TOKEN_SHOW_S < last->not_before)
		return GN_RANGE;
	return unix_now >= last->expires ? GN_EXPIRED : GN_OK;
}

bool gn_token_amount(const struct gn_token *t, enum gn_fb_limit_of of, uint32_t per,
		     uint64_t *amount)
{
	const struct gn_token_block *b = gn_token_limits(t);
	const struct gn_token_limit *l =
		b ? find_limit(b->limits, b->limit_count, (uint16_t)of, per) : NULL;
	if (l)
		*amount = l->amount;
	return l;
}

/* ---- showing (WR-34) ---- */

struct show_parts {
	uint8_t time[8];
	struct gn_hash message;
	struct gn_slice parts[5];
};

static void show_message(const struct gn_token *t, const struct gn_token_show *show,
			 struct show_parts *m)
{
	gn_put_be64(m->time, show->time);
	gn_sha256(&show->message, 1, &m->message);
	m->parts[0] = gn_slice(gn_token_id(t)->b, sizeof(struct gn_hash));
	m->parts[1] = gn_slice(show->verifier.b, sizeof show->verifier);
	m->parts[2] = GN_SLICE(show->exporter);
	m->parts[3] = gn_slice(m->message.b, sizeof m->message);
	m->parts[4] = GN_SLICE(m->time);
}

void gn_token_show_sign(const struct gn_token *t, const struct gn_sk *bearer,
			const struct gn_token_show *show, struct gn_sig *out)
{
	struct show_parts m;
	GN_ASSERT(gn_pk_eq(&bearer->pk, gn_token_bearer(t)));
	show_message(t, show, &m);
	gn_sign(bearer, GN_TOKEN_USE_DOMAIN, m.parts, GN_COUNT(m.parts), out);
}

gn_err gn_token_shown(const struct gn_token *t, const struct gn_token_show *show,
		      const struct gn_sig *sig, uint64_t unix_now)
{
	struct show_parts m;
	if (show->time > unix_now && show->time - unix_now > GN_TOKEN_SHOW_S)
		return GN_RANGE;
	if (unix_now > show->time && unix_now - show->time > GN_TOKEN_SHOW_S)
		return GN_EXPIRED;
	show_message(t, show, &m);
	return gn_verify(gn_token_bearer(t), GN_TOKEN_USE_DOMAIN, m.parts, GN_COUNT(m.parts), sig);
}

/* ---- what a limit refuses (WR-37) ---- */

static const char *const counted[LIMITS_KNOWN] = {[GN_FB_LIMIT_OF_BYTES] = "token-bytes",
						  [GN_FB_LIMIT_OF_OPS] = "token-ops",
						  [GN_FB_LIMIT_OF_JOBS] = "token-jobs",
						  [GN_FB_LIMIT_OF_MESSAGES] = "token-messages"};

const char *gn_token_limit_name(uint16_t of)
{
	return of < LIMITS_KNOWN ? counted[of] : NULL;
}

const char *gn_token_limit_text(struct gn_slice limit)
{
	static const char *const texts[][2] = {
		{"token-bytes",
		 "the token's limit of bytes is used up, or too small for so much at once"},
		{"token-ops", "the token's limit of uses is used up"},
		{"token-jobs", "the token's limit of jobs is used up"},
		{"token-messages", "the token's limit of messages is used up"},
		{GN_TOKEN_LIMIT_TOTAL, "the token has a limit in all, which nobody counts: ask for "
				       "one with a limit in so many seconds"},
		{GN_TOKEN_LIMIT_MANY, "the token has more limits than are counted"},
		{GN_TOKEN_LIMIT_PLACES,
		 "too many tokens with limits are in use there: try again later"},
	};
	for (size_t i = 0; i < GN_COUNT(texts); i++)
		if (gn_slice_eq(limit, gn_str(texts[i][0])))
			return texts[i][1];
	return NULL;
}
