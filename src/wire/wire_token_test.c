/* Capability tokens: chains made, narrowed and shown; every way to grant more than was given, by
 * an honest maker (refused when made) and by a forger who signs what they like (refused when
 * read); every limit at and one past it; every one-bit change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/token.h"

#define NOW 1000000u
#define READ GN_FB_ACTION_READ
#define WRITE GN_FB_ACTION_WRITE

static struct gn_sk keys[10]; /* 0 owns the resource */
static uint8_t room[4][2 * GN_TOKEN_MAX];
static struct gn_token_fault fault;

static int make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(keys); i++) {
		uint8_t seed[32] = {(uint8_t)(i + 1)};
		gn_sk_from_seed(seed, &keys[i]);
	}
	return 0;
}

static struct gn_token_right right(const char *resource, uint64_t actions)
{
	return (struct gn_token_right){gn_str(resource), actions};
}

static struct gn_token_fields plain(const struct gn_token_right *rights, size_t count)
{
	return (struct gn_token_fields){.audience = keys[1].pk,
					.rights = rights,
					.right_count = count,
					.not_before = NOW,
					.expires = NOW + 3600,
					.depth = 7};
}

static gn_err issue(const struct gn_token_fields *f, struct gn_token *out)
{
	struct gn_buf b = {room[0], 0, sizeof room[0]};
	GN_TRY(gn_token_issue(&keys[0], f, &b, &fault));
	return gn_token_open(gn_buf_slice(&b), out, &fault);
}

/* By the bearer keys[t->count], for keys[t->count + 1]. */
static gn_err narrow(struct gn_token *t, struct gn_token_fields f, struct gn_token *out)
{
	static int turn;
	uint8_t *p = room[1 + turn++ % 3];
	struct gn_buf b = {p, 0, sizeof room[1]};
	f.audience = keys[t->count + 1].pk;
	GN_TRY(gn_token_narrow(t, &keys[t->count], &f, &b, &fault));
	return gn_token_open(gn_buf_slice(&b), out, &fault);
}

static struct gn_token first_token(const char *resource, uint64_t actions)
{
	struct gn_token_right r = right(resource, actions);
	struct gn_token_fields f = plain(&r, 1);
	struct gn_token t;
	assert_int_equal(issue(&f, &t), GN_OK);
	return t;
}

/* Any block, as a forger makes it: nothing is judged but what the signature covers. */
struct forged {
	const struct gn_sk *issuer, *signer;
	const struct gn_hash *parent;
	struct gn_token_fields fields;
	uint16_t limit_of;
};

static struct gn_slice forge(const struct gn_token *before, const struct forged *in)
{
	static uint8_t inner[2 * GN_TOKEN_MAX], storage[4 * GN_TOKEN_MAX];
	struct gn_fbb b = gn_fbb(inner, sizeof inner), o = gn_fbb(storage, sizeof storage);
	gn_fbref rights[64], links[16];
	struct gn_fb_token_limit limits[32];
	const struct gn_token_fields *f = &in->fields;
	struct gn_slice block, out;
	struct gn_sig sig;
	struct gn_fb_sig s;
	struct gn_fb_key from, to;
	struct gn_fb_hash parent;
	size_t n = before ? before->count : 0;
	memcpy(from.b, in->issuer->pk.b, 32);
	memcpy(to.b, f->audience.b, 32);
	if (in->parent)
		memcpy(parent.b, in->parent->b, 32);
	for (size_t i = 0; i < f->right_count; i++)
		rights[i] = gn_fb_token_right_make(
			&b, &(struct gn_fb_token_right_args){f->rights[i].resource,
							     f->rights[i].actions});
	for (size_t i = 0; i < f->limit_count; i++)
		limits[i] = (struct gn_fb_token_limit){.amount = f->limits[i].amount,
						       .per = f->limits[i].per,
						       .of = in->limit_of ? in->limit_of
									  : f->limits[i].of};
	assert_int_equal(
		gn_fbb_finish(
			&b,
			gn_fb_token_block_make(
				&b,
				&(struct gn_fb_token_block_args){
					.issuer = &from,
					.audience = &to,
					.rights = {f->right_count ? rights : NULL, f->right_count},
					.limits = {f->limit_count ? limits : NULL, f->limit_count},
					.not_before = f->not_before,
					.expires = f->expires,
					.parent = in->parent ? &parent : NULL,
					.depth = f->depth}),
			NULL, &block),
		GN_OK);
	gn_sign(in->signer, GN_TOKEN_DOMAIN, &block, 1, &sig);
	for (size_t i = 0; i <= n; i++) {
		memcpy(s.b, i < n ? before->blocks[i].sig.b : sig.b, sizeof s.b);
		links[i] = gn_fb_token_link_make(
			&o, &(struct gn_fb_token_link_args){
				    .block = i < n ? before->blocks[i].bytes : block, .sig = &s});
	}
	assert_int_equal(
		gn_fbb_finish(
			&o,
			gn_fb_token_make(&o, &(struct gn_fb_token_args){.links = {links, n + 1}}),
			GN_FB_TOKEN_IDENTIFIER, &out),
		GN_OK);
	return out;
}

