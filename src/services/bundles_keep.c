/* Keeping blocks for others: a peer asks, and gets a refusal, or sends the chunks that are missing, or, when all are
 * durable, the signed promise to keep the block until a time.
 *
 *   incoming:  (BlockKeep, room) -> OPEN -> chunk.. chunk [ChunkPut] -> complete: receipt -> closed ;  OPEN -> closed
 * [no chunk for long]
 *
 * 1. kept_bytes and shares count every block promised or coming in, once, under the peer who asked first.
 * 2. A receipt is sent only for a block whose every chunk is durable. 3. A block of our own never becomes less than
 * that. Rule: docs/spec/services.md BU-9. */
#include "services/bundles_engine_int.h"

/* ---- accounts ---- */

/* BU-9: one peer may use a quarter of what is kept in all. GN_NO_SPACE, GN_QUOTA, GN_NOMEM. */
static gn_err account_add(struct gn_bundles *b, const struct gn_hash *block, const struct gn_pk *peer, uint32_t len,
			  uint64_t until)
{
	struct bundles_kept *old = gn_map_get(&b->kept, block);
	if (old) {
		old->until = until > old->until ? until : old->until;
		return GN_OK;
	}
	const uint64_t *share = gn_map_get(&b->shares, peer);
	if (b->kept_bytes + len > b->cfg.peer_bytes_max) {
		b->count.keep_refused_space++;
		return GN_NO_SPACE;
	}
	if ((share ? *share : 0) + len > b->cfg.peer_bytes_max / BUNDLES_PEER_SHARE) {
		b->count.keep_refused_quota++;
		return GN_QUOTA;
	}
	struct bundles_kept *kept = gn_map_put(&b->kept, block);
	uint64_t *sum = kept ? gn_map_put(&b->shares, peer) : NULL;
	if (!sum) {
		if (kept)
			(void)gn_map_remove(&b->kept, block);
		b->count.nomem++;
		return GN_NOMEM;
	}
	*kept = (struct bundles_kept){*peer, len, until};
	*sum += len;
	b->kept_bytes += len;
	return GN_OK;
}

static void account_remove(struct gn_bundles *b, const struct gn_hash *block)
{
	const struct bundles_kept *at = gn_map_get(&b->kept, block);
	if (!at)
		return;
	struct bundles_kept kept = *at;
	uint64_t *sum = gn_map_get(&b->shares, &kept.peer);
	GN_ASSERT(sum && *sum >= kept.len && b->kept_bytes >= kept.len);
	b->kept_bytes -= kept.len;
	*sum -= kept.len;
	if (*sum == 0)
		(void)gn_map_remove(&b->shares, &kept.peer);
	(void)gn_map_remove(&b->kept, block);
}

/* After a restart: what the disk says is promised belongs to nobody in particular. */
void bundles_accounts_build(struct gn_bundles *b)
{
	struct gn_hash block;
	enum gn_block_keep keep;
	uint32_t len;
	uint64_t until, limit = b->cfg.peer_bytes_max;
	static const struct gn_pk nobody;
	b->cfg.peer_bytes_max = UINT64_MAX; /* promises made are kept whatever the limit is now */
	for (uint32_t i = 0; gn_blocks_at(b->cfg.blocks, i, &block, &len, &keep); i++)
		if (keep == GN_BLOCK_HELD && len && gn_blocks_kept(b->cfg.blocks, &block, &keep, &until))
			(void)!account_add(b, &block, &nobody, len, until);
	b->cfg.peer_bytes_max = limit;
	b->accounts_ready = true;
	b->sweep = b->now + BUNDLES_SWEEP;
}

/* Promises that ended leave the accounts; the store has made the blocks cache by itself. */
void bundles_accounts_sweep(struct gn_bundles *b)
{
	for (uint32_t i = b->kept.count; i-- > 0;) {
		struct gn_hash block = *(const struct gn_hash *)gn_map_key_at(&b->kept, i);
		const struct bundles_kept *kept = gn_map_value_at(&b->kept, i);
		enum gn_block_keep keep;
		bool gone = !gn_blocks_kept(b->cfg.blocks, &block, &keep, NULL) || keep == GN_BLOCK_CACHE ||
			    kept->until <= gn_unix(b->now);
		if (gone && !gn_map_get(&b->incoming, &block))
			account_remove(b, &block);
	}
	b->sweep = b->now + BUNDLES_SWEEP;
}

/* ---- incoming blocks ---- */

static struct bundles_incoming *incoming_get(const struct gn_bundles *b, const struct gn_hash *block)
{
	struct bundles_incoming **at = gn_map_get(&b->incoming, block);
	return at ? *at : NULL;
}

