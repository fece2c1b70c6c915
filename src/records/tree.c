/* A file as a tree of hashes: 64 KiB chunks are leaves, 16 of them a block, the root of the
 * blocks is the file's root. Because a full block is a full subtree, the root over the leaves
 * equals the root over the block hashes. Rule: docs/spec/services.md BU-3. */
#include "records/tree.h"

void gn_tree_hasher_init(struct gn_tree_hasher *h, struct gn_hash *blocks, size_t cap)
{
	h->blocks = blocks;
	h->block_cap = cap;
	h->chunk_len = h->leaf_count = h->block_count = 0;
	h->size = 0;
}

static void end_block(struct gn_tree_hasher *h)
{
	GN_ASSERT(h->leaf_count > 0 && h->block_count < h->block_cap);
	gn_merkle_root(h->leaves, h->leaf_count, &h->blocks[h->block_count++]);
	h->leaf_count = 0;
}

static void end_chunk(struct gn_tree_hasher *h, struct gn_slice chunk)
{
	gn_merkle_leaf(chunk, &h->leaves[h->leaf_count++]);
	if (h->leaf_count == GN_BLOCK_CHUNKS)
		end_block(h);
}

gn_err gn_tree_hasher_put(struct gn_tree_hasher *h, struct gn_slice data)
{
	if (gn_tree_block_count(h->size + data.len) > h->block_cap)
		return GN_TOO_LARGE;
	h->size += data.len;
	while (data.len) {
		if (h->chunk_len == 0 && data.len >= GN_CHUNK) {
			/* whole chunks are hashed where they are */
			end_chunk(h, gn_slice(data.p, GN_CHUNK));
			data = gn_slice(data.p + GN_CHUNK, data.len - GN_CHUNK);
			continue;
		}
		size_t n = GN_CHUNK - h->chunk_len < data.len ? GN_CHUNK - h->chunk_len : data.len;
		memcpy(h->chunk + h->chunk_len, data.p, n);
		h->chunk_len += n;
		data = gn_slice(data.p + n, data.len - n);
		if (h->chunk_len == GN_CHUNK) {
			end_chunk(h, GN_SLICE(h->chunk));
			h->chunk_len = 0;
		}
	}
	return GN_OK;
}

void gn_tree_hasher_end(struct gn_tree_hasher *h, struct gn_hash *root)
{
	if (h->chunk_len) {
		end_chunk(h, gn_slice(h->chunk, h->chunk_len));
		h->chunk_len = 0;
	}
	if (h->leaf_count)
		end_block(h);
	GN_ASSERT(h->block_count == gn_tree_block_count(h->size));
	if (h->block_count)
		gn_merkle_root(h->blocks, h->block_count, root);
	else
		gn_merkle_leaf(GN_LIT(""), root);
}

bool gn_merkle_file_ok(uint64_t size, const struct gn_hash *root, struct gn_slice blocks)
{
	struct gn_hash sum;
	if (size > (uint64_t)GN_FILE_BLOCKS * GN_BLOCK ||
	    blocks.len != gn_tree_block_count(size) * sizeof(struct gn_hash))
		return false;
	if (size == 0)
		gn_merkle_leaf(GN_LIT(""), &sum);
	else
		gn_merkle_root((const struct gn_hash *)(const void *)blocks.p,
			       blocks.len / sizeof(struct gn_hash), &sum);
	return memcmp(sum.b, root->b, sizeof sum.b) == 0;
}