static gn_err forged_opens(const struct gn_token *before, const struct forged *in)
{
	struct gn_token out;
	memset(&fault, 0, sizeof fault);
	gn_err err = gn_token_open(forge(before, in), &out, &fault);
	if (err != GN_OK) {
		assert_non_null(fault.what);
		assert_int_equal(fault.block, before ? before->count : 0);
	}
	return err;
}

/* ---- what is granted (WR-33) ---- */

static gn_err may(const struct gn_token *t, const char *resource, uint64_t actions)
{
	return gn_token_grants(t, &keys[0].pk, gn_str(resource), actions, NOW);
}

static void a_token_grants_what_it_says(void **state)
{
	(void)state;
	struct gn_token t = first_token("topic/*", READ | WRITE);
	assert_int_equal(may(&t, "topic/news", READ), GN_OK);
	assert_int_equal(may(&t, "topic/news/today", READ | WRITE), GN_OK);
	assert_int_equal(may(&t, "topic", READ), GN_DENIED);
	assert_int_equal(may(&t, "topics/news", READ), GN_DENIED);
	assert_int_equal(may(&t, "topic/*", READ), GN_DENIED); /* a pattern is no path */
	assert_int_equal(may(&t, "topic/news", READ | GN_FB_ACTION_ADMIN), GN_DENIED);
	assert_int_equal(gn_token_grants(&t, &keys[2].pk, gn_str("topic/news"), READ, NOW),
			 GN_DENIED); /* another's topic */
	assert_true(gn_pk_eq(gn_token_owner(&t), &keys[0].pk));
	assert_true(gn_pk_eq(gn_token_bearer(&t), &keys[1].pk));
	assert_int_equal(gn_token_life(&t), 3600);
}

static void rights_of_one_resource_add_up(void **state)
{
	(void)state;
	struct gn_token_right r[] = {right("a/*", READ), right("a/b", WRITE)};
	struct gn_token_fields f = plain(r, 2);
	struct gn_token t;
	assert_int_equal(issue(&f, &t), GN_OK);
	assert_int_equal(may(&t, "a/b", READ | WRITE), GN_OK);
	assert_int_equal(may(&t, "a/c", READ | WRITE), GN_DENIED);
}

static void a_token_has_its_time(void **state)
{
	(void)state;
	struct gn_token t = first_token("a", READ);
	const struct gn_pk *o = &keys[0].pk;
	struct gn_slice a = gn_str("a");
	assert_int_equal(gn_token_grants(&t, o, a, READ, NOW + 3599), GN_OK);
	assert_int_equal(gn_token_grants(&t, o, a, READ, NOW + 3600), GN_EXPIRED);
	assert_int_equal(gn_token_grants(&t, o, a, READ, NOW - GN_TOKEN_SHOW_S), GN_OK);
	assert_int_equal(gn_token_grants(&t, o, a, READ, NOW - GN_TOKEN_SHOW_S - 1), GN_RANGE);
}

static void unknown_actions_grant_nothing_we_ask(void **state)
{
	(void)state;
	struct gn_token t = first_token("a", UINT64_C(1) << 63);
	assert_int_equal(may(&t, "a", READ), GN_DENIED);
}

/* ---- narrowing (WR-32) ---- */

