/* Hash trees against the recursive definition of RFC 9162. */
#include "records/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MAX 64

static struct gn_hash leaves[MAX];
static uint8_t chunks[MAX][40];

static void make_leaves(void)
{
	struct gn_prng g;
	struct gn_rand r = gn_prng_rand(&g);
	gn_prng_init(&g, 7);
	for (int i = 0; i < MAX; i++) {
		gn_rand_fill(&r, chunks[i], sizeof chunks[i]);
		gn_merkle_leaf(GN_SLICE(chunks[i]), &leaves[i]);
	}
}

/* RFC 9162 section 2.1.1, word for word. */
static struct gn_hash naive(const struct gn_hash *h, size_t n)
{
	if (n == 1)
		return h[0];
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	struct gn_hash left = naive(h, k), right = naive(h + k, n - k), out;
	uint8_t bytes[65] = {1};
	memcpy(bytes + 1, left.b, 32);
	memcpy(bytes + 33, right.b, 32);
	struct gn_slice s = GN_SLICE(bytes);
	gn_sha256(&s, 1, &out);
	return out;
}

static void known_answers(void **state)
{
	(void)state;
	/* SHA-256 of one zero byte, and of 01 followed by it twice. */
	char hex[65];
	struct gn_hash h;
	gn_merkle_leaf(GN_LIT(""), &h);
	gn_hex(GN_SLICE(h.b), hex);
	assert_string_equal(hex,
			    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	struct gn_hash two[2] = {h, h}, same;
	gn_merkle_root(two, 2, &h);
	same = naive(two, 2);
	assert_memory_equal(h.b, same.b, 32);
}

static void root_equals_the_recursive_definition(void **state)
{
	(void)state;
	for (size_t n = 1; n <= MAX; n++) {
		struct gn_hash want = naive(leaves, n), got;
		gn_merkle_root(leaves, n, &got);
		assert_memory_equal(got.b, want.b, 32);
	}
}

static void blocks_are_subtrees_of_their_file(void **state)
{
	(void)state;
	for (size_t n = 1; n <= MAX; n++) {
		struct gn_hash blocks[MAX / GN_BLOCK_CHUNKS], file, whole;
		size_t count = 0;
		for (size_t i = 0; i < n; i += GN_BLOCK_CHUNKS)
			gn_merkle_root(leaves + i,
				       n - i < GN_BLOCK_CHUNKS ? n - i : GN_BLOCK_CHUNKS,
				       &blocks[count++]);
		gn_merkle_root(blocks, count, &file);
		gn_merkle_root(leaves, n, &whole);
		assert_memory_equal(file.b, whole.b, 32);
	}
}

static void every_proof_verifies_at_its_place_only(void **state)
{
	(void)state;
	for (size_t n = 1; n <= GN_BLOCK_CHUNKS; n++) {
		struct gn_hash root, proof[GN_PROOF_MAX + 1] = {0};
		gn_merkle_root(leaves, n, &root);
		for (size_t i = 0; i < n; i++) {
			size_t len = gn_merkle_proof(leaves, n, i, proof);
			struct gn_slice chunk = GN_SLICE(chunks[i]);
			assert_int_equal(gn_merkle_check(chunk, i, n, proof, len, &root), GN_OK);
			assert_int_equal(gn_merkle_check(chunk, i, n, proof, len + 1, &root),
					 GN_HASH);
			if (len > 0)
				assert_int_equal(
					gn_merkle_check(chunk, i, n, proof, len - 1, &root),
					GN_HASH);
			for (size_t j = 0; j <= n; j++)
				if (j != i)
					assert_int_equal(
						gn_merkle_check(chunk, j, n, proof, len, &root),
						GN_HASH);
		}
	}
}

static void any_flipped_bit_is_refused(void **state)
{
	(void)state;
	for (size_t n = 1; n <= GN_BLOCK_CHUNKS; n++) {
		struct gn_hash root, proof[GN_PROOF_MAX];
		gn_merkle_root(leaves, n, &root);
		for (size_t i = 0; i < n; i++) {
			size_t len = gn_merkle_proof(leaves, n, i, proof);
			struct gn_slice chunk = GN_SLICE(chunks[i]);
			for (size_t bit = 0; bit < len * 256; bit++) {
				proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
				assert_int_equal(gn_merkle_check(chunk, i, n, proof, len, &root),
						 GN_HASH);
				proof[bit / 256].b[bit % 256 / 8] ^= (uint8_t)(1u << bit % 8);
			}
			for (size_t bit = 0; bit < sizeof chunks[i] * 8; bit++) {
				chunks[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
				assert_int_equal(gn_merkle_check(chunk, i, n, proof, len, &root),
						 GN_HASH);
				chunks[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
			}
		}
	}
}

static void a_node_is_no_leaf(void **state)
{
	(void)state;
	/* The two hashes of a node as a "chunk" must not give the node. */
	uint8_t bytes[64];
	struct gn_hash node, leaf;
	memcpy(bytes, leaves[0].b, 32);
	memcpy(bytes + 32, leaves[1].b, 32);
	gn_merkle_node(&leaves[0], &leaves[1], &node);
	gn_merkle_leaf(GN_SLICE(bytes), &leaf);
	assert_memory_not_equal(node.b, leaf.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(root_equals_the_recursive_definition),
		cmocka_unit_test(blocks_are_subtrees_of_their_file),
		cmocka_unit_test(every_proof_verifies_at_its_place_only),
		cmocka_unit_test(any_flipped_bit_is_refused),
		cmocka_unit_test(a_node_is_no_leaf),
	};
	make_leaves();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
