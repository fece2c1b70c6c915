/* Fetching: chunks for readers, from this node's disk where it has them, else asked of peers: how
 * many at once, how long to wait, whom to leave alone.
 *
 *   request:  ASKED -> answered [on_chunk, on_get_ack] | late [request_due]
 *             late -> answered | forgotten [request_due]
 *
 * One line brings all chunks, and a slow one takes a while for each: a chunk is late when its
 * peer's time is over and the line had time for all that was asked before it as well. How long
 * the line takes is what chunks took lately.
 *
 * 1. p->inflight counts its requests that are not late.
 * 2. A request names its reader by number: it may outlive it.
 * 3. What a peer sends is used only if it was asked for, from this peer, and its proof holds.
 * Rules: docs/spec/services.md BU-12..BU-14. */
#include "services/bundles/engine_int.h"

/* How long the peer alone may take. */
static gn_time patience_of(const struct bundles_peer *p)
{
	GN_ASSERT(p->srtt >= 0 && p->rttvar >= 0);
	gn_time t = p->srtt ? p->srtt + 4 * p->rttvar : BUNDLES_TIMEOUT_FIRST;
	t = t < BUNDLES_TIMEOUT_MIN ? BUNDLES_TIMEOUT_MIN : t;
	for (unsigned i = 0; i < p->misses && t < BUNDLES_TIMEOUT_MAX; i++)
		t *= 2;
	return t < BUNDLES_TIMEOUT_MAX ? t : BUNDLES_TIMEOUT_MAX;
}

static gn_time due_of(const struct gn_bundles *b, const struct bundles_request *q)
{
	GN_ASSERT(q->ahead > 0 && q->patience > 0);
	return q->sent +
	       gn_time_min(q->patience + b->line * (gn_time)q->ahead, BUNDLES_TIMEOUT_LINE);
}

/* What the line takes for a chunk: no longer than a slow line does, and believed sooner when it
 * is less, so that a slow peer does not pass for a slow line. */
static void line_timed(struct gn_bundles *b, const struct bundles_request *q)
{
	GN_ASSERT(q->ahead > 0 && q->sent <= b->now);
	gn_time each = gn_time_min((b->now - q->sent) / (gn_time)q->ahead, BUNDLES_LINE_SLOW);
	b->line += (each - b->line) / (each < b->line ? 2 : 8);
}

/* As RFC 6298; a whole window of chunks is behind one sample, which is what the next deadline
 * needs. */
static void time_peer(struct bundles_peer *p, gn_time sample)
{
	GN_ASSERT(sample >= 0);
	if (!p->srtt) {
		p->srtt = sample > 0 ? sample : 1;
		p->rttvar = sample / 2;
		return;
	}
	gn_time off = p->srtt > sample ? p->srtt - sample : sample - p->srtt;
	p->rttvar += (off - p->rttvar) / 4;
	p->srtt += (sample - p->srtt) / 8;
	p->srtt = p->srtt > 0 ? p->srtt : 1;
}

static void slow_down(struct gn_bundles *b, struct bundles_peer *p)
{
	GN_ASSERT(p->window > 0);
	p->window = p->window > 1 ? p->window / 2 : 1;
	p->credit = 0;
	p->cut = b->now;
}

/* One more at once for each window that was answered soon, half as many when a chunk took long:
 * what waits in a queue brings nothing. */
static void window_follow(struct gn_bundles *b, struct bundles_peer *p, gn_time sent)
{
	GN_ASSERT(sent <= b->now);
	gn_time took = b->now - sent;
	p->misses = 0;
	if (took > BUNDLES_SLOW && sent >= p->cut)
		slow_down(b, p);
	if (took <= BUNDLES_QUICK && p->window < BUNDLES_WINDOW_MAX && ++p->credit >= p->window) {
		p->window++;
		p->credit = 0;
	}
}

/* ---- asking ---- */