static void eight_blocks_and_no_ninth(void **state)
{
	(void)state;
	struct gn_token t = first_token("a/*", READ), next = {0};
	struct gn_token_fields f = plain(NULL, 0);
	for (uint8_t i = 1; i < GN_TOKEN_BLOCKS_MAX; i++, t = next) {
		f.depth = (uint8_t)(7 - i);
		assert_int_equal(narrow(&t, f, &next), GN_OK);
		assert_int_equal(next.count, i + 1);
	}
	assert_int_equal(may(&t, "a/b", READ), GN_OK); /* rights of the first block */
	assert_true(gn_token_rights(&t) == &t.blocks[0]);
	assert_int_equal(narrow(&t, f, &next), GN_TOO_LARGE);
	struct forged in = {&keys[8], &keys[8], gn_token_id(&t), f, 0};
	in.fields.audience = keys[9].pk;
	assert_int_equal(gn_token_open(forge(&t, &in), &next, &fault), GN_TOO_LARGE);
}

/* Each is refused to an honest maker and to a forger. */
static void a_block_cannot_widen(void **state)
{
	(void)state;
	struct gn_token_right give[] = {right("a/*", READ), right("b", READ | WRITE)};
	struct gn_token_limit limit = {GN_FB_LIMIT_OF_OPS, 60, 100};
	struct gn_token_fields base = plain(give, 2);
	base.limits = &limit;
	base.limit_count = 1;
	base.depth = 1;
	struct gn_token t, out;
	assert_int_equal(issue(&base, &t), GN_OK);
	struct gn_token_right wider[] = {right("a/x", WRITE), right("c", READ), right("*", READ),
					 right("b/*", READ), right("a/x", UINT64_C(1) << 60)};
	struct gn_token_limit more[] = {{GN_FB_LIMIT_OF_OPS, 60, 101},
					{GN_FB_LIMIT_OF_OPS, 0, 10}, /* leaves the other out */
					{GN_FB_LIMIT_OF_BYTES, 60, 10}};
	struct gn_token_fields ok = plain(NULL, 0), bad[12];
	size_t n = 0;
	ok.depth = 0;
	for (size_t i = 0; i < GN_COUNT(wider); i++, n++) {
		bad[n] = ok;
		bad[n].rights = &wider[i];
		bad[n].right_count = 1;
	}
	for (size_t i = 0; i < GN_COUNT(more); i++, n++) {
		bad[n] = ok;
		bad[n].limits = &more[i];
		bad[n].limit_count = 1;
	}
	bad[n] = ok;
	bad[n++].depth = 1;
	bad[n] = ok;
	bad[n++].not_before = NOW - 1;
	bad[n] = ok;
	bad[n++].expires = NOW + 3601;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(narrow(&t, bad[i], &out), GN_DENIED);
		struct forged in = {&keys[1], &keys[1], gn_token_id(&t), bad[i], 0};
		assert_int_equal(forged_opens(&t, &in), GN_DENIED);
	}
	assert_int_equal(narrow(&t, ok, &out), GN_OK);
	assert_int_equal(narrow(&out, ok, &t), GN_DENIED); /* depth is used up */
}

static void narrowed_rights_and_limits_count(void **state)
{
	(void)state;
	struct gn_token t = first_token("a/*", READ | WRITE), out;
	struct gn_token_right less = right("a/b/*", READ);
	struct gn_token_limit limits[] = {{GN_FB_LIMIT_OF_BYTES, 0, 1 << 20},
					  {GN_FB_LIMIT_OF_OPS, 60, 5}};
	struct gn_token_fields f = plain(&less, 1);
	uint64_t amount = 0;
	f.depth = 3;
	f.limits = limits;
	f.limit_count = 2;
	f.not_before = NOW + 10;
	assert_null(gn_token_limits(&t));
	assert_int_equal(narrow(&t, f, &out), GN_OK);
	assert_int_equal(may(&out, "a/b/c", READ), GN_OK);
	assert_int_equal(may(&out, "a/b", READ), GN_DENIED);
	assert_int_equal(may(&out, "a/b/c", WRITE), GN_DENIED);
	assert_int_equal(gn_token_life(&out), 3590);
	assert_true(gn_token_amount(&out, GN_FB_LIMIT_OF_OPS, 60, &amount));
	assert_int_equal(amount, 5);
	assert_false(gn_token_amount(&out, GN_FB_LIMIT_OF_OPS, 0, &amount));
	assert_int_equal(gn_token_limits(&out)->limit_count, 2);
}

