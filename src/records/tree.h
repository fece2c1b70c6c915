/* Files as trees of hashes: 64 KiB chunks are leaves, 16 chunks are a block of 1 MiB under its
 * subtree root, the root over the blocks names the file (records.md Sites and files). */
#ifndef GN_RECORDS_TREE_H
#define GN_RECORDS_TREE_H

#include "base/base.h"
#include "crypto/crypto.h"

#define GN_CHUNK 65536u
#define GN_BLOCK_CHUNKS 16u
#define GN_BLOCK (GN_CHUNK * GN_BLOCK_CHUNKS)
#define GN_PROOF_MAX 4       /* hashes from a leaf to its block's root (log2 of GN_BLOCK_CHUNKS) */
#define GN_FILE_BLOCKS 65536 /* 64 GiB */

/* leaf = SHA-256(0x00 || chunk), node = SHA-256(0x01 || left || right); a tree of n leaves
 * splits at the largest power of two below n (RFC 9162 section 2.1.1), so every block of 16
 * chunks is a full subtree of its file. */
void gn_merkle_leaf(struct gn_slice chunk, struct gn_hash *out);
void gn_merkle_node(const struct gn_hash *left, const struct gn_hash *right, struct gn_hash *out);
/* Root of n >= 1 hashes (leaves of a block, or blocks of a file). Bounded stack, no recursion. */
void gn_merkle_root(const struct gn_hash *hashes, size_t n, struct gn_hash *out);
/* Siblings from leaf i of n <= GN_BLOCK_CHUNKS up to the root, nearest first; returns their
 * number. */
size_t gn_merkle_proof(const struct gn_hash *leaves, size_t n, size_t i,
		       struct gn_hash proof[GN_PROOF_MAX]);
/* GN_HASH unless the chunk is leaf i of n under root. */
GN_MUST gn_err gn_merkle_check(struct gn_slice chunk, size_t i, size_t n,
			       const struct gn_hash *proof, size_t proof_len,
			       const struct gn_hash *root);

/* Blocks of a file of this size. */
static inline uint64_t gn_tree_block_count(uint64_t size)
{
	return size / GN_BLOCK + (size % GN_BLOCK != 0);
}
/* Bytes of block i of a file of this size. */
static inline uint32_t gn_tree_block_len(uint64_t size, uint64_t i)
{
	return size - i * GN_BLOCK < GN_BLOCK ? (uint32_t)(size - i * GN_BLOCK) : GN_BLOCK;
}
/* True when blocks fit size and give the root (BU-3). */
bool gn_merkle_file_ok(uint64_t size, const struct gn_hash *root, struct gn_slice blocks);

/* Incremental hashing of one file: feed bytes, get block hashes as they complete, then the root.
 * Fixed storage. */
struct gn_tree_hasher {
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
	struct gn_hash *blocks; /* caller's array */
	uint8_t chunk[GN_CHUNK];
	size_t chunk_len, leaf_count, block_count, block_cap;
	uint64_t size;
};
void gn_tree_hasher_init(struct gn_tree_hasher *h, struct gn_hash *blocks, size_t cap);
/* GN_TOO_LARGE past cap blocks */
GN_MUST gn_err gn_tree_hasher_put(struct gn_tree_hasher *h, struct gn_slice data);
/* An empty file has no block and the root SHA-256(0x00). */
void gn_tree_hasher_end(struct gn_tree_hasher *h, struct gn_hash *root);

#endif
