/* Content-addressed blocks as their users see them: chunks in, chunks out, why a block is kept
 * and what goes when room is needed. A block's file holds its chunks, each behind its own proof,
 * so that every read proves itself; all else that must survive (length, class, expiry,
 * completeness) is in the file's name and changes by rename.
 *
 * 1. have has a bit for each chunk that a crash would not take. A block is complete when all are
 *    and its name says so.
 * 2. bytes is the sum over blocks that are not doomed of the room their whole files take. */
#include "store/blocks_int.h"

gn_err gn_blocks_new(const struct gn_env *env, const struct gn_blocks_config *config,
		     struct gn_blocks **out)
{
	GN_ASSERT(env && config->dir);
	if (strlen(config->dir) > BLOCKS_DIR_MAX || config->dir[0] == 0)
		return GN_RANGE;
	struct gn_blocks *b = GN_NEW(env->alloc, struct gn_blocks);
	if (!b)
		return GN_NOMEM;
	b->env = *env;
	memcpy(b->dir, config->dir, strlen(config->dir) + 1);
	b->bytes_max = config->bytes_max;
	b->cached_max = config->cached_max ? config->cached_max : UINT64_MAX;
	gn_map_init(&b->map, env, 32, sizeof(struct block *), BLOCKS_MAX);
	gn_heap_init(&b->timers, env->alloc);
	*out = b;
	return GN_OK;
}

void gn_blocks_free(struct gn_blocks *b)
{
	if (!b)
		return;
	struct gn_alloc *alloc = b->env.alloc;
	gn_heap_fini(&b->timers); /* before its nodes */
	for (uint32_t i = 0; i < BLOCKS_OPS; i++)
		gn_mem_free(alloc, b->ops[i].data);
	for (uint32_t i = 0; i < b->map.count; i++)
		gn_mem_free(alloc, *(struct block **)gn_map_value_at(&b->map, i));
	for (struct block *k = b->strays, *next; k; k = next) {
		next = k->older;
		gn_mem_free(alloc, k);
	}
	gn_map_fini(&b->map);
	gn_mem_free(alloc, b);
}

/* ---- puts and loads ---- */

static void settle(struct gn_blocks *b)
{
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++) {
		if (b->ops[i].state != OP_POLLED)
			continue;
		gn_mem_free(b->env.alloc, b->ops[i].data);
		b->ops[i] = (struct block_op){0};
		b->ops_busy--;
	}
}

static struct block_op *free_op(struct gn_blocks *b)
{
	for (uint32_t i = 0; i < BLOCKS_OPS; i++)
		if (b->ops[i].state == OP_FREE)
			return &b->ops[i];
	return NULL;
}

/* Raises why k is kept; true when something changed. */
static bool raise_keep(struct gn_blocks *b, struct block *k, enum gn_block_keep keep,
		       uint64_t until)
{
	if (keep < k->keep || (keep == k->keep && (keep == GN_BLOCK_CACHE || until <= k->until)))
		return false;
	k->keep = keep;
	k->until = keep == GN_BLOCK_CACHE ? 0 : until;
	k->lapsed = false;
	k->refused = false;
	if (!k->exists) {
		k->disk.keep = k->keep;
		k->disk.until = k->until;
	}
	block_touch(b, k);
	block_arm(b, k);
	block_poke(b, k);
	return true;
}

/* The block that the chunk goes into; a new one when there is none. */
static gn_err block_for_put(struct gn_blocks *b, const struct gn_hash *hash,
			    const struct block_name *name, struct block **out)
{
	struct block *k = block_find(b, hash);
	if (k && (k->doomed || k->phase == BLOCK_REMOVE))
		return GN_BUSY;
	if (k && k->len != name->len) {
		if (block_complete(k))
			return GN_HASH; /* its length is proven by its last chunk */
		if (!block_in_use(b, k))
			/* begun with a length that nothing has proven: make way */
			block_doom(b, k);
		return GN_BUSY;
	}
	if (!k) {
		uint64_t room = block_file_len(name->len);
		if (!blocks_can_evict(b, room, name->keep == GN_BLOCK_CACHE))
			return GN_NO_SPACE;
		if (!(k = block_add(b, hash, name)))
			return GN_NOMEM;
		blocks_evict(b, 0, false);
	}
	*out = k;
	return GN_OK;
}

