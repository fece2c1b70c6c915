/* Made by tools/fbc from sample.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_SAMPLE_FB_H
#define GN_WIRE_SAMPLE_FB_H

#include "wire/fb.h"

enum gn_fb_colour {
	GN_FB_COLOUR_RED = 1,
	GN_FB_COLOUR_GREEN = 3,
	GN_FB_COLOUR_BLUE = 4,
};

static const struct gn_fb_word gn_fbwords_colour[] = {{"red", 1}, {"green", 3}, {"blue", 4}, {NULL, 0}};

enum gn_fb_level {
	GN_FB_LEVEL_LOW = -5,
	GN_FB_LEVEL_NONE = 0,
	GN_FB_LEVEL_HIGH = 300,
};

static const struct gn_fb_word gn_fbwords_level[] = {{"low", -5}, {"none", 0}, {"high", 300}, {NULL, 0}};

enum gn_fb_flags {
	GN_FB_FLAGS_ONE = 1,
	GN_FB_FLAGS_TWO = 2,
	GN_FB_FLAGS_NINE = 512,
};

enum gn_fb_any {
	GN_FB_ANY_NONE = 0,
	GN_FB_ANY_LEAF = 1,
	GN_FB_ANY_EMPTY = 2,
	GN_FB_ANY_BRANCH = 3,
};

struct gn_fb_bytes {
	uint8_t b[5];
};
static const struct gn_fb_member gn_fbmembers_bytes[] = {
	{"b", offsetof(struct gn_fb_bytes, b), 0, 1, 5, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_bytes = {gn_fbmembers_bytes, 1, sizeof(struct gn_fb_bytes), 5, 1};

/* Alignments that need padding, at the end too. */
struct gn_fb_mixed {
	int8_t small;
	uint64_t big;
	int16_t pair[2];
	double wide;
	bool ok;
};
static const struct gn_fb_member gn_fbmembers_mixed[] = {
	{"small", offsetof(struct gn_fb_mixed, small), 0, 1, 1, GN_FB_INT},
	{"big", offsetof(struct gn_fb_mixed, big), 8, 8, 1, GN_FB_UINT},
	{"pair", offsetof(struct gn_fb_mixed, pair), 16, 2, 2, GN_FB_INT},
	{"wide", offsetof(struct gn_fb_mixed, wide), 24, 8, 1, GN_FB_FLOAT},
	{"ok", offsetof(struct gn_fb_mixed, ok), 32, 1, 1, GN_FB_BOOL},
};
static const struct gn_fb_layout gn_fblayout_mixed = {gn_fbmembers_mixed, 5, sizeof(struct gn_fb_mixed), 40, 8};

/* ---- Leaf ---- */

struct gn_fb_leaf {
	struct gn_fbt t;
};
struct gn_fb_leaf_args {
	int32_t n;
	struct gn_slice name;
};
static const struct gn_fb_field gn_fbfields_leaf[] = {
	{"n", GN_FB_SCALAR, GN_FB_INT, 0, offsetof(struct gn_fb_leaf_args, n), 0, 4, false, UINT64_C(0xfffffff9), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_leaf_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_leaf = {"Leaf", NULL, gn_fbfields_leaf, 2};

GN_MUST static inline gn_err gn_fb_leaf_verify(struct gn_slice in, struct gn_fb_leaf *out)
{
	return gn_fb_verify(in, &gn_fbtype_leaf, &out->t);
}
static inline gn_fbref gn_fb_leaf_make(struct gn_fbb *b, const struct gn_fb_leaf_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_leaf, args);
}
static inline int32_t gn_fb_leaf_n(struct gn_fb_leaf t)
{
	return (int32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0xfffffff9));
}
static inline bool gn_fb_leaf_has_name(struct gn_fb_leaf t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_leaf_name(struct gn_fb_leaf t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- Empty ---- */

struct gn_fb_empty {
	struct gn_fbt t;
};
struct gn_fb_empty_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_empty = {"Empty", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_empty_verify(struct gn_slice in, struct gn_fb_empty *out)
{
	return gn_fb_verify(in, &gn_fbtype_empty, &out->t);
}
static inline gn_fbref gn_fb_empty_make(struct gn_fbb *b, const struct gn_fb_empty_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_empty, args);
}

/* ---- Branch ---- */

struct gn_fb_branch {
	struct gn_fbt t;
};
struct gn_fb_branch_args {
	gn_fbref leaf; /* Leaf */
	struct {
		const gn_fbref *p;
		size_t count;
	} leaves; /* Leaf */
	const struct gn_fb_mixed *mixed;
};
static const struct gn_fb_field gn_fbfields_branch[] = {
	{"leaf", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_branch_args, leaf), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_leaf}, NULL, false},
	{"leaves", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_branch_args, leaves), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_leaf}, NULL, false},
	{"mixed", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_branch_args, mixed), 0, 0, false, UINT64_C(0x0), &gn_fblayout_mixed, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_branch = {"Branch", NULL, gn_fbfields_branch, 3};