bool bundles_request_send(struct gn_bundles *b, struct bundles_peer *p, struct bundles_reader *r,
			  uint64_t chunk, const struct gn_hash *block)
{
	struct bundles_request *q = GN_NEW(b->env.alloc, struct bundles_request);
	uint64_t id = gn_frame_number(&b->frame);
	struct bundles_request **at = q ? gn_map_put(&b->requests, &id) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, q);
		b->count.nomem++;
		return false;
	}
	*q = (struct bundles_request){.timer.kind = TIMER_REQUEST,
				      .id = id,
				      .peer = p->contact.pk,
				      .reader = r->op.id,
				      .chunk = chunk,
				      .patience = patience_of(p),
				      .ahead = b->asked + 1,
				      .sent = b->now};
	*at = q;
	struct gn_fbb *fbb = bundles_timer_set(b, &q->timer, b->now + q->patience) == GN_OK
				     ? bundles_message_begin(b, 0)
				     : NULL;
	if (!fbb) {
		q->late = true; /* counts for nobody */
		bundles_request_free(b, q);
		return false;
	}
	struct gn_fb_hash hash;
	memcpy(hash.b, block->b, sizeof hash.b);
	gn_fbref body = gn_fb_chunk_get_make(
		fbb, &(struct gn_fb_chunk_get_args){.block = &hash,
						    .first = (uint32_t)(chunk % GN_BLOCK_CHUNKS),
						    .count = 1});
	bundles_message_end(b, &p->contact, id, GN_FB_BLOCK_BODY_CHUNK_GET, body);
	struct bundles_slot *slot = bundles_reader_slot(b, r, chunk);
	GN_ASSERT(slot);
	slot->state = SLOT_ASKED;
	slot->request = id;
	p->inflight++;
	b->asked++;
	p->used = b->now;
	return true;
}

/* It counts no longer as on its way. */
static void off_the_way(struct gn_bundles *b, struct bundles_request *q)
{
	struct bundles_peer *p = q->late ? NULL : bundles_peer_get(b, &q->peer);
	q->late = true;
	if (!p)
		return;
	GN_ASSERT(p->inflight > 0 && b->asked > 0);
	p->inflight--;
	b->asked--;
}

void bundles_request_free(struct gn_bundles *b, struct bundles_request *q)
{
	GN_ASSERT(q->id != 0);
	off_the_way(b, q);
	gn_heap_remove(&b->timers, &q->timer.node);
	(void)gn_map_remove(&b->requests, &q->id);
	gn_mem_free(b->env.alloc, q);
}

/* The holder of the asked block, as its source knows it. */
static struct bundles_holder *holder_of(struct gn_bundles *b, const struct bundles_request *q,
					struct bundles_source **source)
{
	const struct bundles_reader *r = gn_frame_op_get(&b->frame, q->reader, OP_READ);
	*source = r ? bundles_source_get(b, bundles_reader_block(r, q->chunk)) : NULL;
	return *source ? bundles_source_holder(*source, &q->peer) : NULL;
}

/* The chunk must come from elsewhere; the holder gets this state (or stays) and the source
 * remembers why. */
static void turn_away(struct gn_bundles *b, const struct bundles_request *q,
		      enum bundles_holder_state state, gn_err why)
{
	GN_ASSERT(why != GN_OK);
	struct bundles_source *s;
	struct bundles_holder *h = holder_of(b, q, &s);
	struct bundles_reader *r = gn_frame_op_get(&b->frame, q->reader, OP_READ);
	if (s && (why == GN_BUSY || why == GN_TIMEOUT) && bundles_source_refused(b, s)) {
		state = HOLDER_FAILED;
		why = GN_TIMEOUT;
		if (h)
			h->fails = 1; /* once is enough */
	}
	if (h && (state != HOLDER_FAILED || why == GN_HASH || ++h->fails > 1))
		h->state = (uint8_t)state;
	if (s && s->err != GN_HASH &&
	    !(why == GN_NOT_FOUND && s->err != GN_OK)) /* one that lacks it speaks for itself */
		s->err = why;
	struct bundles_slot *slot = r ? bundles_reader_slot(b, r, q->chunk) : NULL;
	if (slot && slot->state == SLOT_ASKED && slot->request == q->id)
		slot->state = SLOT_WANTED;
}

