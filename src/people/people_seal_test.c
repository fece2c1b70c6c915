/* Files' pieces: the same bytes as an independent model makes (Python, cryptography), what does not
 * open, parts, names, limits. `--corpus DIR` writes seeds for people_seal_fuzz. Rules PE-70..PE-74.
 */
#include "people/seal.h"
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

#define LARGE 3000000u

static uint8_t plain[LARGE], sealed[LARGE + 100 * GN_AEAD_TAG], opened[LARGE];

static struct gn_content_file begin(uint64_t size)
{
	struct gn_content_file f = {.size = size};
	for (unsigned i = 0; i < 32; i++)
		f.key.b[i] = (uint8_t)i;
	for (unsigned i = 0; i < LARGE; i++)
		plain[i] = (uint8_t)(i * 7 + i / 251);
	return f;
}

/* All of it into `sealed`; how many bytes. */
static size_t seal_all(const struct gn_content_file *f)
{
	size_t at = 0;
	for (uint64_t i = 0; i < gn_content_pieces(f->size); i++) {
		size_t len = gn_content_piece_len(f->size, i);
		memcpy(sealed + at, plain + i * GN_CONTENT_PIECE, len);
		assert_int_equal(gn_content_seal(&f->key, f->size, i, sealed + at, len), GN_OK);
		at += len + GN_AEAD_TAG;
	}
	assert_int_equal(at, gn_content_sealed_size(f->size));
	return at;
}

/* hash: of all sealed bytes; root: of them as a bundle's file. */
static const struct {
	size_t size;
	const char *hash, *root;
} vectors[] = {
	{0, "21d13e550329186f9669b273edb58013e510ffee450ec8e4090c3b921b37299d",
	 "6abd1bbe3ec23ac4c5818644d10d9c37e85fc8d6ff3e3b63aea56c7fa6724d0c"},
	{1, "ee755a49f54572f688bc2335a4c8ff73ba6f18cc30c7699f9978e370145fe557",
	 "0198ed07d9ccb122d952bcbfdccd5b48cd433e85ffe8eb2ff7843026091b99a1"},
	{65519, "b2867802f8ea65bdaa9c6dd90a1d80c74ed420658621f024b448ff1fc6a5227e",
	 "7bddcc8d9f5dcf12d6a8a5e683037554040fb2a46c187d1f86ac60f9200fd0f6"},
	{65520, "4d48563993706a5bcae6a0e5f2f62d585905f9ef79993a3609e1239f849e6774",
	 "d657b001c52f9e38c6b8549921defaa2b802e5e86a83cc9dc1df320c261d63ec"},
	{65521, "3091698df4571e6c2733543bbeff8df117a4558017ac17cc6173584a7a09763b",
	 "1b23da267e950a68ea3f660db11d47a4a114659c4ca1d2372551d503a13aa2fd"},
	{65536, "9bd121c636f72af9c30b3c771c83b2b2422d88212b497e83b70e4a7c9fed94e8",
	 "34630815c5cca6682b38424c158424e0503f39cfe2b1fe82bfa591fe15d171d1"},
	{1048320, "1d12ac24695aefcdbd306b314984c2c4557a2fb2190acbbc35d8cc883c439f61",
	 "1445b647472e6ce577e48d50b637f1ab2cfc5429351909495ea64d3b99c83213"},
	{1048321, "09434a8f2ee1bb00bf1e2a775f250afc57354d8aa69b531df1a64c45d89f34a6",
	 "48945e03650bb8e7925ae20f2f1e2efd6af86d4cd9540f7bc635c1b402acb200"},
	{3000000, "4ae9d24b2d7d7f03e987804ba32a27a7a28f30a02e083d7cf06b0a4280111ab7",
	 "a9419e80ffccb89f5f2f64c0f9fe9ba7b334ee56256387e430b0e9da0de8ccc9"},
};

static void same_as_model(void **state)
{
	static struct gn_tree_hasher h;
	struct gn_hash blocks[4], hash, want;
	struct gn_bundle_file bundle;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(vectors); i++) {
		struct gn_content_file f = begin(vectors[i].size);
		struct gn_slice all = gn_slice(sealed, seal_all(&f));
		gn_sha256(&all, 1, &hash);
		assert_int_equal(gn_unhex(gn_str(vectors[i].hash), want.b, 32), GN_OK);
		assert_memory_equal(hash.b, want.b, 32);
		gn_tree_hasher_init(&h, blocks, GN_COUNT(blocks));
		assert_int_equal(gn_tree_hasher_put(&h, all), GN_OK);
		gn_tree_hasher_end(&h, &f.root);
		assert_int_equal(gn_unhex(gn_str(vectors[i].root), want.b, 32), GN_OK);
		assert_memory_equal(f.root.b, want.b, 32);
		/* and the bundle that a content names by it */
		f.blocks = gn_slice(blocks, h.block_count * sizeof *blocks);
		assert_int_equal(gn_content_file_bundle(&f, &bundle), GN_OK);
		assert_int_equal(bundle.size, all.len);
		f.blocks = gn_slice(NULL, 0);
		assert_int_equal(gn_content_file_bundle(&f, &bundle),
				 h.block_count == 1 ? GN_OK : GN_HASH);
		f.blocks = gn_slice(blocks, h.block_count * sizeof *blocks);
		f.root.b[0] ^= 1;
		assert_int_equal(gn_content_file_bundle(&f, &bundle), GN_HASH);
	}
}