static void incoming_close(struct gn_bundles *b, struct bundles_incoming *in)
{
	struct bundles_peer *p = bundles_peer_get(b, &in->peer);
	GN_ASSERT(p && p->incoming > 0);
	p->incoming--;
	gn_heap_remove(&b->timers, &in->timer.node);
	(void)gn_map_remove(&b->incoming, &in->block);
	gn_mem_free(b->env.alloc, in);
}

/* It did not come in whole: its place is for others. */
void bundles_incoming_drop(struct gn_bundles *b, struct bundles_incoming *in)
{
	struct gn_hash block = in->block;
	enum gn_block_keep keep;
	incoming_close(b, in);
	if (gn_blocks_kept(b->cfg.blocks, &block, &keep, NULL) && keep == GN_BLOCK_HELD)
		(void)!gn_blocks_keep(b->cfg.blocks, &block, GN_BLOCK_CACHE, 0, b->now);
	account_remove(b, &block);
}

void bundles_unpin(struct gn_bundles *b, const struct gn_hash *block)
{
	const struct bundles_kept *kept = gn_map_get(&b->kept, block);
	uint64_t until = kept ? kept->until : 0; /* in the past: the store makes it cache */
	(void)!gn_blocks_keep(b->cfg.blocks, block, until ? GN_BLOCK_HELD : GN_BLOCK_CACHE, until, b->now);
}

static gn_err incoming_open(struct gn_bundles *b, struct bundles_peer *p, const struct gn_hash *block, uint32_t len,
			    uint64_t until)
{
	if (b->incoming.count >= BUNDLES_INCOMING || p->incoming >= BUNDLES_INCOMING_PEER) {
		b->count.keep_refused_busy++;
		return GN_BUSY;
	}
	struct bundles_incoming *in = GN_NEW(b->env.alloc, struct bundles_incoming);
	struct bundles_incoming **at = in ? gn_map_put(&b->incoming, block) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, in);
		b->count.nomem++;
		return GN_NOMEM;
	}
	*at = in;
	*in = (struct bundles_incoming){
		.timer.kind = TIMER_INCOMING, .block = *block, .peer = p->contact.pk, .len = len, .until = until};
	p->incoming++;
	if (bundles_timer_set(b, &in->timer, b->now + BUNDLES_INCOMING_TIME) != GN_OK) {
		incoming_close(b, in);
		return GN_NOMEM;
	}
	return GN_OK;
}

/* ---- promises ---- */

static void promise(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, const struct gn_hash *block,
		    uint32_t index, uint64_t until)
{
	struct gn_overlay_info info;
	gn_overlay_info(b->cfg.overlay, &info);
	struct gn_receipt receipt = {.key = *block, .hash = *block, .held_until = until};
	memcpy(receipt.holder.b, info.self.id.b, sizeof receipt.holder.b);
	gn_wire_receipt_sign(&b->cfg.node_key, &receipt);
	b->count.keep_taken++;
	bundles_send_ack(b, &p->contact, request, block, index, GN_OK, &receipt);
}

/* A block that is here whole: kept longer if need be, never less. */
static gn_err keep_complete(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, const struct gn_hash *block,
			    uint32_t len, uint64_t until)
{
	enum gn_block_keep keep = GN_BLOCK_CACHE;
	uint64_t now_until = 0;
	(void)gn_blocks_kept(b->cfg.blocks, block, &keep, &now_until);
	GN_TRY(account_add(b, block, &p->contact.pk, len, until));
	if (keep == GN_BLOCK_CACHE || (keep == GN_BLOCK_HELD && now_until < until))
		GN_TRY(gn_blocks_keep(b->cfg.blocks, block, GN_BLOCK_HELD, until, b->now));
	promise(b, p, request, block, 0, until);
	return GN_OK;
}

static gn_err keep_answer(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, const struct gn_hash *block,
			  uint32_t len, uint64_t until)
{
	uint32_t have;
	if (len == 0 || len > GN_BLOCK || until <= gn_unix(b->now))
		return GN_MALFORMED;
	if (!b->accounts_ready)
		return GN_BUSY;
	if (b->cfg.peer_bytes_max == 0) {
		b->count.keep_refused_space++;
		return GN_NO_SPACE;
	}
	if (gn_blocks_have(b->cfg.blocks, block, &have))
		return have == len ? keep_complete(b, p, request, block, len, until) : GN_HASH;
	struct bundles_incoming *in = incoming_get(b, block);
	if (in && !bundles_pk_eq(&in->peer, &p->contact.pk))
		return GN_BUSY; /* another peer is sending it: soon it is here */
	if (in && in->len != len)
		return GN_MALFORMED;
	if (!in) {
		GN_TRY(account_add(b, block, &p->contact.pk, len, until));
		gn_err err = incoming_open(b, p, block, len, until);
		if (err != GN_OK) {
			account_remove(b, block);
			return err;
		}
	}
	bundles_send_has(b, p, request, block);
	return GN_OK;
}

