/* One block and its place among the others: what of it is there, why it is kept, and the cached ones
 * in the order in which they go. Nothing here asks the disk for anything; what has to be asked is
 * queued (block_poke) and done by blocks_disk.c.
 *
 * 1. Every block in the map is in the heap of timers, so that arming one never allocates.
 * 2. The list oldest..newest holds exactly the CACHE blocks that are not doomed; cached is the
 *    room their files take, bytes that of all blocks that are not doomed.
 *
 *   added [block_add] -> doomed [block_doom] -> freed [block_forget] */
#include "store/blocks_int.h"

/* ---- shapes ---- */

uint32_t block_chunk_len(uint32_t len, uint32_t index)
{
	uint32_t left = len - index * GN_CHUNK;
	return left < GN_CHUNK ? left : GN_CHUNK;
}

gn_err gn_block_check(const struct gn_hash *block, uint32_t block_len, uint32_t index,
		      const struct gn_hash *proof, size_t proof_len, struct gn_slice chunk)
{
	if (block_len == 0 || block_len > GN_BLOCK || index >= gn_block_chunks(block_len) ||
	    chunk.len != block_chunk_len(block_len, index))
		return GN_RANGE;
	return gn_merkle_check(chunk, index, gn_block_chunks(block_len), proof, proof_len, block);
}

uint64_t block_file_len(uint32_t len)
{
	return (uint64_t)gn_block_chunks(len) * BLOCK_PROOF_LEN + len;
}

bool block_full(const struct block *k)
{
	return k->have == (uint16_t)((1u << gn_block_chunks(k->len)) - 1);
}

bool block_complete(const struct block *k)
{
	return block_full(k) && k->exists && !k->disk.part && !k->doomed;
}

/* Hashes on the path of chunk i of n. */
size_t block_path_len(uint32_t i, uint32_t n)
{
	size_t len = 0;
	for (; n > 1; n = (n + 1) / 2, i /= 2)
		len += (i ^ 1) < n;
	return len;
}

/* slot: proof and chunk as they lie in the file. */
gn_err block_slot_check(const struct block *k, uint32_t index, struct gn_slice slot)
{
	struct gn_hash proof[GN_PROOF_MAX];
	uint32_t n = gn_block_chunks(k->len), len = block_chunk_len(k->len, index);
	if (slot.len != BLOCK_PROOF_LEN + len)
		return GN_HASH;
	memcpy(proof, slot.p, sizeof proof);
	return gn_merkle_check(gn_slice_sub(slot, BLOCK_PROOF_LEN, len), index, n, proof,
			       block_path_len(index, n), &k->hash);
}

/* ---- the map, the timers, the list ---- */

struct block *block_find(const struct gn_blocks *b, const struct gn_hash *hash)
{
	struct block **p = gn_map_get(&b->map, hash);
	return p ? *p : NULL;
}

bool block_listed(const struct gn_blocks *b, const struct block *k)
{
	return k->older || b->oldest == k;
}

static void list_leave(struct gn_blocks *b, struct block *k)
{
	b->cached -= block_listed(b, k) ? block_file_len(k->len) : 0;
	if (k->older)
		k->older->newer = k->newer;
	else if (b->oldest == k)
		b->oldest = k->newer;
	if (k->newer)
		k->newer->older = k->older;
	else if (b->newest == k)
		b->newest = k->older;
	k->older = k->newer = NULL;
}

/* Used now: last to go. Blocks of another class leave the list. */
void block_touch(struct gn_blocks *b, struct block *k)
{
	list_leave(b, k);
	if (k->keep != GN_BLOCK_CACHE || k->doomed)
		return;
	k->older = b->newest;
	if (b->newest)
		b->newest->newer = k;
	else
		b->oldest = k;
	b->newest = k;
	b->cached += block_file_len(k->len);
}

/* When its promise ends, as far as the clock of promises can tell now. */
gn_time block_end(const struct gn_blocks *b, const struct block *k)
{
	return k->until < (uint64_t)(GN_NEVER / GN_SEC / 2) ? (gn_time)k->until * GN_SEC - b->clock
							    : GN_NEVER;
}

void block_arm(struct gn_blocks *b, struct block *k)
{
	gn_time at = k->refused ? k->retry_at : GN_NEVER;
	if (k->keep == GN_BLOCK_HELD && !k->doomed)
		at = gn_time_min(at, k->over ? k->over + BLOCKS_KEEP_OVER : block_end(b, k));
	GN_ASSERT(k->timer.place != 0);
	gn_err err = gn_heap_set(&b->timers, &k->timer, at);
	GN_ASSERT(err == GN_OK);
}

