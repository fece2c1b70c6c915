/* The FlatBuffers runtime: what is built is read back, what is damaged is refused or read
 * safely, limits hold. usage: wire_fb_test [--corpus DIR] (writes seed inputs for the fuzz
 * targets instead of testing) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wire/all_types.h"
#include "wire/testing/random_fb.h"
#include "wire/wire.h"

static uint8_t storage[1 << 17];
static const struct gn_fb_type *all_types[200];
static size_t type_count;

static void list_types(void)
{
	for (size_t s = 0; s < GN_COUNT(all_schemas); s++)
		for (size_t i = 0; i < all_schemas[s].count; i++) {
			GN_ASSERT(type_count < GN_COUNT(all_types));
			all_types[type_count++] = all_schemas[s].types[i];
		}
}

static struct gn_slice made(struct gn_fbb *b, gn_fbref root, const char *identifier)
{
	struct gn_slice out;
	assert_int_equal(gn_fbb_finish(b, root, identifier, &out), GN_OK);
	return out;
}

/* ---- values ---- */

/* One value of every kind, through the generated accessors. */
static struct gn_slice make_sample(struct gn_fbb *b)
{
	gn_fbref a = gn_fb_leaf_make(b, &(struct gn_fb_leaf_args){.name = gn_str("a"), .n = 1});
	gn_fbref c = gn_fb_leaf_make(b, &(struct gn_fb_leaf_args){.name = gn_str(""), .n = -7});
	struct gn_fb_mixed mixed[] = {{-3, UINT64_MAX - 1, {-2, 300}, 0.5, true},
				      {4, 5, {6, 7}, -8, false}};
	struct gn_fb_bytes bytes[] = {{{1, 2, 3, 4, 5}}, {{6, 7, 8, 9, 10}}};
	gn_fbref leaves[] = {a, c};
	gn_fbref branches[] = {
		gn_fb_branch_make(b, &(struct gn_fb_branch_args){.leaf = a,
								 .leaves = {leaves, 2},
								 .mixed = &mixed[1]}),
		gn_fb_branch_make(b, &(struct gn_fb_branch_args){.leaves = {leaves, 0}}),
	};
	gn_fbref root = gn_fb_sample_make(
		b, &(struct gn_fb_sample_args){
			   .flag = false,
			   .i8 = -128,
			   .u8 = 255,
			   .i16 = -300,
			   .u16 = 65535,
			   .i32 = INT32_MIN,
			   .u32 = 7,
			   .i64 = -5,
			   .u64 = 0,
			   .f32 = -2.5f,
			   .f64 = 1e100,
			   .colour = GN_FB_COLOUR_BLUE,
			   .level = 77,
			   .flags = GN_FB_FLAGS_ONE | GN_FB_FLAGS_NINE,
			   .text = gn_str("caf\xc3\xa9"),
			   .data = GN_LIT("\x00\xff"),
			   .bytes = &bytes[0],
			   .mixed = &mixed[0],
			   .leaf = c,
			   .any_type = GN_FB_ANY_BRANCH,
			   .any = branches[0],
			   .bools = {(const bool[]){true, false, true}, 3},
			   .i8s = {(const int8_t[]){-1, 1}, 2},
			   .u16s = {(const uint16_t[]){1, 65535}, 2},
			   .i32s = {(const int32_t[]){-1}, 1},
			   .u64s = {(const uint64_t[]){UINT64_MAX, 1, 2}, 3},
			   .f64s = {(const double[]){0.25, -1}, 2},
			   .colours = {(const uint8_t[]){GN_FB_COLOUR_RED, 99}, 2},
			   .texts = {(const struct gn_slice[]){gn_str("x"), gn_str(""),
							       gn_str("long enough")},
				     3},
			   .many_bytes = {bytes, 2},
			   .many_mixed = {mixed, 2},
			   .branches = {branches, 2},
			   .double_ = 42,
		   });
	return made(b, root, GN_FB_SAMPLE_IDENTIFIER);
}

