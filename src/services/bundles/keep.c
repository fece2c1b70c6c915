/* Keeping blocks for others: a peer asks, and gets a refusal, or sends the chunks that are
 * missing, or, when all are durable, the signed promise to keep the block until a time.
 *
 *   incoming:  OPEN [BlockKeep, room] -> closed [its last chunk is durable: receipt]
 *              OPEN -> closed [no chunk for long, too slow in all, or gave way]
 *
 * 1. Every place is counted under the key and address that asked for it; when all are taken, the
 *    one that has brought the least for its time gives way, of equals the one whose prefix, then
 *    whose key, has the most of them.
 * 2. A place keeps nobody from bringing the block: whoever asks for it may send its chunks,
 *    which prove themselves, and the last one proves the length.
 * 3. A receipt is sent only for a block whose every chunk is durable.
 * 4. A block of our own never becomes less than that.
 * Rules: docs/spec/services.md BU-9, BU-19. */
#include "services/bundles/engine_int.h"

/* ---- incoming blocks ---- */

static struct bundles_incoming *incoming_get(const struct gn_bundles *b,
					     const struct gn_hash *block)
{
	struct bundles_incoming **at = gn_map_get(&b->incoming, block);
	return at ? *at : NULL;
}

static void incoming_close(struct gn_bundles *b, struct bundles_incoming *in)
{
	struct bundles_peer *p = bundles_peer_get(b, &in->who.key);
	GN_ASSERT(p && p->incoming > 0);
	p->incoming--;
	gn_share_give(&b->places, &in->who, 1);
	gn_heap_remove(&b->timers, &in->timer.node);
	(void)gn_map_remove(&b->incoming, &in->block);
	gn_mem_free(b->env.alloc, in);
}

/* It did not come in whole: its place is for others. */
void bundles_incoming_drop(struct gn_bundles *b, struct bundles_incoming *in)
{
	GN_ASSERT(in->len > 0);
	struct gn_hash block = in->block;
	enum gn_block_keep keep;
	incoming_close(b, in);
	if (gn_blocks_kept(b->cfg.blocks, &block, &keep, NULL) && keep == GN_BLOCK_HELD)
		(void)!gn_blocks_keep(b->cfg.blocks, &block, GN_BLOCK_CACHE, 0, b->now);
	bundles_account_remove(b, &block);
}

/* Bytes a second that it has brought so far; while it is young nobody can say. */
static bool is_slow(const struct gn_bundles *b, const struct bundles_incoming *in, uint64_t *rate)
{
	GN_ASSERT(in->opened <= b->now);
	gn_time age = b->now - in->opened;
	*rate = age > 0 ? in->got * (uint64_t)GN_SEC / (uint64_t)age : UINT64_MAX;
	return age >= BUNDLES_INCOMING_GRACE && *rate < BUNDLES_INCOMING_RATE;
}

/* The place worth least, for somebody else; false when all are worth theirs. */
static bool give_way(struct gn_bundles *b)
{
	struct bundles_incoming *worst = NULL;
	uint64_t worst_rate = 0;
	struct gn_share_held worst_held = {0};
	for (uint32_t i = 0; i < b->incoming.count; i++) {
		struct bundles_incoming *in = GN_MAP_AT(&b->incoming, struct bundles_incoming *, i);
		struct gn_share_held held = gn_share_held(&b->places, &in->who);
		uint64_t rate;
		if (!is_slow(b, in, &rate))
			continue;
		bool worse = !worst                             ? true
			     : rate != worst_rate               ? rate < worst_rate
			     : held.prefix != worst_held.prefix ? held.prefix > worst_held.prefix
			     : held.key != worst_held.key       ? held.key > worst_held.key
								: in->opened < worst->opened;
		if (!worse)
			continue;
		worst = in;
		worst_rate = rate;
		worst_held = held;
	}
	if (worst) {
		b->count.keep_gave_way++;
		bundles_incoming_drop(b, worst);
	}
	return worst != NULL;
}

/* The next chunk is due, and the whole at BUNDLES_INCOMING_RATE_MIN; who took a place over has
 * as long again. */