static void a_chain_holds_together(void **state)
{
	(void)state;
	struct gn_token t = first_token("a/*", READ), other;
	struct gn_token_right r = right("a/x", READ);
	struct gn_token_fields f = plain(&r, 1);
	struct gn_buf b = {room[1], 0, sizeof room[1]};
	f.depth = 6;
	f.audience = keys[2].pk;
	struct forged in = {&keys[1], &keys[1], gn_token_id(&t), f, 0};
	assert_int_equal(forged_opens(&t, &in), GN_OK);
	in.signer = &keys[3]; /* signed by another than the issuer */
	assert_int_equal(forged_opens(&t, &in), GN_SIGNATURE);
	in.issuer = &keys[3]; /* issued by another than the audience before */
	assert_int_equal(forged_opens(&t, &in), GN_MALFORMED);
	in = (struct forged){&keys[1], &keys[1], NULL, f, 0};
	assert_int_equal(forged_opens(&t, &in), GN_MALFORMED);
	f.nonce[0] = 1;
	assert_int_equal(issue(&f, &other), GN_OK); /* rewrote room[0]: t is made again */
	struct gn_hash wrong = *gn_token_id(&other);
	t = first_token("a/*", READ);
	in.parent = &wrong;
	assert_int_equal(forged_opens(&t, &in), GN_MALFORMED);
	in = (struct forged){&keys[0], &keys[0], &wrong, f, 0};
	assert_int_equal(forged_opens(NULL, &in), GN_MALFORMED); /* a first block with a parent */
	assert_int_equal(gn_token_narrow(&t, &keys[5], &f, &b, &fault), GN_DENIED);
}

/* ---- limits (WR-30) ---- */

static void what_a_block_may_hold(void **state)
{
	(void)state;
	struct gn_token_right rights[GN_TOKEN_RIGHTS_MAX + 1];
	struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX + 1];
	for (size_t i = 0; i < GN_COUNT(rights); i++)
		rights[i] = right("a", READ);
	for (size_t i = 0; i < GN_COUNT(limits); i++)
		limits[i] = (struct gn_token_limit){GN_FB_LIMIT_OF_OPS, (uint32_t)i, 1};
	struct gn_token_fields f = plain(rights, GN_TOKEN_RIGHTS_MAX);
	struct gn_token t;
	f.limits = limits;
	f.limit_count = GN_TOKEN_LIMITS_MAX;
	assert_int_equal(issue(&f, &t), GN_OK);
	assert_int_equal(t.blocks[0].right_count, GN_TOKEN_RIGHTS_MAX);
	assert_int_equal(t.blocks[0].limit_count, GN_TOKEN_LIMITS_MAX);
	struct forged in = {&keys[0], &keys[0], NULL, f, 0};
	assert_int_equal(forged_opens(NULL, &in), GN_OK);
	in.fields.right_count++;
	assert_int_equal(issue(&in.fields, &t), GN_TOO_LARGE);
	assert_int_equal(forged_opens(NULL, &in), GN_TOO_LARGE);
	in.fields = f;
	in.fields.limit_count++;
	assert_int_equal(issue(&in.fields, &t), GN_TOO_LARGE);
	assert_int_equal(forged_opens(NULL, &in), GN_TOO_LARGE);
	in.fields = f;
	limits[3] = limits[2]; /* twice */
	assert_int_equal(issue(&f, &t), GN_USAGE);
	assert_int_equal(forged_opens(NULL, &in), GN_MALFORMED);
	in.fields.limit_count = 1;
	in.limit_of = GN_FB_LIMIT_OF_OUTSTANDING;
	assert_int_equal(forged_opens(NULL, &in), GN_OK);
	in.limit_of++;
	assert_int_equal(forged_opens(NULL, &in), GN_VERSION);
	f.limit_count = f.right_count = 0;
	assert_int_equal(issue(&f, &t), GN_USAGE);
	in = (struct forged){&keys[0], &keys[0], NULL, f, 0};
	assert_int_equal(forged_opens(NULL, &in), GN_MALFORMED);
}

static void how_long_it_may_live(void **state)
{
	(void)state;
	struct gn_token_right r = right("a", READ);
	struct gn_token_fields f = plain(&r, 1);
	struct gn_token t;
	f.expires = NOW + GN_TOKEN_LIFE_MAX;
	assert_int_equal(issue(&f, &t), GN_OK);
	f.expires++;
	assert_int_equal(issue(&f, &t), GN_RANGE);
	f.expires = NOW + 1;
	assert_int_equal(issue(&f, &t), GN_OK);
	f.expires = NOW;
	assert_int_equal(issue(&f, &t), GN_USAGE);
}