gn_err gn_blocks_put(struct gn_blocks *b, const struct gn_hash *block, uint32_t block_len,
		     uint32_t index, const struct gn_hash *proof, size_t proof_len,
		     struct gn_slice chunk, enum gn_block_keep keep, uint64_t keep_until,
		     uint64_t ticket, gn_time now)
{
	settle(b);
	if (b->state != BLOCKS_READY)
		return GN_STATE;
	GN_TRY(gn_block_check(block, block_len, index, proof, proof_len, chunk));
	if (keep == GN_BLOCK_HELD && keep_until <= gn_unix(now + b->clock))
		keep = GN_BLOCK_CACHE;
	struct block_name name = {.len = block_len,
				  .keep = keep,
				  .until = keep == GN_BLOCK_CACHE ? 0 : keep_until,
				  .part = true};
	struct block_op *op = free_op(b);
	if (!op)
		return GN_BUSY;
	uint32_t len = BLOCK_PROOF_LEN + (uint32_t)chunk.len;
	uint8_t *data = gn_mem_new(b->env.alloc, len);
	if (!data)
		return GN_NOMEM;
	struct block *k = NULL;
	gn_err err = block_for_put(b, block, &name, &k);
	if (err) {
		gn_mem_free(b->env.alloc, data);
		return err;
	}
	raise_keep(b, k, keep, keep_until);
	if (proof_len)
		memcpy(data, proof, proof_len * sizeof *proof);
	memcpy(data + BLOCK_PROOF_LEN, chunk.p, chunk.len);
	*op = (struct block_op){.state = OP_WANTED,
				.put = true,
				.block = k,
				.index = index,
				.ticket = ticket,
				.data = data,
				.data_len = len};
	b->ops_busy++;
	k->puts_wanted++;
	k->refused = false;
	if (k->have >> index & 1) { /* durable already; its name may have to follow */
		k->puts_wanted--;
		op->state = OP_NAMED;
	}
	block_poke(b, k);
	return GN_OK;
}

gn_err gn_blocks_load(struct gn_blocks *b, const struct gn_hash *block, uint32_t index,
		      uint64_t ticket, gn_time now)
{
	(void)now;
	settle(b);
	if (b->state != BLOCKS_READY)
		return GN_STATE;
	struct block *k = block_find(b, block);
	if (!k || index >= GN_BLOCK_CHUNKS || !(k->have >> index & 1))
		return GN_NOT_FOUND;
	struct block_op *op = free_op(b);
	if (!op)
		return GN_BUSY;
	uint32_t len = BLOCK_PROOF_LEN + block_chunk_len(k->len, index);
	uint8_t *data = gn_mem_new(b->env.alloc, len);
	if (!data)
		return GN_NOMEM;
	*op = (struct block_op){.state = OP_WANTED,
				.block = k,
				.index = index,
				.ticket = ticket,
				.data = data,
				.data_len = len};
	b->ops_busy++;
	block_touch(b, k);
	return GN_OK;
}

bool gn_blocks_have(const struct gn_blocks *b, const struct gn_hash *block, uint32_t *len)
{
	const struct block *k = block_find(b, block);
	if (!k || !block_complete(k))
		return false;
	if (len)
		*len = k->len;
	return true;
}

bool gn_blocks_have_chunk(const struct gn_blocks *b, const struct gn_hash *block, uint32_t index)
{
	const struct block *k = block_find(b, block);
	return k && index < GN_BLOCK_CHUNKS && (k->have >> index & 1);
}

uint32_t gn_blocks_proven_len(const struct gn_blocks *b, const struct gn_hash *block)
{
	const struct block *k = block_find(b, block);
	return k && !k->doomed && (k->have >> (gn_block_chunks(k->len) - 1) & 1) ? k->len : 0;
}

