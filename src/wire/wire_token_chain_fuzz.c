/* Chains of up to eight blocks, each rightly signed by whoever the one before was for, that say
 * whatever the input says. What opens grants nothing that each shorter chain does not grant, at no
 * other time, and counts no limit higher; what is refused names a block that is there. */
#include "wire/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW 1000000u
#define SPAN 32u /* seconds that the times here lie within */
#define ACTIONS 3u

static const char *const resources[] = {"*",      "a/*",        "a/b",   "a/b/*", "a/b/c",
					"b",      "a",          "a/%2F", "a/%2A", "ab/*",
					"a/bb/*", "a/\xd0\xb6", "a/*/b", "a//b",  "a/%2f/*"};
static struct gn_sk keys[GN_TOKEN_BLOCKS_MAX + 1];

static uint8_t take(struct gn_slice *in)
{
	uint8_t v = in->len ? in->p[0] : 0;
	*in = gn_slice_sub(*in, 1, SIZE_MAX);
	return v;
}

static struct gn_slice put_block(size_t n, const struct gn_hash *parent, struct gn_slice *in,
				 uint8_t *room)
{
	struct gn_fbb b = gn_fbb(room, GN_TOKEN_MAX);
	gn_fbref rights[4];
	struct gn_fb_token_limit limits[4];
	struct gn_fb_key from, to;
	struct gn_fb_hash before = {{0}};
	struct gn_slice out;
	uint8_t how = take(in), when = take(in), depth = take(in);
	size_t right_count = how & 3, limit_count = how >> 2 & 3;
	memcpy(from.b, keys[n].pk.b, 32);
	memcpy(to.b, keys[n + 1].pk.b, 32);
	if (parent)
		memcpy(before.b, parent->b, 32);
	for (size_t i = 0; i < right_count; i++) {
		uint8_t v = take(in);
		rights[i] = gn_fb_token_right_make(
			&b, &(struct gn_fb_token_right_args){
				    gn_str(resources[v % GN_COUNT(resources)]), take(in)});
	}
	for (size_t i = 0; i < limit_count; i++) {
		uint8_t v = take(in);
		limits[i] = (struct gn_fb_token_limit){
			.of = v & 15, .per = v >> 4 & 1, .amount = v >> 5};
	}
	struct gn_fb_token_block_args args = {.issuer = &from,
					      .audience = &to,
					      .rights = {right_count ? rights : NULL, right_count},
					      .limits = {limit_count ? limits : NULL, limit_count},
					      .not_before = NOW + (when & 15),
					      .expires = NOW + (when >> 4) + 1,
					      .parent = parent || how & 128 ? &before : NULL,
					      .depth = depth};
	return gn_fbb_finish(&b, gn_fb_token_block_make(&b, &args), NULL, &out) == GN_OK
		       ? out
		       : gn_slice(NULL, 0);
}

/* The length of the chain of the first `count` blocks, at out. */
static size_t put_chain(const struct gn_slice *blocks, const struct gn_sig *sigs, size_t count,
			uint8_t *room, struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(room, 2 * GN_TOKEN_MAX);
	gn_fbref links[GN_TOKEN_BLOCKS_MAX];
	for (size_t i = 0; i < count; i++) {
		struct gn_fb_sig s;
		memcpy(s.b, sigs[i].b, sizeof s.b);
		links[i] = gn_fb_token_link_make(
			&b, &(struct gn_fb_token_link_args){.block = blocks[i], .sig = &s});
	}
	gn_fbref root = gn_fb_token_make(&b, &(struct gn_fb_token_args){.links = {links, count}});
	gn_err err = gn_fbb_finish(&b, root, GN_FB_TOKEN_IDENTIFIER, out);
	GN_ASSERT(err == GN_OK);
	return out->len;
}

static bool may(const struct gn_token *t, const char *resource, unsigned action, uint64_t at)
{
	return gn_token_grants(t, &keys[0].pk, gn_str(resource), UINT64_C(1) << action, at) ==
	       GN_OK;
}

/* Nothing that `longer` has goes beyond `shorter`. */
static void only_less(const struct gn_token *longer, const struct gn_token *shorter)
{
	uint64_t most, amount;
	for (size_t i = 0; i < GN_COUNT(resources); i++)
		for (unsigned action = 0; action < ACTIONS; action++)
			for (uint64_t at = NOW - GN_TOKEN_SHOW_S - 1; at < NOW + SPAN;
			     at += at < NOW - GN_TOKEN_SHOW_S + 17 || at >= NOW ? 1 : 30)
				GN_ASSERT(may(longer, resources[i], action, at) <=
					  may(shorter, resources[i], action, at));
	for (unsigned of = 0; of <= GN_FB_LIMIT_OF_OUTSTANDING; of++)
		for (uint32_t per = 0; per < 2; per++)
			if (gn_token_amount(shorter, (enum gn_fb_limit_of)of, per, &most))
				GN_ASSERT(gn_token_amount(longer, (enum gn_fb_limit_of)of, per,
							  &amount) &&
					  amount <= most);
	GN_ASSERT(gn_token_life(longer) <= gn_token_life(shorter));
	GN_ASSERT(longer->blocks[longer->count - 1].depth <
		  shorter->blocks[shorter->count - 1].depth);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t rooms[GN_TOKEN_BLOCKS_MAX][GN_TOKEN_MAX];
	static uint8_t chains[2][2 * GN_TOKEN_MAX];
	static struct gn_token tokens[2];
	static bool made;
	struct gn_slice in = gn_slice(data, len), blocks[GN_TOKEN_BLOCKS_MAX], chain;
	struct gn_sig sigs[GN_TOKEN_BLOCKS_MAX];
	struct gn_hash id = {{0}};
	for (size_t i = 0; i < GN_COUNT(keys) && !made; i++)
		gn_sk_from_seed((const uint8_t[32]){(uint8_t)(i + 1)}, &keys[i]);
	made = true;
	for (size_t n = 0; n < GN_TOKEN_BLOCKS_MAX && in.len; n++) {
		struct gn_token_fault fault = {.block = SIZE_MAX};
		struct gn_token *t = &tokens[n % 2];
		blocks[n] = put_block(n, n ? &id : NULL, &in, rooms[n]);
		gn_sign(&keys[n], GN_TOKEN_DOMAIN, &blocks[n], 1, &sigs[n]);
		gn_sha256(&blocks[n], 1, &id);
		size_t size = put_chain(blocks, sigs, n + 1, chains[n % 2], &chain);
		gn_err err = gn_token_open(chain, t, &fault);
		GN_ASSERT(err != GN_SIGNATURE && (err != GN_OK || size <= GN_TOKEN_MAX));
		if (err != GN_OK) {
			GN_ASSERT(fault.block <= n && fault.what);
			break;
		}
		if (n)
			only_less(t, &tokens[1 - n % 2]);
	}
	return 0;
}
