/* Giving chunks to peers. Each peer has a bounded queue; peers take turns, one chunk each, and
 * no more is read from disk than leaves again: a peer that takes nothing has nothing read for
 * it, and is looked at ever more seldom.
 *
 *   queue:  idle -> in turn [asked] -> in turn [chunk went] -> idle [empty]
 *           in turn -> waiting [no room] -> in turn [room may be there, time to look]
 *           waiting -> forgotten [BUNDLES_SERVE_WAIT]
 *
 * A chunk is checked by the store when it is read: damaged ones are not given. Rule:
 * docs/spec/services.md BU-10. */
#include "services/bundles/engine_int.h"

static void take_turn(struct gn_bundles *b, struct bundles_peer *p)
{
	GN_ASSERT(!(p->in_turn && p->waiting));
	if (p->in_turn || p->waiting || p->queue.count == 0)
		return;
	p->in_turn = true;
	p->next_turn = NULL;
	if (b->turn_last)
		b->turn_last->next_turn = p;
	else
		b->turn_first = p;
	b->turn_last = p;
}

static struct bundles_peer *next_turn(struct gn_bundles *b)
{
	struct bundles_peer *p = b->turn_first;
	if (!p)
		return NULL;
	b->turn_first = p->next_turn;
	if (!b->turn_first)
		b->turn_last = NULL;
	GN_ASSERT(p->in_turn);
	p->in_turn = false;
	return p;
}

/* Would one chunk more leave for the peer at once? */
static bool has_room(struct gn_bundles *b, const struct bundles_peer *p)
{
	return !b->cfg.room ||
	       b->cfg.room(b->cfg.user, &p->contact.pk) >= (p->loading + 1) * (size_t)GN_CHUNK;
}

/* It has taken nothing for long of what it asked for: it gets no more before it does. Asking
 * does not make it new. */
static bool takes_nothing(struct gn_bundles *b, struct bundles_peer *p)
{
	if (p->waiting)
		return b->now - p->served >= BUNDLES_SERVE_SLOW;
	p->stalled = p->stalled && !has_room(b, p);
	return p->stalled;
}

static void refuse_chunk(struct gn_bundles *b, const struct gn_contact *to,
			 const struct bundles_get *get, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	struct bundles_ack ack = {
		.request = get->request, .block = &get->block, .index = get->index, .err = err};
	bundles_send_ack(b, to, &ack);
}

/* BU-28: not what the owner refuses, nor on some links what is others'. */
static bool may_serve(const struct gn_bundles *b, const struct gn_hash *block)
{
	enum gn_block_keep keep;
	return !bundles_refuses(b, block) &&
	       (!b->serves_nothing ||
		(gn_blocks_kept(b->cfg.blocks, block, &keep, NULL) && keep == GN_BLOCK_OWN));
}

void bundles_on_chunk_get(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			  struct gn_fb_chunk_get m)
{
	GN_ASSERT(p->queue.count <= BUNDLES_SERVE_QUEUE);
	struct bundles_get get = {.request = request};
	struct gn_fb_hash hash = gn_fb_chunk_get_block(m);
	uint32_t first = gn_fb_chunk_get_first(m), count = gn_fb_chunk_get_count(m), len;
	memcpy(get.block.b, hash.b, sizeof get.block.b);
	get.index = first;
	if (first >= GN_BLOCK_CHUNKS || count == 0 || count > GN_BLOCK_CHUNKS - first) {
		b->count.messages_bad++;
		refuse_chunk(b, &p->contact, &get, GN_MALFORMED);
		return;
	}
	if (!may_serve(b, &get.block)) {
		b->count.serve_refused++;
		refuse_chunk(b, &p->contact, &get, GN_DENIED);
		return;
	}
	if (!gn_blocks_have(b->cfg.blocks, &get.block, &len)) {
		b->count.serve_missing++;
		refuse_chunk(b, &p->contact, &get, GN_NOT_FOUND);
		return;
	}
	if (takes_nothing(b, p)) {
		b->count.serve_busy++;
		refuse_chunk(b, &p->contact, &get, GN_BUSY);
		return;
	}
	for (get.index = first; get.index < first + count && get.index < gn_block_chunks(len);
	     get.index++) {
		if (p->queue.count == 0)
			p->served = b->now;
		if (p->queue.count + p->loading >= BUNDLES_SERVE_QUEUE ||
		    gn_ring_push(&p->queue, &get) != GN_OK) {
			b->count.serve_busy++;
			refuse_chunk(b, &p->contact, &get, GN_BUSY);
			break;
		}
	}
	take_turn(b, p);
}

/* One chunk of the peer's queue goes to the disk; false when the disk is busy. */
static bool load_one(struct gn_bundles *b, struct bundles_peer *p)
{
	GN_ASSERT(p->queue.count > 0);
	const struct bundles_get *get = gn_ring_at(&p->queue, 0);
	uint64_t number = gn_frame_number(&b->frame);
	struct bundles_serving *s = gn_map_put(&b->serving, &number);
	gn_err err = s ? gn_blocks_load(b->cfg.blocks, &get->block, get->index,
					gn_frame_ticket(TICKET_SERVE, number, 0), b->now)
		       : GN_NOMEM;
	if (err == GN_OK) {
		*s = (struct bundles_serving){p->contact.pk, get->request};
		p->loading++;
		p->served = b->now;
		b->serve_loads++;
	} else {
		if (s)
			(void)gn_map_remove(&b->serving, &number);
		if (err == GN_BUSY || err == GN_NOMEM) {
			b->wake = gn_time_min(b->wake, b->now + BUNDLES_STORE_WAIT);
			return false;
		}
		b->count.serve_missing++;
		refuse_chunk(b, &p->contact, get, GN_NOT_FOUND);
	}
	struct bundles_get done;
	(void)gn_ring_pop(&p->queue, &done);
	return true;
}