bool gn_blocks_kept(const struct gn_blocks *b, const struct gn_hash *block,
		    enum gn_block_keep *keep, uint64_t *until)
{
	const struct block *k = block_find(b, block);
	if (!k || k->doomed)
		return false;
	*keep = k->keep;
	if (until)
		*until = k->until;
	return true;
}

gn_err gn_blocks_keep(struct gn_blocks *b, const struct gn_hash *block, enum gn_block_keep keep,
		      uint64_t keep_until, gn_time now)
{
	settle(b);
	struct block *k = block_find(b, block);
	if (!k || k->doomed)
		return GN_NOT_FOUND;
	if (keep == GN_BLOCK_HELD && keep_until <= gn_unix(now + b->clock))
		keep = GN_BLOCK_CACHE;
	if (keep == k->keep && (keep == GN_BLOCK_CACHE || keep_until == k->until))
		return GN_OK;
	k->keep = GN_BLOCK_CACHE;
	k->until = 0;
	if (!raise_keep(b, k, keep, keep_until)) { /* CACHE */
		k->lapsed = k->refused = false;
		if (!k->exists) {
			k->disk.keep = GN_BLOCK_CACHE;
			k->disk.until = 0;
		}
		block_touch(b, k);
		block_arm(b, k);
		block_poke(b, k);
	}
	return GN_OK;
}

gn_err gn_blocks_drop(struct gn_blocks *b, const struct gn_hash *block)
{
	settle(b);
	if (b->state != BLOCKS_READY)
		return GN_STATE; /* what the start still reads of it would come back */
	struct block *k = block_find(b, block);
	if (!k || k->doomed)
		return GN_NOT_FOUND;
	block_doom(b, k);
	return GN_OK;
}

void gn_blocks_cached_max(struct gn_blocks *b, uint64_t bytes)
{
	settle(b);
	b->cached_max = bytes;
	if (b->state == BLOCKS_READY)
		blocks_evict(b, 0, true);
}

/* ---- time, requests, events ---- */

void gn_blocks_clock(struct gn_blocks *b, gn_time clock)
{
	b->clock = clock;
}

void gn_blocks_tick(struct gn_blocks *b, gn_time now)
{
	settle(b);
	for (struct gn_heap_node *n;
	     b->state == BLOCKS_READY && (n = gn_heap_first(&b->timers)) && n->at <= now;) {
		struct block *k = GN_CONTAINER(n, struct block, timer);
		if (k->refused && k->retry_at <= now) {
			k->refused = false;
			block_poke(b, k);
		}
		bool over = k->keep == GN_BLOCK_HELD && block_end(b, k) <= now;
		/* clocks are set and set back: it must stay so */
		k->over = !over ? 0 : k->over ? k->over : now;
		if (over && now - k->over >= BLOCKS_KEEP_OVER) {
			k->over = 0;
			k->keep = GN_BLOCK_CACHE;
			k->until = 0;
			k->lapsed = true; /* the name says until when: no rename is needed */
			block_touch(b, k);
		}
		block_arm(b, k);
	}
}

gn_time gn_blocks_deadline(const struct gn_blocks *b)
{
	return b->state == BLOCKS_READY ? gn_heap_deadline(&b->timers) : GN_NEVER;
}

bool gn_blocks_next_request(struct gn_blocks *b, struct gn_disk_request *out)
{
	settle(b);
	return b->state == BLOCKS_READY ? blocks_disk_request(b, out)
					: blocks_start_request(b, out);
}

void gn_blocks_done(struct gn_blocks *b, uint64_t token, gn_err err, struct gn_slice data,
		    gn_time now)
{
	settle(b);
	if (b->start_out && token == b->start_token) {
		b->start_out = false;
		blocks_start_done(b, err, data);
		return;
	}
	blocks_disk_done(b, token, err, data, now);
}

bool gn_blocks_idle(const struct gn_blocks *b)
{
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++)
		if (b->ops[i].state != OP_FREE && b->ops[i].state < OP_DONE)
			return false;
	return !b->start_out && !b->active;
}

