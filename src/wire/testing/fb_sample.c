/* As fb_sample.h says. */
#include "wire/testing/fb_sample.h"

uint8_t fb_storage[1 << 17];

const struct gn_fb_type *fb_types[400];
size_t fb_type_count;

void fb_sample_list_types(void)
{
	for (size_t s = 0; s < GN_COUNT(all_schemas); s++)
		for (size_t i = 0; i < all_schemas[s].count; i++) {
			GN_ASSERT(fb_type_count < GN_COUNT(fb_types));
			fb_types[fb_type_count++] = all_schemas[s].types[i];
		}
}

struct gn_slice fb_sample_made(struct gn_fbb *b, gn_fbref root, const char *identifier)
{
	struct gn_slice out;
	assert_int_equal(gn_fbb_finish(b, root, identifier, &out), GN_OK);
	return out;
}

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
		if (random_buffer(type, seed, fb_storage, sizeof fb_storage, &out) != GN_OK ||
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

int fb_sample_write_corpus(const char *dir)
{
	write_seeds(dir, "wire_overlay_fuzz", &gn_fbtype_overlay_message);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_manifest);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_block_message);
	write_seeds(dir, "wire_bundle_fuzz", &gn_fbtype_sample);
	write_record_seeds(dir);
	return 0;
}

struct gn_slice fb_sample_make_sample(struct gn_fbb *b)
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
	return fb_sample_made(b, root, GN_FB_SAMPLE_IDENTIFIER);
}