static void check_scalars(struct gn_fb_sample s)
{
	assert_false(gn_fb_sample_flag(s));
	assert_int_equal(gn_fb_sample_i8(s), -128);
	assert_int_equal(gn_fb_sample_u8(s), 255);
	assert_int_equal(gn_fb_sample_i16(s), -300);
	assert_int_equal(gn_fb_sample_u16(s), 65535);
	assert_true(gn_fb_sample_i32(s) == INT32_MIN);
	assert_int_equal(gn_fb_sample_u32(s), 7);
	assert_true(gn_fb_sample_i64(s) == -5);
	assert_true(gn_fb_sample_u64(s) == 0);
	assert_true(gn_fb_sample_f32(s) == -2.5f);
	assert_true(gn_fb_sample_f64(s) == 1e100);
	assert_int_equal(gn_fb_sample_colour(s), GN_FB_COLOUR_BLUE);
	assert_int_equal(gn_fb_sample_level(s), 77);
	assert_int_equal(gn_fb_sample_flags(s), 1 + 512);
	assert_int_equal(gn_fb_sample_double(s), 42);
}

static void check_vectors(struct gn_fb_sample s)
{
	assert_int_equal(gn_fb_sample_bools_len(s), 3);
	assert_true(gn_fb_sample_bools_at(s, 0) && !gn_fb_sample_bools_at(s, 1) &&
		    gn_fb_sample_bools_at(s, 2));
	assert_int_equal(gn_fb_sample_i8s_at(s, 0), -1);
	assert_int_equal(gn_fb_sample_u16s_at(s, 1), 65535);
	assert_int_equal(gn_fb_sample_i32s_at(s, 0), -1);
	assert_true(gn_fb_sample_u64s_at(s, 0) == UINT64_MAX && gn_fb_sample_u64s_at(s, 2) == 2);
	assert_true(gn_fb_sample_f64s_at(s, 0) == 0.25 && gn_fb_sample_f64s_at(s, 1) == -1);
	assert_int_equal(gn_fb_sample_colours_at(s, 1), 99);
	assert_int_equal(gn_fb_sample_texts_len(s), 3);
	assert_true(gn_slice_eq(gn_fb_sample_texts_at(s, 0), gn_str("x")));
	assert_true(gn_slice_eq(gn_fb_sample_texts_at(s, 1), gn_str("")));
	assert_true(gn_slice_eq(gn_fb_sample_texts_at(s, 2), gn_str("long enough")));
	assert_int_equal(gn_fb_sample_many_bytes_at(s, 1).b[4], 10);
	assert_true(
		gn_slice_eq(gn_fb_sample_many_bytes_bytes(s), GN_LIT("\1\2\3\4\5\6\7\10\11\12")));
	assert_true(gn_fb_sample_many_mixed_at(s, 1).wide == -8);
	assert_true(gn_slice_eq(gn_fb_sample_text(s), gn_str("caf\xc3\xa9")));
	assert_true(gn_slice_eq(gn_fb_sample_data(s), GN_LIT("\x00\xff")));
}

static void check_tables(struct gn_fb_sample s)
{
	struct gn_fb_mixed m = gn_fb_sample_mixed(s);
	assert_true(m.small == -3 && m.big == UINT64_MAX - 1 && m.pair[0] == -2 &&
		    m.pair[1] == 300 && m.wide == 0.5 && m.ok);
	assert_int_equal(gn_fb_sample_bytes(s).b[0], 1);
	assert_true(gn_fb_sample_has_leaf(s));
	assert_int_equal(gn_fb_leaf_n(gn_fb_sample_leaf(s)), -7);
	assert_int_equal(gn_fb_sample_any_type(s), GN_FB_ANY_BRANCH);
	struct gn_fb_branch any = gn_fb_sample_any_as_branch(s);
	assert_int_equal(gn_fb_branch_leaves_len(any), 2);
	assert_true(gn_slice_eq(gn_fb_leaf_name(gn_fb_branch_leaves_at(any, 0)), gn_str("a")));
	/* another member reads as absent */
	assert_false(gn_fb_leaf_has_name(gn_fb_sample_any_as_leaf(s)));
	assert_int_equal(gn_fb_sample_branches_len(s), 2);
	struct gn_fb_branch last = gn_fb_sample_branches_at(s, 1);
	assert_true(gn_fb_branch_has_leaves(last) && gn_fb_branch_leaves_len(last) == 0);
	assert_false(gn_fb_branch_has_leaf(last) || gn_fb_branch_has_mixed(last));
	/* an absent table reads as an empty one */
	assert_int_equal(gn_fb_leaf_n(gn_fb_branch_leaf(last)), -7);
	assert_true(gn_fb_branch_mixed(last).big == 0);
}