void bundles_request_due(struct gn_bundles *b, struct bundles_request *q)
{
	struct bundles_peer *p = bundles_peer_get(b, &q->peer);
	if (q->late) {
		bundles_request_free(b, q);
		return;
	}
	gn_time due = due_of(b, q);
	if (due <= b->now) {
		b->count.timeouts++;
		turn_away(b, q, HOLDER_FAILED, GN_TIMEOUT);
		off_the_way(b, q);
		if (p) {
			p->misses++;
			slow_down(b, p);
		}
		due = b->now + BUNDLES_LATE;
	}
	gn_err err = bundles_timer_set(b, &q->timer, due);
	GN_ASSERT(err == GN_OK); /* it is in the heap: moving needs no memory */
}

/* ---- answers ---- */

static gn_err check_chunk(struct gn_bundles *b, struct bundles_reader *r,
			  const struct bundles_request *q, struct gn_fb_chunk m)
{
	GN_ASSERT(r->op.id == q->reader);
	struct gn_fb_hash hash = gn_fb_chunk_block(m);
	struct gn_slice proof = gn_fb_chunk_proof_bytes(m);
	if (memcmp(hash.b, bundles_reader_block(r, q->chunk)->b, sizeof hash.b) != 0 ||
	    gn_fb_chunk_index(m) != q->chunk % GN_BLOCK_CHUNKS ||
	    proof.len > GN_PROOF_MAX * sizeof(struct gn_hash))
		return GN_HASH;
	return bundles_reader_check(b, r, q->chunk, (const struct gn_hash *)(const void *)proof.p,
				    proof.len / sizeof(struct gn_hash), gn_fb_chunk_data(m));
}

/* BU-14 */
static void caught_lying(struct gn_bundles *b, const struct bundles_request *q,
			 struct bundles_peer *p)
{
	GN_ASSERT(gn_pk_eq(&p->contact.pk, &q->peer));
	b->count.chunks_bad++;
	b->count.holders_bad += !p->bad;
	p->bad = true;
	p->wait_until = b->now + BUNDLES_BAD_WAIT;
	turn_away(b, q, HOLDER_FAILED, GN_HASH);
	gn_log(b->env.log, GN_LOG_WARN, "bundles", "chunk.bad",
	       "a peer sent a chunk that is not part of its block");
}

void bundles_on_chunk(struct gn_bundles *b, const struct gn_pk *from, uint64_t request,
		      struct gn_fb_chunk m)
{
	struct bundles_request **at = gn_map_get(&b->requests, &request), *q = at ? *at : NULL;
	struct bundles_peer *p = bundles_peer_get(b, from);
	if (!q || !p || !gn_pk_eq(&q->peer, from)) {
		b->count.chunks_unasked++;
		return;
	}
	struct bundles_reader *r = gn_frame_op_get(&b->frame, q->reader, OP_READ);
	struct bundles_slot *slot = r ? bundles_reader_slot(b, r, q->chunk) : NULL;
	time_peer(p, b->now - q->sent);
	/* one that came too late is on its way from the disk: the place is that load's */
	if (!slot || slot->state == SLOT_LOADING) {
		b->count.chunks_unasked++;
	} else if (check_chunk(b, r, q, m) != GN_OK) {
		caught_lying(b, q, p);
	} else {
		struct bundles_source *s;
		struct bundles_holder *h = holder_of(b, q, &s);
		if (h)
			h->state = HOLDER_HAS;
		if (s)
			s->refused = 0;
		line_timed(b, q);
		window_follow(b, p, q->sent);
		b->count.chunks_got++;
		b->count.chunks_late += q->late;
		if (bundles_reader_fill(b, r, q->chunk, gn_fb_chunk_data(m)) != GN_OK)
			turn_away(b, q, HOLDER_HAS, GN_NOMEM);
	}
	bundles_request_free(b, q);
}