/* The part as it is opened from cuts of `step` bytes. */
static gn_err open_part(const struct gn_content_file *f, uint64_t from, uint64_t count, size_t step,
			size_t *got)
{
	static struct gn_content_opening o;
	uint64_t at, len;
	*got = 0;
	GN_TRY(gn_content_opening(&o, f, from, count, &at, &len));
	assert_true(at % GN_CONTENT_SEALED == 0 && at + len <= gn_content_sealed_size(f->size));
	struct gn_slice all = gn_slice(sealed + at, (size_t)len);
	while (all.len) {
		struct gn_slice in = gn_slice_sub(all, 0, step), out;
		size_t taken;
		assert_false(gn_content_opening_done(&o));
		GN_TRY(gn_content_opening_put(&o, in, &taken, &out));
		memcpy(opened + *got, out.p ? out.p : opened, out.len);
		*got += out.len;
		all = gn_slice_sub(all, taken, all.len - taken);
	}
	assert_true(gn_content_opening_done(&o));
	size_t taken;
	struct gn_slice out;
	assert_int_equal(gn_content_opening_put(&o, GN_LIT("x"), &taken, &out), GN_RANGE);
	assert_int_equal(taken, 0);
	return GN_OK;
}

static void parts(void **state)
{
	static const uint64_t P = GN_CONTENT_PIECE;
	const uint64_t sizes[] = {0, 1, P - 1, P, P + 1, 3 * P + 5};
	(void)state;
	for (size_t s = 0; s < GN_COUNT(sizes); s++) {
		struct gn_content_file f = begin(sizes[s]);
		const uint64_t froms[] = {0, 1, P - 1, P, P + 1, 2 * P, 3 * P, 3 * P + 4, f.size};
		const uint64_t counts[] = {0, 1, 2, P - 1, P, P + 1, 2 * P + 3};
		size_t len = seal_all(&f), got;
		(void)len;
		for (size_t i = 0; i < GN_COUNT(froms); i++)
			for (size_t k = 0; k < GN_COUNT(counts); k++) {
				bool fits = froms[i] <= f.size && counts[k] <= f.size - froms[i];
				gn_err err = open_part(&f, froms[i], counts[k],
						       i % 2 ? 1000 : 200000, &got);
				assert_int_equal(err, fits ? GN_OK : GN_RANGE);
				if (!fits)
					continue;
				assert_int_equal(got, counts[k] ? counts[k] : f.size - froms[i]);
				assert_memory_equal(opened, plain + froms[i], got);
			}
	}
}

static void does_not_open(void **state)
{
	struct gn_content_file f = begin(3 * GN_CONTENT_PIECE), other = f;
	size_t got, len = seal_all(&f);
	(void)state;
	for (size_t i = 0; i < len; i += 4999) { /* any bit */
		sealed[i] ^= 0x10;
		assert_int_equal(open_part(&f, 0, 0, 65536, &got), GN_AUTH);
		assert_int_equal(got, i / GN_CONTENT_SEALED * GN_CONTENT_PIECE);
		sealed[i] ^= 0x10;
	}
	/* another place: the first two change theirs */
	memcpy(opened, sealed, GN_CONTENT_SEALED);
	memmove(sealed, sealed + GN_CONTENT_SEALED, GN_CONTENT_SEALED);
	memcpy(sealed + GN_CONTENT_SEALED, opened, GN_CONTENT_SEALED);
	assert_int_equal(open_part(&f, 0, 0, 65536, &got), GN_AUTH);
	assert_int_equal(got, 0);
	seal_all(&f);
	other.size = 2 * GN_CONTENT_PIECE; /* cut */
	assert_int_equal(open_part(&other, 0, 0, 65536, &got), GN_AUTH);
	other.size = f.size;
	other.key.b[31] ^= 1;
	assert_int_equal(open_part(&other, 0, 0, 65536, &got), GN_AUTH);
	/* lengths and numbers that are no piece's */
	assert_int_equal(gn_content_unseal(&f.key, f.size, 3, sealed, GN_CONTENT_SEALED), GN_RANGE);
	assert_int_equal(gn_content_unseal(&f.key, f.size, 0, sealed, 15), GN_RANGE);
	assert_int_equal(gn_content_unseal(&f.key, f.size, 0, sealed, GN_CONTENT_SEALED - 1),
			 GN_RANGE);
	assert_int_equal(gn_content_seal(&f.key, f.size, 0, sealed, 1), GN_RANGE);
	assert_int_equal(gn_content_unseal(&f.key, f.size, 0, sealed, GN_CONTENT_SEALED), GN_OK);
}