static void bytes_of_a_chain(void **state)
{
	(void)state;
	static char name[GN_TOKEN_RESOURCE_MAX + 2];
	struct gn_token_right rights[8];
	struct gn_token t;
	memset(name, 'n', sizeof name - 1);
	name[GN_TOKEN_RESOURCE_MAX] = 0;
	for (size_t i = 0; i < 7; i++)
		rights[i] = right(name, READ);
	rights[7] = right("a", READ);
	struct gn_token_fields f = plain(rights, 8);
	static char fill[GN_TOKEN_RESOURCE_MAX + 1];
	size_t best = 0;
	for (size_t len = 1; len < GN_TOKEN_RESOURCE_MAX; len++) { /* at the limit of bytes */
		memset(fill, 'f', len);
		fill[len] = 0;
		rights[7].resource = gn_str(fill);
		gn_err err = issue(&f, &t);
		if (err == GN_TOO_LARGE)
			break;
		assert_int_equal(err, GN_OK);
		best = t.bytes.len;
	}
	assert_true(best > GN_TOKEN_MAX - 16 && best <= GN_TOKEN_MAX);
	assert_non_null(fault.what);
	struct forged in = {&keys[0], &keys[0], NULL, f, 0};
	rights[6] = rights[5]; /* forged ones have no nonce: some bytes more */
	rights[7] = rights[5];
	struct gn_slice big = forge(NULL, &in);
	assert_true(big.len > GN_TOKEN_MAX);
	assert_int_equal(gn_token_open(big, &t, NULL), GN_TOO_LARGE);
	name[GN_TOKEN_RESOURCE_MAX] = 'n'; /* one byte more in a resource */
	rights[0] = right(name, READ);
	f = plain(rights, 1);
	assert_int_equal(issue(&f, &t), GN_TOO_LARGE);
}

/* ---- resources (WR-31) ---- */

static void resources_have_one_spelling(void **state)
{
	(void)state;
	static const char *const good[] = {"a",     "a/b",      "box/00ff",
					   "n/%2F", "n/%2A%25", "name/\xd0\xb6"},
				 *const bad[] = {"",      "/",     "a/",   "/a",  "a//b",  "*",
						 "a/*",   "a*",    "*/a",  "a/%", "a/%2f", "%41",
						 "a\x1f", "a\x7f", "\xff", "a/%2"};
	uint8_t path[64];
	struct gn_buf b = {path, 0, sizeof path};
	for (size_t i = 0; i < GN_COUNT(good); i++)
		assert_int_equal(gn_token_resource_ok(gn_str(good[i]), false), GN_OK);
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_token_resource_ok(gn_str(bad[i]), false), GN_TEXT);
	assert_int_equal(gn_token_resource_ok(gn_str("*"), true), GN_OK);
	assert_int_equal(gn_token_resource_ok(gn_str("a/*"), true), GN_OK);
	assert_int_equal(gn_token_resource_ok(gn_str("a/*/b"), true), GN_TEXT);
	struct gn_slice parts[] = {gn_str("topic"), gn_str("a/b*%")};
	assert_int_equal(gn_token_resource(parts, 2, &b), GN_OK);
	assert_true(gn_slice_eq(gn_buf_slice(&b), gn_str("topic/a%2Fb%2A%25")));
	parts[1] = gn_str("");
	assert_int_equal(gn_token_resource(parts, 2, &b), GN_TEXT);
}

static void patterns_cover(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *other;
		bool covers;
	} cases[] = {{"*", "a", true},       {"*", "a/*", true},     {"a/*", "a/b/c", true},
		     {"a/*", "a/*", true},   {"a/*", "a/b/*", true}, {"a/b/*", "a/*", false},
		     {"a/*", "ab/c", false}, {"a/*", "a", false},    {"a", "a/*", false},
		     {"a", "a", true},       {"a", "a/b", false},    {"a/*", "*", false},
		     {"a/*", "a/", false}};
	for (size_t i = 0; i < GN_COUNT(cases); i++)
		assert_int_equal(gn_token_covers(gn_str(cases[i].pattern), gn_str(cases[i].other)),
				 cases[i].covers);
}

/* ---- showing (WR-34, WR-35) ---- */