void bundles_on_get_ack(struct gn_bundles *b, struct bundles_request *q, gn_err err)
{
	struct bundles_peer *p = bundles_peer_get(b, &q->peer);
	if (err == GN_BUSY) {
		b->count.told_busy++;
		turn_away(b, q, HOLDER_HAS, GN_BUSY);
		if (p) {
			slow_down(b, p);
			p->wait_until = b->now + BUNDLES_BUSY_WAIT;
		}
	} else {
		b->count.told_missing++;
		turn_away(b, q, HOLDER_LACKS, GN_NOT_FOUND);
	}
	bundles_request_free(b, q);
}

void bundles_peer_lost(struct gn_bundles *b, const struct gn_pk *pk)
{
	for (uint32_t i = b->requests.count; i-- > 0;) {
		struct bundles_request *q = GN_MAP_AT(&b->requests, struct bundles_request *, i);
		if (!gn_pk_eq(&q->peer, pk))
			continue;
		struct bundles_source *s;
		struct bundles_holder *h = holder_of(b, q, &s);
		if (h)
			h->fails = 1; /* once is enough */
		turn_away(b, q, HOLDER_FAILED, GN_UNREACHABLE);
		bundles_request_free(b, q);
	}
	struct bundles_peer *p = bundles_peer_get(b, pk);
	if (p)
		bundles_serve_forget(b, p);
}

/* ---- readers ---- */

gn_err bundles_reader_fill(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
			   struct gn_slice data)
{
	GN_ASSERT(chunk >= bundles_reader_at(r) && chunk < r->next);
	struct bundles_slot *slot = bundles_slot_at(b, r, chunk);
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
	GN_ASSERT(!slot->data);
	slot->data = copy;
	slot->len = (uint32_t)data.len;
	slot->state = SLOT_READY;
	if (chunk == bundles_reader_at(r))
		bundles_reader_wake(b, r);
	return GN_OK;
}

void bundles_reader_loaded(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	struct bundles_reader *r =
		gn_frame_op_get(&b->frame, gn_frame_ticket_number(e->ticket), OP_READ);
	GN_ASSERT(b->local_loads > 0);
	b->local_loads--;
	if (!r || r->op.err != GN_OK)
		return;
	struct bundles_slot *slot = &r->slots[gn_frame_ticket_part(e->ticket)];
	GN_ASSERT(slot->state == SLOT_LOADING);
	uint64_t chunk = bundles_reader_at(r); /* the one of the window that lies in this slot */
	while (bundles_slot_at(b, r, chunk) != slot)
		chunk++;
	if (e->err != GN_OK || e->chunk.len != bundles_chunk_len(r, chunk)) {
		slot->state = SLOT_WANTED;
		slot->skip_local = true;
		return;
	}
	b->count.chunks_local++;
	(void)!bundles_reader_fill(b, r, chunk, e->chunk); /* no memory: it failed and was told */
}

/* Starts to look for the holders of the blocks that are needed soon (BU-12). */
static void look_ahead(struct gn_bundles *b, struct bundles_reader *r)
{
	GN_ASSERT(r->looked >= r->first_block);
	uint64_t until = r->next / GN_BLOCK_CHUNKS + BUNDLES_LOOK_AHEAD,
		 end = r->first_block + r->block_count;
	for (uint64_t limit = until < end ? until : end; r->looked < limit; r->looked++) {
		const struct gn_hash *block = bundles_reader_hash(r, r->looked);
		if (!gn_blocks_have(b->cfg.blocks, block, NULL) && !bundles_source_need(b, block))
			return;
	}
}

