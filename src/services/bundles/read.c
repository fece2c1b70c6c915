/* Readers: a range of a file as a stream of verified chunks. What a reader has and wants is here;
 * where chunks come from is in fetch.c.
 *
 *   slot:  FREE -> WANTED [window moves] -> LOADING [own disk] -> READY [loaded] -> FREE [taken]
 *          WANTED -> ASKED [a peer] -> READY [its chunk]
 *          LOADING, ASKED -> WANTED [damaged, late, refused]
 *
 * 1. Only chunks first..first+ahead have slots, so a reader holds at most ahead + 1 chunks in
 *    memory (BU-15).
 * 2. READY data is verified: by the store that loaded it, or by its proof when it came.
 * 3. A reader fails when the chunk it needs next cannot be had from anyone; what came before it
 *    has been handed out.
 * Rules: docs/spec/services.md BU-12..BU-15. */
#include "services/bundles/engine_int.h"

_Static_assert(BUNDLES_CACHING > BUNDLES_AHEAD_MAX / GN_BLOCK_CHUNKS + 1,
	       "no two blocks of a window share a place");

const struct gn_hash *bundles_reader_block(const struct bundles_reader *r, uint64_t chunk)
{
	return bundles_reader_hash(r, chunk / GN_BLOCK_CHUNKS);
}

struct bundles_slot *bundles_reader_slot(struct gn_bundles *b, struct bundles_reader *r,
					 uint64_t chunk)
{
	if (r->op.err != GN_OK || chunk < bundles_reader_at(r) || chunk >= r->next)
		return NULL;
	struct bundles_slot *slot = bundles_slot_at(b, r, chunk);
	return slot->state == SLOT_FREE || slot->state == SLOT_READY ? NULL : slot;
}

/* ---- life ---- */

static bool refuses_any(const struct gn_bundles *b, struct gn_slice blocks)
{
	bool any = false;
	for (size_t at = 0; b->cfg.refuses && !any && at < blocks.len; at += sizeof(struct gn_hash))
		any = bundles_refuses(b, (const struct gn_hash *)(const void *)(blocks.p + at));
	return any;
}

gn_err bundles_reader_new(struct gn_bundles *b, const struct gn_bundle_file *file, uint64_t off,
			  uint64_t len, struct bundles_open *open, struct bundles_reader **out)
{
	GN_ASSERT(b->reader_count <= b->cfg.reads_max);
	if (b->reader_count == b->cfg.reads_max)
		return GN_LIMIT;
	if (off > file->size || len > file->size - off)
		return GN_RANGE;
	if (gn_bundle_shape_fault(file))
		return GN_USAGE;
	if (bundles_refuses(b, &file->root) || refuses_any(b, file->blocks)) {
		b->count.reads_refused++;
		return GN_DENIED;
	}
	struct bundles_reader *r = GN_NEW(b->env.alloc, struct bundles_reader);
	if (!r)
		goto fail;
	off += file->offset; /* BU-18: of a packed file, its pack is read */
	r->packed = file->pack != 0;
	r->size = file->pack ? file->pack_len : file->size;
	r->start = r->at = off;
	r->end = off + len;
	r->open = open;
	r->hungry = true;
	r->next = bundles_reader_at(r);
	r->last = len ? (r->end - 1) / GN_CHUNK + 1 : r->next;
	r->first_block = r->looked = off / GN_BLOCK;
	r->block_count = len ? (r->end - 1) / GN_BLOCK + 1 - r->first_block : 0;
	r->blocks = gn_mem_new(b->env.alloc, r->block_count * sizeof(struct gn_hash));
	r->slots = GN_NEW_ARRAY(b->env.alloc, struct bundles_slot, b->cfg.ahead);
	if ((r->block_count && !r->blocks) || !r->slots ||
	    gn_frame_op_add(&b->frame, &r->op, OP_READ) != GN_OK)
		goto fail;
	if (r->block_count)
		memcpy(r->blocks, file->blocks.p + r->first_block * sizeof(struct gn_hash),
		       r->block_count * sizeof(struct gn_hash));
	b->readers[b->reader_count++] = r;
	b->count.reads++;
	*out = r;
	return GN_OK;
fail:
	if (r) {
		gn_mem_free(b->env.alloc, r->blocks);
		gn_mem_free(b->env.alloc, r->slots);
	}
	gn_mem_free(b->env.alloc, r);
	b->count.nomem++;
	return GN_NOMEM;
}

static void drop_slots(struct gn_bundles *b, struct bundles_reader *r)
{
	for (uint32_t i = 0; i < b->cfg.ahead; i++)
		gn_mem_free(bundles_reader_memory(b, r), r->slots[i].data);
	memset(r->slots, 0, b->cfg.ahead * sizeof *r->slots);
}