/* It takes nothing now: passed over, and forgotten when that lasts. */
static void wait_for_room(struct gn_bundles *b, struct bundles_peer *p)
{
	GN_ASSERT(!p->waiting && p->queue.count > 0);
	gn_time silent = b->now - p->served;
	gn_time look = silent / 4 > BUNDLES_SERVE_LOOK ? silent / 4 : BUNDLES_SERVE_LOOK;
	bool over = silent > BUNDLES_SERVE_WAIT && !p->loading;
	if (over ||
	    bundles_timer_set(b, &p->timer, b->now + gn_time_min(look, BUNDLES_SERVE_LOOK_MAX)) !=
		    GN_OK) {
		b->count.serve_stalled++;
		bundles_serve_forget(b, p);
		p->stalled = true;
		return;
	}
	p->waiting = true;
}

void bundles_serve_look(struct gn_bundles *b, struct bundles_peer *p)
{
	gn_heap_remove(&b->timers, &p->timer.node);
	p->waiting = false;
	take_turn(b, p);
}

void bundles_serve_forget(struct gn_bundles *b, struct bundles_peer *p)
{
	struct bundles_get get;
	gn_heap_remove(&b->timers, &p->timer.node);
	p->waiting = false;
	while (gn_ring_pop(&p->queue, &get))
		;
}

void bundles_serve_run(struct gn_bundles *b)
{
	GN_ASSERT(b->serve_loads <= BUNDLES_SERVE_LOADS);
	while (b->serve_loads < BUNDLES_SERVE_LOADS &&
	       b->out.bulk.bytes + b->serve_loads * GN_CHUNK < BUNDLES_OUT_BYTES) {
		struct bundles_peer *p = next_turn(b);
		if (!p)
			return;
		if (p->queue.count == 0) /* it went away meanwhile */
			continue;
		if (!has_room(b, p)) {
			wait_for_room(b, p);
			continue;
		}
		bool went = load_one(b, p);
		take_turn(b, p);
		if (!went)
			return;
	}
}

void bundles_serve_loaded(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	uint64_t number = gn_frame_ticket_number(e->ticket);
	const struct bundles_serving *at = gn_map_get(&b->serving, &number);
	GN_ASSERT(at);
	struct bundles_serving s = *at;
	(void)gn_map_remove(&b->serving, &number);
	b->serve_loads--;
	struct bundles_peer *p = bundles_peer_get(b, &s.peer);
	GN_ASSERT(p && p->loading > 0); /* loading peers are not forgotten */
	p->loading--;
	if (e->err != GN_OK) {
		b->count.serve_corrupt += e->err == GN_CORRUPT;
		bundles_send_ack(b, &p->contact,
				 &(struct bundles_ack){.request = s.request,
						       .block = &e->block,
						       .index = e->index,
						       .err = GN_NOT_FOUND});
		return;
	}
	struct gn_fbb *fbb = bundles_message_begin(b, e->chunk.len);
	if (!fbb)
		return;
	gn_fbref body = bundles_chunk_make(fbb, e);
	bundles_message_end(b, &p->contact, s.request, GN_FB_BLOCK_BODY_CHUNK, body);
	struct gn_holder by = bundles_peer_holder(p);
	bundles_account_asked(b, &e->block, &by);
	b->count.served++;
	b->count.served_bytes += e->chunk.len;
}

/* Bit i: chunk i is durable here. */
static uint32_t held_bits(const struct gn_bundles *b, const struct gn_hash *block)
{
	uint32_t bits = 0;
	if (!may_serve(b, block))
		return 0;
	for (uint32_t i = 0; i < GN_BLOCK_CHUNKS; i++)
		bits |= (uint32_t)gn_blocks_have_chunk(b->cfg.blocks, block, i) << i;
	return bits;
}

void bundles_send_has(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		      const struct gn_hash *block)
{
	uint32_t len = 0;
	struct gn_fb_hash hash;
	struct gn_fbb *fbb = bundles_message_begin(b, 0);
	if (!fbb)
		return;
	memcpy(hash.b, block->b, sizeof hash.b);
	(void)gn_blocks_have(b->cfg.blocks, block, &len);
	gn_fbref body = gn_fb_block_has_make(
		fbb, &(struct gn_fb_block_has_args){
			     .block = &hash, .block_len = len, .held = held_bits(b, block)});
	bundles_message_end(b, &p->contact, request, GN_FB_BLOCK_BODY_BLOCK_HAS, body);
}

void bundles_on_have(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_have m)
{
	struct gn_hash block;
	memcpy(block.b, gn_fb_block_have_block(m).b, sizeof block.b);
	bundles_send_has(b, p, request, &block);
}
