/* Chains of people who try what is not written: of many rights and limits one that is wider, a
 * block that takes back what the one before it left out, control characters beyond ASCII. And what
 * is signed, put together from the text of WR-30 and WR-34 alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "wire/token.h"

#define NOW 1000000u
#define READ GN_FB_ACTION_READ
#define WRITE GN_FB_ACTION_WRITE

static struct gn_sk keys[6]; /* 0 owns the resource */
static uint8_t room[5][GN_TOKEN_MAX];

static int make_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < GN_COUNT(keys); i++)
		gn_sk_from_seed((const uint8_t[32]){(uint8_t)(i + 1)}, &keys[i]);
	return 0;
}

static struct gn_token_right right(const char *resource, uint64_t actions)
{
	return (struct gn_token_right){gn_str(resource), actions};
}

static struct gn_token_fields plain(const struct gn_token_right *rights, size_t count,
				    uint8_t depth)
{
	return (struct gn_token_fields){.rights = rights,
					.right_count = count,
					.not_before = NOW,
					.expires = NOW + 3600,
					.depth = depth};
}

/* before: NULL for a first block. By keys[n] for keys[n + 1], n the blocks before. */
static gn_err give(const struct gn_token *before, struct gn_token_fields f, struct gn_token *out)
{
	size_t n = before ? before->count : 0;
	struct gn_buf b = {room[n], 0, sizeof room[n]};
	f.audience = keys[n + 1].pk;
	GN_TRY(before ? gn_token_narrow(before, &keys[n], &f, &b, NULL)
		      : gn_token_issue(&keys[n], &f, &b, NULL));
	return gn_token_open(gn_buf_slice(&b), out, NULL);
}

/* Each of many is judged, in whatever order. */
static void each_counts(void **state)
{
	(void)state;
	struct gn_token_right mine[] = {right("a/*", READ | WRITE), right("b", READ)},
			      theirs[] = {right("b", READ), right("a/x", READ), right("c", READ)};
	struct gn_token_limit limits[] = {{GN_FB_LIMIT_OF_BYTES, 0, 50},
					  {GN_FB_LIMIT_OF_OPS, 60, 5}},
			      fewer[] = {{GN_FB_LIMIT_OF_OPS, 60, 4},
					 {GN_FB_LIMIT_OF_BYTES, 0, 40}},
			      wider[] = {{GN_FB_LIMIT_OF_BYTES, 0, 50},
					 {GN_FB_LIMIT_OF_OPS, 60, 6}};
	struct gn_token_fields f = plain(mine, 2, 7);
	struct gn_token t, out;
	f.limits = limits;
	f.limit_count = 2;
	assert_int_equal(give(NULL, f, &t), GN_OK);
	assert_int_equal(give(&t, plain(theirs, 2, 6), &out), GN_OK);
	assert_int_equal(give(&t, plain(theirs, 3, 6), &out), GN_DENIED);
	f = plain(NULL, 0, 6);
	f.limits = wider;
	f.limit_count = 2; /* the second is larger */
	assert_int_equal(give(&t, f, &out), GN_DENIED);
	f.limit_count = 1; /* it is left out */
	assert_int_equal(give(&t, f, &out), GN_DENIED);
	f.limits = fewer;
	f.limit_count = 2;
	assert_int_equal(give(&t, f, &out), GN_OK);
}

/* What the first gave and the second did not give on, the third does not have. */
static void what_is_left_out_is_gone(void **state)
{
	(void)state;
	struct gn_token_right all = right("a/*", READ | WRITE), less = right("a/b", READ);
	struct gn_token_limit more = {GN_FB_LIMIT_OF_OPS, 60, 5}, few = {GN_FB_LIMIT_OF_OPS, 60, 4};
	const struct gn_pk *owner = &keys[0].pk;
	struct gn_token one, two, three;
	struct gn_token_fields f = plain(&all, 1, 7);
	f.limits = &more;
	f.limit_count = 1;
	assert_int_equal(give(NULL, f, &one), GN_OK);
	f = plain(&less, 1, 6);
	f.limits = &few;
	f.limit_count = 1;
	f.expires -= 100;
	assert_int_equal(give(&one, f, &two), GN_OK);
	f = plain(NULL, 0, 5);
	f.expires -= 100;
	assert_int_equal(give(&two, f, &three), GN_OK);
	assert_true(gn_token_rights(&three) == &three.blocks[1]);
	assert_true(gn_token_limits(&three) == &three.blocks[1]);
	assert_int_equal(gn_token_grants(&three, owner, gn_str("a/c"), READ, NOW), GN_DENIED);
	assert_int_equal(gn_token_grants(&three, owner, gn_str("a/b"), WRITE, NOW), GN_DENIED);
	assert_int_equal(gn_token_grants(&three, owner, gn_str("a/b"), READ, NOW + 3499), GN_OK);
	assert_int_equal(gn_token_grants(&three, owner, gn_str("a/b"), READ, NOW + 3500),
			 GN_EXPIRED);
	f.rights = &all;
	f.right_count = 1;
	assert_int_equal(give(&two, f, &three), GN_DENIED);
	f.right_count = 0;
	f.limits = &more;
	f.limit_count = 1;
	assert_int_equal(give(&two, f, &three), GN_DENIED);
}

static void signed_as_it_is_written(void **state)
{
	(void)state;
	struct gn_token_right r = right("a", READ);
	struct gn_token t;
	struct gn_sig sig;
	struct gn_hash id, message;
	uint8_t use[4 * 32 + 8];
	struct gn_slice all = GN_SLICE(use);
	struct gn_token_show show = {
		.verifier = keys[5].pk, .exporter = {7}, .message = gn_str("ask"), .time = NOW};
	assert_int_equal(give(NULL, plain(&r, 1, 0), &t), GN_OK);
	assert_memory_equal(t.bytes.p + 4, "GNTK", 4);
	assert_int_equal(
		gn_verify(&keys[0].pk, "geonet/token/1", &t.blocks[0].bytes, 1, &t.blocks[0].sig),
		GN_OK);
	gn_sha256(&t.blocks[0].bytes, 1, &id);
	gn_sha256(&show.message, 1, &message);
	memcpy(use, &id, 32);
	memcpy(use + 32, &keys[5].pk, 32);
	memcpy(use + 64, show.exporter, 32);
	memcpy(use + 96, &message, 32);
	gn_put_be64(use + 128, NOW);
	gn_token_show_sign(&t, &keys[1], &show, &sig);
	assert_int_equal(gn_verify(&keys[1].pk, "geonet/token-use/1", &all, 1, &sig), GN_OK);
}

/* U+0080..U+009F are control characters as well: U+009B begins what a terminal obeys. */
static void controls_beyond_ascii(void **state)
{
	(void)state;
	char text[] = "topic/\xc2\x80";
	for (unsigned c = 0x80; c <= 0xa0; c++) {
		text[7] = (char)c;
		assert_int_equal(gn_token_resource_ok(gn_str(text), false),
				 c < 0xa0 ? GN_TEXT : GN_OK);
	}
	assert_int_equal(gn_token_resource_ok(gn_str("topic/\xc3\x82\xc4\x80"), false), GN_OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_counts),
		cmocka_unit_test(what_is_left_out_is_gone),
		cmocka_unit_test(signed_as_it_is_written),
		cmocka_unit_test(controls_beyond_ascii),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
