/* Taking in a local file: bytes become blocks of the own store, pinned. One block is in memory
 * at a time; a block whose chunks wait for the disk holds the source back.
 *
 *   FILLING -> STORING [a block is full, or the end] -> FILLING [all its chunks handed over] -> ..
 *   .. -> ENDED [end, nothing on its way]
 *
 * What an ingest pinned is let go when it fails or is cancelled. Rule: docs/spec/services.md
 * BU-17. */
#include "services/bundles/engine_int.h"

static void ingest_finish(struct gn_bundles *b, struct bundles_ingest *in, gn_err err)
{
	GN_ASSERT(!in->op.ended);
	in->op.err = err;
	in->op.ended = true;
	in->storing = false;
	if (err == GN_OK) {
		b->count.ingested++;
		if (in->count)
			gn_merkle_root(in->blocks, in->count, &in->root);
		else
			gn_merkle_leaf(GN_LIT(""), &in->root);
	} else {
		b->count.ingest_failed++;
	}
	gn_frame_tell(&b->frame, &in->op);
}

void bundles_ingest_free(struct gn_bundles *b, struct bundles_ingest *in)
{
	GN_ASSERT(b->ingests > 0);
	struct bundles_ingest **at = &b->ingest_first;
	while (*at != in)
		at = &(*at)->next;
	*at = in->next;
	b->ingests--;
	if (!in->op.ended || in->op.err != GN_OK)
		for (size_t i = 0; i < in->count; i++)
			if (!in->was_own[i])
				bundles_let_go(b, &in->blocks[i]);
	gn_frame_op_remove(&b->frame, &in->op);
	gn_mem_free(b->env.alloc, in->data);
	gn_mem_free(b->env.alloc, in->blocks);
	gn_mem_free(b->env.alloc, in->was_own);
	gn_mem_free(b->env.alloc, in);
}

gn_err gn_bundles_ingest(struct gn_bundles *b, gn_time now, gn_op *op)
{
	b->now = now;
	if (b->ingests == BUNDLES_INGESTS)
		return GN_LIMIT;
	struct bundles_ingest *in = GN_NEW(b->env.alloc, struct bundles_ingest);
	if (!in || gn_frame_op_add(&b->frame, &in->op, OP_INGEST) != GN_OK) {
		gn_mem_free(b->env.alloc, in);
		b->count.nomem++;
		return GN_NOMEM;
	}
	in->next = b->ingest_first;
	b->ingest_first = in;
	b->ingests++;
	*op = in->op.id;
	return GN_OK;
}

static gn_err list_grow(struct gn_bundles *b, struct bundles_ingest *in)
{
	GN_ASSERT(in->count <= in->cap);
	if (in->count == GN_FILE_BLOCKS)
		return GN_TOO_LARGE;
	if (in->count < in->cap)
		return GN_OK;
	size_t cap = in->cap ? 2 * in->cap : 16;
	struct gn_hash *blocks = gn_mem_resize(b->env.alloc, in->blocks, cap * sizeof *blocks);
	if (!blocks)
		return GN_NOMEM;
	in->blocks = blocks;
	bool *was_own = gn_mem_resize(b->env.alloc, in->was_own, cap * sizeof *was_own);
	if (!was_own)
		return GN_NOMEM;
	in->was_own = was_own;
	in->cap = cap;
	return GN_OK;
}

static uint32_t chunk_count(const struct bundles_ingest *in)
{
	return gn_block_chunks(in->len);
}

static struct gn_slice chunk_of(const struct bundles_ingest *in, uint32_t i)
{
	GN_ASSERT(i < chunk_count(in));
	return gn_slice_sub(gn_slice(in->data, in->len), i * GN_CHUNK, GN_CHUNK);
}

/* The block in memory is full, or the last: it is named, and handed to the store unless it is
 * there. */
static gn_err begin_block(struct gn_bundles *b, struct bundles_ingest *in)
{
	GN_ASSERT(in->len > 0 && !in->storing);
	enum gn_block_keep keep;
	uint64_t until = 0;
	GN_TRY(list_grow(b, in));
	for (uint32_t i = 0; i < chunk_count(in); i++)
		gn_merkle_leaf(chunk_of(in, i), &in->leaves[i]);
	gn_merkle_root(in->leaves, chunk_count(in), &in->block);
	bool own = gn_blocks_kept(b->cfg.blocks, &in->block, &keep, &until) && keep == GN_BLOCK_OWN;
	bool here = gn_blocks_have(b->cfg.blocks, &in->block, NULL);
	GN_TRY(bundles_fresh(b, &in->block));
	if (here &&
	    /* not again for each file of one day */
	    (!own || until < bundles_fresh_until(b) - BUNDLES_FRESH / 2))
		GN_TRY(gn_blocks_keep(b->cfg.blocks, &in->block, GN_BLOCK_OWN,
				      bundles_fresh_until(b), b->now));
	in->blocks[in->count] = in->block;
	in->was_own[in->count++] = own;
	in->size += in->len;
	in->put = here ? chunk_count(in) : 0;
	in->storing = true;
	return GN_OK;
}

