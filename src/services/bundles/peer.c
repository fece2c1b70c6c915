/* Peers as we ask them: how many chunks at once, how long to wait, whom to leave alone; and the
 * chunks asked for.
 *
 *   request: ASKED -> answered [on_chunk, on_get_ack] | late [request_due] -> answered |
 *   forgotten [request_due]
 *
 * One line brings all chunks, and a slow one takes a while for each: a chunk is late when its
 * peer's time is over and the line had time for all that was asked before it as well. How long
 * the line takes is what chunks took lately.
 *
 * 1. p->inflight counts its requests that are not late. 2. A request names its reader by number:
 *    it may outlive it.
 * 3. What a peer sends is used only if it was asked for, from this peer, and its proof holds.
 *    Places for peers are few: who comes to us has most of them, within shares, and our own
 *    readers the rest. Rules: docs/spec/services.md BU-13, BU-14, BU-25. */
#include "services/bundles/engine_int.h"

/* ---- peers ---- */

struct bundles_peer *bundles_peer_get(const struct gn_bundles *b, const struct gn_pk *pk)
{
	struct bundles_peer **at = gn_map_get(&b->peers, pk);
	return at ? *at : NULL;
}

void bundles_peers_init(struct gn_bundles *b)
{
	const struct gn_share_config callers = {.total = BUNDLES_CALLERS,
						.per_key = 1,
						.per_prefix = BUNDLES_CALLERS_PREFIX,
						.crowded = BUNDLES_CALLERS_CROWDED,
						.holders_max = BUNDLES_CALLERS,
						.count_local = b->cfg.count_local};
	gn_map_init(&b->peers, &b->env, sizeof(struct gn_pk), sizeof(void *), BUNDLES_PEERS);
	gn_share_init(&b->callers, &b->env, &callers);
}

static bool busy(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return p->inflight || p->loading || p->in_turn || p->incoming ||
	       (p->bad && b->now < p->wait_until);
}

/* May it go? Idle, or it has taken nothing for a while of what it asked for. */
static bool goes(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return !busy(b, p) &&
	       (!p->queue.count || (p->waiting && b->now - p->served >= BUNDLES_SERVE_GRACE));
}

/* Is the place of a worth less than that of o? Idle ones first, unused longest; then of the
 * heaviest prefix. */
static bool worth_less(const struct gn_bundles *b, const struct bundles_peer *a,
		       const struct bundles_peer *o)
{
	if (!a->queue.count || !o->queue.count)
		return !a->queue.count && (o->queue.count || a->used < o->used);
	uint64_t mine = gn_share_held(&b->callers, &a->payer).prefix,
		 its = gn_share_held(&b->callers, &o->payer).prefix;
	return mine != its ? mine > its : a->served < o->served;
}

static void peer_free(struct gn_bundles *b, struct bundles_peer *p)
{
	struct gn_pk pk = p->contact.pk;
	if (p->caller)
		gn_share_give(&b->callers, &p->payer, 1);
	gn_heap_remove(&b->timers, &p->timer.node);
	(void)gn_map_remove(&b->peers, &pk);
	gn_ring_fini(&p->queue);
	gn_mem_free(b->env.alloc, p);
}

/* Makes room by forgetting one peer, or one caller, or one of a prefix that has its share. */
static bool evict(struct gn_bundles *b, bool callers, const uint64_t *prefix)
{
	struct bundles_peer *least = NULL;
	for (uint32_t i = 0; i < b->peers.count; i++) {
		struct bundles_peer *p = *(struct bundles_peer **)gn_map_value_at(&b->peers, i);
		if ((callers && !p->caller) ||
		    (prefix && gn_addr_prefix(&p->payer.addr) != *prefix) || !goes(b, p))
			continue;
		if (!least || worth_less(b, p, least))
			least = p;
	}
	if (!least)
		return false;
	b->count.peers_gave_way += least->queue.count > 0;
	peer_free(b, least);
	return true;
}

void bundles_peers_fini(struct gn_bundles *b)
{
	while (b->peers.count)
		peer_free(b, *(struct bundles_peer **)gn_map_value_at(&b->peers, 0));
	gn_map_fini(&b->peers);
	gn_share_fini(&b->callers);
}

static struct bundles_peer *add(struct gn_bundles *b, const struct gn_contact *contact)
{
	if (b->peers.count == BUNDLES_PEERS && !evict(b, false, NULL)) {
		b->count.peers_full++;
		return NULL;
	}
	struct bundles_peer *p = GN_NEW(b->env.alloc, struct bundles_peer);
	struct bundles_peer **at = p ? gn_map_put(&b->peers, &contact->pk) : NULL;
	if (!at) {
		gn_mem_free(b->env.alloc, p);
		b->count.nomem++;
		return NULL;
	}
	*at = p;
	p->timer.kind = TIMER_ROOM;
	p->contact = *contact;
	p->window = BUNDLES_WINDOW;
	p->used = b->now;
	gn_ring_init(&p->queue, b->env.alloc, sizeof(struct bundles_get), BUNDLES_SERVE_QUEUE);
	return p;
}

struct bundles_peer *bundles_peer_need(struct gn_bundles *b, const struct gn_contact *contact)
{
	struct bundles_peer *p = bundles_peer_get(b, &contact->pk);
	if (!p && !(p = add(b, contact)))
		return NULL;
	if (contact->addr_count)
		p->contact = *contact;
	p->used = b->now;
	return p;
}

