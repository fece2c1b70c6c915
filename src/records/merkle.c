/* Hash trees over chunks, in the shape of RFC 9162 section 2.1: a tree of n leaves splits at the
 * largest power of two below n, which is the same as pairing neighbours level by level and
 * lifting an odd last one up unchanged. So the first 16 leaves, the second 16, ... are full
 * subtrees, and the root over a file's block roots is the root over its chunks.
 *
 * 1. A leaf and a node never hash alike: their inputs start with different bytes.
 * 2. A proof has exactly as many hashes as the path of its leaf needs; one more or one less does
 *    not verify. */
#include "records/tree.h"

void gn_merkle_leaf(struct gn_slice chunk, struct gn_hash *out)
{
	static const uint8_t leaf = 0;
	gn_sha256((struct gn_slice[]){gn_slice(&leaf, 1), chunk}, 2, out);
}

void gn_merkle_node(const struct gn_hash *left, const struct gn_hash *right, struct gn_hash *out)
{
	static const uint8_t node = 1;
	gn_sha256((struct gn_slice[]){gn_slice(&node, 1), gn_slice(left->b, 32),
				      gn_slice(right->b, 32)},
		  3, out);
}

/* The stack holds the roots of full subtrees, one per set bit of the number of leaves seen,
 * largest first. */
void gn_merkle_root(const struct gn_hash *hashes, size_t n, struct gn_hash *out)
{
	struct gn_hash stack[64];
	size_t depth = 0;
	GN_ASSERT(n > 0);
	for (size_t i = 0; i < n; i++) {
		stack[depth++] = hashes[i];
		for (size_t full = i; full & 1; full >>= 1, depth--)
			gn_merkle_node(&stack[depth - 2], &stack[depth - 1], &stack[depth - 2]);
	}
	for (; depth > 1; depth--)
		gn_merkle_node(&stack[depth - 2], &stack[depth - 1], &stack[depth - 2]);
	*out = stack[0];
}

size_t gn_merkle_proof(const struct gn_hash *leaves, size_t n, size_t i,
		       struct gn_hash proof[GN_PROOF_MAX])
{
	struct gn_hash level[GN_BLOCK_CHUNKS];
	size_t len = 0;
	GN_ASSERT(n > 0 && n <= GN_BLOCK_CHUNKS && i < n);
	memcpy(level, leaves, n * sizeof *level);
	for (; n > 1; n = (n + 1) / 2, i /= 2) {
		if ((i ^ 1) < n)
			proof[len++] = level[i ^ 1];
		for (size_t k = 0; k < n / 2; k++)
			gn_merkle_node(&level[2 * k], &level[2 * k + 1], &level[k]);
		if (n & 1)
			level[n / 2] = level[n - 1];
	}
	GN_ASSERT(len <= GN_PROOF_MAX);
	return len;
}

gn_err gn_merkle_check(struct gn_slice chunk, size_t i, size_t n, const struct gn_hash *proof,
		       size_t proof_len, const struct gn_hash *root)
{
	struct gn_hash h;
	size_t used = 0;
	if (i >= n)
		return GN_HASH;
	gn_merkle_leaf(chunk, &h);
	for (; n > 1; n = (n + 1) / 2, i /= 2) {
		if ((i ^ 1) >= n)
			continue; /* the odd last one goes up unchanged */
		if (used == proof_len)
			return GN_HASH;
		if (i & 1)
			gn_merkle_node(&proof[used], &h, &h);
		else
			gn_merkle_node(&h, &proof[used], &h);
		used++;
	}
	return used == proof_len && gn_hash_eq(&h, root) ? GN_OK : GN_HASH;
}