bool gn_blocks_next_event(struct gn_blocks *b, struct gn_blocks_event *out)
{
	settle(b);
	if ((b->state == BLOCKS_READY || b->state == BLOCKS_FAILED) && !b->ready_polled) {
		b->ready_polled = true;
		*out = (struct gn_blocks_event){.kind = GN_BLOCKS_READY, .err = b->failed};
		return true;
	}
	struct block_op *first = NULL;
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++)
		if (b->ops[i].state == OP_DONE && (!first || b->ops[i].serial < first->serial))
			first = &b->ops[i];
	if (!first)
		return false;
	first->state = OP_POLLED;
	*out = (struct gn_blocks_event){.kind = first->put ? GN_BLOCKS_STORED : GN_BLOCKS_LOADED,
					.ticket = first->ticket,
					.err = first->err,
					.block = first->hash,
					.index = first->index,
					.block_len = first->block_len,
					.complete = first->complete};
	if (!first->put && !first->err) {
		out->chunk =
			gn_slice(first->data + BLOCK_PROOF_LEN, first->data_len - BLOCK_PROOF_LEN);
		out->proof_len = block_path_len(first->index, gn_block_chunks(first->block_len));
		memcpy(out->proof, first->data, sizeof out->proof);
	}
	return true;
}

void gn_blocks_info(const struct gn_blocks *b, struct gn_blocks_info *out)
{
	*out = (struct gn_blocks_info){.bytes = b->bytes,
				       .cached = b->cached,
				       .bytes_max = b->bytes_max,
				       .corrupt = b->corrupt,
				       .evicted = b->evicted,
				       .ready = b->state == BLOCKS_READY};
	for (uint32_t i = 0; i < b->map.count; i++) {
		const struct block *k = *(struct block **)gn_map_value_at(&b->map, i);
		bool complete = block_complete(k);
		out->blocks += complete;
		out->own += complete && k->keep == GN_BLOCK_OWN;
		out->held += complete && k->keep == GN_BLOCK_HELD;
		out->partial += !complete && !k->doomed;
	}
}

bool gn_blocks_at(const struct gn_blocks *b, uint32_t i, struct gn_hash *block, uint32_t *len,
		  enum gn_block_keep *keep)
{
	if (i >= b->map.count)
		return false;
	const struct block *k = *(struct block **)gn_map_value_at(&b->map, i);
	*block = k->hash;
	*len = block_complete(k) ? k->len : 0;
	*keep = k->keep;
	return true;
}

void gn_blocks_validate(const struct gn_blocks *b)
{
	uint64_t bytes = 0;
	uint32_t listed = 0, cached = 0, busy = 0;
	gn_map_validate(&b->map);
	gn_heap_validate(&b->timers);
	GN_ASSERT(b->timers.count == b->map.count);
	for (uint32_t i = 0; i < b->map.count; i++) {
		const struct block *k = *(struct block **)gn_map_value_at(&b->map, i);
		GN_ASSERT(memcmp(&k->hash, gn_map_key_at(&b->map, i), 32) == 0);
		GN_ASSERT(k->len > 0 && k->len <= GN_BLOCK &&
			  k->have < 1u << gn_block_chunks(k->len));
		GN_ASSERT(!k->doomed || k->have == 0);
		GN_ASSERT(k->exists || k->have == 0);
		bytes += k->doomed ? 0 : block_file_len(k->len);
		cached += k->keep == GN_BLOCK_CACHE && !k->doomed;
	}
	uint64_t cached_bytes = 0;
	for (const struct block *k = b->oldest; k;
	     cached_bytes += block_file_len(k->len), k = k->newer, listed++)
		GN_ASSERT(k->keep == GN_BLOCK_CACHE && !k->doomed &&
			  (k->newer ? k->newer->older == k : b->newest == k));
	for (uint32_t i = 0; i < BLOCKS_OPS; i++) {
		const struct block_op *op = &b->ops[i];
		busy += op->state != OP_FREE;
		GN_ASSERT((op->block != NULL) == (op->state != OP_FREE && op->state < OP_DONE));
	}
	GN_ASSERT(cached_bytes == b->cached);
	GN_ASSERT(bytes == b->bytes && listed == cached && busy == b->ops_busy);
}