static gn_err incoming_arm(struct gn_bundles *b, struct bundles_incoming *in)
{
	GN_ASSERT(in->len > 0 && in->len <= GN_BLOCK);
	gn_time whole =
		BUNDLES_INCOMING_TIME + (gn_time)in->len * GN_SEC / BUNDLES_INCOMING_RATE_MIN;
	return bundles_timer_set(b, &in->timer,
				 gn_time_min(b->now + BUNDLES_INCOMING_TIME,
					     in->opened + (in->passed ? 2 : 1) * whole));
}

static gn_err incoming_open(struct gn_bundles *b, struct bundles_peer *p,
			    const struct gn_hash *block, uint32_t len, uint64_t until)
{
	GN_ASSERT(len > 0 && len <= GN_BLOCK);
	struct gn_holder who = bundles_peer_holder(p);
	gn_err err = gn_share_take(&b->places, &who, 1);
	if (err == GN_NO_SPACE && give_way(b))
		err = gn_share_take(&b->places, &who, 1);
	if (err != GN_OK) {
		b->count.keep_refused_busy++;
		return GN_BUSY;
	}
	struct bundles_incoming *in = GN_NEW(b->env.alloc, struct bundles_incoming);
	struct bundles_incoming **at = in ? gn_map_put(&b->incoming, block) : NULL;
	if (!at) {
		gn_share_give(&b->places, &who, 1);
		gn_mem_free(b->env.alloc, in);
		b->count.nomem++;
		return GN_NOMEM;
	}
	*at = in;
	*in = (struct bundles_incoming){.timer.kind = TIMER_INCOMING,
					.block = *block,
					.who = who,
					.len = len,
					.until = until,
					.opened = b->now};
	p->incoming++;
	if (incoming_arm(b, in) != GN_OK) {
		incoming_close(b, in);
		return GN_NOMEM;
	}
	return GN_OK;
}

/* Another peer asks for a place that is taken: it may bring the block as well, and the place is
 * its own when it has been slow so far and the peer may have one more. Its time begins with its
 * first chunk, so that two who ask in turn do not keep a place for ever. */
static gn_err incoming_join(struct gn_bundles *b, struct bundles_incoming *in,
			    struct bundles_peer *p, uint64_t until)
{
	struct gn_holder who = bundles_peer_holder(p);
	uint64_t rate;
	GN_TRY(bundles_account_add(b, &in->block, &who, in->len, &until));
	in->until = in->until > until ? in->until : until;
	if (gn_pk_eq(&in->who.key, &who.key))
		return GN_OK;
	in->shared = true;
	if (!is_slow(b, in, &rate) || gn_share_take(&b->places, &who, 1) != GN_OK)
		return GN_OK;
	struct bundles_peer *before = bundles_peer_get(b, &in->who.key);
	GN_ASSERT(before && before->incoming > 0);
	before->incoming--;
	gn_share_give(&b->places, &in->who, 1);
	p->incoming++;
	in->who = who;
	in->passed = true;
	in->got = 0;
	b->count.keep_passed_on++;
	return incoming_arm(b, in);
}

/* The chunk in m is of a block of another length than was said when the place was taken. The
 * last chunk of a block is proof of the length: what was kept for the other length is counted
 * anew, under who brought the proof. */
static gn_err correct_length(struct gn_bundles *b, struct bundles_incoming *in,
			     const struct bundles_peer *p, struct gn_fb_chunk m)
{
	GN_ASSERT(gn_fb_chunk_block_len(m) != in->len);
	uint32_t len = gn_fb_chunk_block_len(m),
		 proven = gn_blocks_proven_len(b->cfg.blocks, &in->block);
	struct gn_slice proof = gn_fb_chunk_proof_bytes(m);
	if (len == 0 || len > GN_BLOCK || (proven && proven != len))
		return GN_HASH;
	if (!proven) {
		if (gn_fb_chunk_index(m) != gn_block_chunks(len) - 1)
			return GN_BUSY; /* until the last one is here */
		GN_TRY(gn_block_check(&in->block, len, gn_fb_chunk_index(m),
				      (const struct gn_hash *)(const void *)proof.p,
				      proof.len / sizeof(struct gn_hash), gn_fb_chunk_data(m)));
	}
	struct gn_holder who = bundles_peer_holder(p);
	bundles_account_remove(b, &in->block);
	gn_err err = bundles_account_add(b, &in->block, &who, len, &in->until);
	if (err != GN_OK) {
		bundles_incoming_drop(b, in);
		return err;
	}
	in->len = len;
	return GN_OK;
}