static void every_kind_reads_back(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice in = make_sample(&b);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
	check_scalars(s);
	check_vectors(s);
	check_tables(s);
	for (size_t shift = 1; shift < 8; shift++) { /* anywhere in memory */
		memmove(storage + shift, in.p, in.len);
		assert_int_equal(gn_fb_sample_verify(gn_slice(storage + shift, in.len), &s), GN_OK);
		check_scalars(s);
		check_vectors(s);
		check_tables(s);
		in.p = storage + shift;
	}
}

static void defaults_cost_nothing(void **state)
{
	(void)state;
	struct gn_fb_bytes bytes = {{0}};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref root =
		gn_fb_sample_make(&b, &(struct gn_fb_sample_args){.flag = true,
								  .i8 = -1,
								  .u8 = 200,
								  .u32 = 0xdeadbeef,
								  .i64 = INT64_MIN,
								  .u64 = UINT64_MAX,
								  .f32 = 1.5f,
								  .f64 = -0.25,
								  .colour = GN_FB_COLOUR_GREEN,
								  .level = GN_FB_LEVEL_LOW,
								  .flags = GN_FB_FLAGS_NINE,
								  .bytes = &bytes});
	struct gn_slice out = made(&b, root, NULL);
	/* root offset, vtable up to slot 17, offset to it, five bytes and padding */
	assert_int_equal(out.len, 4 + (4 + 2 * 18) + 4 + 8);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(out, &s), GN_MALFORMED); /* no identifier */
	b = gn_fbb(storage, sizeof storage);
	out = made(&b, gn_fb_sample_make(&b, &(struct gn_fb_sample_args){.bytes = &bytes}), "SMPL");
	assert_int_equal(gn_fb_sample_verify(out, &s), GN_OK);
	assert_false(gn_fb_sample_flag(s));
	assert_int_equal(gn_fb_sample_u8(s), 0);
	struct gn_fb_sample absent = {{0}};
	assert_true(gn_fb_sample_flag(absent) && gn_fb_sample_u64(absent) == UINT64_MAX &&
		    gn_fb_sample_i64(absent) == INT64_MIN);
	assert_true(gn_fb_sample_f32(absent) == 1.5f && gn_fb_sample_f64(absent) == -0.25);
	assert_true(gn_fb_sample_text(absent).p == NULL && gn_fb_sample_texts_len(absent) == 0);
}

static void same_input_same_bytes(void **state)
{
	(void)state;
	static uint8_t first[1 << 16];
	for (size_t i = 0; i < type_count; i++) {
		struct gn_slice a, again;
		memset(first, 0xaa, sizeof first);
		memset(storage, 0x55, sizeof storage);
		assert_int_equal(random_buffer(all_types[i], i, first, sizeof first, &a), GN_OK);
		assert_int_equal(random_buffer(all_types[i], i, storage, sizeof storage, &again),
				 GN_OK);
		assert_true(gn_slice_eq(a, again));
	}
}

/* Where the field of a slot lies, from the start of the buffer. */
static size_t place_of(struct gn_fbt t, unsigned slot)
{
	int32_t back;
	uint16_t place;
	memcpy(&back, t.buf + t.at, 4);
	memcpy(&place, t.buf + t.at - back + 4 + 2 * slot, 2);
	return t.at + place;
}

static void check_aligned(const struct gn_fb_type *type, struct gn_fbt t)
{
	assert_int_equal(t.at % 4, 0);
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *f = &type->fields[i];
		if (!gn_fbt_has(t, f->slot))
			continue;
		size_t place = place_of(t, f->slot),
		       align = f->kind == GN_FB_SCALAR || f->kind == GN_FB_SCALARS ? f->size : 4;
		align = f->layout ? f->layout->align : align;
		if (f->kind == GN_FB_SCALAR || f->kind == GN_FB_STRUCT) {
			assert_int_equal(place % align, 0);
			continue;
		}
		assert_int_equal(place % 4, 0);
		if (f->kind == GN_FB_TABLE || f->kind == GN_FB_UNION) {
			unsigned member = f->kind == GN_FB_UNION
						  ? (unsigned)gn_fbt_bits(t, f->slot - 1u, 1, 0) - 1
						  : 0;
			check_aligned(f->types[member], gn_fbt_table(t, f->slot));
			continue;
		}
		size_t elements = (size_t)(gn_fbt_bytes(t, f->slot).p - t.buf);
		assert_int_equal(elements % 4, 0);
		assert_int_equal(elements % align, 0);
		for (uint32_t k = 0; f->kind == GN_FB_TABLES && k < gn_fbt_count(t, f->slot); k++)
			check_aligned(f->types[0], gn_fbt_table_at(t, f->slot, k));
	}
}

