/* Readers: a range of a file as a stream of verified chunks, from this node's disk where it has
 * them, else from peers.
 *
 *   slot:  FREE -> WANTED [window moves] -> LOADING [own disk] -> READY [loaded] -> FREE [taken]
 *                         WANTED -> ASKED [a peer] -> READY [its chunk] ; LOADING, ASKED ->
 *                         WANTED [damaged, late,
 * refused]
 *
 * 1. Only chunks first..first+ahead have slots, so a reader holds at most ahead + 1 chunks in
 *    memory (BU-15).
 * 2. READY data is verified: by the store that loaded it, or by its proof when it came.
 * 3. A reader fails when the chunk it needs next cannot be had from anyone; what came before it
 *    has been handed out. Rules: docs/spec/services.md BU-12..BU-15. */
#include "services/bundles/engine_int.h"

static uint64_t head_chunk(const struct bundles_reader *r)
{
	return r->at / GN_CHUNK;
}

static struct bundles_slot *slot_at(const struct gn_bundles *b, const struct bundles_reader *r,
				    uint64_t chunk)
{
	return &r->slots[chunk % b->cfg.ahead];
}

static uint32_t chunk_len(const struct bundles_reader *r, uint64_t chunk)
{
	uint64_t left = r->size - chunk * GN_CHUNK;
	return left < GN_CHUNK ? (uint32_t)left : GN_CHUNK;
}

static const struct gn_hash *block_hash(const struct bundles_reader *r, uint64_t block)
{
	GN_ASSERT(block >= r->first_block && block - r->first_block < r->block_count);
	return (const struct gn_hash *)(const void *)(r->blocks + (block - r->first_block) *
									  sizeof(struct gn_hash));
}

const struct gn_hash *bundles_reader_block(const struct bundles_reader *r, uint64_t chunk)
{
	return block_hash(r, chunk / GN_BLOCK_CHUNKS);
}

struct bundles_slot *bundles_reader_slot(struct gn_bundles *b, struct bundles_reader *r,
					 uint64_t chunk)
{
	if (r->op.err != GN_OK || chunk < head_chunk(r) || chunk >= r->next)
		return NULL;
	struct bundles_slot *slot = slot_at(b, r, chunk);
	return slot->state == SLOT_FREE || slot->state == SLOT_READY ? NULL : slot;
}

/* ---- life ---- */

gn_err bundles_reader_new(struct gn_bundles *b, const struct gn_bundle_file *file, uint64_t off,
			  uint64_t len, struct bundles_open *open, struct bundles_reader **out)
{
	if (b->reader_count == b->cfg.reads_max)
		return GN_LIMIT;
	if (off > file->size || len > file->size - off)
		return GN_RANGE;
	if (gn_bundle_shape_fault(file))
		return GN_USAGE;
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
	r->next = head_chunk(r);
	r->last = len ? (r->end - 1) / GN_CHUNK + 1 : r->next;
	r->first_block = r->looked = off / GN_BLOCK;
	r->block_count = len ? (r->end - 1) / GN_BLOCK + 1 - r->first_block : 0;
	r->blocks = gn_mem_new(b->env.alloc, r->block_count * sizeof(struct gn_hash));
	r->slots = GN_NEW_ARRAY(b->env.alloc, struct bundles_slot, b->cfg.ahead);
	if ((r->block_count && !r->blocks) || !r->slots ||
	    bundles_op_add(b, &r->op, OP_READ) != GN_OK)
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
	uint32_t i = 0;
	while (b->readers[i] != r)
		i++;
	memmove(&b->readers[i], &b->readers[i + 1], (--b->reader_count - i) * sizeof *b->readers);
	bundles_op_remove(b, &r->op);
	drop_slots(b, r);
	gn_mem_free(bundles_reader_memory(b, r), r->given);
	gn_mem_free(b->env.alloc, r->slots);
	gn_mem_free(b->env.alloc, r->blocks);
	gn_mem_free(b->env.alloc, r);
}

/* Tells whoever reads that read_next has something to say. */
static void wake_owner(struct gn_bundles *b, struct bundles_reader *r)
{
	if (!r->hungry)
		return;
	r->hungry = false;
	if (r->open)
		r->open->readable = true; /* bundles_opens_run reads on */
	else
		bundles_tell(b, &r->op);
}

void bundles_reader_fail(struct gn_bundles *b, struct bundles_reader *r, gn_err err)
{
	if (r->op.err != GN_OK)
		return;
	r->op.err = err;
	b->count.reads_failed++;
	drop_slots(b, r);
	r->hungry = true;
	wake_owner(b, r);
}

/* ---- filling ---- */

