/* A client's bytes -> whole blocks, sealed in place, their hashes in the store. A slot:
 *
 *   FREE -> FILLING [its block is whole: sealed, its hash stored] -> SEALED
 *
 * Rules AG-80, AG-81, PE-73. */
#include "agent/file_int.h"

#include <stdlib.h>

static uint32_t next_block(const struct agent_file *f)
{
	uint32_t next = f->head.done;
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++)
		if (f->slots[i].state != SLOT_FREE && f->slots[i].block >= next)
			next = f->slots[i].block + 1;
	return next;
}

/* The slot that takes what comes next. *full: all are in use. NULL: that, or there is no more to
 * come, or no memory. */
static struct agent_file_slot *filling(struct agent_file *f, bool *full)
{
	struct agent_file_slot *free_one = NULL;
	uint32_t next = next_block(f);
	*full = false;
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++) {
		if (f->slots[i].state == SLOT_FILLING)
			return &f->slots[i];
		if (f->slots[i].state == SLOT_FREE)
			free_one = &f->slots[i];
	}
	if (next == agent_file_blocks(f))
		return NULL;
	if (!free_one) {
		*full = true;
		return NULL;
	}
	if (!free_one->bytes)
		free_one->bytes = malloc(GN_BLOCK);
	if (!free_one->bytes)
		return NULL;
	free_one->state = SLOT_FILLING;
	free_one->block = next;
	free_one->len = 0;
	return free_one;
}

/* Its plaintext is whole. GN_STATE: it was another one when it was sealed before. */
static gn_err seal_block(struct agent_file *f, struct agent_file_slot *s)
{
	struct agent_file_head *h = &f->head;
	struct gn_hash leaves[GN_BLOCK_CHUNKS], hash;
	uint64_t first = (uint64_t)s->block * GN_BLOCK_CHUNKS;
	size_t count = 0, at = 0;
	do {
		size_t len = gn_content_piece_len(h->size, first + count);
		GN_TRY(gn_content_seal(&h->key, h->size, first + count, s->bytes + at, len));
		gn_merkle_leaf(gn_slice(s->bytes + at, len + GN_AEAD_TAG), &leaves[count]);
		at += len + GN_AEAD_TAG;
		count++;
	} while (count < GN_BLOCK_CHUNKS && first + count < gn_content_pieces(h->size));
	gn_merkle_root(leaves, count, &hash);
	if (s->block < h->meant && !gn_hash_eq(&hash, &f->blocks[s->block]))
		return GN_STATE;
	s->len = at;
	s->sent = 0;
	s->state = SLOT_SEALED;
	if (s->block < h->meant)
		return GN_OK;
	GN_ASSERT(s->block == h->meant);
	f->blocks[h->meant++] = hash;
	agent_file_keep(f);
	return f->agent->failed ? GN_IO : GN_OK;
}

gn_err agent_file_data(struct agent_file *f, struct gn_slice in, size_t *taken)
{
	size_t len = in.len;
	bool full;
	*taken = 0;
	while (in.len) {
		struct agent_file_slot *s = filling(f, &full);
		if (full)
			break;
		if (!s)
			return next_block(f) == agent_file_blocks(f) ? GN_RANGE : GN_NOMEM;
		size_t piece = s->len / GN_CONTENT_PIECE, off = s->len % GN_CONTENT_PIECE;
		size_t whole = agent_file_block_len(f, s->block), left = whole - s->len;
		size_t n = in.len < left ? in.len : left;
		n = n < GN_CONTENT_PIECE - off ? n : GN_CONTENT_PIECE - off;
		memcpy(s->bytes + piece * GN_CONTENT_SEALED + off, in.p, n);
		s->len += n;
		in = gn_slice_sub(in, n, in.len - n);
		if (s->len == whole)
			GN_TRY(seal_block(f, s));
	}
	*taken = len - in.len;
	return GN_OK;
}

gn_err agent_file_data_end(struct agent_file *f)
{
	bool full;
	if (f->head.size == 0 && next_block(f) == 0) {
		struct agent_file_slot *s = filling(f, &full);
		return s ? seal_block(f, s) : GN_NOMEM;
	}
	bool half = false;
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++)
		half |= f->slots[i].state == SLOT_FILLING;
	return half || next_block(f) < agent_file_blocks(f) ? GN_RANGE : GN_OK;
}

uint64_t agent_file_from(const struct agent_file *f)
{
	uint64_t from = (uint64_t)f->head.done * AGENT_FILE_BLOCK;
	return from < f->head.size ? from : f->head.size;
}