static void parts_are_aligned_from_the_start(void **state)
{
	(void)state;
	for (size_t i = 0; i < type_count; i++)
		for (uint64_t seed = 0; seed < 10; seed++) {
			struct gn_slice in;
			struct gn_fbt t;
			assert_int_equal(
				random_buffer(all_types[i], seed, storage, sizeof storage, &in),
				GN_OK);
			assert_int_equal(gn_fb_verify(in, all_types[i], &t), GN_OK);
			check_aligned(all_types[i], t);
		}
}

/* A byte that is not 0 or 1 where a bool is expected is true, and never becomes a C bool of
 * another value. */
static void odd_bools_are_true(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice in = make_sample(&b);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
	uint8_t *bytes = storage + (sizeof storage - in.len);
	assert_true(bytes == in.p);
	bytes[place_of(s.t, 18) + 32] = 77;
	bytes[place_of(s.t, 0)] = 77;
	assert_true(gn_fb_sample_mixed(s).ok == true && gn_fb_sample_flag(s) == true);
}

static void equal_vtables_are_shared(void **state)
{
	(void)state;
	gn_fbref leaves[100];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	for (size_t i = 0; i < GN_COUNT(leaves); i++)
		leaves[i] = gn_fb_leaf_make(
			&b, &(struct gn_fb_leaf_args){.name = gn_str("abc"), .n = (int32_t)i});
	struct gn_slice out = made(
		&b, gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaves = {leaves, 100}}),
		NULL);
	assert_in_range(out.len, 100 * (12 + 8 + 4), 100 * (12 + 8 + 4) + 60);
}

/* ---- storage ---- */

static void storage_one_byte_short_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < type_count; i++) {
		struct gn_slice full, out = {(const uint8_t *)"untouched", 9};
		assert_int_equal(random_buffer(all_types[i], 7, storage, sizeof storage, &full),
				 GN_OK);
		uint8_t *copy = test_malloc(full.len), *tight = test_malloc(full.len);
		memcpy(copy, full.p, full.len);
		for (size_t cap = 0; cap < full.len; cap++) {
			assert_int_equal(random_buffer(all_types[i], 7, tight, cap, &out),
					 GN_TOO_LARGE);
			assert_int_equal(out.len, 9);
		}
		assert_int_equal(random_buffer(all_types[i], 7, tight, full.len, &out), GN_OK);
		assert_memory_equal(out.p, copy, full.len);
		test_free(copy);
		test_free(tight);
	}
}

static void finished_bytes_nest_in_place(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice inner = make_sample(&b), outer;
	gn_fbref root = gn_fb_record_make(
		&b, &(struct gn_fb_record_args){.signed_ = inner, .sig = gn_str("sig")});
	outer = made(&b, root, GN_FB_RECORD_IDENTIFIER);
	struct gn_fb_record r;
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_record_verify(outer, &r), GN_OK);
	assert_ptr_equal(gn_fb_record_signed(r).p, inner.p);
	assert_int_equal(gn_fb_record_signed(r).len, inner.len);
	assert_int_equal(gn_fb_sample_verify(gn_fb_record_signed(r), &s), GN_OK);
	check_vectors(s);
}

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
	for (size_t i = 0; i < type_count; i++) {
		struct gn_slice in = {NULL, 0};
		for (uint64_t seed = 100; !in.p || in.len > 700; seed++)
			assert_int_equal(
				random_buffer(all_types[i], seed, storage, sizeof storage, &in),
				GN_OK);
		assert_true(survives(all_types[i], in.p, in.len));
		uint8_t bytes[700];
		memcpy(bytes, in.p, in.len);
		size_t refused = 0;
		for (size_t bit = 0; bit < in.len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			refused += !survives(all_types[i], bytes, in.len);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_true(refused > 0);
		for (size_t len = 0; len < in.len; len++)
			survives(all_types[i], in.p, len);
		survives(all_types[i], in.p, in.len / 2);
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
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref any = gn_fb_leaf_make(&b, &(struct gn_fb_leaf_args){.name = gn_str("n")});
		gn_fbref root = gn_fb_sample_make(
			&b, &(struct gn_fb_sample_args){.bytes = &bytes,
							.any_type = cases[i].type,
							.any = cases[i].value ? any : 0});
		assert_int_equal(gn_fb_sample_verify(made(&b, root, "SMPL"), &s), cases[i].want);
		if (cases[i].want == GN_OK)
			assert_int_equal(gn_fb_sample_any_type(s), cases[i].type);
	}
}