static void a_copied_token_is_worth_nothing(void **state)
{
	(void)state;
	struct gn_token t = first_token("a", READ);
	struct gn_token_show show = {
		.verifier = keys[9].pk, .exporter = {7}, .message = gn_str("ask"), .time = NOW};
	struct gn_sig sig;
	gn_token_show_sign(&t, &keys[1], &show, &sig);
	assert_int_equal(gn_token_shown(&t, &show, &sig, NOW), GN_OK);
	assert_int_equal(gn_token_shown(&t, &show, &sig, NOW + GN_TOKEN_SHOW_S), GN_OK);
	assert_int_equal(gn_token_shown(&t, &show, &sig, NOW + GN_TOKEN_SHOW_S + 1), GN_EXPIRED);
	assert_int_equal(gn_token_shown(&t, &show, &sig, NOW - GN_TOKEN_SHOW_S), GN_OK);
	assert_int_equal(gn_token_shown(&t, &show, &sig, NOW - GN_TOKEN_SHOW_S - 1), GN_RANGE);
	struct gn_token_show other[4] = {show, show, show, show};
	other[0].verifier = keys[8].pk;
	other[1].exporter[0] = 8;
	other[2].message = gn_str("another");
	other[3].time++;
	for (size_t i = 0; i < GN_COUNT(other); i++)
		assert_int_equal(gn_token_shown(&t, &other[i], &sig, NOW), GN_SIGNATURE);
	struct gn_token another = first_token("b", READ);
	assert_int_equal(gn_token_shown(&another, &show, &sig, NOW), GN_SIGNATURE);
}

static void every_bit_counts(void **state)
{
	(void)state;
	struct gn_token t = first_token("a/*", READ), two = {0}, out;
	struct gn_token_fields f = plain(NULL, 0);
	f.depth = 2;
	assert_int_equal(narrow(&t, f, &two), GN_OK);
	uint8_t copy[GN_TOKEN_MAX];
	size_t opened = 0;
	for (size_t bit = 0; bit < 8 * two.bytes.len; bit++) {
		memcpy(copy, two.bytes.p, two.bytes.len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (gn_token_open(gn_slice(copy, two.bytes.len), &out, &fault) != GN_OK)
			continue;
		opened++; /* padding and unknown slots of the frame around the blocks: WR-35 */
		assert_memory_equal(gn_token_id(&out), gn_token_id(&two), 32);
	}
	assert_true(opened < 8 * 64);
	for (size_t len = 0; len < two.bytes.len; len++)
		if (gn_token_open(gn_slice(two.bytes.p, len), &out, NULL) == GN_OK)
			assert_memory_equal(gn_token_id(&out), gn_token_id(&two), 32);
}

/* Seeds of wire_token_fuzz: chains of one, two and eight blocks, and a resource. */
static int write_corpus(const char *folder)
{
	struct gn_token t, next;
	struct gn_token_right r[] = {right("topic/*", READ | WRITE), right("box/00ff", READ)};
	struct gn_token_limit limit = {GN_FB_LIMIT_OF_OPS, 60, 100};
	struct gn_token_fields f = plain(r, 2), less = plain(NULL, 0);
	f.limits = &limit;
	f.limit_count = 1;
	if (issue(&f, &t) != GN_OK)
		return 1;
	for (unsigned n = 1; n <= GN_TOKEN_BLOCKS_MAX; n++, t = next) {
		char path[512];
		snprintf(path, sizeof path, "%s/wire_token_fuzz/chain-%u", folder, n);
		FILE *out = n < 3 || n == 8 ? fopen(path, "wb") : NULL;
		if (out && (fwrite(t.bytes.p, 1, t.bytes.len, out) != t.bytes.len || fclose(out)))
			return 1;
		less.depth = (uint8_t)(7 - n);
		if (n < GN_TOKEN_BLOCKS_MAX && narrow(&t, less, &next) != GN_OK)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return make_keys(NULL) || write_corpus(argv[2]);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_grants_what_it_says),
		cmocka_unit_test(rights_of_one_resource_add_up),
		cmocka_unit_test(a_token_has_its_time),
		cmocka_unit_test(unknown_actions_grant_nothing_we_ask),
		cmocka_unit_test(eight_blocks_and_no_ninth),
		cmocka_unit_test(a_block_cannot_widen),
		cmocka_unit_test(narrowed_rights_and_limits_count),
		cmocka_unit_test(a_chain_holds_together),
		cmocka_unit_test(what_a_block_may_hold),
		cmocka_unit_test(how_long_it_may_live),
		cmocka_unit_test(bytes_of_a_chain),
		cmocka_unit_test(resources_have_one_spelling),
		cmocka_unit_test(patterns_cover),
		cmocka_unit_test(a_copied_token_is_worth_nothing),
		cmocka_unit_test(every_bit_counts),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
