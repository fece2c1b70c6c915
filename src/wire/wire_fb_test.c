/* Reading and building: every kind reads back; the same input gives the same bytes. */
#include "wire/testing/fb_sample.h"

/* ---- values ---- */

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
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	struct gn_slice in = fb_sample_make_sample(&b);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
	check_scalars(s);
	check_vectors(s);
	check_tables(s);
	for (size_t shift = 1; shift < 8; shift++) { /* anywhere in memory */
		memmove(fb_storage + shift, in.p, in.len);
		assert_int_equal(gn_fb_sample_verify(gn_slice(fb_storage + shift, in.len), &s),
				 GN_OK);
		check_scalars(s);
		check_vectors(s);
		check_tables(s);
		in.p = fb_storage + shift;
	}
}

static void defaults_cost_nothing(void **state)
{
	(void)state;
	struct gn_fb_bytes bytes = {{0}};
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
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
	struct gn_slice out = fb_sample_made(&b, root, NULL);
	/* root offset, vtable up to slot 17, offset to it, five bytes and padding */
	assert_int_equal(out.len, 4 + (4 + 2 * 18) + 4 + 8);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(out, &s), GN_MALFORMED); /* no identifier */
	b = gn_fbb(fb_storage, sizeof fb_storage);
	out = fb_sample_made(
		&b, gn_fb_sample_make(&b, &(struct gn_fb_sample_args){.bytes = &bytes}), "SMPL");
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
	for (size_t i = 0; i < fb_type_count; i++) {
		struct gn_slice a, again;
		memset(first, 0xaa, sizeof first);
		memset(fb_storage, 0x55, sizeof fb_storage);
		assert_int_equal(random_buffer(fb_types[i], i, first, sizeof first, &a), GN_OK);
		assert_int_equal(
			random_buffer(fb_types[i], i, fb_storage, sizeof fb_storage, &again),
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
	for (size_t i = 0; i < fb_type_count; i++)
		for (uint64_t seed = 0; seed < 10; seed++) {
			struct gn_slice in;
			struct gn_fbt t;
			assert_int_equal(random_buffer(fb_types[i], seed, fb_storage,
						       sizeof fb_storage, &in),
					 GN_OK);
			assert_int_equal(gn_fb_verify(in, fb_types[i], &t), GN_OK);
			check_aligned(fb_types[i], t);
		}
}

/* A byte that is not 0 or 1 where a bool is expected is true, and never becomes a C bool of
 * another value. */
static void odd_bools_are_true(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	struct gn_slice in = fb_sample_make_sample(&b);
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_sample_verify(in, &s), GN_OK);
	uint8_t *bytes = fb_storage + (sizeof fb_storage - in.len);
	assert_true(bytes == in.p);
	bytes[place_of(s.t, 18) + 32] = 77;
	bytes[place_of(s.t, 0)] = 77;
	assert_true(gn_fb_sample_mixed(s).ok == true && gn_fb_sample_flag(s) == true);
}

static void equal_vtables_are_shared(void **state)
{
	(void)state;
	gn_fbref leaves[100];
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	for (size_t i = 0; i < GN_COUNT(leaves); i++)
		leaves[i] = gn_fb_leaf_make(
			&b, &(struct gn_fb_leaf_args){.name = gn_str("abc"), .n = (int32_t)i});
	struct gn_slice out = fb_sample_made(
		&b, gn_fb_branch_make(&b, &(struct gn_fb_branch_args){.leaves = {leaves, 100}}),
		NULL);
	assert_in_range(out.len, 100 * (12 + 8 + 4), 100 * (12 + 8 + 4) + 60);
}

/* ---- fb_storage ---- */

static void storage_one_byte_short_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < fb_type_count; i++) {
		struct gn_slice full, out = {(const uint8_t *)"untouched", 9};
		assert_int_equal(
			random_buffer(fb_types[i], 7, fb_storage, sizeof fb_storage, &full), GN_OK);
		uint8_t *copy = test_malloc(full.len), *tight = test_malloc(full.len);
		memcpy(copy, full.p, full.len);
		for (size_t cap = 0; cap < full.len; cap++) {
			assert_int_equal(random_buffer(fb_types[i], 7, tight, cap, &out),
					 GN_TOO_LARGE);
			assert_int_equal(out.len, 9);
		}
		assert_int_equal(random_buffer(fb_types[i], 7, tight, full.len, &out), GN_OK);
		assert_memory_equal(out.p, copy, full.len);
		test_free(copy);
		test_free(tight);
	}
}

static void finished_bytes_nest_in_place(void **state)
{
	(void)state;
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
	struct gn_slice inner = fb_sample_make_sample(&b), outer;
	gn_fbref root = gn_fb_record_make(
		&b, &(struct gn_fb_record_args){.signed_ = inner, .sig = gn_str("sig")});
	outer = fb_sample_made(&b, root, GN_FB_RECORD_IDENTIFIER);
	struct gn_fb_record r;
	struct gn_fb_sample s;
	assert_int_equal(gn_fb_record_verify(outer, &r), GN_OK);
	assert_ptr_equal(gn_fb_record_signed(r).p, inner.p);
	assert_int_equal(gn_fb_record_signed(r).len, inner.len);
	assert_int_equal(gn_fb_sample_verify(gn_fb_record_signed(r), &s), GN_OK);
	check_vectors(s);
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
	struct gn_fbb b = gn_fbb(fb_storage, sizeof fb_storage);
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
	struct gn_slice old = fb_sample_made(&b, gn_fbb_table(&b, &pair_later, &args), NULL), out;
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
		cmocka_unit_test(unknown_fields_are_kept_where_they_are),
	};
	fb_sample_list_types();
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return fb_sample_write_corpus(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