static void identifier_must_match(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice in = make_sample(&b);
	struct gn_fb_sample s;
	for (size_t i = 4; i < 8; i++) {
		storage[sizeof storage - in.len + i] ^= 1;
		assert_int_equal(gn_fb_sample_verify(in, &s), GN_MALFORMED);
		storage[sizeof storage - in.len + i] ^= 1;
	}
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
}

/* Fields past those a reader knows are skipped: a Branch read as an Empty, and a newer vtable. */
static void unknown_fields_pass(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref l = gn_fb_leaf_make(&b, &(struct gn_fb_leaf_args){.name = gn_str("n"), .n = 3});
	struct gn_slice in =
		made(&b, gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaf = l}), NULL);
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
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		leaves[0] = gn_fb_leaf_make(
			&b, &(struct gn_fb_leaf_args){.name = gn_slice(name, sizeof name)});
		for (size_t i = 1; i < n; i++)
			leaves[i] = leaves[0];
		struct gn_fb_branch t;
		struct gn_slice in = made(
			&b,
			gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaves = {leaves, n}}),
			NULL);
		assert_int_equal(gn_fb_branch_verify(in, &t), n <= 2 ? GN_OK : GN_MALFORMED);
	}
}

/* ---- seeds for fuzzing ---- */

static void write_seed(const char *dir, const char *target, const char *name, unsigned n,
		       struct gn_slice bytes)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s/%s-%u", dir, target, name, n);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.len, f) != bytes.len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void write_record_seeds(const char *dir)
{
	static const struct gn_fb_type *const bodies[] = {
		&gn_fbtype_identity_body, &gn_fbtype_node_body, &gn_fbtype_name_body,
		&gn_fbtype_site_body, &gn_fbtype_revocation_body};
	static const uint16_t types[] = {1, 2, 3, 4, 7};
	static uint8_t body[1 << 14], record[GN_RECORD_MAX];
	uint8_t seed[32] = {7};
	struct gn_sk sk;
	gn_sk_from_seed(seed, &sk);
	for (unsigned i = 0; i < GN_COUNT(types); i++) {
		struct gn_buf out = {record, 0, sizeof record};
		struct gn_record_fields fields = {.type = types[i],
						  .label = gn_str("label"),
						  .seq = i,
						  .created = 1000,
						  .ttl = 3600};
		if (random_buffer(bodies[i], i, body, sizeof body, &fields.body) != GN_OK ||
		    gn_wire_record_make(&sk, types[i] == 1 ? seed : NULL, &fields, &out) != GN_OK)
			exit(1);
		write_seed(dir, "wire_record_fuzz", bodies[i]->name, i, gn_buf_slice(&out));
	}
}

/* Random buffers of a root type until every union member was seen, or a few when there is no
 * union. */
static void write_seeds(const char *dir, const char *target, const struct gn_fb_type *type)
{
	uint64_t seen = 0;
	for (unsigned seed = 0, count = 0; seed < 500 && count < 24; seed++) {
		struct gn_slice out;
		struct gn_fbt t;
		if (random_buffer(type, seed, storage, sizeof storage, &out) != GN_OK ||
		    gn_fb_verify(out, type, &t) != GN_OK)
			exit(1);
		const struct gn_fb_field *last = &type->fields[type->field_count - 1];
		uint64_t member = last->kind == GN_FB_UNION
					  ? (uint64_t)1 << gn_fbt_bits(t, last->slot - 1u, 1, 0)
					  : 0;
		if (out.len > 1500 || (seen & member) || (!member && count == 6))
			continue;
		seen |= member;
		count++;
		write_seed(dir, target, type->name, seed, out);
	}
}