void bundles_on_keep(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, struct gn_fb_block_keep m)
{
	struct gn_hash block;
	uint32_t ttl = gn_fb_block_keep_ttl(m);
	memcpy(block.b, gn_fb_block_keep_block(m).b, sizeof block.b);
	b->count.keep_asked++;
	ttl = ttl < BUNDLES_KEEP_TTL_MAX ? ttl : BUNDLES_KEEP_TTL_MAX;
	gn_err err = keep_answer(b, p, request, &block, gn_fb_block_keep_block_len(m), gn_unix(b->now) + ttl);
	if (err != GN_OK)
		bundles_send_ack(b, &p->contact, request, &block, 0, err, NULL);
}

/* ---- chunks of them ---- */

static gn_err put_chunk(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, const struct gn_hash *block,
			struct gn_fb_chunk m)
{
	struct bundles_incoming *in = incoming_get(b, block);
	struct gn_slice proof = gn_fb_chunk_proof_bytes(m);
	if (!in || !bundles_pk_eq(&in->peer, &p->contact.pk))
		return GN_DENIED; /* ask first */
	if (b->putting.count >= BUNDLES_INCOMING_PUTS) {
		b->count.keep_refused_busy++;
		return GN_BUSY;
	}
	if (proof.len > GN_PROOF_MAX * sizeof(struct gn_hash))
		return GN_HASH;
	uint64_t number = ++b->next_id;
	struct bundles_putting *put = gn_map_put(&b->putting, &number);
	if (!put)
		return GN_NOMEM;
	gn_err err = gn_blocks_put(b->cfg.blocks, block, in->len, gn_fb_chunk_index(m),
				   (const struct gn_hash *)(const void *)proof.p, proof.len / sizeof(struct gn_hash),
				   gn_fb_chunk_data(m), GN_BLOCK_HELD, in->until,
				   bundles_ticket(TICKET_KEEP, number, 0), b->now);
	if (err != GN_OK) {
		(void)gn_map_remove(&b->putting, &number);
		return err;
	}
	*put = (struct bundles_putting){p->contact.pk, request, *block, in->until};
	return bundles_timer_set(b, &in->timer, b->now + BUNDLES_INCOMING_TIME);
}

void bundles_on_put(struct gn_bundles *b, struct bundles_peer *p, uint64_t request, struct gn_fb_chunk_put m)
{
	struct gn_fb_chunk chunk = gn_fb_chunk_put_chunk(m);
	struct gn_hash block;
	memcpy(block.b, gn_fb_chunk_block(chunk).b, sizeof block.b);
	gn_err err = put_chunk(b, p, request, &block, chunk);
	if (err == GN_OK)
		return;
	struct bundles_incoming *in = incoming_get(b, &block);
	if ((err == GN_HASH || err == GN_RANGE) && in) {
		b->count.keep_bad++;
		bundles_incoming_drop(b, in);
		err = GN_HASH;
	}
	bundles_send_ack(b, &p->contact, request, &block, gn_fb_chunk_index(chunk), err, NULL);
}

void bundles_keep_stored(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	uint64_t number = e->ticket >> 16 & ((UINT64_C(1) << 44) - 1);
	const struct bundles_putting *at = gn_map_get(&b->putting, &number);
	GN_ASSERT(at);
	struct bundles_putting put = *at;
	(void)gn_map_remove(&b->putting, &number);
	struct bundles_peer *p = bundles_peer_get(b, &put.peer);
	struct bundles_incoming *in = incoming_get(b, &put.block);
	if (in && !bundles_pk_eq(&in->peer, &put.peer))
		in = NULL;
	if (in && (e->err != GN_OK || e->complete)) {
		if (e->err != GN_OK)
			bundles_incoming_drop(b, in);
		else
			incoming_close(b, in);
	}
	if (!p)
		return;
	if (e->err == GN_OK && e->complete && in)
		promise(b, p, put.request, &put.block, e->index, put.until);
	else
		bundles_send_ack(b, &p->contact, put.request, &put.block, e->index,
				 e->err == GN_OK && !in ? GN_DENIED : e->err, NULL);
}