gn_err bundles_reader_fill(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
			   struct gn_slice data)
{
	struct bundles_slot *slot = slot_at(b, r, chunk);
	if (r->open)
		r->open->moved = b->now;
	uint8_t *copy = r->open ? bundles_open_memory(b, r->open, NULL, data.len)
				: gn_mem_resize(b->env.alloc, NULL, data.len);
	if (!copy) {
		gn_err err = r->open ? GN_BUSY : GN_NOMEM;
		b->count.nomem += err == GN_NOMEM;
		bundles_reader_fail(b, r, err);
		return err;
	}
	memcpy(copy, data.p, data.len);
	slot->data = copy;
	slot->len = (uint32_t)data.len;
	slot->state = SLOT_READY;
	if (chunk == head_chunk(r))
		wake_owner(b, r);
	return GN_OK;
}

/* BU-16: whether a block's chunks are kept as cache is decided once, when the first of them
 * comes. */
static bool caching(struct gn_bundles *b, struct bundles_reader *r, uint64_t block)
{
	size_t i = block % GN_COUNT(r->caching);
	if (r->caching[i].block == block + 1)
		return r->caching[i].on;
	bool whole = r->packed /* its neighbours are read next */ ||
		     (block * GN_BLOCK >= r->start &&
		      block * GN_BLOCK + gn_file_block_len(r->size, block) <= r->end);
	r->caching[i].block = block + 1;
	r->caching[i].on = whole && !b->cfg.no_cache && b->cache_puts < BUNDLES_CACHE_PUTS &&
			   b->now >= b->cache_off;
	return r->caching[i].on;
}

gn_err bundles_reader_check(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
			    const struct gn_hash *proof, size_t proof_len, struct gn_slice data)
{
	uint64_t block = chunk / GN_BLOCK_CHUNKS;
	uint32_t index = (uint32_t)(chunk % GN_BLOCK_CHUNKS),
		 len = gn_file_block_len(r->size, block);
	if (data.len != chunk_len(r, chunk))
		return GN_HASH;
	if (caching(b, r, block)) {
		/* the store checks the proof before it takes anything: no need to hash twice */
		gn_err err = gn_blocks_put(b->cfg.blocks, block_hash(r, block), len, index, proof,
					   proof_len, data, GN_BLOCK_CACHE, 0,
					   bundles_ticket(TICKET_CACHE, 0, 0), b->now);
		if (err == GN_OK) {
			b->cache_puts++;
			b->count.chunks_cached++;
			return GN_OK;
		}
		r->caching[block % GN_COUNT(r->caching)].on = false;
		if (err == GN_NO_SPACE)
			b->cache_off = b->now + 5 * GN_SEC;
		if (err == GN_HASH || err == GN_RANGE)
			return GN_HASH;
	}
	return gn_block_check(block_hash(r, block), len, index, proof, proof_len, data);
}

void bundles_reader_loaded(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	struct bundles_reader *r =
		bundles_op_get(b, e->ticket >> 16 & ((UINT64_C(1) << 44) - 1), OP_READ);
	b->local_loads--;
	if (!r || r->op.err != GN_OK)
		return;
	struct bundles_slot *slot = &r->slots[e->ticket & 0xffff];
	GN_ASSERT(slot->state == SLOT_LOADING);
	uint64_t chunk = head_chunk(r); /* the one of the window that lies in this slot */
	while (slot_at(b, r, chunk) != slot)
		chunk++;
	if (e->err != GN_OK || e->chunk.len != chunk_len(r, chunk)) {
		slot->state = SLOT_WANTED;
		slot->skip_local = true;
		return;
	}
	b->count.chunks_local++;
	(void)!bundles_reader_fill(b, r, chunk, e->chunk); /* no memory: it failed and was told */
}

/* ---- asking ---- */

/* Starts to look for the holders of the blocks that are needed soon (BU-12). */
static void look_ahead(struct gn_bundles *b, struct bundles_reader *r)
{
	uint64_t until = r->next / GN_BLOCK_CHUNKS + BUNDLES_LOOK_AHEAD,
		 end = r->first_block + r->block_count;
	for (uint64_t limit = until < end ? until : end; r->looked < limit; r->looked++) {
		const struct gn_hash *block = block_hash(r, r->looked);
		if (!gn_blocks_have(b->cfg.blocks, block, NULL) && !bundles_source_need(b, block))
			return;
	}
}