/* ---- promises ---- */

static void promise_kept(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			 const struct gn_hash *block, uint32_t index, uint64_t until)
{
	GN_ASSERT(until > 0 && index < GN_BLOCK_CHUNKS);
	struct gn_overlay_info info;
	gn_overlay_info(b->cfg.overlay, &info);
	struct gn_receipt receipt = {.key = *block, .hash = *block, .held_until = until};
	memcpy(receipt.holder.b, info.self.id.b, sizeof receipt.holder.b);
	gn_wire_receipt_sign(&b->cfg.node_key, &receipt);
	b->count.keep_taken++;
	bundles_send_ack(b, &p->contact,
			 &(struct bundles_ack){.request = request,
					       .block = block,
					       .index = index,
					       .err = GN_OK,
					       .receipt = &receipt});
}

/* A block that is here whole: kept longer if need be, never less. */
static gn_err keep_complete(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			    const struct gn_hash *block, uint32_t len, uint64_t until)
{
	GN_ASSERT(len > 0 && b->accounts_ready);
	enum gn_block_keep keep = GN_BLOCK_CACHE;
	uint64_t now_until = 0;
	(void)gn_blocks_kept(b->cfg.blocks, block, &keep, &now_until);
	struct gn_holder who = bundles_peer_holder(p);
	GN_TRY(bundles_account_add(b, block, &who, len, &until));
	if (keep == GN_BLOCK_CACHE || (keep == GN_BLOCK_HELD && now_until < until))
		GN_TRY(gn_blocks_keep(b->cfg.blocks, block, GN_BLOCK_HELD, until, b->now));
	promise_kept(b, p, request, block, 0, until);
	return GN_OK;
}

void bundles_keep_forget(struct gn_bundles *b, const struct gn_hash *block)
{
	struct bundles_incoming *in = incoming_get(b, block);
	enum gn_block_keep keep;
	bool own = gn_blocks_kept(b->cfg.blocks, block, &keep, NULL) && keep == GN_BLOCK_OWN;
	if (in)
		bundles_incoming_drop(b, in);
	bundles_account_remove(b, block);
	if (!own && gn_blocks_drop(b->cfg.blocks, block) == GN_OK)
		b->count.refused_let_go++;
}

static gn_err keep_answer(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			  const struct gn_hash *block, uint32_t len, uint64_t until)
{
	uint32_t have;
	if (len == 0 || len > GN_BLOCK || until <= bundles_unix(b))
		return GN_MALFORMED;
	if (bundles_refuses(b, block)) {
		b->count.keep_refused++;
		return GN_DENIED;
	}
	if (!b->accounts_ready)
		return GN_BUSY;
	if (b->cfg.peer_bytes_max == 0) {
		b->count.keep_refused_space++;
		return GN_NO_SPACE;
	}
	if (gn_blocks_have(b->cfg.blocks, block, &have))
		return have == len ? keep_complete(b, p, request, block, len, until) : GN_HASH;
	struct bundles_incoming *in = incoming_get(b, block);
	uint32_t proven = gn_blocks_proven_len(b->cfg.blocks, block);
	if (proven && proven != len)
		return GN_HASH;
	struct gn_holder who = bundles_peer_holder(p);
	if (in) {
		GN_TRY(incoming_join(b, in, p, until));
	} else {
		/* promised once, and lost since */
		bool counted = gn_map_get(&b->kept, block) != NULL;
		GN_TRY(bundles_account_add(b, block, &who, len, &until));
		gn_err err = incoming_open(b, p, block, len, until);
		if (err != GN_OK) {
			if (!counted)
				bundles_account_remove(b, block);
			return err;
		}
	}
	bundles_send_has(b, p, request, block);
	return GN_OK;
}

void bundles_on_keep(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_keep m)
{
	struct gn_hash block;
	uint32_t ttl = gn_fb_block_keep_ttl(m);
	memcpy(block.b, gn_fb_block_keep_block(m).b, sizeof block.b);
	b->count.keep_asked++;
	ttl = ttl < BUNDLES_KEEP_TTL_MAX ? ttl : BUNDLES_KEEP_TTL_MAX;
	gn_err err = keep_answer(b, p, request, &block, gn_fb_block_keep_block_len(m),
				 bundles_unix_latest(b) + ttl);
	if (err != GN_OK)
		bundles_send_ack(
			b, &p->contact,
			&(struct bundles_ack){.request = request, .block = &block, .err = err});
}