static void ingest_run(struct gn_bundles *b, struct bundles_ingest *in)
{
	GN_ASSERT(in->put <= GN_BLOCK_CHUNKS && in->pending <= BUNDLES_INGEST_PUTS);
	while (in->storing && in->put < chunk_count(in)) {
		struct gn_hash proof[GN_PROOF_MAX];
		if (in->pending >= BUNDLES_INGEST_PUTS)
			return;
		size_t proof_len = gn_merkle_proof(in->leaves, chunk_count(in), in->put, proof);
		gn_err err =
			gn_blocks_put(b->cfg.blocks, &in->block, in->len, in->put, proof, proof_len,
				      chunk_of(in, in->put), GN_BLOCK_OWN, bundles_fresh_until(b),
				      gn_frame_ticket(TICKET_INGEST, in->op.id, 0), b->now);
		if (err == GN_BUSY) {
			b->wake = gn_time_min(b->wake, b->now + BUNDLES_STORE_WAIT);
			return;
		}
		if (err != GN_OK) {
			ingest_finish(b, in, err);
			return;
		}
		in->put++;
		in->pending++;
	}
	if (in->storing) {
		in->storing = false;
		in->len = 0;
		if (in->stalled && !in->ending)
			gn_frame_tell(&b->frame, &in->op);
		in->stalled = false;
	}
	if (in->ending && in->len == 0 && in->pending == 0)
		ingest_finish(b, in, GN_OK);
}

void bundles_ingests_run(struct gn_bundles *b)
{
	for (struct bundles_ingest *in = b->ingest_first; in; in = in->next)
		if (!in->op.ended && (in->storing || in->ending))
			ingest_run(b, in);
}

gn_err gn_bundles_ingest_data(struct gn_bundles *b, gn_op op, struct gn_slice data, size_t *taken,
			      gn_time now)
{
	struct bundles_ingest *in = gn_frame_op_get(&b->frame, op, OP_INGEST);
	b->now = now;
	*taken = 0;
	if (!in || in->ending)
		return in ? GN_STATE : GN_NOT_FOUND;
	while (*taken < data.len) {
		if (in->op.ended)
			return in->op.err;
		if (in->storing) {
			in->stalled = true;
			return GN_AGAIN;
		}
		if (!in->data && !(in->data = gn_mem_resize(b->env.alloc, NULL, GN_BLOCK))) {
			b->count.nomem++;
			ingest_finish(b, in, GN_NOMEM);
			return GN_NOMEM;
		}
		size_t n = GN_BLOCK - in->len < data.len - *taken ? GN_BLOCK - in->len
								  : data.len - *taken;
		memcpy(in->data + in->len, data.p + *taken, n);
		in->len += (uint32_t)n;
		*taken += n;
		gn_err err = in->len == GN_BLOCK ? begin_block(b, in) : GN_OK;
		if (err != GN_OK)
			ingest_finish(b, in, err);
		else
			ingest_run(b, in);
	}
	return in->op.ended ? in->op.err : GN_OK;
}

gn_err gn_bundles_ingest_end(struct gn_bundles *b, gn_op op, gn_time now)
{
	struct bundles_ingest *in = gn_frame_op_get(&b->frame, op, OP_INGEST);
	b->now = now;
	if (!in || in->ending)
		return in ? GN_STATE : GN_NOT_FOUND;
	if (in->op.ended)
		return in->op.err;
	in->ending = true;
	if (in->len && !in->storing) {
		gn_err err = begin_block(b, in);
		if (err != GN_OK) {
			ingest_finish(b, in, err);
			return err;
		}
	}
	ingest_run(b, in);
	return GN_OK;
}

void bundles_ingest_stored(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	struct bundles_ingest *in =
		gn_frame_op_get(&b->frame, gn_frame_ticket_number(e->ticket), OP_INGEST);
	if (!in || in->op.ended)
		return;
	GN_ASSERT(in->pending > 0);
	in->pending--;
	if (e->err != GN_OK)
		ingest_finish(b, in, e->err);
}
