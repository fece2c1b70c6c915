/* The verifier: no damaged buffer is read past its end, and each rule is enforced. */
#include "wire/testing/fb_sample.h"

/* ---- damage ---- */

/* Verifies a copy of exactly len bytes, so that the sanitizer sees one byte too far, and reads
 * all if it passes. */
static bool survives(const struct gn_fb_type *type, const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct gn_fbt t;
	assert_non_null(copy);
	memcpy(copy, p, len);
	bool ok = gn_fb_verify(gn_slice(copy, len), type, &t) == GN_OK;
	if (ok)
		json_of(type, t);
	free(copy);
	return ok;
}

static void every_bit_flip_and_truncation_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < fb_type_count; i++) {
		struct gn_slice in = {NULL, 0};
		for (uint64_t seed = 100; !in.p || in.len > 700; seed++)
			assert_int_equal(random_buffer(fb_types[i], seed, fb_storage,
						       sizeof fb_storage, &in),
					 GN_OK);
		assert_true(survives(fb_types[i], in.p, in.len));
		uint8_t bytes[700];
		memcpy(bytes, in.p, in.len);
		size_t refused = 0;
		for (size_t bit = 0; bit < in.len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			refused += !survives(fb_types[i], bytes, in.len);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(refused > 0);
		for (size_t len = 0; len < in.len; len++)
			survives(fb_types[i], in.p, len);
		survives(fb_types[i], in.p, in.len / 2);
	}
}

/* A Leaf by hand: root 12 | identifier-less gap | vtable {8, 12, n, name} at 8.. laid out as
 *   0: root=16 4: vtable (8 bytes: 8,12,8,4) 12: pad 16: soffset=12, name offset=8 (to 28), n=5
 *   28: len=2
 * "hi\0" pad */
static const uint8_t leaf[] = {16, 0, 0, 0, 8, 0, 12, 0, 8, 0, 4, 0, 0, 0, 0,   0,   12, 0,
			       0,  0, 8, 0, 0, 0, 5,  0, 0, 0, 2, 0, 0, 0, 'h', 'i', 0,  0};

static gn_err verify_patched(size_t at, uint64_t value, size_t bytes)
{
	struct gn_fb_leaf t;
	uint8_t copy[sizeof leaf];
	memcpy(copy, leaf, sizeof leaf);
	for (size_t i = 0; i < bytes; i++, value >>= 8)
		copy[at + i] = (uint8_t)value;
	return gn_fb_leaf_verify(GN_SLICE(copy), &t);
}

static void each_rule_of_the_verifier_is_enforced(void **state)
{
	(void)state;
	struct gn_fb_leaf t;
	assert_int_equal(gn_fb_leaf_verify(GN_SLICE(leaf), &t), GN_OK);
	assert_int_equal(gn_fb_leaf_n(t), 5);
	assert_true(gn_slice_eq(gn_fb_leaf_name(t), gn_str("hi")));
	static const struct {
		const char *what;
		size_t at, bytes;
		uint64_t value;
	} bad[] = {
		{"root offset 0", 0, 4, 0},
		{"root past the end", 0, 4, 33},
		{"root far past the end", 0, 4, UINT32_MAX},
		{"vtable before the buffer", 16, 4, 17},
		{"vtable past the end", 16, 4, (uint32_t)-20},
		{"vtable shorter than its head", 4, 2, 2},
		{"vtable of odd length", 4, 2, 9},
		{"vtable longer than the buffer", 4, 2, 34},
		{"table shorter than its head", 6, 2, 3},
		{"table longer than the buffer", 6, 2, 21},
		{"field in the table's head", 8, 2, 3},
		{"field half outside its table", 8, 2, 9},
		{"field outside its table", 8, 2, 12},
		{"required field absent", 10, 2, 0},
		{"string offset 0, which would read as \"\"", 20, 5, 0},
		{"string offset past the end", 20, 4, 13},
		{"string offset wraps", 20, 4, UINT32_MAX - 7},
		{"string longer than the buffer", 28, 4, 4},
		{"string length wraps", 28, 4, UINT32_MAX},
		{"string without terminator", 34, 1, 'x'},
		{"string not UTF-8", 32, 1, 0xff},
	};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		if (verify_patched(bad[i].at, bad[i].value, bad[i].bytes) != GN_MALFORMED)
			fail_msg("accepted: %s", bad[i].what);
	assert_int_equal(verify_patched(8, 0, 2), GN_OK);  /* optional field absent */
	assert_int_equal(verify_patched(28, 3, 4), GN_OK); /* the padding is a terminator too */
	assert_int_equal(gn_fb_leaf_verify(gn_slice(NULL, 0), &t), GN_MALFORMED);
}