void bundles_reader_free(struct gn_bundles *b, struct bundles_reader *r)
{
	GN_ASSERT(b->reader_count > 0);
	uint32_t i = 0;
	while (b->readers[i] != r)
		i++;
	memmove(&b->readers[i], &b->readers[i + 1], (--b->reader_count - i) * sizeof *b->readers);
	gn_frame_op_remove(&b->frame, &r->op);
	drop_slots(b, r);
	gn_mem_free(bundles_reader_memory(b, r), r->given);
	gn_mem_free(b->env.alloc, r->slots);
	gn_mem_free(b->env.alloc, r->blocks);
	gn_mem_free(b->env.alloc, r);
}

/* Tells whoever reads that read_next has something to say. */
void bundles_reader_wake(struct gn_bundles *b, struct bundles_reader *r)
{
	if (!r->hungry)
		return;
	r->hungry = false;
	if (r->open)
		r->open->readable = true; /* bundles_opens_run reads on */
	else
		gn_frame_tell(&b->frame, &r->op);
}

void bundles_reader_fail(struct gn_bundles *b, struct bundles_reader *r, gn_err err)
{
	GN_ASSERT(err != GN_OK && err != GN_AGAIN);
	if (r->op.err != GN_OK)
		return;
	r->op.err = err;
	b->count.reads_failed++;
	drop_slots(b, r);
	r->hungry = true;
	bundles_reader_wake(b, r);
}

/* ---- checking ---- */

/* BU-16: whether a block's chunks are kept as cache is decided once, when the first of them
 * comes. */
static bool is_caching(struct gn_bundles *b, struct bundles_reader *r, uint64_t block)
{
	GN_ASSERT(block >= r->first_block && block - r->first_block < r->block_count);
	size_t i = block % GN_COUNT(r->caching);
	if (r->caching[i].block == block + 1)
		return r->caching[i].on;
	bool whole = r->packed /* its neighbours are read next */ ||
		     (block * GN_BLOCK >= r->start &&
		      block * GN_BLOCK + gn_tree_block_len(r->size, block) <= r->end);
	r->caching[i].block = block + 1;
	r->caching[i].on = whole && !b->cfg.no_cache &&
			   !bundles_refuses(b, bundles_reader_hash(r, block)) &&
			   b->cache_puts < BUNDLES_CACHE_PUTS && b->now >= b->cache_off;
	return r->caching[i].on;
}

gn_err bundles_reader_check(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
			    const struct gn_hash *proof, size_t proof_len, struct gn_slice data)
{
	GN_ASSERT(proof_len <= GN_PROOF_MAX);
	uint64_t block = chunk / GN_BLOCK_CHUNKS;
	uint32_t index = (uint32_t)(chunk % GN_BLOCK_CHUNKS),
		 len = gn_tree_block_len(r->size, block);
	if (data.len != bundles_chunk_len(r, chunk))
		return GN_HASH;
	if (is_caching(b, r, block)) {
		/* the store checks the proof before it takes anything: no need to hash twice */
		gn_err err = gn_blocks_put(b->cfg.blocks, bundles_reader_hash(r, block), len, index,
					   proof, proof_len, data, GN_BLOCK_CACHE, 0,
					   gn_frame_ticket(TICKET_CACHE, 0, 0), b->now);
		if (err == GN_OK) {
			b->cache_puts++;
			b->count.chunks_cached++;
			return GN_OK;
		}
		r->caching[block % GN_COUNT(r->caching)].on = false;
		if (err == GN_NO_SPACE)
			b->cache_off = b->now + BUNDLES_CACHE_PAUSE;
		if (err == GN_HASH || err == GN_RANGE)
			return GN_HASH;
	}
	return gn_block_check(bundles_reader_hash(r, block), len, index, proof, proof_len, data);
}

/* ---- taking ---- */

gn_err bundles_reader_take(struct gn_bundles *b, struct bundles_reader *r, struct gn_slice *out)
{
	GN_ASSERT(r->at <= r->end);
	gn_mem_free(bundles_reader_memory(b, r), r->given);
	r->given = NULL;
	if (r->op.err != GN_OK)
		return r->op.err;
	*out = gn_slice(NULL, 0);
	if (r->at == r->end)
		return GN_OK;
	uint64_t chunk = bundles_reader_at(r);
	struct bundles_slot *slot = bundles_slot_at(b, r, chunk);
	if (r->next <= chunk || slot->state != SLOT_READY) {
		r->hungry = true;
		return GN_AGAIN;
	}
	uint64_t skip = r->at - chunk * GN_CHUNK, left = r->end - r->at, len = slot->len - skip;
	r->given = slot->data;
	*out = gn_slice(r->given + skip, (size_t)(len < left ? len : left));
	*slot = (struct bundles_slot){0};
	r->at += out->len;
	b->count.bytes_read += out->len;
	return GN_OK;
}