static int write_corpus(const char *dir)
{
	write_seeds(dir, "wire_overlay_fuzz", &gn_fbtype_overlay_message);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_manifest);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_block_message);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_sample);
	write_record_seeds(dir);
	return 0;
}

/* ---- over a kept buffer (WR-22) ---- */

struct pair_args {
	struct gn_slice name;
	uint64_t n;
};
static const struct gn_fb_field pair_fields[] = {
	{.name = "name",
	 .kind = GN_FB_STRING,
	 .slot = 0,
	 .c_offset = offsetof(struct pair_args, name)},
	{.name = "n", .slot = 1, .c_offset = offsetof(struct pair_args, n), .size = 8}};
static const struct gn_fb_type pair_now = {"Pair", NULL, pair_fields, 1},
			       pair_later = {"Pair", NULL, pair_fields, 2};

static gn_err rename_pair(struct gn_slice old, struct gn_slice name, struct gn_slice *out)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fbt t;
	assert_int_equal(gn_fb_verify(old, &pair_now, &t), GN_OK);
	gn_fbb_keep(&b, old);
	gn_fbref root = gn_fbb_table_over(&b, &pair_now, &(struct pair_args){.name = name},
					  GN_FB_SLOT(0), t);
	return gn_fbb_finish(&b, root, NULL, out);
}

static void unknown_fields_are_kept_where_they_are(void **state)
{
	(void)state;
	static uint8_t first[256];
	static char text[70000];
	struct gn_fbb b = gn_fbb(first, sizeof first);
	struct pair_args args = {GN_LIT("old"), 77};
	struct gn_slice old = made(&b, gn_fbb_table(&b, &pair_later, &args), NULL), out;
	struct gn_fbt t;
	bool refused = false;
	assert_int_equal(gn_fb_verify(old, &pair_now, &t), GN_OK);
	assert_true(gn_fbt_beyond(t, GN_FB_SLOT(0)) &&
		    !gn_fbt_beyond(t, GN_FB_SLOT(0) | GN_FB_SLOT(1)));
	assert_int_equal(rename_pair(old, GN_LIT("old"), &out), GN_OK);
	assert_true(gn_slice_eq(out, old)); /* nothing changed, byte for byte */
	assert_int_equal(rename_pair(old, gn_slice(NULL, 0), &out), GN_OK);
	assert_int_equal(gn_fb_verify(out, &pair_later, &t), GN_OK);
	assert_true(!gn_fbt_has(t, 0) && gn_fbt_bits(t, 1, 8, 0) == 77);
	memset(text, 'x', sizeof text);
	for (size_t len = 65400; len < 65600; len++) {
		/* a vtable reaches 65,535 bytes far, and no further */
		gn_err err = rename_pair(old, gn_slice(text, len), &out);
		assert_int_equal(err, refused || err != GN_OK ? GN_TOO_LARGE : GN_OK);
		refused |= err != GN_OK;
		if (err != GN_OK)
			continue;
		assert_int_equal(gn_fb_verify(out, &pair_later, &t), GN_OK);
		assert_true(gn_fbt_bytes(t, 0).len == len && gn_fbt_bits(t, 1, 8, 0) == 77);
	}
	assert_true(refused);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_reads_back),
		cmocka_unit_test(defaults_cost_nothing),
		cmocka_unit_test(same_input_same_bytes),
		cmocka_unit_test(parts_are_aligned_from_the_start),
		cmocka_unit_test(odd_bools_are_true),
		cmocka_unit_test(equal_vtables_are_shared),
		cmocka_unit_test(storage_one_byte_short_is_refused),
		cmocka_unit_test(finished_bytes_nest_in_place),
		cmocka_unit_test(every_bit_flip_and_truncation_is_safe),
		cmocka_unit_test(each_rule_of_the_verifier_is_enforced),
		cmocka_unit_test(unions_agree_with_their_type),
		cmocka_unit_test(identifier_must_match),
		cmocka_unit_test(unknown_fields_pass),
		cmocka_unit_test(unknown_fields_are_kept_where_they_are),
		cmocka_unit_test(shared_parts_do_not_multiply_work),
	};
	list_types();
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return write_corpus(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