static void unions_agree_with_their_type(void **state)
{
	(void)state;
	struct gn_fb_bytes bytes = {{0}};
	struct gn_fb_sample s;
	static const struct {
		uint8_t type;
		bool value;
		gn_err want;
	} cases[] = {
		{GN_FB_ANY_NONE, false, GN_OK},
		{GN_FB_ANY_LEAF, true, GN_OK},
		{GN_FB_ANY_LEAF, false, GN_MALFORMED},
		{GN_FB_ANY_NONE, true, GN_MALFORMED},
		{4, true, GN_OK /* of a later version */},
		{4, false, GN_MALFORMED},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
		gn_fbref any = gn_fb_leaf_make(&b, &(struct gn_fb_leaf_args){.name = gn_str("n")});
		gn_fbref root = gn_fb_sample_make(
			&b, &(struct gn_fb_sample_args){.bytes = &bytes,
							.any_type = cases[i].type,
							.any = cases[i].value ? any : 0});
		assert_int_equal(gn_fb_sample_verify(fb_sample_made(&b, root, "SMPL"), &s),
				 cases[i].want);
		if (cases[i].want == GN_OK)
			assert_int_equal(gn_fb_sample_any_type(s), cases[i].type);
	}
}

static void identifier_must_match(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	struct gn_slice in = fb_sample_make_sample(&b);
	struct gn_fb_sample s;
	for (size_t i = 4; i < 8; i++) {
		fb_storage[sizeof fb_storage - in.len + i] ^= 1;
		assert_int_equal(gn_fb_sample_verify(in, &s), GN_MALFORMED);
		fb_storage[sizeof fb_storage - in.len + i] ^= 1;
	}
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
}

/* Fields past those a reader knows are skipped: a Branch read as an Empty, and a newer vtable. */
static void unknown_fields_pass(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	gn_fbref l = gn_fb_leaf_make(&b, &(struct gn_fb_leaf_args){.name = gn_str("n"), .n = 3});
	struct gn_slice in = fb_sample_made(
		&b, gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaf = l}), NULL);
	struct gn_fb_empty e;
	assert_int_equal(gn_fb_empty_verify(in, &e), GN_OK);
}

/* Offsets may share what they lead to, but not multiply the work: n offsets to one table are
 * fine while the bytes walked stay within twice the buffer. */
static void shared_parts_do_not_multiply_work(void **state)
{
	(void)state;
	static char name[2000];
	memset(name, 'x', sizeof name);
	for (size_t n = 1; n < 8; n++) {
		gn_fbref leaves[8];
		struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
		leaves[0] = gn_fb_leaf_make(
			&b, &(struct gn_fb_leaf_args){.name = gn_slice(name, sizeof name)});
		for (size_t i = 1; i < n; i++)
			leaves[i] = leaves[0];
		struct gn_fb_branch t;
		struct gn_slice in = fb_sample_made(
			&b,
			gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaves = {leaves, n}}),
			NULL);
		assert_int_equal(gn_fb_branch_verify(in, &t), n <= 2 ? GN_OK : GN_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_flip_and_truncation_is_safe),
		cmocka_unit_test(each_rule_of_the_verifier_is_enforced),
		cmocka_unit_test(unions_agree_with_their_type),
		cmocka_unit_test(identifier_must_match),
		cmocka_unit_test(unknown_fields_pass),
		cmocka_unit_test(shared_parts_do_not_multiply_work),
	};
	fb_sample_list_types();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