GN_MUST static inline gn_err gn_fb_branch_verify(struct gn_slice in, struct gn_fb_branch *out)
{
	return gn_fb_verify(in, &gn_fbtype_branch, &out->t);
}
static inline gn_fbref gn_fb_branch_make(struct gn_fbb *b, const struct gn_fb_branch_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_branch, args);
}
static inline bool gn_fb_branch_has_leaf(struct gn_fb_branch t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_leaf gn_fb_branch_leaf(struct gn_fb_branch t)
{
	return (struct gn_fb_leaf){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_branch_has_leaves(struct gn_fb_branch t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_branch_leaves_len(struct gn_fb_branch t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_leaf gn_fb_branch_leaves_at(struct gn_fb_branch t, uint32_t i)
{
	return (struct gn_fb_leaf){gn_fbt_table_at(t.t, 1, i)};
}
static inline bool gn_fb_branch_has_mixed(struct gn_fb_branch t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_mixed gn_fb_branch_mixed(struct gn_fb_branch t)
{
	struct gn_fb_mixed v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_mixed, &v);
	return v;
}

/* ---- Sample ---- */

/* Ids in another order than the text. */
struct gn_fb_sample {
	struct gn_fbt t;
};
struct gn_fb_sample_args {
	bool flag;
	int8_t i8;
	uint8_t u8;
	int16_t i16;
	uint16_t u16;
	int32_t i32;
	uint32_t u32;
	int64_t i64;
	uint64_t u64;
	float f32;
	double f64;
	uint8_t colour;
	int16_t level;
	uint32_t flags;
	struct gn_slice text;
	struct gn_slice data;
	const struct gn_fb_bytes *bytes;
	const struct gn_fb_mixed *mixed;
	gn_fbref leaf; /* Leaf */
	uint8_t any_type; /* GN_FB_ANY_... */
	gn_fbref any;
	struct {
		const bool *p;
		size_t count;
	} bools;
	struct {
		const int8_t *p;
		size_t count;
	} i8s;
	struct {
		const uint16_t *p;
		size_t count;
	} u16s;
	struct {
		const int32_t *p;
		size_t count;
	} i32s;
	struct {
		const uint64_t *p;
		size_t count;
	} u64s;
	struct {
		const double *p;
		size_t count;
	} f64s;
	struct {
		const uint8_t *p;
		size_t count;
	} colours;
	struct {
		const struct gn_slice *p;
		size_t count;
	} texts;
	struct {
		const struct gn_fb_bytes *p;
		size_t count;
	} many_bytes;
	struct {
		const struct gn_fb_mixed *p;
		size_t count;
	} many_mixed;
	struct {
		const gn_fbref *p;
		size_t count;
	} branches; /* Branch */
	uint32_t double_;
};
static const struct gn_fb_field gn_fbfields_sample[] = {
	{"flag", GN_FB_SCALAR, GN_FB_BOOL, 0, offsetof(struct gn_fb_sample_args, flag), 0, 1, false, UINT64_C(0x1), NULL, NULL, NULL, false},
	{"i8", GN_FB_SCALAR, GN_FB_INT, 1, offsetof(struct gn_fb_sample_args, i8), 0, 1, false, UINT64_C(0xff), NULL, NULL, NULL, false},
	{"u8", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_sample_args, u8), 0, 1, false, UINT64_C(0xc8), NULL, NULL, NULL, false},
	{"i16", GN_FB_SCALAR, GN_FB_INT, 3, offsetof(struct gn_fb_sample_args, i16), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"u16", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_sample_args, u16), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"i32", GN_FB_SCALAR, GN_FB_INT, 5, offsetof(struct gn_fb_sample_args, i32), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"u32", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_sample_args, u32), 0, 4, false, UINT64_C(0xdeadbeef), NULL, NULL, NULL, false},
	{"i64", GN_FB_SCALAR, GN_FB_INT, 8, offsetof(struct gn_fb_sample_args, i64), 0, 8, false, UINT64_C(0x8000000000000000), NULL, NULL, NULL, false},
	{"u64", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_sample_args, u64), 0, 8, false, UINT64_C(0xffffffffffffffff), NULL, NULL, NULL, false},
	{"f32", GN_FB_SCALAR, GN_FB_FLOAT, 10, offsetof(struct gn_fb_sample_args, f32), 0, 4, false, UINT64_C(0x3fc00000), NULL, NULL, NULL, false},
	{"f64", GN_FB_SCALAR, GN_FB_FLOAT, 11, offsetof(struct gn_fb_sample_args, f64), 0, 8, false, UINT64_C(0xbfd0000000000000), NULL, NULL, NULL, false},
	{"colour", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_sample_args, colour), 0, 1, false, UINT64_C(0x3), NULL, NULL, gn_fbwords_colour, false},
	{"level", GN_FB_SCALAR, GN_FB_INT, 13, offsetof(struct gn_fb_sample_args, level), 0, 2, false, UINT64_C(0xfffb), NULL, NULL, gn_fbwords_level, false},
	{"flags", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_sample_args, flags), 0, 4, false, UINT64_C(0x200), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 15, offsetof(struct gn_fb_sample_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"data", GN_FB_SCALARS, GN_FB_UINT, 16, offsetof(struct gn_fb_sample_args, data), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_STRUCT, GN_FB_UINT, 17, offsetof(struct gn_fb_sample_args, bytes), 0, 0, true, UINT64_C(0x0), &gn_fblayout_bytes, NULL, NULL, false},
	{"mixed", GN_FB_STRUCT, GN_FB_UINT, 18, offsetof(struct gn_fb_sample_args, mixed), 0, 0, false, UINT64_C(0x0), &gn_fblayout_mixed, NULL, NULL, false},
	{"leaf", GN_FB_TABLE, GN_FB_UINT, 19, offsetof(struct gn_fb_sample_args, leaf), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_leaf}, NULL, false},
	{"any_type", GN_FB_SCALAR, GN_FB_UINT, 20, offsetof(struct gn_fb_sample_args, any_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"any", GN_FB_UNION, GN_FB_UINT, 21, offsetof(struct gn_fb_sample_args, any), 3, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_leaf, &gn_fbtype_empty, &gn_fbtype_branch}, NULL, false},
	{"bools", GN_FB_SCALARS, GN_FB_BOOL, 22, offsetof(struct gn_fb_sample_args, bools), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"i8s", GN_FB_SCALARS, GN_FB_INT, 23, offsetof(struct gn_fb_sample_args, i8s), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"u16s", GN_FB_SCALARS, GN_FB_UINT, 24, offsetof(struct gn_fb_sample_args, u16s), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"i32s", GN_FB_SCALARS, GN_FB_INT, 25, offsetof(struct gn_fb_sample_args, i32s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"u64s", GN_FB_SCALARS, GN_FB_UINT, 26, offsetof(struct gn_fb_sample_args, u64s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"f64s", GN_FB_SCALARS, GN_FB_FLOAT, 27, offsetof(struct gn_fb_sample_args, f64s), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"colours", GN_FB_SCALARS, GN_FB_UINT, 28, offsetof(struct gn_fb_sample_args, colours), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"texts", GN_FB_STRINGS, GN_FB_UINT, 29, offsetof(struct gn_fb_sample_args, texts), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"many_bytes", GN_FB_STRUCTS, GN_FB_UINT, 30, offsetof(struct gn_fb_sample_args, many_bytes), 0, 0, false, UINT64_C(0x0), &gn_fblayout_bytes, NULL, NULL, false},
	{"many_mixed", GN_FB_STRUCTS, GN_FB_UINT, 31, offsetof(struct gn_fb_sample_args, many_mixed), 0, 0, false, UINT64_C(0x0), &gn_fblayout_mixed, NULL, NULL, false},
	{"branches", GN_FB_TABLES, GN_FB_UINT, 32, offsetof(struct gn_fb_sample_args, branches), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_branch}, NULL, false},
	{"double", GN_FB_SCALAR, GN_FB_UINT, 33, offsetof(struct gn_fb_sample_args, double_), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_sample = {"Sample", "SMPL", gn_fbfields_sample, 33};

#define GN_FB_SAMPLE_IDENTIFIER "SMPL"

GN_MUST static inline gn_err gn_fb_sample_verify(struct gn_slice in, struct gn_fb_sample *out)
{
	return gn_fb_verify(in, &gn_fbtype_sample, &out->t);
}
static inline gn_fbref gn_fb_sample_make(struct gn_fbb *b, const struct gn_fb_sample_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_sample, args);
}
static inline bool gn_fb_sample_flag(struct gn_fb_sample t)
{
	return gn_fbt_bits(t.t, 0, 1, UINT64_C(0x1)) != 0;
}
static inline int8_t gn_fb_sample_i8(struct gn_fb_sample t)
{
	return (int8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0xff));
}
static inline uint8_t gn_fb_sample_u8(struct gn_fb_sample t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0xc8));
}
static inline int16_t gn_fb_sample_i16(struct gn_fb_sample t)
{
	return (int16_t)gn_fbt_bits(t.t, 3, 2, UINT64_C(0x0));
}
static inline uint16_t gn_fb_sample_u16(struct gn_fb_sample t)
{
	return (uint16_t)gn_fbt_bits(t.t, 4, 2, UINT64_C(0x0));
}
static inline int32_t gn_fb_sample_i32(struct gn_fb_sample t)
{
	return (int32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_sample_u32(struct gn_fb_sample t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0xdeadbeef));
}
static inline int64_t gn_fb_sample_i64(struct gn_fb_sample t)
{
	return (int64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x8000000000000000));
}
static inline uint64_t gn_fb_sample_u64(struct gn_fb_sample t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0xffffffffffffffff));
}
static inline float gn_fb_sample_f32(struct gn_fb_sample t)
{
	return gn_fb_float(gn_fbt_bits(t.t, 10, 4, UINT64_C(0x3fc00000)));
}
static inline double gn_fb_sample_f64(struct gn_fb_sample t)
{
	return gn_fb_double(gn_fbt_bits(t.t, 11, 8, UINT64_C(0xbfd0000000000000)));
}
static inline uint8_t gn_fb_sample_colour(struct gn_fb_sample t)
{
	return (uint8_t)gn_fbt_bits(t.t, 12, 1, UINT64_C(0x3));
}
static inline int16_t gn_fb_sample_level(struct gn_fb_sample t)
{
	return (int16_t)gn_fbt_bits(t.t, 13, 2, UINT64_C(0xfffb));
}
static inline uint32_t gn_fb_sample_flags(struct gn_fb_sample t)
{
	return (uint32_t)gn_fbt_bits(t.t, 14, 4, UINT64_C(0x200));
}
static inline bool gn_fb_sample_has_text(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 15);
}
static inline struct gn_slice gn_fb_sample_text(struct gn_fb_sample t)
{
	return gn_fbt_bytes(t.t, 15);
}
static inline bool gn_fb_sample_has_data(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_slice gn_fb_sample_data(struct gn_fb_sample t)
{
	return gn_fbt_bytes(t.t, 16);
}
static inline bool gn_fb_sample_has_bytes(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 17);
}
static inline struct gn_fb_bytes gn_fb_sample_bytes(struct gn_fb_sample t)
{
	struct gn_fb_bytes v;
	gn_fbt_struct(t.t, 17, &gn_fblayout_bytes, &v);
	return v;
}
static inline bool gn_fb_sample_has_mixed(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 18);
}
static inline struct gn_fb_mixed gn_fb_sample_mixed(struct gn_fb_sample t)
{
	struct gn_fb_mixed v;
	gn_fbt_struct(t.t, 18, &gn_fblayout_mixed, &v);
	return v;
}
static inline bool gn_fb_sample_has_leaf(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 19);
}
static inline struct gn_fb_leaf gn_fb_sample_leaf(struct gn_fb_sample t)
{
	return (struct gn_fb_leaf){gn_fbt_table(t.t, 19)};
}
static inline bool gn_fb_sample_has_any(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 21);
}
static inline uint8_t gn_fb_sample_any_type(struct gn_fb_sample t)
{
	return (uint8_t)gn_fbt_bits(t.t, 20, 1, 0);
}
static inline struct gn_fb_leaf gn_fb_sample_any_as_leaf(struct gn_fb_sample t)
{
	return (struct gn_fb_leaf){gn_fbt_member(t.t, 21, GN_FB_ANY_LEAF)};
}
static inline struct gn_fb_empty gn_fb_sample_any_as_empty(struct gn_fb_sample t)
{
	return (struct gn_fb_empty){gn_fbt_member(t.t, 21, GN_FB_ANY_EMPTY)};
}
static inline struct gn_fb_branch gn_fb_sample_any_as_branch(struct gn_fb_sample t)
{
	return (struct gn_fb_branch){gn_fbt_member(t.t, 21, GN_FB_ANY_BRANCH)};
}
static inline bool gn_fb_sample_has_bools(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 22);
}
static inline uint32_t gn_fb_sample_bools_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 22);
}
static inline bool gn_fb_sample_bools_at(struct gn_fb_sample t, uint32_t i)
{
	return gn_fbt_bits_at(t.t, 22, 1, i) != 0;
}
static inline bool gn_fb_sample_has_i8s(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 23);
}
static inline uint32_t gn_fb_sample_i8s_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 23);
}
static inline int8_t gn_fb_sample_i8s_at(struct gn_fb_sample t, uint32_t i)
{
	return (int8_t)gn_fbt_bits_at(t.t, 23, 1, i);
}
static inline bool gn_fb_sample_has_u16s(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 24);
}
static inline uint32_t gn_fb_sample_u16s_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 24);
}
static inline uint16_t gn_fb_sample_u16s_at(struct gn_fb_sample t, uint32_t i)
{
	return (uint16_t)gn_fbt_bits_at(t.t, 24, 2, i);
}
static inline bool gn_fb_sample_has_i32s(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 25);
}
static inline uint32_t gn_fb_sample_i32s_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 25);
}
static inline int32_t gn_fb_sample_i32s_at(struct gn_fb_sample t, uint32_t i)
{
	return (int32_t)gn_fbt_bits_at(t.t, 25, 4, i);
}
static inline bool gn_fb_sample_has_u64s(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 26);
}
static inline uint32_t gn_fb_sample_u64s_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 26);
}
static inline uint64_t gn_fb_sample_u64s_at(struct gn_fb_sample t, uint32_t i)
{
	return (uint64_t)gn_fbt_bits_at(t.t, 26, 8, i);
}
static inline bool gn_fb_sample_has_f64s(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 27);
}
static inline uint32_t gn_fb_sample_f64s_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 27);
}
static inline double gn_fb_sample_f64s_at(struct gn_fb_sample t, uint32_t i)
{
	return gn_fb_double(gn_fbt_bits_at(t.t, 27, 8, i));
}
static inline bool gn_fb_sample_has_colours(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 28);
}
static inline uint32_t gn_fb_sample_colours_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 28);
}
static inline uint8_t gn_fb_sample_colours_at(struct gn_fb_sample t, uint32_t i)
{
	return (uint8_t)gn_fbt_bits_at(t.t, 28, 1, i);
}
static inline bool gn_fb_sample_has_texts(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 29);
}
static inline uint32_t gn_fb_sample_texts_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 29);
}
static inline struct gn_slice gn_fb_sample_texts_at(struct gn_fb_sample t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 29, i);
}
static inline bool gn_fb_sample_has_many_bytes(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 30);
}
static inline uint32_t gn_fb_sample_many_bytes_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 30);
}
static inline struct gn_fb_bytes gn_fb_sample_many_bytes_at(struct gn_fb_sample t, uint32_t i)
{
	struct gn_fb_bytes v;
	gn_fbt_struct_at(t.t, 30, &gn_fblayout_bytes, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_sample_many_bytes_bytes(struct gn_fb_sample t)
{
	return gn_fbt_elements(t.t, 30, 5);
}
static inline bool gn_fb_sample_has_many_mixed(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 31);
}
static inline uint32_t gn_fb_sample_many_mixed_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 31);
}
static inline struct gn_fb_mixed gn_fb_sample_many_mixed_at(struct gn_fb_sample t, uint32_t i)
{
	struct gn_fb_mixed v;
	gn_fbt_struct_at(t.t, 31, &gn_fblayout_mixed, i, &v);
	return v;
}
static inline bool gn_fb_sample_has_branches(struct gn_fb_sample t)
{
	return gn_fbt_has(t.t, 32);
}
static inline uint32_t gn_fb_sample_branches_len(struct gn_fb_sample t)
{
	return gn_fbt_count(t.t, 32);
}
static inline struct gn_fb_branch gn_fb_sample_branches_at(struct gn_fb_sample t, uint32_t i)
{
	return (struct gn_fb_branch){gn_fbt_table_at(t.t, 32, i)};
}
static inline uint32_t gn_fb_sample_double(struct gn_fb_sample t)
{
	return (uint32_t)gn_fbt_bits(t.t, 33, 4, UINT64_C(0x0));
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_sample[] = {
	&gn_fbtype_leaf,
	&gn_fbtype_empty,
	&gn_fbtype_branch,
	&gn_fbtype_sample,
};

#endif