static bool load_local(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
		       struct bundles_slot *slot)
{
	GN_ASSERT(slot->state == SLOT_WANTED);
	const struct gn_hash *block = bundles_reader_block(r, chunk);
	uint32_t index = (uint32_t)(chunk % GN_BLOCK_CHUNKS);
	if (slot->skip_local || !gn_blocks_have_chunk(b->cfg.blocks, block, index))
		return false;
	if (b->local_loads >= BUNDLES_LOCAL_LOADS)
		return true; /* soon: the end of one of them runs us again */
	uint64_t ticket = gn_frame_ticket(TICKET_READ, r->op.id, (uint32_t)(slot - r->slots));
	gn_err err = gn_blocks_load(b->cfg.blocks, block, index, ticket, b->now);
	if (err == GN_OK) {
		slot->state = SLOT_LOADING;
		b->local_loads++;
	} else if (err == GN_BUSY || err == GN_NOMEM) {
		b->wake = gn_time_min(b->wake, b->now + BUNDLES_STORE_WAIT);
	} else {
		slot->skip_local = true;
	}
	return true;
}

static bool asked_in_block(const struct gn_bundles *b, const struct bundles_reader *r,
			   uint64_t chunk)
{
	for (uint64_t c = bundles_reader_at(r); c < r->next; c++)
		if (c / GN_BLOCK_CHUNKS == chunk / GN_BLOCK_CHUNKS &&
		    bundles_slot_at(b, r, c)->state == SLOT_ASKED)
			return true;
	return false;
}

/* False when nothing more can be asked for this reader now. */
static bool ask_peer(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk)
{
	GN_ASSERT(chunk >= bundles_reader_at(r) && chunk < r->next);
	gn_err err = GN_NOMEM;
	struct bundles_source *s = bundles_source_need(b, bundles_reader_block(r, chunk));
	struct bundles_peer *p =
		s ? bundles_source_pick(b, s, asked_in_block(b, r, chunk), &err) : NULL;
	if (p && bundles_request_send(b, p, r, chunk, bundles_reader_block(r, chunk)))
		return true;
	if (p)
		b->wake = gn_time_min(b->wake, b->now + BUNDLES_BUSY_WAIT);
	else if (err != GN_AGAIN && chunk == bundles_reader_at(r))
		bundles_reader_fail(b, r, err);
	return false;
}

void bundles_reader_run(struct gn_bundles *b, struct bundles_reader *r)
{
	while (r->next < r->last && r->next < bundles_reader_at(r) + b->cfg.ahead) {
		struct bundles_slot *slot = bundles_slot_at(b, r, r->next++);
		GN_ASSERT(slot->state == SLOT_FREE && !slot->data);
		slot->state = SLOT_WANTED;
		slot->skip_local = false;
	}
	look_ahead(b, r);
	for (uint64_t c = bundles_reader_at(r); c < r->next && r->op.err == GN_OK; c++) {
		struct bundles_slot *slot = bundles_slot_at(b, r, c);
		if (slot->state == SLOT_WANTED && !load_local(b, r, c, slot) && !ask_peer(b, r, c))
			return;
	}
}

/* All readers, another one first each time: no one starves when windows are short. */
void bundles_readers_run(struct gn_bundles *b)
{
	GN_ASSERT(b->reader_count <= b->cfg.reads_max);
	uint32_t n = b->reader_count;
	if (n)
		b->reader_turn = (b->reader_turn + 1) % n;
	for (uint32_t i = 0; i < n; i++) {
		struct bundles_reader *r = b->readers[(b->reader_turn + i) % n];
		if (r->op.err == GN_OK)
			bundles_reader_run(b, r);
	}
}

gn_err gn_bundles_read(struct gn_bundles *b, const struct gn_bundle_file *file, uint64_t off,
		       uint64_t len, gn_time now, gn_op *op)
{
	struct bundles_reader *r;
	b->now = now;
	GN_TRY(bundles_reader_new(b, file, off, len, NULL, &r));
	*op = r->op.id;
	if (len == 0)
		bundles_reader_wake(b, r);
	bundles_reader_run(b, r);
	return GN_OK;
}

gn_err gn_bundles_read_next(struct gn_bundles *b, gn_op op, struct gn_slice *out, gn_time now)
{
	struct bundles_reader *r = gn_frame_op_get(&b->frame, op, OP_READ);
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