/* NULL when memory is out or BLOCKS_MAX is reached. */
struct block *block_add(struct gn_blocks *b, const struct gn_hash *hash,
			const struct block_name *name)
{
	struct block *k = GN_NEW(b->env.alloc, struct block);
	if (!k)
		return NULL;
	if (gn_heap_set(&b->timers, &k->timer, GN_NEVER)) {
		gn_mem_free(b->env.alloc, k);
		return NULL;
	}
	struct block **place = gn_map_put(&b->map, hash);
	if (!place) {
		gn_heap_remove(&b->timers, &k->timer);
		gn_mem_free(b->env.alloc, k);
		return NULL;
	}
	GN_ASSERT(*place == NULL);
	*place = k;
	k->hash = *hash;
	k->len = name->len;
	k->keep = name->keep;
	k->until = name->until;
	k->disk = *name;
	b->bytes += block_file_len(k->len);
	block_touch(b, k);
	block_arm(b, k);
	return k;
}

/* ---- the end of a block ---- */

void block_poke(struct gn_blocks *b, struct block *k)
{
	if (k->queued)
		return;
	k->queued = true;
	k->next = NULL;
	if (b->queue)
		b->queue_last->next = k;
	else
		b->queue = k;
	b->queue_last = k;
}

void block_op_done(struct gn_blocks *b, struct block_op *op, gn_err err)
{
	struct block *k = op->block;
	GN_ASSERT(k && op->state != OP_DONE && op->state != OP_FREE);
	if (op->put && op->state == OP_WANTED)
		k->puts_wanted--;
	op->state = OP_DONE;
	op->err = err;
	op->hash = k->hash;
	op->block_len = k->len;
	op->complete = block_complete(k);
	op->serial = ++b->serial;
	op->block = NULL;
	if (op->put) {
		gn_mem_free(b->env.alloc, op->data);
		op->data = NULL;
	}
}

/* The block is no more: its file goes as soon as nothing uses it. */
void block_doom(struct gn_blocks *b, struct block *k)
{
	if (k->doomed)
		return;
	k->doomed = true;
	k->have = 0;
	k->refused = false;
	b->bytes -= block_file_len(k->len);
	block_touch(b, k);
	block_arm(b, k);
	for (uint32_t i = 0; i < BLOCKS_OPS; i++) {
		struct block_op *op = &b->ops[i];
		if (op->block == k && op->state != OP_OUT)
			block_op_done(b, op, op->put ? GN_BUSY : GN_CORRUPT);
	}
	block_poke(b, k);
}

void block_forget(struct gn_blocks *b, struct block *k)
{
	GN_ASSERT(k->doomed && k->reads == 0 && k->writes == 0 && !k->queued);
	if (block_find(b, &k->hash) == k) {
		gn_map_remove(&b->map, &k->hash);
		gn_heap_remove(&b->timers, &k->timer);
	} else {
		struct block **p = &b->strays;
		while (*p != k)
			p = &(*p)->older;
		*p = k->older;
	}
	gn_mem_free(b->env.alloc, k);
}

bool block_in_use(const struct gn_blocks *b, const struct block *k)
{
	if (k->reads || k->writes || k->puts_wanted || k->dirty || k->phase != BLOCK_IDLE)
		return true;
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++)
		if (b->ops[i].block == k)
			return true;
	return false;
}

static bool over_max(const struct gn_blocks *b, uint64_t bytes, uint64_t cached)
{
	return bytes > b->bytes_max || cached > b->cached_max;
}

/* Dooms cached blocks, least recently used first, until `room` more bytes fit or none is left. */
void blocks_evict(struct gn_blocks *b, uint64_t room, bool cached)
{
	for (struct block *k = b->oldest, *next;
	     k && over_max(b, b->bytes + room, b->cached + (cached ? room : 0)); k = next) {
		next = k->newer;
		if (block_in_use(b, k))
			continue;
		b->evicted++;
		block_doom(b, k);
	}
}

/* True when blocks_evict would succeed. */
bool blocks_can_evict(const struct gn_blocks *b, uint64_t room, bool is_cached)
{
	uint64_t bytes = b->bytes + room, cached = b->cached + (is_cached ? room : 0);
	for (const struct block *k = b->oldest; k && over_max(b, bytes, cached); k = k->newer)
		if (!block_in_use(b, k)) {
			bytes -= block_file_len(k->len);
			cached -= block_file_len(k->len);
		}
	return !over_max(b, bytes, cached);
}