/* BU-25 */
struct bundles_peer *bundles_peer_called(struct gn_bundles *b, const struct gn_contact *contact)
{
	struct bundles_peer *p = bundles_peer_get(b, &contact->pk);
	if (p)
		return p;
	struct gn_holder who = {.key = contact->pk};
	if (contact->addr_count)
		who.addr = contact->addrs[0];
	uint64_t prefix = gn_addr_prefix(&who.addr);
	gn_err err = gn_share_take(&b->callers, &who, 1);
	while ((err == GN_NO_SPACE || err == GN_LIMIT) &&
	       evict(b, true, err == GN_LIMIT ? &prefix : NULL))
		/* a prefix that took more before shrinks to its share */
		err = gn_share_take(&b->callers, &who, 1);
	if (err != GN_OK) {
		b->count.peers_full++;
		return NULL;
	}
	p = add(b, contact);
	if (!p) {
		gn_share_give(&b->callers, &who, 1);
		return NULL;
	}
	p->caller = true;
	p->payer = who;
	return p;
}

void bundles_peers_validate(const struct gn_bundles *b)
{
	uint32_t inflight = 0, callers = 0;
	for (uint32_t i = 0; i < b->peers.count; i++) {
		const struct bundles_peer *p =
			*(struct bundles_peer **)gn_map_value_at(&b->peers, i);
		GN_ASSERT(p->window >= 1 && p->window <= BUNDLES_WINDOW_MAX &&
			  p->queue.count <= BUNDLES_SERVE_QUEUE);
		GN_ASSERT(!(p->in_turn && p->waiting));
		inflight += p->inflight;
		callers += p->caller;
	}
	GN_ASSERT(inflight == b->asked && callers == b->callers.used);
	gn_share_validate(&b->callers);
}

static bool left_alone(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return b->now < p->wait_until;
}

bool bundles_peer_can(const struct gn_bundles *b, const struct bundles_peer *p)
{
	return !left_alone(b, p) && p->inflight < p->window;
}

/* How long the peer alone may take. */
static gn_time patience_of(const struct bundles_peer *p)
{
	gn_time t = p->srtt ? p->srtt + 4 * p->rttvar : BUNDLES_TIMEOUT_FIRST;
	t = t < BUNDLES_TIMEOUT_MIN ? BUNDLES_TIMEOUT_MIN : t;
	for (unsigned i = 0; i < p->misses && t < BUNDLES_TIMEOUT_MAX; i++)
		t *= 2;
	return t < BUNDLES_TIMEOUT_MAX ? t : BUNDLES_TIMEOUT_MAX;
}

static gn_time due_of(const struct gn_bundles *b, const struct bundles_request *q)
{
	return q->sent +
	       gn_time_min(q->patience + b->line * (gn_time)q->ahead, BUNDLES_TIMEOUT_LINE);
}

/* What the line takes for a chunk: no longer than a slow line does, and believed sooner when it
 * is less, so that a slow peer does not pass for a slow line. */
static void line_timed(struct gn_bundles *b, const struct bundles_request *q)
{
	gn_time each = gn_time_min((b->now - q->sent) / (gn_time)q->ahead, BUNDLES_LINE_SLOW);
	b->line += (each - b->line) / (each < b->line ? 2 : 8);
}

/* As RFC 6298; a whole window of chunks is behind one sample, which is what the next deadline
 * needs. */
static void timed(struct bundles_peer *p, gn_time sample)
{
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

static void slower(struct gn_bundles *b, struct bundles_peer *p)
{
	p->window = p->window > 1 ? p->window / 2 : 1;
	p->credit = 0;
	p->cut = b->now;
}

/* One more at once for each window that was answered soon, half as many when a chunk took long:
 * what waits in a queue brings nothing. */
static void window_follow(struct gn_bundles *b, struct bundles_peer *p, gn_time sent)
{
	gn_time took = b->now - sent;
	p->misses = 0;
	if (took > BUNDLES_SLOW && sent >= p->cut)
		slower(b, p);
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
	uint64_t id = ++b->next_id;
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
	off_the_way(b, q);
	gn_heap_remove(&b->timers, &q->timer.node);
	(void)gn_map_remove(&b->requests, &q->id);
	gn_mem_free(b->env.alloc, q);
}

/* The holder of the asked block, as its source knows it. */
static struct bundles_holder *holder_of(struct gn_bundles *b, const struct bundles_request *q,
					struct bundles_source **source)
{
	const struct bundles_reader *r = bundles_op_get(b, q->reader, OP_READ);
	*source = r ? bundles_source_get(b, bundles_reader_block(r, q->chunk)) : NULL;
	return *source ? bundles_source_holder(*source, &q->peer) : NULL;
}

/* The chunk must come from elsewhere; the holder gets this state (or stays) and the source
 * remembers why. */
static void turn_away(struct gn_bundles *b, const struct bundles_request *q,
		      enum bundles_holder_state state, gn_err why)
{
	struct bundles_source *s;
	struct bundles_holder *h = holder_of(b, q, &s);
	struct bundles_reader *r = bundles_op_get(b, q->reader, OP_READ);
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
			slower(b, p);
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
	b->count.chunks_bad++;
	b->count.holders_bad += !p->bad;
	p->bad = true;
	p->wait_until = b->now + BUNDLES_BAD_WAIT;
	turn_away(b, q, HOLDER_FAILED, GN_HASH);
	gn_log(b->env.log, GN_LOG_WARN, "bundles", "chunk.bad",
	       "a peer sent a chunk that is not "
	       "part of its block");
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
	struct bundles_reader *r = bundles_op_get(b, q->reader, OP_READ);
	struct bundles_slot *slot = r ? bundles_reader_slot(b, r, q->chunk) : NULL;
	timed(p, b->now - q->sent);
	if (!slot) {
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
			slower(b, p);
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
		struct bundles_request *q =
			*(struct bundles_request **)gn_map_value_at(&b->requests, i);
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