static bool load_local(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
		       struct bundles_slot *slot)
{
	const struct gn_hash *block = bundles_reader_block(r, chunk);
	uint32_t index = (uint32_t)(chunk % GN_BLOCK_CHUNKS);
	if (slot->skip_local || !gn_blocks_have_chunk(b->cfg.blocks, block, index))
		return false;
	if (b->local_loads >= BUNDLES_LOCAL_LOADS)
		return true; /* soon: the end of one of them runs us again */
	uint64_t ticket = bundles_ticket(TICKET_READ, r->op.id, (uint32_t)(slot - r->slots));
	gn_err err = gn_blocks_load(b->cfg.blocks, block, index, ticket, b->now);
	if (err == GN_OK) {
		slot->state = SLOT_LOADING;
		b->local_loads++;
	} else if (err == GN_BUSY || err == GN_NOMEM) {
		b->wake = gn_time_min(b->wake, b->now + 5 * GN_MSEC);
	} else {
		slot->skip_local = true;
	}
	return true;
}

static bool asked_in_block(const struct gn_bundles *b, const struct bundles_reader *r,
			   uint64_t chunk)
{
	for (uint64_t c = head_chunk(r); c < r->next; c++)
		if (c / GN_BLOCK_CHUNKS == chunk / GN_BLOCK_CHUNKS &&
		    slot_at(b, r, c)->state == SLOT_ASKED)
			return true;
	return false;
}

/* False when nothing more can be asked for this reader now. */
static bool ask_peer(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk)
{
	gn_err err = GN_NOMEM;
	struct bundles_source *s = bundles_source_need(b, bundles_reader_block(r, chunk));
	struct bundles_peer *p =
		s ? bundles_source_pick(b, s, asked_in_block(b, r, chunk), &err) : NULL;
	if (p && bundles_request_send(b, p, r, chunk, bundles_reader_block(r, chunk)))
		return true;
	if (p)
		b->wake = gn_time_min(b->wake, b->now + BUNDLES_BUSY_WAIT);
	else if (err != GN_AGAIN && chunk == head_chunk(r))
		bundles_reader_fail(b, r, err);
	return false;
}

void bundles_reader_run(struct gn_bundles *b, struct bundles_reader *r)
{
	while (r->next < r->last && r->next < head_chunk(r) + b->cfg.ahead) {
		struct bundles_slot *slot = slot_at(b, r, r->next++);
		GN_ASSERT(slot->state == SLOT_FREE && !slot->data);
		slot->state = SLOT_WANTED;
		slot->skip_local = false;
	}
	look_ahead(b, r);
	for (uint64_t c = head_chunk(r); c < r->next && r->op.err == GN_OK; c++) {
		struct bundles_slot *slot = slot_at(b, r, c);
		if (slot->state == SLOT_WANTED && !load_local(b, r, c, slot) && !ask_peer(b, r, c))
			return;
	}
}

/* All readers, another one first each time: no one starves when windows are short. */
void bundles_readers_run(struct gn_bundles *b)
{
	uint32_t n = b->reader_count;
	if (n)
		b->reader_turn = (b->reader_turn + 1) % n;
	for (uint32_t i = 0; i < n; i++) {
		struct bundles_reader *r = b->readers[(b->reader_turn + i) % n];
		if (r->op.err == GN_OK)
			bundles_reader_run(b, r);
	}
}

/* ---- taking ---- */

gn_err bundles_reader_take(struct gn_bundles *b, struct bundles_reader *r, struct gn_slice *out)
{
	gn_mem_free(bundles_reader_memory(b, r), r->given);
	r->given = NULL;
	if (r->op.err != GN_OK)
		return r->op.err;
	*out = gn_slice(NULL, 0);
	if (r->at == r->end)
		return GN_OK;
	uint64_t chunk = head_chunk(r);
	struct bundles_slot *slot = slot_at(b, r, chunk);
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

gn_err gn_bundles_read(struct gn_bundles *b, const struct gn_bundle_file *file, uint64_t off,
		       uint64_t len, gn_time now, gn_op *op)
{
	struct bundles_reader *r;
	b->now = now;
	GN_TRY(bundles_reader_new(b, file, off, len, NULL, &r));
	*op = r->op.id;
	if (len == 0)
		wake_owner(b, r);
	bundles_reader_run(b, r);
	return GN_OK;
}

gn_err gn_bundles_read_next(struct gn_bundles *b, gn_op op, struct gn_slice *out, gn_time now)
{
	struct bundles_reader *r = bundles_op_get(b, op, OP_READ);
	b->now = now;
	if (!r || r->open)
		return GN_NOT_FOUND;
	struct gn_slice bytes;
	gn_err err = bundles_reader_take(b, r, &bytes);
	if (err == GN_AGAIN) {
		bundles_reader_run(b, r);
		return err;
	}
	if (err != GN_OK || bytes.len == 0) {
		bundles_reader_free(b, r);
	} else {
		bundles_reader_run(b, r);
	}
	if (err == GN_OK)
		*out = bytes;
	return err;
}