static void limits(void **state)
{
	static struct gn_hash blocks[GN_CONTENT_FILE_BLOCKS + 1];
	static struct gn_content_opening o;
	struct gn_content_file f = begin(GN_CONTENT_FILE_MAX);
	struct gn_bundle_file bundle;
	uint64_t at, len, last = gn_content_pieces(f.size) - 1;
	(void)state;
	assert_int_equal(gn_tree_block_count(gn_content_sealed_size(f.size)),
			 GN_CONTENT_FILE_BLOCKS);
	gn_merkle_root(blocks, GN_CONTENT_FILE_BLOCKS, &f.root);
	f.blocks = gn_slice(blocks, GN_CONTENT_FILE_BLOCKS * sizeof *blocks);
	assert_int_equal(gn_content_file_bundle(&f, &bundle), GN_OK);
	assert_int_equal(gn_content_seal(&f.key, f.size, last, sealed, GN_CONTENT_PIECE), GN_OK);
	assert_int_equal(gn_content_seal(&f.key, f.size, last + 1, sealed, GN_CONTENT_PIECE),
			 GN_RANGE);
	assert_int_equal(gn_content_opening(&o, &f, f.size - 1, 1, &at, &len), GN_OK);
	assert_true(at == last * GN_CONTENT_SEALED && len == GN_CONTENT_SEALED);
	f.size++;
	gn_merkle_root(blocks, GN_CONTENT_FILE_BLOCKS + 1, &f.root);
	f.blocks = gn_slice(blocks, sizeof blocks);
	assert_int_equal(gn_content_file_bundle(&f, &bundle), GN_TOO_LARGE);
	assert_int_equal(gn_content_seal(&f.key, f.size, last + 1, sealed, 1), GN_RANGE);
	assert_int_equal(gn_content_opening(&o, &f, 0, 1, &at, &len), GN_RANGE);
}

static void names(void **state)
{
	static const struct {
		const char *in, *out;
	} all[] = {
		{"holiday.jpg", "holiday.jpg"},
		{"", "file"},
		{"..", "_"},
		{"-rf", "_rf"},
		{".", "_"},
		{".bashrc", "_bashrc"},
		{"../../etc/passwd", "_._.._etc_passwd"},
		{"/etc/passwd", "_etc_passwd"},
		{"a\\b:c", "a_b_c"},
		{"  two words ", "two words"},
		{"dots...", "dots"},
		{"line\nfeed\x1b[2J\x7f", "linefeed[2J"},
		{"photo\xe2\x80\xaegpj.exe", "photogpj.exe"}, /* turned around */
		{"\xd8\x9c\xe2\x80\x8e\xe2\x81\xa6x\xe2\x81\xa9", "x"},
		{"\xd0\xbf\xd0\xb8\xd1\x81\xd1\x8c\xd0\xbc\xd0\xbe.txt",
		 "\xd0\xbf\xd0\xb8\xd1\x81\xd1\x8c\xd0\xbc\xd0\xbe.txt"},
		{"broken\xff", "file"},
	};
	char out[GN_CONTENT_FILE_NAME], many[300];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(all); i++) {
		gn_content_file_name(gn_str(all[i].in), out);
		assert_string_equal(out, all[i].out);
		assert_true(*out && *out != '.' && !strchr(out, '/'));
	}
	memset(many, 'a', sizeof many);
	gn_content_file_name(gn_slice(many, GN_CONTENT_FILE_NAME - 1), out);
	assert_int_equal(strlen(out), GN_CONTENT_FILE_NAME - 1);
	gn_content_file_name(gn_slice(many, sizeof many), out);
	assert_int_equal(strlen(out), GN_CONTENT_FILE_NAME - 1);
}

static int write_corpus(const char *folder)
{
	/* size, from, count, then cuts; the last one damages */
	static const uint8_t seeds[][36] = {
		{7, [7] = 0, [16] = 0xff, 0xff},
		{0, 0, 0, 0, 0, 1, 0, 0, [16] = 0x10, 0, 0, 0, 0xff, 0xff},
		{0, 0, 0, 0, 0, 3, 0, 5, 0, 1, 0, 0, 0, 0, 0x20, 0, 0xff, 0xff, 0, 0, 0xff, 0xff},
		{0, 0, 0, 0, 0, 2, 0, 0, [16] = 0x7f, 0xff, 0, 0, 0xff, 0xff, 0xff, 9, 0xff, 0xff},
	};
	for (size_t i = 0; i < GN_COUNT(seeds); i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/people_seal_fuzz/%zu", folder, i + 1);
		FILE *f = fopen(path, "wb");
		if (!f || fwrite(seeds[i], 1, sizeof seeds[i], f) != sizeof seeds[i] ||
		    fclose(f) != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return write_corpus(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_model), cmocka_unit_test(parts),
		cmocka_unit_test(does_not_open), cmocka_unit_test(limits),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