/* ---- chunks of them ---- */

static gn_err put_chunk(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			const struct gn_hash *block, struct gn_fb_chunk m)
{
	GN_ASSERT(b->putting.count <= BUNDLES_INCOMING_PUTS);
	struct bundles_incoming *in = incoming_get(b, block);
	struct gn_slice proof = gn_fb_chunk_proof_bytes(m);
	if (!in)
		return GN_DENIED; /* ask first */
	if (b->putting.count >= BUNDLES_INCOMING_PUTS) {
		b->count.keep_refused_busy++;
		return GN_BUSY;
	}
	if (proof.len > GN_PROOF_MAX * sizeof(struct gn_hash))
		return GN_HASH;
	if (gn_fb_chunk_block_len(m) != in->len)
		GN_TRY(correct_length(b, in, p, m));
	uint64_t number = gn_frame_number(&b->frame);
	struct bundles_putting *put = gn_map_put(&b->putting, &number);
	if (!put)
		return GN_NOMEM;
	gn_err err = gn_blocks_put(b->cfg.blocks, block, in->len, gn_fb_chunk_index(m),
				   (const struct gn_hash *)(const void *)proof.p,
				   proof.len / sizeof(struct gn_hash), gn_fb_chunk_data(m),
				   GN_BLOCK_HELD, in->until,
				   gn_frame_ticket(TICKET_KEEP, number, 0), b->now);
	if (err != GN_OK) {
		(void)gn_map_remove(&b->putting, &number);
		return err;
	}
	*put = (struct bundles_putting){p->contact.pk, request, *block, in->until};
	if (in->passed && gn_pk_eq(&in->who.key, &p->contact.pk)) {
		in->opened = b->now;
		in->passed = false;
	}
	in->got += gn_fb_chunk_data(m).len;
	return incoming_arm(b, in);
}

void bundles_on_put(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		    struct gn_fb_chunk_put m)
{
	struct gn_fb_chunk chunk = gn_fb_chunk_put_chunk(m);
	struct gn_hash block;
	memcpy(block.b, gn_fb_chunk_block(chunk).b, sizeof block.b);
	gn_err err = put_chunk(b, p, request, &block, chunk);
	if (err == GN_OK)
		return;
	struct bundles_incoming *in = incoming_get(b, &block);
	if (err == GN_DENIED && gn_blocks_have(b->cfg.blocks, &block, NULL))
		err = GN_OK; /* another brought the rest: asked again, it is promised */
	if ((err == GN_HASH || err == GN_RANGE) && in) {
		b->count.keep_bad++;
		if (!in->shared && gn_pk_eq(&in->who.key, &p->contact.pk))
			bundles_incoming_drop(b, in);
		err = GN_HASH;
	}
	bundles_send_ack(b, &p->contact,
			 &(struct bundles_ack){.request = request,
					       .block = &block,
					       .index = gn_fb_chunk_index(chunk),
					       .err = err});
}

void bundles_keep_stored(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	uint64_t number = gn_frame_ticket_number(e->ticket);
	const struct bundles_putting *at = gn_map_get(&b->putting, &number);
	GN_ASSERT(at);
	struct bundles_putting put = *at;
	(void)gn_map_remove(&b->putting, &number);
	struct bundles_peer *p = bundles_peer_get(b, &put.peer);
	struct bundles_incoming *in = incoming_get(b, &put.block);
	/* not: its place gave way meanwhile */
	bool counted = gn_map_get(&b->kept, &put.block) != NULL;
	if (in && (e->err != GN_OK || e->complete)) {
		if (e->err != GN_OK)
			bundles_incoming_drop(b, in);
		else
			incoming_close(b, in);
	}
	if (!p)
		return;
	if (e->err == GN_OK && e->complete && counted)
		promise_kept(b, p, put.request, &put.block, e->index, put.until);
	else
		bundles_send_ack(b, &p->contact,
				 &(struct bundles_ack){
					 .request = put.request,
					 .block = &put.block,
					 .index = e->index,
					 .err = e->err == GN_OK && !counted ? GN_DENIED : e->err});
}
